package orders

import (
	"errors"
	"fmt"
	"net/http"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Paging an order.

var pageCases = []spec.Case{
	{ID: "ORD-10", Needs: makes, Run: pagesOrder},
	{ID: "ORD-10", Name: "by UUID", Needs: makes, Run: pagesOrderByUUID},
	{ID: "ORD-10", Name: "and not the next of its name", Needs: makes, Run: pagesNotTheNext},
}

func pagesOrder(c *spec.C) {
	order := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	bystander := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	before := active(c, order.Name)
	c.Expect(paged(before, false), "order %s before it is paged", order.Name).To(match.NoFault("show paged false"))
	page(c, order.Name)
	expectPaged(c, order)
	c.Expect(sameOrder(before, active(c, order.Name)), "order %s after it was paged", order.Name).
		To(match.NoFault("be as it was, apart from that"))
	c.Expect(paged(active(c, bystander.Name), false), "order %s, which was not paged,", bystander.Name).
		To(match.NoFault("show paged false"))
}

func pagesOrderByUUID(c *spec.C) {
	order := c.Start(protocol.ToGo)
	page(c, order.UUID)
	expectPaged(c, order)
}

// pagesNotTheNext catches a flag that stays with the tracker.
func pagesNotTheNext(c *spec.C) {
	former := c.Start(protocol.ToGo)
	page(c, former.Name)
	expectPaged(c, former)
	finish(c, former)
	next := c.StartNamed(former.Name, protocol.ToGo, "")
	c.Expect(paged(active(c, next.Name), false), "order %s, whose name belonged to an order that was paged,", next.Name).
		To(match.NoFault("show paged false"))
}

// page asks for a page as the reference documents it. Without a tracker it may be
// refused, and then nothing is to be seen; a 5xx is a failure, whatever its code.
func page(c *spec.C, id string) {
	res := c.Post(protocol.PathPage(id), map[string]any{"tracking": true})
	if needsTracker(res) {
		c.Unsupported("paging needs a tracker: %s", res)
	}
	c.Expect(res, "the page of order %s", id).To(match.Success())
}

// needsTracker tells whether a page was refused for want of a tracker. A 5xx is no
// refusal (RFC 9110 §15.6).
func needsTracker(res *client.Response) bool {
	code := spec.ReturnCode(res)
	return res.Status < http.StatusInternalServerError &&
		(code == protocol.CodePagingUnavailable || code == protocol.CodePagingImpossible)
}

// expectPaged asserts that the look-up and the list show the order as paged. A
// gateway may take a moment to reach the tracker.
func expectPaged(c *spec.C, order protocol.Order) {
	err := settled(c, func() error { return paged(active(c, order.Name), true) })
	c.Expect(err, "order %s after it was paged", order.Name).To(match.NoFault("show paged true"))
	item, err := once(c.ActiveOrders(), order.Name)
	c.Expect(errors.Join(err, paged(item, true)), "order %s in the list", order.Name).To(match.NoFault("show paged true"))
}

// paged tells what is wrong with the member "paged" of an order.
func paged(o protocol.Object, want bool) error {
	got, err := o.Bool("paged")
	if err == nil && got != want {
		err = fmt.Errorf("paged is %t", got)
	}
	return err
}
