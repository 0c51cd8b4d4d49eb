// Package load drives a gateway as a full restaurant does: many WebSockets listen while
// orders change at a planned rate, whatever the gateway answers, and every delay is counted
// from the plan.
package load

import (
	"context"
	"net"
	"time"

	"ttcheck/load/plan"
	"ttcheck/report"
)

// Config is what a run is told beside its plan.
type Config struct {
	Plan    plan.Plan // valid
	Shard   plan.Shard
	StartAt time.Time // when the plan begins; zero for now. Shards need the same
	Address string    // of the gateway, HOST:PORT
	Token   string
	Sources []net.IP // local addresses that sockets are spread over; empty for the system's choice
	// Head is what the report says of the run: Target, Version, Reproduce, Embedded. The
	// rest of it is filled in.
	Head       report.LoadHead
	Thresholds []Threshold
	Listener   Listener // told while the run goes on; may be nil
	// Hurry, when it is closed, has a run that is ending end at once: what is not answered or
	// cleared by then is left. May be nil.
	Hurry <-chan struct{}
	// Dial replaces the dialling of every connection, as in wire.Options.
	Dial func(ctx context.Context, source net.IP, address string) (net.Conn, error)
}

// Listener is told of a run while it goes on. Calls do not overlap.
type Listener interface {
	// Begin tells what is about to run, for how long, with what plan.
	Begin(head report.LoadHead, p plan.Plan, total time.Duration)
	// Second is called about once a second, with the second that has ended.
	Second(report.LoadSecond)
	// Say passes on a line that a person should see now.
	Say(string)
	// End takes the finished report.
	End(report.Load)
}
