package orders

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Looking one order up, by name or UUID.

var findCases = []spec.Case{
	{ID: "ORD-02", Needs: makes, Run: findsByNameAndUUID},
	{ID: "ORD-02", Name: "after its name was used before", Needs: makes, Run: findsTheNewOrderOfAName},
	{ID: "ORD-03", Name: "name", Needs: reads, Run: refusesUnknownName},
	{ID: "ORD-03", Name: "UUID", Needs: reads, Run: refusesUnknownUUID},
	{ID: "ORD-03", Name: "cleared order", Needs: makes, Run: refusesClearedOrder},
	{ID: "ORD-03", Name: "part of a name", Needs: makes, Run: refusesPartOfAName},
}

// findsByNameAndUUID makes all orders before it looks one up, some of them alike in
// everything but name and UUID, and one that was located later.
func findsByNameAndUUID(c *spec.C) {
	var names []string
	for _, location := range []string{"", "12", "", "12"} {
		name := c.OrderName()
		c.StartNamed(name, protocol.OnPremise, location)
		names = append(names, name)
	}
	later := c.Locate(c.Start(protocol.OnPremise), "12")
	names = append(names, later.Name)
	for _, name := range names {
		expectFound(c, name)
	}
}

// findsTheNewOrderOfAName looks a name up whose former order is finished.
func findsTheNewOrderOfAName(c *spec.C) {
	name := c.OrderName()
	former := c.StartNamed(name, protocol.ToGo, "")
	finish(c, former)
	c.StartNamed(name, protocol.OnPremise, "12")
	expectFound(c, name)
}

// expectFound asserts that the order that the list holds under a name is found
// by that name and by its UUID.
func expectFound(c *spec.C, name string) {
	listed, err := once(c.ActiveOrders(), name)
	if err != nil {
		c.Broken("the set-up failed: %v", err)
	}
	for _, id := range []string{name, text(listed, "uuid")} {
		found := active(c, id)
		c.Expect(sameOrder(listed, found), "the look-up of %s", id).To(match.NoFault("bring up the order that the list holds"))
	}
	res := c.Get(protocol.PathOrder(name))
	c.Should(res, "the look-up of %s", name).To(match.ReturnCode(protocol.CodeActiveOrder, protocol.CodeActiveOrders))
}

// refusesUnknownName asks for numbers that no order has. One that somebody gives
// to an order meanwhile says nothing, and another is taken.
func refusesUnknownName(c *spec.C) {
	for range 3 {
		name := unusedName(c.ActiveOrders())
		res := c.Get(protocol.PathOrder(name))
		if res.Status/100 == 2 && len(ofName(c.ActiveOrders(), name)) > 0 {
			continue
		}
		expectUnknown(c, res, "name "+name)
		return
	}
	c.Broken("every name that was free was used by somebody else a moment later")
}

func refusesUnknownUUID(c *spec.C) {
	for range 3 {
		id := uuid.NewString()
		expectUnknown(c, c.Get(protocol.PathOrder(id)), "UUID "+id)
	}
}

func refusesClearedOrder(c *spec.C) {
	order := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	bystander := c.Start(protocol.ToGo)
	finish(c, order)
	expectUnknown(c, c.Get(protocol.PathOrder(order.Name)), "the name of a cleared order")
	expectUnknown(c, c.Get(protocol.PathOrder(order.UUID)), "the UUID of a cleared order")
	active(c, bystander.Name)
}

// refusesPartOfAName asks for the beginning and the end of an order's name and
// UUID, and for more than its name. Whether these are ids that it does not know or
// no ids at all is the gateway's to say, but they are neither this order's nor that of
// another whose name is alike.
func refusesPartOfAName(c *spec.C) {
	order := c.Start(protocol.ToGo)
	for _, id := range parts(order) {
		res := c.Get(protocol.PathOrder(id))
		if res.Status/100 == 2 {
			c.Expect(findsNamed(res, id), "the look-up of %s", id).ProvedBy(res.Exchange).
				To(match.NoFault("bring up no order of another name"))
			continue
		}
		c.Expect(res, "the look-up of %s, which is not the name of order %s", id, order.Name).To(match.Refusal())
	}
}

func parts(o protocol.Order) []string {
	return append(nearNames(o.Name), o.UUID[:len(o.UUID)/2])
}

// nearNames are names that a name is part of, or that are part of it.
func nearNames(name string) []string {
	near := []string{name + "0", "1" + name}
	if n := len(name); n > 1 {
		near = append(near, name[:n-1], name[1:])
	}
	return near
}

// findsNamed tells why an answer does not hold an order that has the id: somebody may
// have made one.
func findsNamed(res *client.Response, id string) error {
	o, err := res.Object()
	if err != nil {
		return err
	}
	found, err := o.Object("activeorder")
	if err != nil {
		return err
	}
	if name := text(found, "name"); name != id && !strings.EqualFold(text(found, "uuid"), id) {
		return fmt.Errorf("it brings up order %.40q", name)
	}
	return nil
}

func expectUnknown(c *spec.C, res *client.Response, what string) {
	c.Expect(res, "the look-up of an order that is not active, by %s,", what).To(match.Status(http.StatusNotFound))
	c.Expect(res, "the answer").To(match.ReturnCode(protocol.CodeOrderNotFound))
}

// unusedName is a number of four digits that no active order has.
func unusedName(items []protocol.Object) string {
	for n := 9999; ; n-- {
		if name := strconv.Itoa(n); len(ofName(items, name)) == 0 {
			return name
		}
	}
}
