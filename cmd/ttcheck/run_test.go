package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
)

// TestRunEmbedded runs one chapter against the embedded gateway and reads every
// report.
func TestRunEmbedded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	markdown, junit := filepath.Join(dir, "report.md"), filepath.Join(dir, "report.xml")
	code, stdout, stderr := ttcheck(t, "TTCHECK_SUITE=online", "run", "--json", "-", "--markdown", markdown, "--junit", junit)
	if code != report.ExitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	run, err := report.ReadJSON(strings.NewReader(stdout))
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Results) != 4 || run.Coverage.Ran != 4 || len(run.Head.NoCertification) == 0 {
		t.Errorf("%d results, coverage %+v, no certification for %q", len(run.Results), run.Coverage, run.Head.NoCertification)
	}
	if !strings.Contains(stderr, "PASSED") || !strings.Contains(stderr, "NO CERTIFICATION") {
		t.Errorf("the console does not give the verdict: %s", stderr)
	}
	for _, path := range []string{markdown, junit} {
		if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), "online") {
			t.Errorf("%s: %v, %d bytes without the results", path, err, len(text))
		}
	}
}

// TestInterrupt stops a run in the middle: the report is written, and the gateway
// is left as it was.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	g, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0", Control: "127.0.0.1:0", Speedup: embeddedSpeedup})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	path := filepath.Join(t.TempDir(), "report.json")
	p := start(t, "run", "--target", g.Addr(), "--press", "http:http://"+g.ControlAddr()+"/press",
		"--allow", "orders", "--speedup", "20", "--json", path)
	p.stdout.await(t, "EVT-04")
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(t); code != report.ExitInterrupted {
		t.Errorf("exit code %d, want %d; stderr: %s", code, report.ExitInterrupted, p.stderr)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	run, err := report.ReadJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	if !run.Interrupted || run.Count(report.Pass) == 0 || run.Count(report.Skipped) == 0 || run.Count(report.Fail)+run.Count(report.Error) > 0 {
		t.Errorf("interrupted %t, passed %d, skipped %d, failed %d, errors %d", run.Interrupted,
			run.Count(report.Pass), run.Count(report.Skipped), run.Count(report.Fail), run.Count(report.Error))
	}
	if state := g.State(); len(state.Orders) > 0 || state.Tokens > 0 || state.Authenticated > 0 {
		t.Errorf("%d orders, %d tokens and %d sockets are left", len(state.Orders), state.Tokens, state.Authenticated)
	}
}

// TestSetupErrorIsReported proves that a run which could not begin still writes
// its reports, with the reason.
func TestSetupErrorIsReported(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "report.json")
	code, _, stderr := ttcheck(t, "run", "--target", closedPort(t), "--press", "exec:true", "--json", path)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	run, err := report.ReadJSON(file)
	if err != nil || code != report.ExitSetup || !strings.Contains(run.SetupError, "connection refused") {
		t.Errorf("exit code %d, set-up error %q, %v; stderr: %s", code, run.SetupError, err, stderr)
	}
}

// TestGatewayAndToken runs the gateway as a process, presses its button over the
// control listener, and has it make a token.
func TestGatewayAndToken(t *testing.T) {
	t.Parallel()
	p := start(t, "gateway", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0")
	addresses := regexp.MustCompile(`(?s)gateway: http://(\S+)/api/v2\ncontrol: http://(\S+)\n`).
		FindStringSubmatch(p.stdout.await(t, "control: http://"))
	if addresses == nil {
		t.Fatalf("the gateway does not tell its addresses: %s", p.stdout)
	}
	api, press := addresses[1], "http:http://"+addresses[2]+"/press"
	code, stdout, stderr := ttcheck(t, "token", "--target", api, "--press", press)
	if code != 0 || !protocol.IsTokenForm(strings.TrimSpace(stdout)) || stderr != "" {
		t.Errorf("exit code %d, %d bytes of output, stderr %q", code, len(stdout), stderr)
	}
	path := filepath.Join(t.TempDir(), "site.token")
	if code, _, stderr := ttcheck(t, "token", "--target", api, "--press", press, "--token-file", path); code != 0 {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the token file: %v, %v", info, err)
	}
	code, _, stderr = ttcheck(t, "run", "--target", api, "--token-file", path, "--suite", "online")
	if code != 0 {
		t.Errorf("a run with the token file: exit code %d: %s", code, stderr)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(t); code != 0 {
		t.Errorf("the gateway's exit code is %d: %s", code, p.stderr)
	}
}
