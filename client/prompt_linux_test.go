package client_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"
)

// TestPromptOnStandardInput: a file that a program is born with knows no
// deadlines, and yet the wait can be ended.
func TestPromptOnStandardInput(t *testing.T) {
	t.Parallel()
	var ends [2]int
	if err := syscall.Pipe2(ends[:], syscall.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	terminal := os.NewFile(uintptr(ends[0]), fmt.Sprintf("/proc/self/fd/%d", ends[0]))
	keyboard := os.NewFile(uintptr(ends[1]), "keyboard")
	t.Cleanup(func() { terminal.Close(); keyboard.Close() })
	if err := terminal.SetReadDeadline(time.Now()); !errors.Is(err, os.ErrNoDeadline) {
		t.Fatalf("this is no such file: %v", err)
	}
	d := operate(terminal, keyboard)
	ctx, cancel := context.WithCancel(t.Context())
	out := d.press(ctx)
	<-d.asked
	cancel()
	if got := <-out; !errors.Is(got.err, context.Canceled) {
		t.Errorf("interrupted: %v", got)
	}
	d.hits(t, "early\n")
	out = d.press(t.Context())
	<-d.asked
	d.hits(t, "\n")
	if got := <-out; got.err != nil {
		t.Error(got.err)
	}
}
