package client_test

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"ttcheck/client"
)

// desk is an operator with a keyboard. What it says is asked on the channel.
type desk struct {
	*client.Prompt
	keyboard *os.File
	asked    chan string
}

func newDesk(t *testing.T) desk {
	t.Helper()
	terminal, keyboard, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close(); keyboard.Close() })
	return operate(terminal, keyboard)
}

func operate(terminal, keyboard *os.File) desk {
	d := desk{keyboard: keyboard, asked: make(chan string, 10)}
	d.Prompt = &client.Prompt{Terminal: terminal, Say: func(line string) { d.asked <- line }}
	return d
}

func (d desk) hits(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(d.keyboard, keys); err != nil {
		t.Error(err)
	}
}

// outcome is what a press returned.
type outcome struct {
	press client.Press
	err   error
}

// press begins a press.
func (d desk) press(ctx context.Context) <-chan outcome {
	out := make(chan outcome, 1)
	go func() {
		press, err := d.Press(ctx)
		out <- outcome{press, err}
	}()
	return out
}

func TestPrompt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for range 2 {
		before := time.Now()
		out := d.press(t.Context())
		if line := <-d.asked; !strings.Contains(line, "press the button") || !strings.Contains(line, "Enter") {
			t.Errorf("the operator is told %q", line)
		}
		d.hits(t, "as you")
		d.hits(t, " like\n")
		got := <-out
		if got.err != nil {
			t.Fatal(got.err)
		}
		// It took no time, so the button cannot have gone down before the question.
		if got.press.Earliest.Before(before) || got.press.Latest.Before(got.press.Earliest) || got.press.Latest.After(time.Now()) {
			t.Errorf("pressed between %v and %v", got.press.Earliest, got.press.Latest)
		}
	}
}

// TestPromptTakesTheOperatorsTime: the button may have gone down some seconds
// before Enter, and no more.
func TestPromptTakesTheOperatorsTime(t *testing.T) {
	t.Parallel()
	if client.Reaction != 3*time.Second {
		t.Errorf("the operator's reaction takes %v", client.Reaction)
	}
	asked := time.Now()
	for _, test := range []struct{ took, from time.Duration }{
		{0, 0}, {time.Second, 0}, {client.Reaction, 0}, {client.Reaction + time.Second, time.Second}, {time.Hour, time.Hour - client.Reaction},
	} {
		press := client.PressedBetween(asked, asked.Add(test.took))
		if press.Earliest.Sub(asked) != test.from || press.Latest.Sub(asked) != test.took {
			t.Errorf("after %v: %v to %v", test.took, press.Earliest.Sub(asked), press.Latest.Sub(asked))
		}
	}
}

// TestPromptForgetsWhatWasTypedBefore: an Enter that nobody asked for is no press.
func TestPromptForgetsWhatWasTypedBefore(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.hits(t, "early\n\n\n")
	out := d.press(t.Context())
	<-d.asked
	select {
	case got := <-out:
		t.Fatalf("pressed without the operator: %v", got)
	case <-time.After(50 * time.Millisecond):
	}
	d.hits(t, "\n")
	if got := <-out; got.err != nil {
		t.Error(got.err)
	}
}

// TestPromptIsInterrupted: the end of the context ends the wait, and only that.
func TestPromptIsInterrupted(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		out := d.press(ctx)
		<-d.asked
		cancel()
		if got := <-out; !errors.Is(got.err, context.Canceled) || !strings.HasPrefix(got.err.Error(), "wait for the operator to press the button: ") || got.press != (client.Press{}) {
			t.Fatalf("interrupted: %v", got)
		}
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if got := <-d.press(done); !errors.Is(got.err, context.Canceled) {
		t.Errorf("without time: %v", got)
	}
	<-d.asked
	out := d.press(t.Context())
	<-d.asked
	d.hits(t, "\n")
	if got := <-out; got.err != nil {
		t.Errorf("after interruptions: %v", got.err)
	}
}

// TestPromptOneByOne: two who ask at once do not share an Enter.
func TestPromptOneByOne(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first, second := d.press(t.Context()), d.press(t.Context())
	for range 2 {
		<-d.asked
		select {
		case line := <-d.asked:
			t.Fatalf("asked again: %s", line)
		case <-time.After(20 * time.Millisecond):
		}
		d.hits(t, "\n")
	}
	for _, out := range []<-chan outcome{first, second} {
		if got := <-out; got.err != nil {
			t.Error(got.err)
		}
	}
}

func TestPromptWithoutAnOperator(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.keyboard.Close()
	if got := <-d.press(t.Context()); !errors.Is(got.err, io.EOF) {
		t.Errorf("the end of the terminal is %v", got)
	}
	d = newDesk(t)
	out := d.press(t.Context())
	<-d.asked
	d.hits(t, "no line")
	d.keyboard.Close()
	if got := <-out; !errors.Is(got.err, io.EOF) {
		t.Errorf("the end of the terminal in a line is %v", got)
	}
}

// TestPromptOnAnyFile: where nothing can end the wait, Enter still does.
func TestPromptOnAnyFile(t *testing.T) {
	t.Parallel()
	name := t.TempDir() + "/typed"
	if err := os.WriteFile(name, []byte("x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	d := operate(file, nil)
	if got := <-d.press(t.Context()); got.err != nil {
		t.Error(got.err)
	}
	if got := <-d.press(t.Context()); !errors.Is(got.err, io.EOF) {
		t.Errorf("the end of the file is %v", got)
	}
}
