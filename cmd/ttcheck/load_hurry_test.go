//go:build unix

package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
)

// TestLoadHurry proves that a second Ctrl-C ends a load of a gateway that hangs without more
// ado, and that the report is written even then.
func TestLoadHurry(t *testing.T) {
	t.Parallel()
	g := start(t, "gateway", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0")
	addresses := listening.FindStringSubmatch(g.stdout.await(t, "control: http://"))
	if addresses == nil {
		t.Fatalf("the gateway does not tell its addresses: %s", g.stdout)
	}
	path := filepath.Join(t.TempDir(), "load.json")
	p := start(t, "load", "--target", addresses[1], "--press", "http:http://"+addresses[2]+"/press", "--allow", "orders",
		"--sockets", "5", "--ramp", "0s", "--rate", "50", "--duration", "1m", "--json", path)
	p.stdout.await(t, "takes")
	signal := func(p *process, sig os.Signal) {
		if err := p.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
	}
	signal(g, syscall.SIGSTOP)
	signal(p, syscall.SIGINT)
	p.stdout.await(t, "interrupt again")
	began := time.Now()
	signal(p, syscall.SIGINT)
	if code := p.wait(t); code != report.ExitInterrupted || p.stderr.String() != "" {
		t.Errorf("exit code %d, stderr %q", code, p.stderr)
	}
	// Ten seconds would be waited for answers alone.
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("it took %v", took)
	}
	found := readReport(t, path)
	if !found.Interrupted || !strings.Contains(fmt.Sprint(found.Remarks), "token that was made for the run could not be revoked") {
		t.Errorf("interrupted %t, remarks %q", found.Interrupted, found.Remarks)
	}
}

// TestLoadInterruptedWaiting proves that a load says when it is to begin, and that Ctrl-C ends
// that wait.
func TestLoadInterruptedWaiting(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("0123456789ab", 4)
	g, came := asked(t, http.MethodGet, protocol.PathActiveOrders, 1, gateway.Options{Tokens: []string{token}})
	path := filepath.Join(t.TempDir(), "load.json")
	p := start(t, "TTCHECK_TOKEN="+token, "load", "--target", g.Addr(), "--sockets", "5", "--rate", "0", "--start-at", "+1h", "--json", path)
	p.stdout.await(t, "in 1h: 5 sockets")
	if code := p.interruptWhen(t, came); code != report.ExitInterrupted || !strings.HasPrefix(p.stderr.String(), "ttcheck: "+interruptedBefore) {
		t.Errorf("exit code %d, stderr %q", code, p.stderr)
	}
	if why := readReport(t, path).SetupError; !strings.HasPrefix(why, interruptedBefore) || strings.Contains(why, "context") {
		t.Errorf("set-up error %q", why)
	}
}
