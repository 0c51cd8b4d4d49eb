package client

import (
	"context"
	"fmt"
	"time"
)

// restartTimeout is how long a command may take to restart the gateway.
const restartTimeout = 5 * time.Minute

// Restarter has the gateway restarted in good order: not by cutting its power.
type Restarter interface {
	// Restart returns when the restart was ordered; the gateway may not answer yet.
	// The error is ErrDeclined if it is not to be had.
	Restart(ctx context.Context) error
	// Readdress restarts it so that it comes back under another address.
	Readdress(ctx context.Context) error
}

// RestartCommand restarts by a command of the shell, which gets one argument:
// "restart", or "address" if the gateway is to come back under another address. One
// that cannot change the address may restart all the same; the gateway is then found
// where it was.
type RestartCommand string

// Restart runs the command with the argument "restart".
func (r RestartCommand) Restart(ctx context.Context) error { return r.run(ctx, "restart") }

// Readdress runs the command with the argument "address".
func (r RestartCommand) Readdress(ctx context.Context) error { return r.run(ctx, "address") }

func (r RestartCommand) run(ctx context.Context, what string) error {
	if err := shell(ctx, restartTimeout, string(r), what); err != nil {
		return fmt.Errorf("restart the gateway by command: %w", err)
	}
	return nil
}

// RestartFunc makes a restarter of a function.
type RestartFunc func(ctx context.Context, newAddress bool) error

// Restart calls the function.
func (f RestartFunc) Restart(ctx context.Context) error { return f(ctx, false) }

// Readdress calls the function for a new address.
func (f RestartFunc) Readdress(ctx context.Context) error { return f(ctx, true) }

// RestartPrompt has the operator restart the gateway.
type RestartPrompt struct{ *Prompt }

// Restart asks for a restart.
func (r RestartPrompt) Restart(ctx context.Context) error {
	return r.Request(ctx, "Restart the gateway now, in good order (not by cutting its power), and hit Enter at once; s and Enter skips this.")
}

// Readdress asks for another address.
func (r RestartPrompt) Readdress(ctx context.Context) error {
	return r.Request(ctx, "Give the gateway another address now (such as by another DHCP lease, and a restart), and hit Enter; s and Enter skips this.")
}
