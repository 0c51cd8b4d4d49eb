package events

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// What every message and every order must hold.
var memberCases = []spec.Case{
	{ID: "EVT-07", Name: "lists", Needs: needOrders, Run: ordersIdentified},
	{ID: "EVT-07", Name: "events", Needs: needOrders, Run: eventsIdentified},
	{ID: "EVT-25", Name: "lists", Needs: needOrders, Run: listedOrdersFormed},
	{ID: "EVT-25", Name: "events", Needs: needOrders, Run: eventsFormed},
}

// everyKind makes an order of every kind: of both types, started, located at
// once, located later, paged.
func everyKind(c *spec.C) []protocol.Order {
	orders := []protocol.Order{
		c.Start(protocol.OnPremise),
		c.StartNamed(c.OrderName(), protocol.OnPremise, "41"),
		c.Locate(c.Start(protocol.ToGo), "42"),
		c.Start(protocol.ToGo),
	}
	page(c, orders[len(orders)-1])
	return orders
}

// view is one way to see orders.
type view struct {
	name  string
	proof client.Exchange
	items []protocol.Object
}

// views looks at the active orders in every way there is.
func views(c *spec.C, orders []protocol.Order) []view {
	list := c.Get(protocol.PathActiveOrders)
	listed, err := list.Object()
	if err != nil {
		c.Broken("the set-up failed: list active orders: %s", list)
	}
	items, _ := listed.Objects("items")
	all := make([]view, 0, 1+len(modes)+len(orders))
	all = append(all, view{"GET /activeorders", list.Exchange, items})
	for _, mode := range modes {
		shown := c.Stream(mode).Snapshot
		all = append(all, view{"the snapshot by " + string(mode), shown.Exchange, mustList(c, shown)})
	}
	for _, o := range orders {
		res := c.Get(protocol.PathOrder(o.Name))
		single, _ := res.Object()
		item, err := single.Object("activeorder")
		if err != nil {
			c.Broken("the set-up failed: read order %s: %s", o.Name, res)
		}
		all = append(all, view{"GET /activeorders/" + o.Name, res.Exchange, []protocol.Object{item}})
	}
	return all
}

func ordersIdentified(c *spec.C) {
	empty := ""
	for _, v := range views(c, []protocol.Order{c.Start(protocol.ToGo)}) {
		expect(c, prove(identified(v.items), v.proof), v.name, "show orders that each have a uuid")
		if len(v.items) == 0 {
			empty = v.name
		}
	}
	if empty != "" {
		c.Broken("there is nothing to judge: %s shows no order, while one is active", empty)
	}
}

// prove adds an exchange to a fault.
func prove(err error, proof ...client.Exchange) error {
	if err == nil {
		return nil
	}
	return &fault{text: err.Error(), proof: proof}
}

// identified judges whether every order has a uuid.
func identified(items []protocol.Object) error {
	for _, item := range items {
		if uuid, err := item.String("uuid"); err != nil {
			return fmt.Errorf("%s: %w", label(item), err)
		} else if uuid == "" {
			return fmt.Errorf("%s: the uuid is empty", label(item))
		}
	}
	return nil
}

// eventsIdentified takes an order through its life and judges every message that
// comes meanwhile, whatever it is about. It waits for messages that mention the
// order in any way: an event that lacks its uuid must not look like none.
func eventsIdentified(c *spec.C) {
	streams := openStreams(c, 2)
	o := c.Start(protocol.ToGo)
	c.Locate(o, "43")
	page(c, o)
	c.Clear(o)
	last := c.Start(protocol.OnPremise)
	for _, s := range streams {
		if _, ok := s.Find(func(m client.Message) bool { return mentions(m, last) }); !ok {
			c.Broken("there is nothing to judge: %s brought no message about order %s", s.Channel(), last.Name)
		}
		for _, m := range s.Messages() {
			expect(c, identifiedMessage(m, o, last), s.Channel(), "bring events that have a type, and of an order a uuid")
		}
	}
}

// mentions tells whether a message holds the order's uuid or its name anywhere.
func mentions(m client.Message, o protocol.Order) bool {
	return bytes.Contains(m.Data, []byte(o.UUID)) || bytes.Contains(m.Data, []byte(strconv.Quote(o.Name)))
}

// identifiedMessage judges a message on an authenticated connection. One without
// a type is judged only if it is about an order: of others nothing is documented.
func identifiedMessage(m client.Message, own ...protocol.Order) error {
	proof := []client.Message{m}
	if m.Object == nil {
		return nil // WS-12 speaks of it
	}
	if m.Type() == "" {
		for _, o := range own {
			if mentions(m, o) {
				return faultf(proof, "a message about order %s has no type", o.Name)
			}
		}
		if m.Object.Has("uuid") {
			return faultf(proof, "a message with a uuid has no type")
		}
		return nil
	}
	if spec.IsSnapshot(m) {
		items, _ := m.Object.Objects("items")
		if err := identified(items); err != nil {
			return faultf(proof, "ACTIVE_ORDERS: %v", err)
		}
		return nil
	}
	if isKnown(m.Type()) || m.Object.Has("state") && m.Object.Has("orderType") {
		if err := identified([]protocol.Object{m.Object}); err != nil {
			return faultf(proof, "%s: %v", brief(m), err)
		}
	}
	return nil
}

func listedOrdersFormed(c *spec.C) {
	orders := everyKind(c)
	for _, v := range views(c, orders) {
		var errs []error
		for _, o := range orders {
			for _, item := range v.items {
				if uuid, _ := item.String("uuid"); uuid == o.UUID {
					errs = append(errs, formed(item))
				}
			}
		}
		expect(c, prove(errors.Join(errs...), v.proof), v.name, "fill every member of an order with its type and form")
	}
}

// formed judges every member of an order.
func formed(o protocol.Object) error {
	if _, err := protocol.DecodeOrder(o); err != nil {
		return fmt.Errorf("%s: %w", label(o), err)
	}
	return nil
}

func eventsFormed(c *spec.C) {
	streams := openStreams(c, 2)
	orders := everyKind(c)
	for _, o := range orders {
		c.Clear(o)
	}
	c.Fence(streams...)
	for _, s := range streams {
		for _, o := range orders {
			for _, m := range of(o.UUID, s.Messages()) {
				if isKnown(m.Type()) {
					expect(c, prove(formed(m.Object), m.Exchange), brief(m), "fill every member of the order with its type and form")
				}
			}
		}
	}
}
