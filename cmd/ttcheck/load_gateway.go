package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

const (
	// gatewayStart is how long the gateway process may take to listen, gatewayEnd how long
	// to end before it is killed.
	gatewayStart = 20 * time.Second
	gatewayEnd   = 5 * time.Second
	// embeddedListen is where it listens, at ports of the system's choice.
	embeddedListen = "127.0.0.1:0"
	// maxSaid is how many bytes are kept of each of its outputs.
	maxSaid = 1000
)

// listening is what a gateway process says once it listens.
var listening = regexp.MustCompile(`^gateway: http://(\S+)/api/v2\ncontrol: http://(\S+)\n`)

// gatewayProcess is the reference gateway in a process of its own: its work is not taken for
// the driver's, and Ctrl-C at the terminal does not end it before its orders are cleared.
type gatewayProcess struct {
	address, control string // HOST:PORT of the API, and of the control listener

	cancel context.CancelFunc
	stdout *said
	stderr *said
	over   chan struct{} // closed when the process is
	err    error         // how it ended; valid once over is closed
}

// startGateway starts a gateway process, and returns when it listens.
func startGateway(ctx context.Context) (*gatewayProcess, error) {
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	g := &gatewayProcess{cancel: cancel, stdout: newSaid(2), stderr: newSaid(1), over: make(chan struct{})}
	go g.run(life)
	if err := g.awaitListening(ctx); err != nil {
		_ = g.stop()
		return nil, fmt.Errorf("start the embedded gateway: %w", err)
	}
	return g, nil
}

// run runs the process until life ends, which it is told by SIGTERM where there are signals.
func (g *gatewayProcess) run(life context.Context) {
	defer close(g.over)
	// Linux ends the process with the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	self, err := os.Executable()
	if err != nil {
		g.err = err
		return
	}
	cmd := exec.CommandContext(life, self, "gateway", "--listen", embeddedListen, "--control", embeddedListen, "--speedup", "1") //nolint:gosec // ttcheck itself
	cmd.Env = withoutTwins(os.Environ())
	cmd.Stdout, cmd.Stderr = g.stdout, g.stderr
	cmd.WaitDelay = gatewayEnd
	kill, hurry := cmd.Cancel, hurried(life)
	tie(cmd)
	gently := cmd.Cancel
	cmd.Cancel = func() error {
		if hurry.Err() != nil {
			return kill()
		}
		return gently()
	}
	if err := cmd.Run(); life.Err() == nil {
		g.err = fmt.Errorf("it ended by itself (%v)%s", cmd.ProcessState, g.stderr.suffix())
		if cmd.ProcessState == nil {
			g.err = err
		}
	}
}

func (g *gatewayProcess) awaitListening(ctx context.Context) error {
	late := time.NewTimer(gatewayStart)
	defer late.Stop()
	select {
	case <-g.stdout.whole:
	case <-g.over:
		return g.err
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return fmt.Errorf("it does not listen after %v", gatewayStart)
	}
	addresses := listening.FindStringSubmatch(g.stdout.text.String())
	if addresses == nil {
		return errors.New("it does not tell its addresses")
	}
	g.address, g.control = addresses[1], addresses[2]
	return nil
}

// stop ends the process, by force if it does not end in time, and waits for that. The error
// tells that it had ended before.
func (g *gatewayProcess) stop() error {
	g.cancel()
	<-g.over
	return g.err
}

// withoutTwins leaves out of an environment what is meant for our flags: none of them is
// the gateway process's, and one may be a token.
func withoutTwins(environment []string) []string {
	return slices.DeleteFunc(slices.Clone(environment), func(entry string) bool { return strings.HasPrefix(entry, twinPrefix) })
}

// said is what a process says first. One goroutine writes it; it is read when whole is
// closed, or the process is over.
type said struct {
	text  bytes.Buffer
	lines int           // how many make it whole
	whole chan struct{} // closed when they are there
}

func newSaid(lines int) *said { return &said{lines: lines, whole: make(chan struct{})} }

// Write keeps what belongs to the first lines, up to a bound.
func (s *said) Write(p []byte) (int, error) {
	for _, b := range p {
		if s.lines == 0 || s.text.Len() == maxSaid {
			break
		}
		s.text.WriteByte(b)
		if b == '\n' {
			if s.lines--; s.lines == 0 {
				close(s.whole)
			}
		}
	}
	return len(p), nil
}

// suffix is what was said, for the end of an error.
func (s *said) suffix() string {
	if text := strings.TrimSpace(s.text.String()); text != "" {
		return ": " + text
	}
	return ""
}
