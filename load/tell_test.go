package load

import (
	"sync/atomic"
	"time"

	"ttcheck/load/plan"
	"ttcheck/load/wire"
	"ttcheck/report"
)

// tell has a member hear a message.
func tell(e ear, m *member, message string, at time.Duration) {
	s := &wire.Socket{Owner: m}
	e.Message(0, s, []byte(message), at, -1)
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
