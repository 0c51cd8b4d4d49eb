package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	grace     = 10 * time.Second // for a process that was asked to end
	maxOutput = 1 << 20          // bytes that are kept of what it writes
)

// process is a child, whatever becomes of it.
type process struct {
	name   string
	cmd    *exec.Cmd
	stdout output
	stderr output
	ended  chan struct{}
	err    error // how it ended; read after ended
}

// launch starts a child in a process group of its own, so that a terminal's Ctrl-C comes
// to us alone, and we end them in order. Stop must be called.
func launch(env []string, path string, args ...string) (*process, error) {
	p := &process{name: filepath.Base(path), ended: make(chan struct{})}
	p.cmd = exec.Command(path, args...) //nolint:gosec,noctx // our own programs; Stop ends them in good order
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	p.cmd.SysProcAttr = apart()
	started := make(chan error)
	go func() {
		// The system ends a child with the thread that started it, so that none outlives
		// us even if we are killed. This keeps the thread.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.ended)
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.err = p.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// wait waits until the process ends by itself; what it said then is part of the error.
func (p *process) wait(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	select {
	case <-p.ended:
		return p.failure()
	case <-ctx.Done():
		return fmt.Errorf("%s has not ended: %w", p.name, context.Cause(ctx))
	}
}

// failure tells how a process that has ended went wrong; nil if it did not.
func (p *process) failure() error {
	if p.err == nil {
		return nil
	}
	said := strings.TrimSpace(p.stderr.text())
	return fmt.Errorf("%s: %w: %s", p.name, p.err, said[max(0, len(said)-400):])
}

// stop asks the process to end, and kills it if it does not.
func (p *process) stop() {
	if p == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(grace):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// line waits for a line of standard output that begins so, and returns the rest of it.
func (p *process) line(ctx context.Context, prefix string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	for {
		text, changed := p.stdout.now()
		for line := range strings.Lines(text) {
			rest, found := strings.CutPrefix(line, prefix)
			if whole, ended := strings.CutSuffix(rest, "\n"); found && ended {
				return whole, nil
			}
		}
		select {
		case <-changed:
		case <-p.ended:
			return "", errors.Join(fmt.Errorf("%s ended without a word of %q", p.name, prefix), p.failure())
		case <-ctx.Done():
			return "", fmt.Errorf("%s says no %q: %w", p.name, prefix, ctx.Err())
		}
	}
}

// output is what a process wrote, as far as it is kept.
type output struct {
	mu      sync.Mutex
	kept    bytes.Buffer
	changed chan struct{} // closed at the next change; nil while nobody waits
}

func (o *output) Write(data []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept.Write(data[:min(len(data), maxOutput-o.kept.Len())])
	if o.changed != nil {
		close(o.changed)
		o.changed = nil
	}
	return len(data), nil
}

func (o *output) now() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.changed == nil {
		o.changed = make(chan struct{})
	}
	return o.kept.String(), o.changed
}

func (o *output) text() string {
	text, _ := o.now()
	return text
}
