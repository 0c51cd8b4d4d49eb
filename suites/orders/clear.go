package orders

import (
	"net/http"

	"github.com/google/uuid"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Clearing one order, none, and all.

var clearCases = []spec.Case{
	{ID: "ORD-11", Needs: makes, Run: clearsTheOneNamed},
	{ID: "ORD-13", Name: "clear", Needs: makes, Run: clearsNothingUnknown},
	{ID: "ORD-13", Name: "page", Needs: makes, Run: pagesNothingUnknown},
	{ID: "ORD-14", Needs: clearsOthers, Run: clearsAll},
}

// clearsTheOneNamed clears the second and the fourth of orders that stand at one
// table, the one by name and the other by UUID.
func clearsTheOneNamed(c *spec.C) {
	var made []protocol.Object
	for range 5 {
		made = append(made, active(c, c.StartNamed(c.OrderName(), protocol.OnPremise, "12").Name))
	}
	second, fourth := made[1], made[3]
	c.Expect(c.Delete(protocol.PathOrder(text(second, "name"))), "DELETE of order %s by name", text(second, "name")).To(match.Success())
	expectCleared(c, text(second, "uuid"))
	expectUnmoved(c, made[0], made[2], fourth, made[4])
	c.Expect(c.Delete(protocol.PathOrder(text(fourth, "uuid"))), "DELETE of order %s by UUID", text(fourth, "name")).To(match.Success())
	expectCleared(c, text(second, "uuid"), text(fourth, "uuid"))
	expectUnmoved(c, made[0], made[2], made[4])
	for _, cleared := range []protocol.Object{second, fourth} {
		name := text(cleared, "name")
		c.Expect(c.Get(protocol.PathOrder(name)), "the look-up of order %s after it was cleared", name).To(match.Refusal())
	}
}

// expectUnmoved asserts that orders which nobody touched are as they were.
func expectUnmoved(c *spec.C, orders ...protocol.Object) {
	items := c.ActiveOrders()
	for _, before := range orders {
		name := text(before, "name")
		after, err := once(items, name)
		if err == nil {
			err = sameOrder(before, after)
		}
		c.Expect(err, "order %s, which was not cleared,", name).To(match.NoFault("be as it was"))
	}
}

// stranger is an id under which no order is active.
type stranger struct{ what, id string }

func strangers(c *spec.C) []stranger {
	former := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	finish(c, former)
	return []stranger{
		{"a name that no order has", c.OrderName()},
		{"a UUID that no order has", uuid.NewString()},
		{"the name of an order that is cleared", former.Name},
		{"the UUID of an order that is cleared", former.UUID},
	}
}

func clearsNothingUnknown(c *spec.C) {
	refusesUnknown(c, "clear", func(id string) *client.Response { return c.Delete(protocol.PathOrder(id)) })
}

func pagesNothingUnknown(c *spec.C) {
	refusesUnknown(c, "page", func(id string) *client.Response {
		res := c.Post(protocol.PathPage(id), map[string]any{"tracking": true})
		switch {
		case spec.ReturnCode(res) == protocol.CodePagingUnavailable,
			res.Status == http.StatusMethodNotAllowed, res.Status == http.StatusNotImplemented:
			c.Unsupported("the gateway does not page: %s", res)
		}
		return res
	})
}

func refusesUnknown(c *spec.C, act string, do func(id string) *client.Response) {
	bystander := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	before := active(c, bystander.Name)
	for _, s := range strangers(c) {
		c.Expect(do(s.id), "a request to %s %s", act, s.what).To(match.Status(http.StatusNotFound))
	}
	expectUnmoved(c, before)
	c.Expect(paged(active(c, bystander.Name), false), "order %s, which nobody paged,", bystander.Name).
		To(match.NoFault("show paged false"))
}

// clearsAll judges the orders that were active before: others may come meanwhile.
func clearsAll(c *spec.C) {
	c.Start(protocol.ToGo)
	paged := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	c.Post(protocol.PathPage(paged.Name), map[string]any{"tracking": true})
	c.Start(protocol.OnPremise)
	before := uuids(c.ActiveOrders())
	c.Expect(c.Delete(protocol.PathActiveOrders), "DELETE %s", protocol.PathActiveOrders).To(match.Success())
	expectCleared(c, before...)
}
