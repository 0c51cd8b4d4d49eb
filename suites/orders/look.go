package orders

import (
	"context"
	"net/http"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// glance is how long a case waits before it looks again for a change that the
// gateway has accepted and may still be making.
const glance = 20 * time.Millisecond

// active looks an active order up by name or UUID; not finding it is a finding.
func active(c *spec.C, id string) protocol.Object {
	res := c.Get(protocol.PathOrder(id))
	c.Expect(res, "the look-up of active order %s", id).To(match.Success())
	var item protocol.Object
	o, err := res.Object()
	if err == nil {
		item, err = o.Object("activeorder")
	}
	c.Expect(err, "the look-up of active order %s", id).ProvedBy(res.Exchange).
		To(match.NoFault(`hold the order under "activeorder"`))
	return item
}

// place posts an order that the gateway must accept, and returns what it shows
// of it.
func place(c *spec.C, name string, kind protocol.OrderType, location string) protocol.Object {
	res := c.PostOrder(name, kind, location)
	c.Expect(res, "POST of order %s, %s, location %q", name, kind, location).To(match.Success())
	return active(c, name)
}

// startMany starts as many orders as a short list does not hold.
func startMany(c *spec.C) (names []string) {
	for range many {
		name := c.OrderName()
		if res := c.PostOrder(name, protocol.ToGo, ""); res.Status/100 != 2 {
			c.Broken("the set-up failed: start order %s: %s", name, res)
		}
		names = append(names, name)
	}
	return names
}

// expectShown asserts what an order object shows.
func expectShown(c *spec.C, o protocol.Object, want members) {
	c.Expect(shows(o, want), "order %s", text(o, "name")).To(match.NoFault("show " + want.String()))
}

// finish clears an order that a case needs out of the way. Where it stays active
// there is nothing to judge but ORD-11.
func finish(c *spec.C, o protocol.Order) {
	c.Clear(o)
	if err := settled(c, func() error { return gone(c.ActiveOrders(), o.UUID) }); err != nil {
		c.Unsupported("order %s is still active after it was cleared (see ORD-11)", o.Name)
	}
}

// expectCleared asserts that orders leave the list of active ones.
func expectCleared(c *spec.C, uuids ...string) {
	err := settled(c, func() error { return gone(c.ActiveOrders(), uuids...) })
	c.Expect(err, "what was cleared").To(match.NoFault("be active no longer"))
}

// settled asks until the answer is no error or patience is over, and returns the
// last answer.
func settled(c *spec.C, ask func() error) error {
	for give := time.Now().Add(spec.Patience); ; {
		err := ask()
		if err == nil || time.Now().After(give) {
			return err
		}
		if c.Until(time.Now().Add(glance)) != nil {
			return err
		}
	}
}

// remove clears orders by UUID, and nothing where there is none: an empty id
// would name all orders. It works after the case was cut off, too.
func remove(c *spec.C, orders []protocol.Object) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c), spec.Patience)
	defer cancel()
	for _, o := range orders {
		if uuid := text(o, "uuid"); protocol.IsUUID(uuid) {
			c.Client.Do(ctx, client.Request{Method: http.MethodDelete, Path: protocol.PathOrder(uuid), Token: c.Token()})
		}
	}
}

// listQuietly lists the active orders for a clean-up, after which nothing is
// judged any more.
func listQuietly(c *spec.C) []protocol.Object {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c), spec.Patience)
	defer cancel()
	o, err := c.Client.Do(ctx, client.Request{Path: protocol.PathActiveOrders, Token: c.Token()}).Object()
	if err != nil {
		return nil
	}
	items, _ := o.Objects("items")
	return items
}
