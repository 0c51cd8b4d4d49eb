package client_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ttcheck/client"
)

// TestRestartCommand proves that the command learns what is wanted of it.
func TestRestartCommand(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "said")
	r := client.RestartCommand(`echo "$1" >>` + file)
	if err := errors.Join(r.Restart(t.Context()), r.Readdress(t.Context())); err != nil {
		t.Fatal(err)
	}
	if said, _ := os.ReadFile(file); string(said) != "restart\naddress\n" {
		t.Errorf("the command was given %q", said)
	}
	err := client.RestartCommand("echo no such host; exit 255").Restart(t.Context())
	if want := `restart the gateway by command: exit status 255 (it said "no such host")`; err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Restart(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a restart that is cancelled ends with %v", err)
	}
}

// TestRestartPrompt proves that the operator is told what to do, and can decline.
func TestRestartPrompt(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name string
		ask  func(client.Restarter, context.Context) error
		told string
		keys string
		want error
	}{
		{"restarts", client.Restarter.Restart, "Restart the gateway", "\n", nil},
		{"restarts, with a word", client.Restarter.Restart, "Restart the gateway", "yes\n", nil},
		{"declines a restart", client.Restarter.Restart, "s and Enter skips", "s\n", client.ErrDeclined},
		{"moves", client.Restarter.Readdress, "another address", "\n", nil},
		{"declines to move", client.Restarter.Readdress, "s and Enter skips", "Skip\n", client.ErrDeclined},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			out := make(chan error, 1)
			go func() { out <- x.ask(client.RestartPrompt{Prompt: d.Prompt}, t.Context()) }()
			if line := <-d.asked; !strings.Contains(line, x.told) {
				t.Errorf("the operator is told %q, want %q in it", line, x.told)
			}
			d.hits(t, x.keys)
			if err := <-out; !errors.Is(err, x.want) || (x.want == nil && err != nil) {
				t.Errorf("it ends with %v, want %v", err, x.want)
			}
		})
	}
}

// TestRestartPromptEnds proves that the wait for the operator ends with the run.
func TestRestartPromptEnds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	out := make(chan error, 1)
	go func() { out <- client.RestartPrompt{Prompt: d.Prompt}.Restart(ctx) }()
	<-d.asked
	cancel()
	if err := <-out; !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
}

func TestRestartFunc(t *testing.T) {
	t.Parallel()
	var moves []bool
	f := client.RestartFunc(func(_ context.Context, newAddress bool) error {
		moves = append(moves, newAddress)
		return nil
	})
	if err := errors.Join(f.Restart(t.Context()), f.Readdress(t.Context())); err != nil || len(moves) != 2 || moves[0] || !moves[1] {
		t.Errorf("called for %v, %v", moves, err)
	}
}
