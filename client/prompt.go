package client

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
)

// reaction is how long before the operator's Enter the button may have gone
// down: the prompt asks for both at once.
const reaction = 3 * time.Second

// Prompt asks the operator at the terminal to press the button.
type Prompt struct {
	// Terminal is read for the operator's Enter.
	Terminal *os.File
	// Say shows a line to the operator.
	Say func(line string)

	mu sync.Mutex
}

func (*Prompt) String() string { return "prompt" }

// Press asks, and returns when the operator has hit Enter. The button went down
// at most a reaction time before that.
func (p *Prompt) Press(ctx context.Context) (Press, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := time.Now()
	p.Say("Press the button on the gateway now, and hit Enter at the same moment.")
	if err := p.enter(ctx); err != nil {
		return Press{}, fmt.Errorf("wait for the operator to press the button: %w", err)
	}
	latest := time.Now()
	earliest := latest.Add(-reaction)
	if earliest.Before(asked) {
		earliest = asked
	}
	return Press{Earliest: earliest, Latest: latest}, nil
}

// enter reads up to the end of a line. A deadline on the terminal lets ctx end
// the wait.
func (p *Prompt) enter(ctx context.Context) error {
	_ = p.Terminal.SetReadDeadline(time.Time{})
	stop := context.AfterFunc(ctx, func() { _ = p.Terminal.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	one := make([]byte, 1)
	for {
		n, err := p.Terminal.Read(one)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		case n == 1 && one[0] == '\n':
			return nil
		}
	}
}
