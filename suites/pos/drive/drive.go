// Package drive starts, stops and kills integrations: by a command, by the hand of an
// operator, or in this process.
package drive

import (
	"context"
	"time"
)

// Site is what an integration is told when it starts.
type Site struct {
	// Gateway is the gateway's HOST:PORT, for those that cannot search.
	Gateway string
	// Link is the name of the network interface to search on; empty if there is nothing to
	// be found.
	Link string
	// Speedup is how many times faster than true the gateway's clock runs.
	Speedup float64
	// State is a directory of the run's own, in which an integration may keep its token.
	State string
}

// Integration is a POS or kitchen display, and the means to handle it. One run of it goes
// on at a time. It is used by one goroutine, but for Ended and Exit.
type Integration interface {
	// Start starts it. It fails if that cannot be done at all, such as for a command that
	// does not exist.
	Start(ctx context.Context, site Site) error
	// Stop has it stop in good order (as by SIGTERM), and ends it by force if it has not
	// done so within grace, of real time. forced tells of that. Stopping what does not run
	// is no error.
	Stop(ctx context.Context, grace time.Duration) (forced bool, err error)
	// Kill ends it at once and without a warning, as a power cut does.
	Kill(ctx context.Context) error
	// CanKill tells whether Kill can be had.
	CanKill() bool
	// Ended is closed when the run of it that was started last is over; nil if none was, or
	// if nobody can tell.
	Ended() <-chan struct{}
	// Exit tells in words how the last run ended, such as "exit status 1", with the last of
	// what it wrote; empty while it goes on. It may hold secrets.
	Exit() string
	// String names the means: "command", "by hand" or "embedded".
	String() string
	// Close ends whatever is left of it.
	Close()
}
