//go:build linux

package netlab

import (
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	// grace is how long a process may take to end.
	grace = 3 * time.Second
	// maxOutput is how much of a process's output is kept, in bytes.
	maxOutput = 1 << 20
)

// Process is a process that runs on a host beside the test.
type Process struct {
	cmd   *exec.Cmd
	out   output
	ended chan struct{} // closed when it ended
}

// Start starts a process on the host. It is ended with the test, if it still runs
// then: SIGTERM, and after 3 s SIGKILL. If the test fails, its output is shown.
func (h *Host) Start(t testing.TB, name string, args ...string) *Process {
	t.Helper()
	return h.Launch(t, h.Command(t.Context(), name, args...))
}

// Launch is Start for a command of the host's, such as one with an environment of its
// own. It is ended with the test if it was made with the test's context.
func (h *Host) Launch(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	title := strings.TrimPrefix(strings.Join(cmd.Args, " "), "ip netns exec "+h.space+" ")
	p := &Process{cmd: cmd, ended: make(chan struct{})}
	p.out.changed = make(chan struct{})
	cmd.Stdout, cmd.Stderr = &p.out, &p.out
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s on %s: %v", title, h.name, err)
	}
	go func() {
		_ = cmd.Wait() // the state tells how it ended
		close(p.ended)
	}()
	t.Cleanup(func() { // the test's context has ended: it is being stopped
		<-p.ended
		if t.Failed() {
			t.Logf("output on %s of %s:\n%s", h.name, title, p.Output())
		}
	})
	return p
}

// Output is what the process wrote so far.
func (p *Process) Output() string {
	text, _ := p.out.now()
	return text
}

// Await waits until the process has written a text, and returns all it wrote. The
// test fails if the process ends before, or is not that far in time.
func (p *Process) Await(t testing.TB, text string) string {
	t.Helper()
	limit := time.After(patience)
	for {
		out, changed := p.out.now()
		if strings.Contains(out, text) {
			return out
		}
		select {
		case <-changed:
		case <-p.ended:
			if out = p.Output(); strings.Contains(out, text) {
				return out
			}
			t.Fatalf("%s ended (%v) without a word of %q: %s", p.cmd, p.cmd.ProcessState, text, out)
		case <-limit:
			t.Fatalf("%s says no %q within %v: %s", p.cmd, text, patience, out)
		}
	}
}

// Stop asks the process to end, and kills it after 3 s. It returns its exit code, -1
// if it did not end by itself.
func (p *Process) Stop() int { return p.end(syscall.SIGTERM) }

// Kill ends the process as a power cut does.
func (p *Process) Kill() { p.end(syscall.SIGKILL) }

// Signal sends it a signal.
func (p *Process) Signal(s syscall.Signal) error { return p.cmd.Process.Signal(s) }

func (p *Process) end(s syscall.Signal) int {
	_ = p.Signal(s) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(grace):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
	return p.cmd.ProcessState.ExitCode()
}

// output is what a process wrote, as far as it is kept.
type output struct {
	mu      sync.Mutex
	text    []byte
	changed chan struct{} // closed at the next change
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p[:min(len(p), maxOutput-len(o.text))]...)
	close(o.changed)
	o.changed = make(chan struct{})
	return len(p), nil
}

func (o *output) now() (text string, changed <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text), o.changed
}
