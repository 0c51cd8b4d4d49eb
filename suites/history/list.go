package history

import (
	"errors"
	"fmt"
	"slices"

	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The list, and that what is finished comes into it.

var listCases = []spec.Case{
	{ID: "HIST-01", Needs: reads, Run: listsOrders},
	{ID: "HIST-02", Needs: makes, Run: listsFinished},
	{ID: "HIST-02", Name: "cleared with all others", Needs: append([]spec.Need{spec.NeedDestructive}, makes...), Run: listsClearedTogether},
}

func listsOrders(c *spec.C) {
	rows := list(c, nil)
	c.Expect(identified(rows), "every order of the list").To(match.NoFault("have a uuid"))
}

// listsFinished finishes orders in every state and under one name twice, by name
// and by UUID.
func listsFinished(c *spec.C) {
	started := c.Start(protocol.ToGo)
	located := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	moved := c.Locate(c.Start(protocol.OnPremise), "7")
	c.Clear(started)
	c.Clear(moved)
	c.Delete(protocol.PathOrder(located.UUID))
	again := c.StartNamed(started.Name, protocol.ToGo, "")
	c.Clear(again)
	expectListed(c, started, located, moved, again)
}

func listsClearedTogether(c *spec.C) {
	started := c.Start(protocol.ToGo)
	located := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	c.Delete(protocol.PathActiveOrders)
	expectListed(c, started, located)
}

// expectListed asserts that orders come into the history, each once. An order that
// its clearing left active is not finished (see ORD-11 and ORD-14).
func expectListed(c *spec.C, orders ...protocol.Order) {
	found := seek(c, orders)
	active := stillActive(c)
	for _, order := range found.missing {
		if slices.Contains(active, order.UUID) {
			c.Unsupported("order %s is still active after it was cleared", order.Name)
		}
	}
	c.Expect(unlisted(found), "the history").To(match.NoFault(fmt.Sprintf("list each of %d orders that were cleared once", len(orders))))
}

// unlisted tells what is wrong with the rows of orders that are finished.
func unlisted(f finds) error {
	var problems []error
	for _, order := range f.missing {
		problems = append(problems, fmt.Errorf("order %s (uuid %.40q) is not listed", order.Name, order.UUID))
	}
	for _, r := range f.twice {
		problems = append(problems, fmt.Errorf("%s is listed twice in one answer", r))
	}
	return errors.Join(problems...)
}
