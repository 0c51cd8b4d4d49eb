package events

import (
	"slices"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// What is done a second time, or in vain.
var againCases = []spec.Case{
	{ID: "EVT-01", Name: "not again for the token", Needs: needOrders, Run: tokenAgainSnapshotOnce},
	{ID: "EVT-11", Name: "beside requests that change nothing", Needs: needOrders, Run: numberedBesideNothing},
	{ID: "EVT-19", Name: "paged again", Needs: needOrders, Run: pagedAgainOnly},
}

// tokenAgainSnapshotOnce passes the token to connections that are served already. One
// that ends for it is for WS-26 to judge.
func tokenAgainSnapshotOnce(c *spec.C) {
	for _, s := range openStreams(c, len(modes)) {
		from := len(s.Messages())
		if err := s.Authenticate(c.Token()); err != nil {
			c.Unsupported("the token could not be passed again: %v", err)
		}
		ctx, cancel := c.Within(spec.Patience)
		o := c.Start(protocol.ToGo)
		s.Await(ctx, from, func(m client.Message) bool { return m.UUID() == o.UUID })
		cancel()
		expect(c, noFurtherSnapshot(s.Messages()[from:]), s.Channel(), "bring ACTIVE_ORDERS once, though its token is passed again")
	}
}

// numberedBesideNothing judges the numbers of events between which requests are
// refused, or repeated: what is no event takes no number.
func numberedBesideNothing(c *spec.C) {
	streams := openStreams(c, 2)
	o := c.Start(protocol.OnPremise)
	c.PostOrder(o.Name, "BY_BOAT", "")
	c.Locate(o, "55")
	c.PostOrder(o.Name, o.Type, "55")
	page(c, o)
	c.Delete(protocol.PathOrder(c.OrderName()))
	c.Clear(o)
	c.Fence(streams...)
	for _, s := range streams {
		expect(c, withoutGap(s.Messages()), s.Channel(), "number the events by a seq that grows by one")
	}
}

// pagedAgainOnly pages an order that was paged before. It is open whether that is a
// page; if it is told, then as one.
func pagedAgainOnly(c *spec.C) {
	streams := openStreams(c, 2)
	o := c.Start(protocol.ToGo)
	if !page(c, o) {
		c.Unsupported("no order could be paged: paging needs a tracker")
	}
	for _, s := range streams {
		s.Event(o.UUID, protocol.OrderPaged)
	}
	quiet(c, streams, o)
	brought := aftermath(c, streams, func() { page(c, o) })
	for i, s := range streams {
		told := of(o.UUID, brought[i])
		if !slices.ContainsFunc(told, func(m client.Message) bool { return spec.IsOrderEvent(m) && isKnown(m.Type()) }) {
			continue
		}
		err := pagedInPlace(told)
		expect(c, prove(err, proofOf(causeOf(c, o), brought[i], o)...), s.Channel(), "tell of a second page by ORDER_PAGED in place of ORDER_MODIFIED")
	}
}
