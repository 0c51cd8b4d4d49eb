package client_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ttcheck/client"
)

// command returns a presser that runs a command of the shell.
func command(t *testing.T, text string) client.Presser {
	t.Helper()
	p, err := client.ParsePresser("exec:"+text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCommandPresses(t *testing.T) {
	t.Parallel()
	button := filepath.Join(t.TempDir(), "button")
	before := time.Now()
	press, err := command(t, "echo pressed | tee "+button).Press(t.Context())
	after := time.Now()
	if err != nil {
		t.Fatal(err)
	}
	if press.Earliest.Before(before) || press.Latest.Before(press.Earliest) || press.Latest.After(after) {
		t.Errorf("pressed between %v and %v, asked between %v and %v", press.Earliest, press.Latest, before, after)
	}
	if text, _ := os.ReadFile(button); string(text) != "pressed\n" {
		t.Errorf("the button says %q", text)
	}
}

func TestCommandFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		command, said string
	}{
		"without a word":     {"exit 3", ""},
		"with words":         {"echo ' no such button'; echo here >&2; exit 3", ` (it said "no such button\nhere")`},
		"with many words":    {"head -c 5000000 /dev/zero | tr '\\0' x; exit 3", ` (it said "` + strings.Repeat("x", client.MaxOutput) + `")`},
		"with few at a time": {"for i in 1 2 3; do printf '%0100d' $i; done; exit 3", ` (it said "` + strings.Repeat("0", 99) + "1" + strings.Repeat("0", 99) + `2")`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			press, err := command(t, test.command).Press(t.Context())
			if want := "press the button by command: exit status 3" + test.said; err == nil || err.Error() != want {
				t.Errorf("the error is %v, want %s", err, want)
			}
			if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 3 {
				t.Errorf("the error is %#v", err)
			}
			if press != (client.Press{}) {
				t.Errorf("pressed at %v", press)
			}
		})
	}
}

// TestCommandIsCutOff: a command that does not end is ended, with the reason why.
func TestCommandIsCutOff(t *testing.T) {
	t.Parallel()
	begun := filepath.Join(t.TempDir(), "begun")
	if err := exec.Command("mkfifo", begun).Run(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, _ = os.ReadFile(begun) // waits for the command to write to it
		cancel()
	}()
	_, err := command(t, "echo waiting; echo > "+begun+"; exec sleep 100").Press(ctx)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), `it said "waiting"`) {
		t.Errorf("the error is %v", err)
	}
	if client.PressTimeout != 30*time.Second {
		t.Errorf("without a deadline it may take %v", client.PressTimeout)
	}
}

// TestCommandLeavesSomethingRunning: that the child holds the output open does
// not make the press fail, nor wait for it.
func TestCommandLeavesSomethingRunning(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	press, err := command(t, "sleep 10 & echo pressed").Press(t.Context())
	if err != nil || press.Latest.IsZero() {
		t.Errorf("the press failed: %v", err)
	}
	if took := time.Since(begun); took > 9*time.Second {
		t.Errorf("it took %v: the child was waited for", took)
	}
}
