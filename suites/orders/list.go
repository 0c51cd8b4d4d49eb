package orders

import (
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Listing the active orders.

var listCases = []spec.Case{
	{ID: "ORD-01", Needs: reads, Run: listsOrders},
	{ID: "ORD-01", Name: "of this run", Needs: makes, Run: listsOwnOrders},
	{ID: "ORD-01", Name: "of many", Needs: makes, Run: listsMany},
	{ID: "ORD-01", Name: "when there is none", Needs: clearsOthers, Run: listsNothing},
}

func listsOrders(c *spec.C) { expectListing(c) }

// listsOwnOrders sees orders come into the list, each once and as the look-up
// shows it, and one of them go.
func listsOwnOrders(c *spec.C) {
	first := c.Start(protocol.ToGo)
	second := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	third := c.Start(protocol.OnPremise)
	items := expectListing(c)
	for _, order := range []protocol.Order{first, second, third} {
		item, err := once(items, order.Name)
		c.Expect(err, "GET %s", protocol.PathActiveOrders).To(match.NoFault("list order " + order.Name + " once"))
		c.Expect(sameOrder(active(c, order.Name), item), "order %s in the list", order.Name).
			To(match.NoFault("be as the look-up shows it"))
	}
	c.Clear(second)
	expectCleared(c, second.UUID)
	expectListing(c)
}

// many is more than a page of the history holds by default (R), a limit that a list of
// active orders does not have.
const many = 26

func listsMany(c *spec.C) {
	names := startMany(c)
	items := expectListing(c)
	for _, name := range names {
		_, err := once(items, name)
		c.Expect(err, "GET %s with %d orders and more", protocol.PathActiveOrders, many).To(match.NoFault("list order " + name + " once"))
	}
}

// listsNothing needs an empty list, and tries again if somebody makes an order
// meanwhile.
func listsNothing(c *spec.C) {
	for range 3 {
		if res := c.Delete(protocol.PathActiveOrders); res.Status/100 != 2 {
			c.Unsupported("all orders cannot be cleared at once: %s", res)
		}
		if items := expectListing(c); len(items) == 0 {
			return
		}
	}
	c.Unsupported("the list was never empty, even after all orders were cleared")
}

// expectListing asserts that the list has its documented form, and returns it.
func expectListing(c *spec.C) []protocol.Object {
	res := c.Get(protocol.PathActiveOrders)
	c.Expect(res, "GET %s", protocol.PathActiveOrders).To(match.Success())
	c.Expect(res, "the list").To(match.ReturnCode(protocol.CodeActiveOrders))
	o, err := res.Object()
	var items []protocol.Object
	if err == nil {
		items, err = listing(o)
	}
	c.Expect(err, "the list").ProvedBy(res.Exchange).
		To(match.NoFault(`hold an array of objects under "items" and their number under "count"`))
	return items
}
