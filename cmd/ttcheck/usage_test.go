package main

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
)

// TestOneLineErrors proves that what cannot be done is told in one clear line on
// standard error, with the right exit code and without a report.
func TestOneLineErrors(t *testing.T) {
	t.Parallel()
	readOnly := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(readOnly, []byte("kept"), 0o444); err != nil {
		t.Fatal(err)
	}
	closed := closedPort(t)
	silent := silentListener(t)
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	secret := strings.Repeat("0123456789ab", 4)
	emptyFile := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(emptyFile, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	g, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })

	tests := []struct {
		name  string
		words []string
		code  int
		says  string
	}{
		{"unknown verb", []string{"rum"}, report.ExitUsage, "unknown command"},
		{"unknown flag", []string{"run", "--targte", "x"}, report.ExitUsage, "--targte"},
		{"stray argument", []string{"run", "token"}, report.ExitUsage, "token"},
		{"unknown suite", []string{"run", "--suite", "tokens"}, report.ExitUsage, `unknown suite "tokens"`},
		{"unknown profile", []string{"run", "--profile", "all"}, report.ExitUsage, `unknown profile "all"`},
		{"bad filter", []string{"run", "--label-filter", "(MUST"}, report.ExitUsage, "bad label filter"},
		{"filter that matches nothing", []string{"run", "--label-filter", "nothing"}, report.ExitNothing, "nothing was run"},
		{"unknown permission", []string{"run", "--allow", "everything"}, report.ExitUsage, `unknown permission "everything"`},
		{"bad order names", []string{"run", "--order-names", "9-1"}, report.ExitUsage, "--order-names"},
		{"bad duration in the environment", []string{"TTCHECK_GRACE=soon", "run"}, report.ExitUsage, "TTCHECK_GRACE"},
		{"empty target", []string{"TTCHECK_TARGET=", "run"}, report.ExitUsage, "--target is empty"},
		{"variable that is mistyped", []string{"TTCHECK_SUIT=online", "run"}, report.ExitUsage, "TTCHECK_SUIT"},
		{"press of the embedded gateway", []string{"run", "--press", "exec:true"}, report.ExitUsage, "--target"},
		{"clock that stands still", []string{"run", "--speedup", "0"}, report.ExitUsage, "--speedup 0"},
		{"suite of integrations", []string{"run", "--suite", "pos"}, report.ExitUsage, "use ttcheck certify"},
		{"no requirement", []string{"explain"}, report.ExitUsage, "which requirement"},
		{"bad press mode", []string{"run", "--target", g.Addr(), "--press", "hard"}, report.ExitUsage, "unknown press mode"},
		{"unknown interface", []string{"run", "--target", g.Addr(), "--interface", "nope0"}, report.ExitUsage, "nope0"},
		{"target that is a URL", []string{"run", "--target", "http://192.0.2.1/"}, report.ExitUsage, "HOST[:PORT]"},
		{"token for the embedded gateway", []string{"TTCHECK_TOKEN=" + secret, "run"}, report.ExitUsage, "--target"},
		{"empty token file", []string{"run", "--target", g.Addr(), "--token-file", emptyFile}, report.ExitUsage, "is empty"},
		{"no token and no button", []string{"run", "--target", g.Addr()}, report.ExitUsage, "needs a token"},
		{"read-only report", []string{"run", "--json", readOnly}, report.ExitUsage, "permission denied"},
		{"report in no directory", []string{"run", "--junit", filepath.Join(readOnly, "x.xml")}, report.ExitUsage, "--junit"},
		{"two reports on standard output", []string{"run", "--json", "-", "--junit", "/dev/stdout"}, report.ExitUsage, "another report"},
		{"stopped gateway", []string{"run", "--target", closed, "--press", "exec:true"}, report.ExitSetup, "connection refused"},
		{"target that never answers", []string{"run", "--target", silent, "--press", "exec:true"}, report.ExitSetup, "no answer within 4s"},
		{"wrong port", []string{"run", "--target", other.Listener.Addr().String(), "--press", "exec:true"}, report.ExitSetup, "wrong port?"},
		{"token of someone else", []string{"TTCHECK_TOKEN=" + secret, "run", "--target", g.Addr()}, report.ExitSetup, "refuses the token given"},
		{"button that cannot be pressed", []string{"run", "--target", g.Addr(), "--press", "exec:exit 3"}, report.ExitSetup, "press the button by command"},
		{"button that does nothing", []string{"run", "--target", g.Addr(), "--press", "exec:true", "--suite", "history"}, report.ExitSetup, "the button was pressed"},
		{"two reports in one file", []string{"run", "--json", emptyFile, "--junit", emptyFile}, report.ExitUsage, "another report"},
		{"bad speed", []string{"run", "--speedup", "NaN"}, report.ExitUsage, "--speedup"},
		{"too fast", []string{"run", "--speedup", "1000"}, report.ExitUsage, "--speedup"},
		{"unknown requirement", []string{"explain", "WS-99"}, report.ExitUsage, `"WS-99"`},
		{"address in use", []string{"gateway", "--listen", g.Addr()}, report.ExitSetup, "address already in use"},
		{"gateway with a bad speed", []string{"gateway", "--speedup", "-1"}, report.ExitUsage, "speedup"},
		{"unknown fault", []string{"gateway", "--fault", "nope"}, report.ExitUsage, "--list-faults"},
		{"unknown variant", []string{"gateway", "--variant", "nope"}, report.ExitUsage, "--list-variants"},
		{"selftest of an unknown fault", []string{"selftest", "--fault", "nope"}, report.ExitUsage, `no fault "nope"`},
		{"selftest of a bad pattern", []string{"selftest", "--fault", "[a"}, report.ExitUsage, "no pattern"},
		{"selftest of an unknown variant", []string{"selftest", "--variant", "nope"}, report.ExitUsage, `no variant "nope"`},
		{"selftest with no room", []string{"selftest", "--jobs", "0"}, report.ExitUsage, "--jobs"},
		{"selftest with a report in no directory", []string{"selftest", "--json", filepath.Join(readOnly, "x.json")}, report.ExitUsage, "--json"},
		{"token without a target", []string{"token"}, report.ExitUsage, "--target"},
		{"token that nobody grants", []string{"token", "--target", g.Addr(), "--wait", "100ms"}, report.ExitSetup, "not pressed in time"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			refused(t, test.words, test.code, test.says, secret)
		})
	}
	t.Cleanup(func() {
		if kept, err := os.ReadFile(readOnly); err != nil || string(kept) != "kept" {
			t.Errorf("the read-only report holds %q (%v)", kept, err)
		}
	})
}

// refused proves that a command line ends with a code, and with a line that says why and
// not the secret.
func refused(t *testing.T, words []string, code int, says, secret string) {
	t.Helper()
	began := time.Now()
	got, stdout, stderr := ttcheck(t, words...)
	if got != code {
		t.Errorf("exit code %d, want %d; stderr: %s", got, code, stderr)
	}
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "ttcheck: ") || !strings.Contains(last, says) {
		t.Errorf("stderr %q, want a line that says %q", stderr, says)
	}
	if strings.Contains(stdout+stderr, secret) {
		t.Error("the output shows the token")
	}
	if took := time.Since(began); code == report.ExitSetup && took > time.Minute {
		t.Errorf("it took %v", took)
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// silentListener accepts connections, in the kernel, and never says a word.
func silentListener(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

func TestList(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := ttcheck(t, "list", "--json")
	var all []listed
	if err := json.Unmarshal([]byte(stdout), &all); code != 0 || err != nil || stderr != "" {
		t.Fatalf("exit code %d, %v, stderr %q", code, err, stderr)
	}
	if len(all) != len(protocol.Catalogue) {
		t.Errorf("%d requirements, want %d", len(all), len(protocol.Catalogue))
	}
	code, stdout, _ = ttcheck(t, "list")
	for _, r := range protocol.Catalogue {
		if code != 0 || !strings.Contains(stdout, "\n"+r.ID+" ") && !strings.HasPrefix(stdout, r.ID+" ") {
			t.Errorf("%s is not listed", r.ID)
		}
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	code, stdout, _ := ttcheck(t, "explain", "ws-14")
	want, _ := protocol.Lookup("WS-14")
	for _, part := range []string{"WS-14", want.Sentence, want.Advice, want.Source} {
		if code != 0 || !strings.Contains(stdout, part) {
			t.Errorf("exit code %d; no %q in %s", code, part, stdout)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	if code, stdout, _ := ttcheck(t, "version"); code != 0 || !strings.HasPrefix(stdout, "ttcheck "+release) {
		t.Errorf("exit code %d, %q", code, stdout)
	}
}
