package client

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

const (
	// maxOutput is how many bytes of a command's output its error shows.
	maxOutput = 200
	// outputDelay is how long a command that is over may leave its output open to
	// something that it left running.
	outputDelay = time.Second
)

// commandPresser presses by a command of the shell.
type commandPresser string

// String leaves the command out: it may hold a password.
func (commandPresser) String() string { return "exec" }

func (p commandPresser) Press(ctx context.Context) (Press, error) {
	earliest := time.Now()
	if err := shell(ctx, pressTimeout, string(p)); err != nil {
		return Press{}, fmt.Errorf("press the button by command: %w", err)
	}
	return Press{Earliest: earliest, Latest: time.Now()}, nil
}

// shell runs a command of the operator's, with arguments $1 and on.
func shell(ctx context.Context, limit time.Duration, command string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", command, "ttcheck"}, args...)...) //nolint:gosec // the operator's own command
	var said beginning
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.WaitDelay = outputDelay
	// A command that left something running succeeded all the same.
	err := cmd.Run()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return nil
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return fmt.Errorf("%w%s", err, said.suffix())
}

// beginning keeps the first bytes that are written to it. It has no method but
// Write, as the copier would fill a larger reader's memory.
type beginning struct{ text []byte }

func (b *beginning) Write(p []byte) (int, error) {
	b.text = append(b.text, p[:min(maxOutput-len(b.text), len(p))]...)
	return len(p), nil
}

func (b *beginning) suffix() string {
	if text := strings.TrimSpace(string(b.text)); text != "" {
		return fmt.Sprintf(" (it said %q)", text)
	}
	return ""
}
