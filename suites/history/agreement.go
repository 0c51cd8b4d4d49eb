package history

import (
	"errors"
	"fmt"

	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// What history says of an order, beside what was said of it while it was active.

var agreementCases = []spec.Case{
	{ID: "HIST-15", Needs: makes, Run: agreesWithEvents},
}

// account is everything that was said of one order while it was active.
type account struct {
	order    protocol.Order
	event    protocol.Object // the last event about it, before it was cleared
	snapshot protocol.Object // its item in a snapshot
	lookUp   protocol.Object // what GET shows of it
}

// agreesWithEvents lets the gateway's clock tick between what happens to the
// orders, so that dates which are mixed up show.
func agreesWithEvents(c *spec.C) {
	stream := c.Stream(spec.ByHeader)
	accounts := leadLives(c, stream)
	for _, a := range accounts {
		c.Clear(a.order)
	}
	orders := make([]protocol.Order, len(accounts))
	for i, a := range accounts {
		orders[i] = a.order
	}
	found := seek(c, orders)
	if len(found.missing) > 0 {
		expectNoneRenamed(c, found, accounts)
		c.Unsupported("%d of %d finished orders are not in the history (see HIST-02)", len(found.missing), len(orders))
	}
	for _, a := range accounts {
		c.Expect(a.agrees(found.rows), "the history").To(match.NoFault("say of order " + a.order.Name + " what was said of it before"))
	}
}

// leadLives makes orders that differ in what became of them: started, located at
// once, located later, and moved on to another table.
func leadLives(c *spec.C, stream *spec.Stream) []account {
	started := c.Start(protocol.ToGo)
	located := c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
	later := c.Start(protocol.OnPremise)
	moved := c.StartNamed(c.OrderName(), protocol.ToGo, "7")
	tick(c)
	c.Locate(later, "112")
	c.PostOrder(moved.Name, moved.Type, "71") // whether that moves it, GET will show
	tick(c)
	second := c.Stream(spec.ByMessage)
	c.Fence(stream)
	var accounts []account
	for _, o := range []protocol.Order{started, located, later, moved} {
		accounts = append(accounts, hear(c, o, stream, second))
	}
	return accounts
}

func tick(c *spec.C) {
	if err := c.Tick(2); err != nil {
		c.Broken("%v", err)
	}
}

func hear(c *spec.C, o protocol.Order, stream, second *spec.Stream) account {
	a := account{order: o, snapshot: itemOf(second.Snapshot.Object, o.UUID)}
	if events := stream.EventsOf(o.UUID); len(events) > 0 {
		a.event = events[len(events)-1].Object
	}
	if answer, err := c.Get(protocol.PathOrder(o.Name)).Object(); err == nil {
		a.lookUp, _ = answer.Object("activeorder")
	}
	return a
}

// itemOf is an order's item in a snapshot, or nil.
func itemOf(snapshot protocol.Object, uuid string) protocol.Object {
	items, _ := snapshot.Objects("items")
	for _, item := range items {
		if listed, _ := item.String("uuid"); listed == uuid {
			return item
		}
	}
	return nil
}

// agrees tells in what the history contradicts what was said of the order.
func (a account) agrees(rows []row) error {
	var problems []error
	for _, r := range rows {
		if r.UUID != a.order.UUID {
			continue
		}
		problems = append(problems,
			contradicts(r.shown, "its last event", a.event),
			contradicts(r.shown, "a snapshot", a.snapshot),
			contradicts(r.shown, "GET", a.lookUp))
	}
	return errors.Join(problems...)
}

// lasting are the members of an order that its end does not change.
var lasting = []string{"uuid", "name", "orderType", "locationName", "created"}

// contradicts tells where a row of the history differs from what a source said of
// the order. A source that said nothing is not contradicted.
func contradicts(shown protocol.Object, source string, said protocol.Object) error {
	var problems []error
	for _, key := range lasting {
		want, err := said.String(key)
		if err != nil {
			continue
		}
		got, err := shown.String(key)
		alike := got == want || key == "orderType" && protocol.OrderType(got).Same(protocol.OrderType(want))
		switch {
		case err != nil:
			problems = append(problems, fmt.Errorf("%w, where %s said %.60q", err, source, want))
		case !alike:
			problems = append(problems, fmt.Errorf("%s is %.60q, where %s said %.60q", key, got, source, want))
		}
	}
	return errors.Join(problems...)
}

// expectNoneRenamed asserts that an order which is not found under its UUID does
// not stand in the history under another one.
func expectNoneRenamed(c *spec.C, found finds, accounts []account) {
	rows := list(c, page(0, maxLimit))
	for _, a := range accounts {
		if holds(found.rows, a.order.UUID) {
			continue
		}
		c.Expect(renamed(rows, a.order), "the history").To(match.NoFault("list order " + a.order.Name + " under its uuid"))
	}
}

// renamed tells which row shows an order under another UUID.
func renamed(rows []row, o protocol.Order) error {
	for _, r := range rows {
		if r.Name == o.Name && r.Created == o.Created && r.UUID != o.UUID {
			return fmt.Errorf("it lists %s, which was uuid %.40q", r, o.UUID)
		}
	}
	return nil
}
