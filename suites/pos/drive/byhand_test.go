package drive

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"ttcheck/client"
)

// desk is a terminal with an operator who answers every question alike.
type desk struct {
	*client.Prompt
	answer string
	asked  []string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	terminal, keyboard, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close(); keyboard.Close() })
	d := &desk{answer: "\n"}
	d.Prompt = &client.Prompt{Terminal: terminal, Say: func(line string) {
		d.asked = append(d.asked, line)
		_, _ = keyboard.WriteString(d.answer)
	}}
	return d
}

func TestByHand(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := ByHand(d.Prompt)
	defer b.Close()
	for _, site := range []Site{{Gateway: "192.0.2.1:8000"}, {Gateway: "192.0.2.1:8000", Link: "eth7"}} {
		d.asked = nil
		if forced, err := b.Stop(t.Context(), 0); forced || err != nil || d.asked != nil {
			t.Errorf("what does not run is stopped: %v, %v, %q", forced, err, d.asked)
		}
		if err := b.Start(t.Context(), site); err != nil {
			t.Fatal(err)
		}
		if len(d.asked) != 1 || !strings.Contains(d.asked[0], "Start") || !strings.Contains(d.asked[0], site.Gateway) || strings.Contains(d.asked[0], "eth7") != (site.Link != "") {
			t.Errorf("the operator is told %q", d.asked)
		}
		if forced, err := b.Stop(t.Context(), time.Nanosecond); forced || err != nil || len(d.asked) != 2 || !strings.Contains(d.asked[1], "Stop") {
			t.Errorf("stopped: %v, %v, %q", forced, err, d.asked)
		}
	}
	if err := b.Kill(t.Context()); b.CanKill() || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("killed: %v, %v", b.CanKill(), err)
	}
	if b.Ended() != nil || b.Exit() != "" || b.String() != "by hand" {
		t.Errorf("%v, %q, %q", b.Ended(), b.Exit(), b)
	}
}

func TestByHandDeclined(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := ByHand(d.Prompt)
	d.answer = "s\n"
	if err := b.Start(t.Context(), Site{}); !errors.Is(err, client.ErrDeclined) {
		t.Errorf("declined to start: %v", err)
	}
	d.answer = "\n"
	if err := b.Start(t.Context(), Site{}); err != nil {
		t.Fatal(err)
	}
	d.answer = "s\n"
	if forced, err := b.Stop(t.Context(), 0); forced || !errors.Is(err, client.ErrDeclined) {
		t.Errorf("declined to stop: %v, %v", forced, err)
	}
	d.answer = ""
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Stop(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
