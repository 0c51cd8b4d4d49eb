package client

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

const (
	// reaction is how long before the operator's Enter the button may have gone
	// down: the prompt asks for both at once.
	reaction = 3 * time.Second
	// stale is how long the prompt takes to read away what was typed before it.
	stale = 50 * time.Millisecond
)

// ErrDeclined tells that the operator would rather not.
var ErrDeclined = errors.New("the operator declined")

// Prompt asks the operator at the terminal to do what only a person can: to press
// the button, to restart the gateway.
type Prompt struct {
	// Terminal is read for the operator's Enter. What was typed before the prompt
	// is thrown away.
	Terminal *os.File
	// Say shows a line to the operator.
	Say func(line string)

	mu      sync.Mutex
	presses int // asked for so far
}

func (*Prompt) String() string { return "prompt" }

// Press asks, and returns when the operator has hit Enter. The button went down
// at most a reaction time before that.
func (p *Prompt) Press(ctx context.Context) (Press, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.presses++
	asked, _, err := p.ask(ctx, fmt.Sprintf("Press %d: press the button on the gateway now, and hit Enter at the same moment.", p.presses))
	if err != nil {
		return Press{}, fmt.Errorf("wait for the operator to press the button: %w", err)
	}
	return pressedBetween(asked, time.Now()), nil
}

// Request asks the operator for something, and returns when Enter was hit. The error
// is ErrDeclined if the line that was typed begins with an s.
func (p *Prompt) Request(ctx context.Context, line string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, first, err := p.ask(ctx, line)
	switch {
	case err != nil:
		return fmt.Errorf("wait for the operator: %w", err)
	case first == 's' || first == 'S':
		return ErrDeclined
	}
	return nil
}

// ask shows a line and waits for Enter. It returns when it asked, and the first
// character of what was typed.
func (p *Prompt) ask(ctx context.Context, line string) (asked time.Time, first byte, err error) {
	terminal, done := waitable(p.Terminal)
	defer done()
	discard(terminal)
	asked = time.Now()
	p.Say(line)
	first, err = enter(ctx, terminal)
	return asked, first, err
}

// pressedBetween tells when the button went down if the operator was asked to
// press it and then hit Enter.
func pressedBetween(asked, entered time.Time) Press {
	earliest := entered.Add(-reaction)
	if earliest.Before(asked) {
		earliest = asked
	}
	return Press{Earliest: earliest, Latest: entered}
}

// waitable returns the terminal as a file on which a wait can be ended. The
// standard input that a program is born with is none, but opened anew it is one
// on most systems; where it is not, only Enter ends the wait.
func waitable(terminal *os.File) (same *os.File, done func()) {
	if terminal.SetReadDeadline(time.Time{}) == nil {
		return terminal, func() {}
	}
	again, err := os.Open(terminal.Name())
	if err != nil {
		return terminal, func() {}
	}
	if again.SetReadDeadline(time.Time{}) != nil {
		_ = again.Close()
		return terminal, func() {}
	}
	return again, func() { _ = again.Close() }
}

// discard reads away what was typed too early: an Enter that nobody asked for is
// no press.
func discard(terminal *os.File) {
	if terminal.SetReadDeadline(time.Now().Add(stale)) != nil {
		return
	}
	early := make([]byte, 256)
	for {
		if _, err := terminal.Read(early); err != nil {
			return
		}
	}
}

// enter reads up to the end of a line and returns its first character. A deadline on
// the terminal lets ctx end the wait.
func enter(ctx context.Context, terminal *os.File) (first byte, err error) {
	_ = terminal.SetReadDeadline(time.Time{})
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = terminal.SetReadDeadline(time.Unix(1, 0))
		close(ended)
	})
	defer func() {
		if !stop() {
			<-ended // or it would end the next wait
		}
	}()
	one := make([]byte, 1)
	for {
		n, err := terminal.Read(one)
		switch {
		case ctx.Err() != nil:
			return first, ctx.Err()
		case err != nil:
			return first, err
		case n == 1 && one[0] == '\n':
			return first, nil
		case n == 1 && first == 0:
			first = one[0]
		}
	}
}
