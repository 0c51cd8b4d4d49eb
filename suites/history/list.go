package history

import (
	"errors"
	"fmt"

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
	moved := c.Locate(c.Start(protocol.OnPremises), "7")
	c.Clear(started)
	c.Clear(protocol.Order{Name: located.UUID})
	c.Clear(moved)
	again := c.StartNamed(started.Name, protocol.ToGo, "")
	c.Clear(again)
	expectListed(c, started, located, moved, again)
}

func listsClearedTogether(c *spec.C) {
	started := c.Start(protocol.ToGo)
	located := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	res := c.Delete(protocol.PathActiveOrders)
	if res.Status/100 != 2 {
		c.Unsupported("all orders cannot be cleared at once: %s", res)
	}
	expectListed(c, started, located)
}

// expectListed asserts that finished orders come into the history, each once.
func expectListed(c *spec.C, orders ...protocol.Order) {
	c.Expect(listed(seek(c, orders)), "the history").To(match.NoFault(fmt.Sprintf("list each of %d orders that were cleared once", len(orders))))
}

// listed tells what is wrong with the rows of orders that are finished.
func listed(f finds) error {
	var problems []error
	for _, name := range f.missing {
		problems = append(problems, fmt.Errorf("order %s is not listed", name))
	}
	for _, r := range f.twice {
		problems = append(problems, fmt.Errorf("%s is listed twice in one answer", r))
	}
	return errors.Join(problems...)
}
