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
	{ID: "HIST-01", Name: "of none", Needs: reads, Run: listsNone},
	{ID: "HIST-02", Needs: makes, Run: listsFinished},
	{ID: "HIST-02", Name: "cleared with all others", Needs: append([]spec.Need{spec.NeedDestructive}, makes...), Run: listsClearedTogether},
}

func listsOrders(c *spec.C) {
	rows := list(c, nil)
	res := ask(c, nil)
	c.Expect(nullList(res.Body), "the answer to %s", params(nil)).ProvedBy(res.Exchange).To(match.NoFault("be a list of orders"))
	c.Expect(identified(rows), "every order of the list").To(match.NoFault("have a uuid"))
}

// listsNone asks for what no order is. Who adds up what comes must find a list.
func listsNone(c *spec.C) {
	for _, p := range []params{{"offset": "1000000"}, {"created_before": "2001-01-01T00:00:00"}} {
		res := ask(c, p)
		if res.Err == nil && res.Status/100 == 2 {
			c.Expect(nullList(res.Body), "the answer to %s", p).ProvedBy(res.Exchange).To(match.NoFault("be a list, if an empty one"))
		}
	}
}

func nullList(body []byte) error {
	if isNull(body) {
		return errors.New(`its "items" is null`)
	}
	return nil
}

// onceReadable are the cases with a look beforehand: what HIST-01 finds broken is not
// found again by each of them. Rows without a UUID are left to HIST-15, too.
func onceReadable(cases []spec.Case) []spec.Case {
	readable := slices.Clone(cases)
	for i, k := range readable {
		if k.ID == "HIST-01" {
			continue
		}
		readable[i].Run = func(c *spec.C) {
			if err := unreadable(c, k.ID != "HIST-15"); err != nil {
				c.Unsupported("the history cannot be read in the first place (see HIST-01): %v", err)
			}
			k.Run(c)
		}
	}
	return readable
}

// unreadable tells why the history can never be read; nil if it can once, in whatever
// way.
func unreadable(c *spec.C, byUUID bool) error {
	var err error
	for range attempts {
		for _, p := range []params{nil, page(0, maxLimit)} {
			var rows []row
			if rows, _, err = read(c, p); err == nil && byUUID {
				err = identified(rows)
			}
			if err == nil {
				return nil
			}
		}
	}
	return err
}

// listsFinished finishes orders in every state and under one name twice, by name
// and by UUID.
func listsFinished(c *spec.C) {
	before := list(c, page(0, maxLimit))
	started := c.Start(protocol.ToGo)
	located := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	moved := c.Locate(c.Start(protocol.OnPremise), "7")
	c.Clear(started)
	c.Clear(moved)
	c.Delete(protocol.PathOrder(located.UUID))
	again := c.StartNamed(started.Name, protocol.ToGo, "")
	c.Clear(again)
	expectListed(c, before, started, located, moved, again)
}

func listsClearedTogether(c *spec.C) {
	before := list(c, page(0, maxLimit))
	started := c.Start(protocol.ToGo)
	located := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	c.Delete(protocol.PathActiveOrders)
	expectListed(c, before, started, located)
}

// expectListed asserts that orders come into the history, each once. An order that
// its clearing left active is not finished (see ORD-11 and ORD-14), and one that came
// into it under another UUID is listed (see HIST-15).
func expectListed(c *spec.C, before []row, orders ...protocol.Order) {
	found := seek(c, orders)
	active := stillActive(c)
	for _, order := range found.missing {
		if slices.Contains(active, order.UUID) {
			c.Unsupported("order %s is still active after it was cleared", order.Name)
		}
	}
	if len(found.missing) > 0 && underOtherUUIDs(list(c, page(0, maxLimit)), before, found, orders) {
		c.Unsupported("finished orders are listed under other UUIDs (see HIST-15)")
	}
	c.Expect(unlisted(found), "the history").To(match.NoFault(fmt.Sprintf("list each of %d orders that were cleared once", len(orders))))
}

// underOtherUUIDs tells whether each order that is missing stands in a row of its own
// that was not there before and is none of the others.
func underOtherUUIDs(rows, before []row, found finds, orders []protocol.Order) bool {
	taken := map[string]bool{}
	for _, order := range orders {
		taken[order.UUID] = true
	}
	for _, order := range found.missing {
		at := slices.IndexFunc(rows, func(r row) bool {
			return !taken[r.UUID] && !holds(before, r.UUID) && r.Name == order.Name && r.Created == order.Created
		})
		if at < 0 {
			return false
		}
		taken[rows[at].UUID] = true
	}
	return true
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
