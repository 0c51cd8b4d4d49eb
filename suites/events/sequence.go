package events

import (
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// What many connections are told of many orders at once.
var sequenceCases = []spec.Case{
	{ID: "EVT-01", Name: "not again under load", Needs: needOrders, Run: burstOneSnapshot},
	{ID: "EVT-08", Needs: needOrders, Run: func(c *spec.C) {
		expect(c, underLoad(c).each(createdFirst), "each connection", "tell of each order by ORDER_CREATED first")
	}},
	{ID: "EVT-08", Name: "located from the first", Needs: needOrders, Run: createdFirstWhereLocated},
	{ID: "EVT-09", Needs: needOrders, Run: func(c *spec.C) {
		expect(c, underLoad(c).each(inSequence), "each connection", "tell of an order's changes in their sequence")
	}},
	{ID: "EVT-10", Needs: needOrders, Run: func(c *spec.C) {
		expect(c, toldAlike(underLoad(c)), "all connections", "be told the same of each order, in the same sequence")
	}},
	{ID: "EVT-11", Needs: needOrders, Run: numbered},
	{ID: "EVT-12", Needs: needOrders, Run: func(c *spec.C) {
		r := once(c, burst)
		expect(c, nothingLost(r), "each connection", "tell of each change of each order")
		expect(c, r.each(nothingRepeated), "each connection", "tell of each change once")
	}},
}

// underLoad returns the record of the burst, for cases that need something to
// judge on every connection.
func underLoad(c *spec.C) record {
	r := once(c, burst)
	for _, w := range r.witnesses {
		told := 0
		for _, l := range r.lives {
			told += len(w.told[l.uuid])
		}
		if told == 0 {
			c.Broken("there is nothing to judge: %s told nothing of %d orders", w.channel, len(r.lives))
		}
	}
	return r
}

// createdFirstWhereLocated makes orders that are located from the first, of which a
// gateway may think as of two changes.
func createdFirstWhereLocated(c *spec.C) {
	streams := openStreams(c, 2)
	orders := []protocol.Order{
		c.StartNamed(c.OrderName(), protocol.OnPremise, "71"),
		c.StartNamed(c.OrderName(), protocol.ToGo, "72"),
	}
	for _, o := range orders {
		c.Clear(o)
	}
	c.Fence(streams...)
	for _, s := range streams {
		for _, o := range orders {
			told := s.EventsOf(o.UUID)
			err := prove(createdFirst(life{}, told), proofOf(causeOf(c, o), s.Messages(), o)...)
			expect(c, err, s.Channel(), "tell of an order that is located from the first by ORDER_CREATED first")
		}
	}
}

func burstOneSnapshot(c *spec.C) {
	for _, w := range once(c, burst).witnesses {
		expect(c, noFurtherSnapshot(w.all), w.channel, "bring ACTIVE_ORDERS once")
	}
}

// numbered judges every event that the connections brought, other clients' too.
func numbered(c *spec.C) {
	r := underLoad(c)
	for _, w := range r.witnesses {
		expect(c, withoutGap(w.all), w.channel, "number the events by a seq that grows by one")
	}
	if note := numberedApart(r); note != "" {
		c.Note("%s", note)
	}
}
