package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ttcheck/protocol"
	"ttcheck/report"
)

// TestSelftestOfOneFault proves that a fault is named with what caught it, on the console
// and in the reports.
func TestSelftestOfOneFault(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "selftest.json")
	code, stdout, stderr := ttcheck(t, "selftest", "--fault", "online-as-h*", "--json", file)
	if code != 0 || stderr != "" {
		t.Fatalf("exit code %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
	for _, want := range []string{"caught       online-as-html: ONL-02", "PASSED: 1 of 1 fault caught\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is missing in:\n%s", want, stdout)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Schema string
		Passed bool
		Trials []struct{ Caught []string }
	}
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	if document.Schema != report.SelfTestSchema || !document.Passed || len(document.Trials) != 1 || document.Trials[0].Caught[0] != "ONL-02" {
		t.Errorf("%+v", document)
	}
}

// TestSelftestInterrupted proves that Ctrl-C ends it soon, with a report.
func TestSelftestInterrupted(t *testing.T) {
	t.Parallel()
	p := start(t, "selftest", "--fault", "online-as-html", "--markdown", "-")
	p.stderr.await(t, "1 trial")
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(t); code != report.ExitInterrupted {
		t.Errorf("exit code %d, stderr %q", code, p.stderr)
	}
	if !strings.HasPrefix(p.stdout.String(), "## INTERRUPTED: nothing was tried") {
		t.Errorf("stdout %q", p.stdout)
	}
}

// TestGatewayWithAFault proves that a fault can be seen from outside.
func TestGatewayWithAFault(t *testing.T) {
	t.Parallel()
	p := start(t, "gateway", "--listen", "127.0.0.1:0", "--fault", "online-as-html", "--fault", "pong-without-payload")
	line := p.stdout.await(t, "/api/v2\n")
	url := regexp.MustCompile(`http://\S+`).FindString(line)
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	if kind := res.Header.Get("Content-Type"); kind != "text/html" {
		t.Errorf("Content-Type %q", kind)
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code %d, stderr %q", code, p.stderr)
	}
}

// TestLists proves that the lists have a line for each, and the coverage one for every
// requirement.
func TestLists(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		words []string
		line  string
		least int
	}{
		"faults":   {[]string{"gateway", "--list-faults"}, `(?m)^pong-without-payload +WS-16 .*a gateway that answers a ping`, 120},
		"variants": {[]string{"gateway", "--list-variants"}, `(?m)^[a-z0-9-]+ +.*a gateway that `, 20},
		"coverage": {[]string{"list", "--coverage"}, `(?m)^WS-16 +MUST +quickstart +\d+ +\d+ +.*pong-without-payload`, len(protocol.Catalogue)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := ttcheck(t, test.words...)
			if code != 0 || stderr != "" {
				t.Fatalf("exit code %d, stderr %q", code, stderr)
			}
			if !regexp.MustCompile(test.line).MatchString(stdout) {
				t.Errorf("no line like %s in:\n%s", test.line, stdout)
			}
			if n := strings.Count(stdout, "\n"); n < test.least {
				t.Errorf("%d lines, want at least %d", n, test.least)
			}
		})
	}
}
