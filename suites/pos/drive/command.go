package drive

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// errRunning tells that the run before is not over.
var errRunning = errors.New("it runs already")

// Process is an integration that a command of the shell starts, as a process group of its
// own. A command that goes into the background ends its run by that; what it left running
// is ended with the next Stop, Kill, Start or Close.
type Process struct {
	command string
	cookie  string // in the environment of everything that it starts

	mu  sync.Mutex
	run *run // the last one; nil before the first
}

// Command returns the integration that `sh -c command` starts. Its environment is ours
// without our own TTCHECK_ variables, and with these:
//
//	TTCHECK_GATEWAY     HOST:PORT of the gateway
//	TTCHECK_INTERFACE   the network interface to search on; if there is none:
//	TTCHECK_TARGET      HOST:PORT of the gateway, as `ttcheck pos` reads it
//	TTCHECK_SPEEDUP     how many times faster than true the gateway's clock runs
//	TTCHECK_TOKEN_FILE  where a token may be kept
//
// It has no standard input. What it writes is read, and but for the end forgotten. Whoever
// starts it closes it.
//
// What is left behind is told by its environment, on Linux alone: a process that both
// leaves the group and throws its environment away is not found. Where there is no SIGTERM
// (Windows), every Stop is by force.
func Command(command string) *Process {
	return &Process{command: command, cookie: rand.Text()}
}

// Start starts the command, and clears away before what an earlier run left behind. That
// there is no such program shows only later, by ExitCode.
func (p *Process) Start(ctx context.Context, site Site) error {
	err := context.Cause(ctx)
	if last := p.last(); err == nil && last != nil {
		err = errRunning
		if last.over() {
			_, err = last.force()
		}
	}
	var r *run
	if err == nil {
		r, err = launch(p.command, environment(os.Environ(), p.cookie, site), p.cookie)
	}
	if err != nil {
		return fmt.Errorf("start the integration: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.run = r
	return nil
}

// Stop sends SIGTERM to the command's process group, and waits until all of it is gone:
// the shell, and the likes of `go run`, die before the program has closed in order. What
// left the group gets its SIGTERM once the group is gone. The end of ctx ends the patience
// as grace does, and is an error.
func (p *Process) Stop(ctx context.Context, grace time.Duration) (forced bool, err error) {
	last := p.last()
	if last == nil {
		return false, nil
	}
	if forced, err = last.stop(ctx, grace); err != nil {
		return forced, fmt.Errorf("stop the integration: %w", err)
	}
	return forced, nil
}

// Kill sends SIGKILL to all that the command started. It takes no longer than 11 seconds,
// whatever ctx says.
func (p *Process) Kill(context.Context) error {
	if last := p.last(); last != nil {
		if _, err := last.force(); err != nil {
			return fmt.Errorf("kill the integration: %w", err)
		}
	}
	return nil
}

// CanKill returns true.
func (*Process) CanKill() bool { return true }

// Ended is closed when nothing of the command's process group is left: that the shell is
// gone does not mean that the program is.
func (p *Process) Ended() <-chan struct{} {
	if last := p.last(); last != nil {
		return last.ended
	}
	return nil
}

// Exit tells how the shell ended, and the last lines of what was written, at most 4 KiB.
func (p *Process) Exit() string {
	last := p.last()
	if last == nil || !last.over() {
		return ""
	}
	how := last.cmd.ProcessState.String()
	if said := last.tail.text(); said != "" {
		how += "; it wrote last:\n" + said
	}
	return how
}

// ExitCode is the exit code of the last run, -1 if a signal ended it or it goes on. The
// shell's own are 127 for a program that it does not find, and 126 for one that it cannot
// run.
func (p *Process) ExitCode() int {
	if last := p.last(); last != nil && last.over() {
		return last.cmd.ProcessState.ExitCode()
	}
	return -1
}

// String returns "command": the command itself may hold a password.
func (*Process) String() string { return "command" }

// Close kills whatever is left.
func (p *Process) Close() { _ = p.Kill(context.Background()) }

func (p *Process) last() *run {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.run
}
