//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ttcheck/internal/netlab"
	"ttcheck/report"
)

// TestLabCertify proves that a POS in a process of its own is found to do all that an
// integration owes: it finds the gateway by multicast DNS, there and elsewhere. In a lab no
// other gateway is to be found, and port 8000 is free.
func TestLabCertify(t *testing.T) {
	t.Parallel()
	for name, words := range map[string][]string{
		"on the loopback":      nil,
		"on a network":         {"--discovery", netlab.Link},
		"at addresses of ours": {"--discovery", netlab.Link, "--listen", "10.77.0.10:8123", "--move-to", "10.77.0.20:8000"},
	} {
		t.Run(name, func(t *testing.T) {
			lab := newLab(t)
			site := lab.Host("site", "10.77.0.10/24")
			site.AddAddress("10.77.0.20/24")
			path := filepath.Join(t.TempDir(), "certificate.json")
			code, stdout, stderr := runOn(t, site, append([]string{"certify", "--pos-cmd", ownPOSCommand(t), "--pos-name", "ttcheck", "--json", path}, words...)...)
			if code != report.ExitOK || stderr != "" {
				t.Errorf("exit code %d: %s%s", code, stderr, stdout)
			}
			run := readCertificate(t, path)
			wholeCertificate(t, run)
			if len(run.Remarks) > 0 || run.Head.Integration.Name != "ttcheck" || run.Head.Integration.Driven != "command" {
				t.Errorf("%+v, remarks %q", run.Head.Integration, run.Remarks)
			}
		})
	}
}

// TestCertifyInterrupted proves that Ctrl-C ends the integration, too, and that the report is
// written.
func TestCertifyInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "certificate.json")
	ear := fifo(t, filepath.Join(dir, "pid"))
	p := start(t, "certify", "--pos-cmd", "echo $$ > '"+ear.Name()+"'; exec sleep 1000", "--discovery", "off", "--json", path)
	pid := make([]byte, 20)
	n, err := ear.Read(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if code := p.wait(t); code != report.ExitInterrupted {
		t.Errorf("exit code %d, want %d; stderr: %s", code, report.ExitInterrupted, p.stderr)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	if _, err := os.Stat("/proc/" + strings.TrimSpace(string(pid[:n]))); err == nil {
		t.Error("the integration is left")
	}
	run := readCertificate(t, path)
	if !run.Interrupted || run.Certifies() || run.Count(report.Error) > 0 {
		t.Errorf("interrupted %t, certified %t, %d errors", run.Interrupted, run.Certifies(), run.Count(report.Error))
	}
}
