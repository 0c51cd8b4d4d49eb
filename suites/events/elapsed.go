package events

import (
	"fmt"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// How old an order is.
var elapsedCases = []spec.Case{{ID: "EVT-24", Needs: needOrders, Run: elapsedCounts}}

const (
	// ageTolerance, in protocol time, is for whole seconds, of which each of two
	// ends may be cut, and for an age that is brought up to date once a second.
	ageTolerance = 2 * time.Second
	// agingTime, in seconds of protocol time, is beyond ageTolerance and the usual
	// grace: an age that stands still, starts anew or counts minutes shows.
	agingTime = 5
)

// span is when something happened, by the tester's clock.
type span struct{ from, until time.Time }

// age is an elapsedTime that was seen, and when it can have been computed.
type age struct {
	where   string
	elapsed int64 // whole seconds
	seen    span
	proof   client.Exchange
}

// elapsedCounts reads an order's age wherever it is shown, when it is new and
// after it was located later: an age counts from the start, not from a change.
func elapsedCounts(c *spec.C) {
	stream := c.Stream(spec.ByHeader)
	name := c.OrderName()
	started := c.PostOrder(name, protocol.OnPremise, "")
	o := c.Order(name)
	ages := agesOf(c, stream, o, protocol.OrderCreated, started.Sent)
	tick(c, agingTime)
	newer := time.Now()
	other := c.Start(protocol.ToGo)
	located := c.PostOrder(name, protocol.OnPremise, "64")
	if err := done(located, "locate order "+name); err != nil {
		c.Broken("the set-up failed: %v", err)
	}
	ages = append(ages, agesOf(c, stream, o, protocol.OrderModified, located.Sent)...)
	tick(c, agingTime) // now without a change
	ages = append(ages, agesShown(c, o)...)
	if len(ages) == 0 {
		c.Unsupported("the gateway shows no elapsedTime in whole seconds")
	}
	tolerance := ageTolerance + c.Settings.Grace
	for _, a := range ages {
		least, most := c.Protocol(a.seen.from.Sub(started.Received)), c.Protocol(a.seen.until.Sub(started.Sent))
		err := within(a.elapsed, least-tolerance, most+tolerance)
		expect(c, prove(err, started.Exchange, a.proof), "elapsedTime in "+a.where, "count the seconds since the order was made")
	}
	o = c.Order(name) // as created is shown now
	if last := ages[len(ages)-1]; !o.Created.IsZero() && !other.Created.IsZero() {
		passed := other.Created.Sub(o.Created)
		err := within(last.elapsed, passed-tolerance, passed+c.Protocol(last.seen.until.Sub(newer))+tolerance)
		expect(c, prove(err, last.proof), "elapsedTime in "+last.where, "agree with the members created of this order and of a newer one")
	}
}

// within judges an age by bounds that include all tolerances. They come of what
// was measured, so that a slow harness widens them and is never wrong.
func within(elapsed int64, least, most time.Duration) error {
	if seconds := float64(elapsed); seconds < least.Seconds() || seconds > most.Seconds() {
		return fmt.Errorf("it is %d, not between %.1f and %.1f", elapsed, max(least.Seconds(), 0), most.Seconds())
	}
	return nil
}

// agesOf reads an order's age in the event of a request, and wherever it is shown.
func agesOf(c *spec.C, stream *spec.Stream, o protocol.Order, kind protocol.EventType, asked time.Time) []age {
	var ages []age
	if m, told := stream.Event(o.UUID, kind); told {
		if elapsed, err := m.Object.Int("elapsedTime"); err == nil {
			ages = append(ages, age{string(kind), elapsed, span{asked, m.At}, m.Exchange})
		}
	}
	return append(ages, agesShown(c, o)...)
}

// agesShown reads an order's age in the answers to GET, and in a new snapshot.
func agesShown(c *spec.C, o protocol.Order) []age {
	var ages []age
	add := func(where string, item protocol.Object, from, until time.Time, proof client.Exchange) {
		if elapsed, err := item.Int("elapsedTime"); err == nil {
			ages = append(ages, age{where, elapsed, span{from, until}, proof})
		}
	}
	joined := c.Stream(spec.ByMessage)
	add("ACTIVE_ORDERS", find(joined.Snapshot, o.UUID), joined.Asked, joined.Snapshot.At, joined.Snapshot.Exchange)
	res := c.Get(protocol.PathOrder(o.Name))
	object, _ := res.Object()
	item, _ := object.Object("activeorder")
	add("GET /activeorders/"+o.Name, item, res.Sent, res.Received, res.Exchange)
	return ages
}
