package nodelab_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ttcheck/internal/nodelab"
)

const here = "testdata/here.mjs"

func TestScript(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(here)
	if err != nil {
		t.Fatal(err)
	}
	odd := filepath.Join(t.TempDir(), "it's here.mjs")
	if err := os.WriteFile(odd, text, 0o600); err != nil {
		t.Fatal(err)
	}
	command := nodelab.Script(t, odd)
	out, err := exec.CommandContext(t.Context(), "sh", "-c", command).CombinedOutput()
	if got := strings.TrimSpace(string(out)); err != nil || got != "function function 2" {
		t.Errorf("%s: %v: %s", command, err, out)
	}
}

// attempt is a test that may be skipped.
type attempt struct {
	testing.TB
	skipped string
}

func (a *attempt) Skip(args ...any) {
	a.skipped = fmt.Sprint(args...)
	runtime.Goexit()
}

func (a *attempt) Skipf(format string, args ...any) { a.Skip(fmt.Sprintf(format, args...)) }

// TestScriptIsSkipped: what is missing is told.
func TestScriptIsSkipped(t *testing.T) {
	node, err := exec.LookPath("node")
	hollow := filepath.Join(t.TempDir(), "node_modules")
	if err := os.MkdirAll(filepath.Join(hollow, "ws"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(hollow, "ws", "package.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		programs, modules, want string
		needsNode               bool
	}{
		"without Node":      {t.TempDir(), hollow, "no Node: node is not installed", false},
		"without ws":        {filepath.Dir(node), t.TempDir(), "no Node: the npm package ws is not installed", true},
		"ws without a text": {filepath.Dir(node), hollow, "no Node: ws cannot be used: exit status 1: ", true},
	} {
		t.Run(name, func(t *testing.T) {
			if test.needsNode && err != nil {
				t.Skip("no Node: node is not installed")
			}
			t.Setenv("PATH", test.programs)
			t.Setenv("NODE_PATH", test.modules)
			t.Setenv("HOME", t.TempDir())
			t.Setenv("XDG_CACHE_HOME", "")
			a := &attempt{TB: t}
			done := make(chan string)
			go func() {
				defer close(done)
				done <- nodelab.Script(a, here)
			}()
			if command, ran := <-done; ran {
				t.Errorf("it is to run by %s", command)
			}
			if !strings.HasPrefix(a.skipped, test.want) {
				t.Errorf("skipped because of %q, want %q", a.skipped, test.want)
			}
		})
	}
}
