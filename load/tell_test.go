package load

import (
	"hash/maphash"
	"sync/atomic"
	"testing"
	"time"

	"ttcheck/load/plan"
	"ttcheck/load/wire"
	"ttcheck/report"
)

// listening is a run that has begun, without a gateway, and a socket that is up.
func listening(tb testing.TB) (*run, *member) {
	tb.Helper()
	cfg := Config{Plan: plan.Default(), Shard: plan.One}
	r := &run{cfg: cfg, sights: newSights(), others: newSights(), numbers: &numbers{}, seed: maphash.MakeSeed(), lanes: []*lane{newLane()}, side: newLane(), start: time.Now()}
	r.ledger = newLedger(cfg.Plan.NameRange(), 0)
	r.members = newMembers(r, 1)
	m := &member{}
	m.phase.Store(up)
	return r, m
}

// tell has a member hear a message.
func tell(e ear, m *member, message string, at time.Duration) {
	e.Message(0, &wire.Socket{Owner: m}, []byte(message), at, -1)
}

// counter counts from zero.
type counter struct{ n atomic.Int64 }

func (c *counter) next() int { return int(c.n.Add(1) - 1) }

// onBegin is a Listener that is told of the beginning alone.
type onBegin func(start time.Time)

func (f onBegin) Begin(head report.LoadHead, _ plan.Plan, _ time.Duration) { f(head.Started) }
func (onBegin) Second(report.LoadSecond)                                   {}
func (onBegin) Say(string)                                                 {}
func (onBegin) End(report.Load)                                            {}
