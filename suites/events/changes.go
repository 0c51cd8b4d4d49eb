package events

import (
	"fmt"
	"slices"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

var changeCases = []spec.Case{
	{ID: "EVT-04", Needs: needOrders, Run: createdTold},
	{
		ID: "EVT-04", Name: "under another token",
		Needs: []spec.Need{spec.NeedToken, spec.NeedTokens, spec.NeedOrders}, Run: createdToldUnderAnotherToken,
	},
	{ID: "EVT-05", Needs: needOrders, Run: stateChangeTold},
	{ID: "EVT-06", Needs: needOrders, Run: pageTold},
	{ID: "EVT-16", Needs: needOrders, Run: clearTold},
	{ID: "EVT-16", Name: "all at once", Needs: append([]spec.Need{spec.NeedDestructive}, needOrders...), Run: clearAllTold},
}

// createdTold makes orders of every kind in front of many streams, from the midst
// of which one has left.
func createdTold(c *spec.C) {
	streams := openStreams(c, 7)
	streams[3].Close()
	streams = slices.Delete(streams, 3, 4)
	used := c.Start(protocol.ToGo)
	c.Clear(used)
	for _, o := range []protocol.Order{
		c.Start(protocol.ToGo),
		c.Start(protocol.OnPremise),
		c.StartNamed(c.OrderName(), protocol.OnPremise, "21"), // located from the first
		c.StartNamed(used.Name, protocol.ToGo, ""),            // under a name that was used before
	} {
		expectTold(c, streams, o, telling{kind: protocol.OrderCreated})
	}
}

// createdToldUnderAnotherToken listens under a token that is not the one under
// which the orders are made, and under that one beside it.
func createdToldUnderAnotherToken(c *spec.C) {
	secret := anotherToken(c)
	streams := openStreams(c, 1)
	for _, mode := range modes {
		stream, reason := c.ConnectAs(secret, mode)
		if stream == nil {
			c.Broken("the set-up failed: open a WebSocket by %s: %s", mode, reason)
		}
		streams = append(streams, stream)
	}
	expectTold(c, streams, c.Start(protocol.ToGo), telling{kind: protocol.OrderCreated})
}

// anotherToken makes a token, to be revoked at the end of the case.
func anotherToken(c *spec.C) string {
	res, token := c.FurtherToken(c.Token(), "")
	secret, err := token.String("token")
	if err != nil || res.Status/100 != 2 {
		c.Unsupported("another token could not be made: %s", res)
	}
	c.Later(func() { c.Revoke(secret) })
	return secret
}

// stateChangeTold locates orders of both types.
func stateChangeTold(c *spec.C) {
	streams := openStreams(c, 4)
	orders := []protocol.Order{c.Start(protocol.ToGo), c.Start(protocol.OnPremise)}
	for i, o := range orders {
		c.Locate(o, []string{"22", "23"}[i])
		expectTold(c, streams, o, telling{kind: protocol.OrderModified, state: protocol.Located})
	}
}

// pageTold pages an order that was started, one that was located later, and one
// that was located from the first; those of them that can be paged.
func pageTold(c *spec.C) {
	streams := openStreams(c, 4)
	paged := 0
	for _, o := range []protocol.Order{
		c.Start(protocol.ToGo),
		c.Locate(c.Start(protocol.OnPremise), "24"),
		c.StartNamed(c.OrderName(), protocol.ToGo, "25"),
	} {
		if page(c, o) {
			paged++
			expectTold(c, streams, o, telling{kind: protocol.OrderPaged, paged: true})
		}
	}
	if paged == 0 {
		c.Unsupported("no order could be paged: paging needs a tracker")
	}
}

// clearTold clears orders in every state, by name and by UUID.
func clearTold(c *spec.C) {
	streams := openStreams(c, 4)
	paged := c.Start(protocol.ToGo)
	page(c, paged)
	for i, o := range []protocol.Order{
		c.Start(protocol.OnPremise),
		c.StartNamed(c.OrderName(), protocol.OnPremise, "26"),
		paged,
	} {
		quiet(c, streams, o)
		from := marks(streams)
		clearBy(c, o, i%2 == 1)
		for j, s := range streams {
			expect(c, clearFollows(c, s, from[j], o), s.Channel(), "tell that order "+o.Name+" was cleared")
		}
	}
}

// clearAllTold clears all orders at once. Whether that clears these, too, is not its
// subject: the list tells.
func clearAllTold(c *spec.C) {
	streams := openStreams(c, 2)
	orders := []protocol.Order{c.Start(protocol.ToGo), c.StartNamed(c.OrderName(), protocol.OnPremise, "27")}
	quiet(c, streams, orders...)
	from := marks(streams)
	res := c.Delete(protocol.PathActiveOrders)
	if err := done(res, "clear all orders"); err != nil {
		c.Unsupported("%v", err)
	}
	left, _ := listActive(c)
	for _, o := range orders {
		if slices.ContainsFunc(left, func(item protocol.Object) bool { uuid, _ := item.String("uuid"); return uuid == o.UUID }) {
			c.Unsupported("an order is active after all were cleared (see ORD-14)")
		}
		for i, s := range streams {
			err := because(res.Exchange, clearFollows(c, s, from[i], o))
			expect(c, err, s.Channel(), "tell that order "+o.Name+" was cleared with all others")
		}
	}
}

// clearFollows waits for an event about the clearing of an order, among the
// messages from index from on.
func clearFollows(c *spec.C, s *spec.Stream, from int, o protocol.Order) error {
	ctx, cancel := c.Within(spec.Patience)
	defer cancel()
	if _, _, ok := s.Await(ctx, from, func(m client.Message) bool { return m.UUID() == o.UUID && tellsOfClear(m) }); ok {
		return nil
	}
	came := of(o.UUID, s.Messages()[from:])
	return prove(
		fmt.Errorf("within %v of the clearing it told of the order: %s", spec.Patience, briefs(came)),
		proofOf(causeOf(c, o), s.Messages(), o)...,
	)
}
