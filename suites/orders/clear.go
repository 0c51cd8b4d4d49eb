package orders

import (
	"fmt"
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
	{ID: "ORD-11", Name: "beside longer names", Needs: makes, Run: clearsNoLongerName},
	{ID: "ORD-13", Name: "clear", Needs: makes, Run: clearsNothingUnknown},
	{ID: "ORD-13", Name: "page", Needs: makes, Run: pagesNothingUnknown},
	{ID: "ORD-13", Name: "clear by part of a name", Needs: clearsOthers, Run: clearsNothingByPart},
	{ID: "ORD-13", Name: "page by part of a name", Needs: clearsOthers, Run: pagesNothingByPart},
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
		res := c.Get(protocol.PathOrder(name))
		c.Expect(stillActive(res, text(cleared, "uuid")), "the look-up of order %s after it was cleared", name).
			ProvedBy(res.Exchange).To(match.NoFault("not show it as active"))
	}
}

// clearsNoLongerName clears an order beside others that have its name within theirs.
func clearsNoLongerName(c *spec.C) {
	order := c.Start(protocol.ToGo)
	var others []protocol.Object
	for _, name := range nearNames(order.Name)[:2] {
		if len(ofName(c.ActiveOrders(), name)) > 0 {
			continue // somebody else's
		}
		if res := c.PostOrder(name, protocol.ToGo, ""); res.Status/100 != 2 {
			c.Note("an order of the name %s cannot be made: %s", name, res)
			continue
		}
		o := active(c, name)
		c.Later(func() { c.Delete(protocol.PathOrder(text(o, "uuid"))) })
		others = append(others, o)
	}
	if len(others) == 0 {
		c.Unsupported("no order can be made beside order %s whose name holds that", order.Name)
	}
	c.Expect(c.Delete(protocol.PathOrder(order.Name)), "DELETE of order %s", order.Name).To(match.Success())
	expectUnmoved(c, others...)
}

// stillActive tells whether a look-up brings up the order in a state in which it is
// active. What else it is answered is for ORD-03 to judge.
func stillActive(res *client.Response, uuid string) error {
	o, err := res.Object()
	if err != nil || res.Status/100 != 2 {
		return nil //nolint:nilerr // no answer shows no order
	}
	found, _ := o.Object("activeorder")
	if state := text(found, "state"); text(found, "uuid") == uuid && state != string(protocol.Cleared) {
		return fmt.Errorf("it shows it with state %.40q", state)
	}
	return nil
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

func clearsNothingUnknown(c *spec.C) { refusesUnknown(c, "clear", clearing(c)) }
func pagesNothingUnknown(c *spec.C)  { refusesUnknown(c, "page", paging(c)) }
func clearsNothingByPart(c *spec.C)  { refusesParts(c, "clear", clearing(c)) }
func pagesNothingByPart(c *spec.C)   { refusesParts(c, "page", paging(c)) }

func clearing(c *spec.C) func(id string) *client.Response {
	return func(id string) *client.Response { return c.Delete(protocol.PathOrder(id)) }
}

func paging(c *spec.C) func(id string) *client.Response {
	return func(id string) *client.Response {
		res := c.Post(protocol.PathPage(id), map[string]any{"tracking": true})
		switch {
		case spec.ReturnCode(res) == protocol.CodePagingUnavailable,
			res.Status == http.StatusMethodNotAllowed, res.Status == http.StatusNotImplemented:
			c.Unsupported("the gateway does not page: %s", res)
		}
		return res
	}
}

// refusesParts takes an order's name for no more and no less than it is. Needs leave to
// touch orders of others: somebody may have one of the names a moment later.
func refusesParts(c *spec.C, act string, do func(id string) *client.Response) {
	order := c.Start(protocol.ToGo)
	before := active(c, order.Name)
	for _, id := range nearNames(order.Name) {
		if len(ofName(c.ActiveOrders(), id)) == 0 {
			c.Expect(do(id), "a request to %s %s, beside order %s,", act, id, order.Name).To(match.Refusal())
		}
	}
	expectUntouched(c, before)
}

func refusesUnknown(c *spec.C, act string, do func(id string) *client.Response) {
	unknown := strangers(c)
	bystander := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	before := active(c, bystander.Name)
	for _, s := range unknown {
		c.Expect(do(s.id), "a request to %s %s", act, s.what).To(match.Status(http.StatusNotFound))
	}
	expectUntouched(c, before)
}

// expectUntouched asserts that an order was neither cleared nor paged.
func expectUntouched(c *spec.C, before protocol.Object) {
	expectUnmoved(c, before)
	if was, err := before.Bool("paged"); err == nil {
		name := text(before, "name")
		c.Expect(paged(active(c, name), was), "order %s, which nobody paged,", name).To(match.NoFault(fmt.Sprintf("show paged %t", was)))
	}
}

// clearsAll judges the orders that were active before, and they are many: others may
// come meanwhile.
func clearsAll(c *spec.C) {
	startMany(c)
	paged := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	c.Post(protocol.PathPage(paged.Name), map[string]any{"tracking": true})
	c.Start(protocol.OnPremise)
	before := uuids(c.ActiveOrders())
	c.Expect(c.Delete(protocol.PathActiveOrders), "DELETE %s", protocol.PathActiveOrders).To(match.Success())
	expectCleared(c, before...)
}
