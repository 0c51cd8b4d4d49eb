package drive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ttcheck/client"
)

// byHand is an integration that the operator starts and stops.
type byHand struct {
	prompt  *client.Prompt
	running bool
}

// ByHand returns the integration that the operator at the terminal handles. An operator
// who would rather not is a client.ErrDeclined.
func ByHand(prompt *client.Prompt) Integration { return &byHand{prompt: prompt} }

func (b *byHand) Start(ctx context.Context, site Site) error {
	line := "Start the integration now, and hit Enter: the gateway is at " + site.Gateway
	if site.Link != "" {
		line += ", and to be found on " + site.Link
	}
	if err := b.prompt.Request(ctx, line+" (s: rather not)."); err != nil {
		return err
	}
	b.running = true
	return nil
}

// Stop asks, and leaves it to the operator how long that takes.
func (b *byHand) Stop(ctx context.Context, _ time.Duration) (forced bool, err error) {
	if !b.running {
		return false, nil
	}
	if err := b.prompt.Request(ctx, "Stop the integration now in good order, and hit Enter once it has ended (s: rather not)."); err != nil {
		return false, fmt.Errorf("stop the integration: %w", err)
	}
	b.running = false
	return false, nil
}

func (*byHand) Kill(context.Context) error {
	return fmt.Errorf("kill what is handled by hand: %w", errors.ErrUnsupported)
}

func (*byHand) CanKill() bool          { return false }
func (*byHand) Ended() <-chan struct{} { return nil }
func (*byHand) Exit() string           { return "" }
func (*byHand) String() string         { return "by hand" }
func (*byHand) Close()                 {}
