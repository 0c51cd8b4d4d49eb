package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// asMain, set in the environment, makes the test binary the command itself: exit
// codes and signals are tested on a real process.
const asMain = "BE_TTCHECK"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		os.Exit(execute(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// process is one run of the command.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr *watched
}

// start runs the command with arguments; entries of the form NAME=VALUE before
// them are its environment.
func start(t *testing.T, words ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	// With the race detector every process would take a second to end.
	env := []string{asMain + "=1", "NO_COLOR=1", "GORACE=atexit_sleep_ms=10", "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	for len(words) > 0 && strings.HasPrefix(words[0], "TTCHECK_") {
		env, words = append(env, words[0]), words[1:]
	}
	p := &process{cmd: exec.CommandContext(ctx, os.Args[0], words...), stdout: newWatched(), stderr: newWatched()}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = env, p.stdout, p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// wait returns the exit code.
func (p *process) wait(t *testing.T) int {
	t.Helper()
	err := p.cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0
}

// ttcheck runs the command to its end.
func ttcheck(t *testing.T, words ...string) (code int, stdout, stderr string) {
	t.Helper()
	p := start(t, words...)
	code = p.wait(t)
	return code, p.stdout.String(), p.stderr.String()
}

// watched is output that can be waited for.
type watched struct {
	lock    chan struct{}
	text    bytes.Buffer
	changed chan struct{}
}

func newWatched() *watched {
	return &watched{lock: make(chan struct{}, 1), changed: make(chan struct{})}
}

func (w *watched) Write(p []byte) (int, error) {
	w.lock <- struct{}{}
	defer func() { <-w.lock }()
	w.text.Write(p)
	close(w.changed)
	w.changed = make(chan struct{})
	return len(p), nil
}

func (w *watched) String() string {
	w.lock <- struct{}{}
	defer func() { <-w.lock }()
	return w.text.String()
}

// await waits until the output holds text.
func (w *watched) await(t *testing.T, text string) string {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		w.lock <- struct{}{}
		now, changed := w.text.String(), w.changed
		<-w.lock
		if strings.Contains(now, text) {
			return now
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("no %q in the output: %s", text, now)
		}
	}
}
