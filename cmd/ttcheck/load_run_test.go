package main

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
)

// readReport reads the JSON report of a load.
func readReport(t *testing.T, path string) report.Load {
	t.Helper()
	found, err := readLoad(path)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestLoadEmbedded loads the gateway in a process of its own, and merges the report again.
func TestLoadEmbedded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	json, csv, hdr := filepath.Join(dir, "load.json"), filepath.Join(dir, "load.csv"), filepath.Join(dir, "load.hgrm")
	code, stdout, stderr := ttcheck(t, "TTCHECK_HDR="+hdr, "load", "--sockets", "5", "--ramp", "300ms", "--rate", "10", "--duration", "1s",
		"--history-rate", "10", "--source", "127.0.0.1", "--json", json, "--csv", csv)
	if code != report.ExitOK || stderr != "" {
		t.Fatalf("exit code %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
	found := readReport(t, json)
	want := map[string]int64{
		report.MetricSocketsOpened: 5, report.MetricChangesPlanned: 10, report.MetricChangesSent: 10,
		report.MetricHistoryPlanned: 13, report.MetricLost: 0, report.MetricDropped: 0,
	}
	for name, n := range want {
		if found.Counters[name] != n {
			t.Errorf("%s is %d, want %d", name, found.Counters[name], n)
		}
	}
	// On a busy machine sockets may come too late for the first events.
	if n := found.Counters[report.MetricEvents]; n < 1 || n > 50 {
		t.Errorf("%d deliveries, want 50 or somewhat less", n)
	}
	if !found.Head.Embedded || found.Head.Shards != 1 || found.Head.Environment.FileLimit == 0 || len(found.Remarks) > 0 ||
		found.Head.Reproduce != "ttcheck load --sockets 5 --ramp 300ms --duration 1s --rate 10 --history-rate 10 --source 127.0.0.1" {
		t.Errorf("head %+v, remarks %q", found.Head, found.Remarks)
	}
	if !strings.Contains(stdout, "5 sockets (header), opened over 300ms, held for 1s") {
		t.Errorf("the plan is not shown: %s", stdout)
	}
	for _, path := range []string{csv, hdr} {
		if text, err := os.ReadFile(path); err != nil || strings.Count(string(text), "\n") < 2 {
			t.Errorf("%s: %v, %q", path, err, text)
		}
	}
	if code, stdout, stderr := ttcheck(t, "report", "merge", json); code != report.ExitOK || stderr != "" || !strings.Contains(stdout, "event_latency") {
		t.Errorf("merged: exit code %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
	if code, stdout, _ := ttcheck(t, "report", "merge", json, "--threshold", "events<1", "--json", "-"); code != report.ExitThreshold || !strings.Contains(stdout, `"events<1"`) {
		t.Errorf("merged with a threshold that breaks: exit code %d, stdout:\n%s", code, stdout)
	}
}

// TestLoadSearch proves that a search goes up to its maximum and says what held, and that
// a broken threshold is told by the exit code.
func TestLoadSearch(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "load.json")
	search := []string{"load", "--sockets", "2", "--ramp", "0s", "--rate", "20", "--duration", "500ms",
		"--find-limit", "sockets", "--step", "2", "--max", "5", "--json", path}
	if code, stdout, stderr := ttcheck(t, search...); code != report.ExitOK {
		t.Fatalf("exit code %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
	var steps []int
	for _, step := range readReport(t, path).Steps {
		if steps = append(steps, step.Sockets); !step.Held {
			t.Errorf("%+v does not hold", step)
		}
	}
	if len(steps) != 2 || steps[0] != 2 || steps[1] != 4 {
		t.Errorf("steps of %d sockets, want 2 and 4", steps)
	}
	code, stdout, _ := ttcheck(t, append(search, "--threshold", "event_latency.p50<1us")...)
	if steps := readReport(t, path).Steps; code != report.ExitThreshold || len(steps) != 1 || steps[0].Held {
		t.Errorf("exit code %d, steps %+v, stdout:\n%s", code, steps, stdout)
	}
}

// asked starts a gateway, and a channel that is closed when the n-th request of a kind comes.
func asked(t *testing.T, method, path string, n int, opts gateway.Options) (*gateway.Gateway, <-chan struct{}) {
	t.Helper()
	came := make(chan struct{})
	var mu sync.Mutex
	opts.Listen, opts.Control = "127.0.0.1:0", "127.0.0.1:0"
	opts.Middleware = func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			if r.Method != method || r.URL.Path != path {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if n--; n == 0 {
				close(came)
			}
		})
	}
	g, err := gateway.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return g, came
}

// interruptWhen interrupts a process when a channel is closed, and returns its exit code.
func (p *process) interruptWhen(t *testing.T, came <-chan struct{}) int {
	t.Helper()
	select {
	case <-came:
	case <-time.After(20 * time.Second):
		t.Errorf("it did not get that far; stdout:\n%s\nstderr: %s", p.stdout, p.stderr)
	}
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	return p.wait(t)
}

// TestLoadInterrupt proves that after Ctrl-C the report is written, and the gateway left
// as it was.
func TestLoadInterrupt(t *testing.T) {
	t.Parallel()
	g, came := asked(t, http.MethodPost, protocol.PathActiveOrders, 40, gateway.Options{})
	path := filepath.Join(t.TempDir(), "load.json")
	p := start(t, "load", "--target", g.Addr(), "--press", "http:http://user:geheim@"+g.ControlAddr()+"/press?key=geheim", "--allow", "orders",
		"--sockets", "5", "--ramp", "0s", "--rate", "50", "--duration", "1m", "--json", path)
	if code := p.interruptWhen(t, came); code != report.ExitInterrupted || p.stderr.String() != "" {
		t.Errorf("exit code %d, stderr %q", code, p.stderr)
	}
	found := readReport(t, path)
	if !found.Interrupted || found.Counters[report.MetricEvents] == 0 || found.Counters[report.MetricSocketsOpened] != 5 || len(found.Remarks) > 0 {
		t.Errorf("interrupted %t, counters %v, remarks %q", found.Interrupted, found.Counters, found.Remarks)
	}
	if state := g.State(); len(state.Orders) > 0 || state.Tokens > 0 || state.Authenticated > 0 {
		t.Errorf("%d orders, %d tokens and %d sockets are left", len(state.Orders), state.Tokens, state.Authenticated)
	}
	if again := found.Head.Reproduce; strings.Contains(again+p.stdout.String(), "geheim") || !strings.Contains(again, "--press http:http://"+g.ControlAddr()+"/press ") {
		t.Errorf("to be repeated by %s", again)
	}
}

// TestLoadInterruptedBefore proves that Ctrl-C ends the wait for a token, with a report.
func TestLoadInterruptedBefore(t *testing.T) {
	t.Parallel()
	g, came := asked(t, http.MethodGet, protocol.PathGenerate, 1, gateway.Options{})
	path := filepath.Join(t.TempDir(), "load.json")
	p := start(t, "load", "--target", g.Addr(), "--press", "exec:true", "--rate", "0", "--json", path)
	if code := p.interruptWhen(t, came); code != report.ExitInterrupted || p.stderr.String() != "ttcheck: interrupted before it began\n" {
		t.Errorf("exit code %d, stderr %q", code, p.stderr)
	}
	if found := readReport(t, path); !found.Interrupted || found.Head.Target != g.Addr() || found.SetupError != "interrupted before it began" {
		t.Errorf("%+v", found)
	}
}

// TestLoadListensOnly proves that a passive load changes nothing, and leaves a token that
// was given. Every flag is given by its twin.
func TestLoadListensOnly(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("0123456789ab", 4)
	g, _ := asked(t, "", "", 0, gateway.Options{Tokens: []string{token}})
	code, stdout, stderr := ttcheck(t, "TTCHECK_TOKEN="+token, "TTCHECK_TARGET="+g.Addr(), "TTCHECK_SOCKETS=3", "TTCHECK_RAMP=0s",
		"TTCHECK_RATE=0", "TTCHECK_DURATION=1s", "TTCHECK_AUTH=message", "TTCHECK_THRESHOLD=sockets_opened==3", "load")
	if code != report.ExitOK || stderr != "" || !strings.Contains(stdout, "no changes: it listens") || strings.Contains(stdout, token) {
		t.Errorf("exit code %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
	if state := g.State(); state.Tokens != 1 || len(state.Orders) > 0 {
		t.Errorf("%d tokens and %d orders are left", state.Tokens, len(state.Orders))
	}
}

// TestLoadSetupErrorIsReported proves that a load which could not begin still writes its
// reports, with the reason.
func TestLoadSetupErrorIsReported(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "load.json")
	code, _, stderr := ttcheck(t, "load", "--target", closedPort(t), "--press", "exec:true", "--rate", "0",
		"--json", path, "--csv", filepath.Join(dir, "load.csv"), "--hdr", filepath.Join(dir, "load.hgrm"))
	if found := readReport(t, path); code != report.ExitSetup || !strings.Contains(found.SetupError, "connection refused") || found.ExitCode() != code {
		t.Errorf("exit code %d, set-up error %q; stderr: %s", code, found.SetupError, stderr)
	}
}

// embeddedTarget is where a load says that its own gateway listens.
var embeddedTarget = regexp.MustCompile(`target +(\S+) \(the reference gateway`)

// TestEmbeddedGatewayNeverSurvives proves that the gateway process ends even when the load
// is killed.
func TestEmbeddedGatewayNeverSurvives(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a process with the one that started it")
	}
	p := start(t, "load", "--sockets", "1", "--ramp", "0s", "--rate", "0", "--duration", "1m")
	address := embeddedTarget.FindStringSubmatch(p.stdout.await(t, "(the reference gateway"))[1]
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.wait(t)
	_ = conn.SetReadDeadline(time.Now().Add(4 * time.Second)) // less than the gateway waits for a request
	if _, err := conn.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("the gateway at %s is still there: %v", address, err)
	}
}
