package history

import (
	"fmt"
	"net/http"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// The run's own finished orders, by which filters are judged. One set serves all
// cases.

const (
	// table is the location of some of them. The others' contain it, so that a
	// filter that compares parts shows.
	table = "12"
	// takenAway is the type of some of them.
	takenAway = protocol.ToGo
	// groups of them are made apart seconds apart, by the gateway's clock.
	groups, apart = 3, 2
)

// course is what an order of a group is.
type course struct {
	kind     protocol.OrderType
	location string
}

// courses make up a group: each type at the table, each elsewhere, and one that
// never came to a table.
var courses = []course{
	{takenAway, table}, {protocol.OnPremise, table},
	{takenAway, "1" + table}, {protocol.OnPremises, table + "1"},
	{takenAway, ""},
}

// ownOrders makes them. They are cleared when it returns.
var ownOrders = &spec.Probe[[]protocol.Order]{
	Name:  "finished orders of this run, made some seconds apart",
	Takes: func(protocol.Timing) time.Duration { return (groups - 1) * apart * time.Second },
	Needs: makes,
	Run:   makeSample,
}

func makeSample(s *spec.Scene) ([]protocol.Order, error) {
	name, err := s.Orders.Take()
	if err != nil {
		return nil, err
	}
	var made []protocol.Order
	for group := range groups {
		if group > 0 {
			if err := s.Tick(apart); err != nil {
				return nil, err
			}
		}
		for _, course := range courses {
			order, err := finish(s, name, course)
			if err != nil {
				return nil, err // the name stays taken, to be cleared at the end
			}
			made = append(made, order)
		}
	}
	s.Orders.Release(name)
	return made, nil
}

// finish makes an order, reads it and clears it. It tries twice, because a case
// beside it may clear all orders.
func finish(s *spec.Scene, name string, is course) (protocol.Order, error) {
	for range 2 {
		if res := start(s, name, is); res.Status/100 != 2 {
			return protocol.Order{}, fmt.Errorf("the set-up failed: start order %s: %s", name, res)
		}
		shown := s.Get(protocol.PathOrder(name))
		cleared := s.Delete(protocol.PathOrder(name))
		if cleared.Status == http.StatusNotFound {
			continue
		}
		if cleared.Status/100 != 2 {
			return protocol.Order{}, fmt.Errorf("the set-up failed: clear order %s: %s", name, cleared)
		}
		o, err := shown.Object()
		if err == nil {
			o, err = o.Object("activeorder")
		}
		order, _ := protocol.DecodeOrder(o)
		if err != nil || order.UUID == "" {
			return order, fmt.Errorf("the set-up failed: read order %s: %s", name, shown)
		}
		return order, nil
	}
	return protocol.Order{}, fmt.Errorf("the set-up failed: order %s is gone before it is cleared", name)
}

// start posts an order. A gateway that does not know the other spelling of
// on-premise (see ORD-07) gets the first.
func start(s *spec.Scene, name string, is course) *client.Response {
	body := map[string]any{"name": name, "orderType": is.kind}
	if is.location != "" {
		body["locationName"] = is.location
	}
	res := s.Post(protocol.PathActiveOrders, body)
	if res.Status == http.StatusBadRequest && is.kind == protocol.OnPremises {
		body["orderType"] = protocol.OnPremise
		res = s.Post(protocol.PathActiveOrders, body)
	}
	return res
}

// ownSample is how the history shows the run's own orders.
func ownSample(c *spec.C) []row {
	f := seek(c, ownOrders.Of(c))
	if len(f.missing) > 0 {
		c.Unsupported("%d of %d finished orders of this run are not in the history (see HIST-02)",
			len(f.missing), len(f.missing)+len(f.rows))
	}
	return f.rows
}
