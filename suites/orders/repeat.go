package orders

import (
	"slices"
	"sync"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Saying again what is so already.

var repeatCases = []spec.Case{
	{ID: "ORD-09", Name: "start", Needs: makes, Run: reportsRepeatedStart},
	{ID: "ORD-09", Name: "locate", Needs: makes, Run: reportsRepeatedLocate},
	{ID: "ORD-09", Name: "all at once", Needs: makes, Run: makesOneOrderOfMany},
}

// twins is how many equal requests race.
const twins = 4

func reportsRepeatedStart(c *spec.C) {
	for _, kind := range []protocol.OrderType{protocol.ToGo, protocol.OnPremise} {
		name := c.OrderName()
		first := c.StartNamed(name, kind, "")
		expectRepeat(c, first, "", protocol.CodeAlreadyStarted)
	}
}

// reportsRepeatedLocate repeats it both for an order that was located from the
// outset and for one that was started before.
func reportsRepeatedLocate(c *spec.C) {
	first := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	expectRepeat(c, first, "12", protocol.CodeAlreadyLocated)
	second := c.Locate(c.Start(protocol.ToGo), "7")
	expectRepeat(c, second, "7", protocol.CodeAlreadyLocated)
}

// expectRepeat posts an order as it stands already, twice. It is open whether
// that is answered as a success or as a refusal.
func expectRepeat(c *spec.C, order protocol.Order, location string, code protocol.ReturnCode) {
	before := active(c, order.Name)
	for range 2 {
		res := c.PostOrder(order.Name, order.Type, location)
		c.Expect(res, "the repeated POST of order %s, location %q,", order.Name, location).To(match.ReturnCode(code))
		c.Expect(res.Status/100, "the first digit of HTTP status %d", res.Status).ProvedBy(res.Exchange).
			To(gomega.BeElementOf(2, 4))
		item, err := once(c.ActiveOrders(), order.Name)
		c.Expect(err, "the list after it").To(match.NoFault("hold order " + order.Name + " once"))
		c.Expect(sameOrder(before, item), "order %s after it", order.Name).To(match.NoFault("be as it was"))
	}
}

// makesOneOrderOfMany sends equal requests at the same time, as clients do that
// send again what they had no answer to. Two orders show in the list, or, where
// the second took the place of the first, in the events.
func makesOneOrderOfMany(c *spec.C) {
	stream := c.Stream(spec.ByHeader)
	for _, location := range []string{"", "12", "", "12"} {
		name := c.OrderName()
		c.Later(func() { remove(c, ofName(listQuietly(c), name)) })
		accepted := slices.ContainsFunc(race(c, name, location), func(res *client.Response) bool { return res.Status/100 == 2 })
		c.Expect(accepted, "whether one of %d equal requests at once was accepted", twins).To(gomega.BeTrue())
		item, err := once(c.ActiveOrders(), name)
		c.Expect(err, "the list after %d equal requests at once", twins).To(match.NoFault("hold order " + name + " once"))
		c.Fence(stream)
		c.Expect(created(stream, name), "the number of %s events after %d equal requests at once", protocol.OrderCreated, twins).
			To(gomega.BeNumerically("<=", 1)) // that one comes is EVT-04's affair
		finish(c, protocol.Order{Name: name, UUID: text(item, "uuid")})
		c.Expect(len(ofName(c.ActiveOrders(), name)), "the number of orders named %s after it was cleared", name).To(gomega.Equal(0))
	}
}

// created counts the orders of a name that the stream told of.
func created(stream *spec.Stream, name string) int {
	n := 0
	for _, m := range stream.Events() {
		if m.Type() == protocol.OrderCreated && text(m.Object, "name") == name {
			n++
		}
	}
	return n
}

func race(c *spec.C, name, location string) []*client.Response {
	answers := make([]*client.Response, twins)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() { answers[i] = c.PostOrder(name, protocol.ToGo, location) })
	}
	wait.Wait()
	return answers
}
