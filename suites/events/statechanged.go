package events

import (
	"fmt"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// When an order's state changed. The gateway's own clock is the measure: it may be
// wrong or in another zone, and it counts whole seconds.
var stateChangedCases = []spec.Case{{ID: "EVT-23", Needs: needOrders, Run: stateChangedMoves}}

// reading is what one look at an order told of its last change of state.
type reading struct {
	where string
	state protocol.State
	at    protocol.Datetime
	idle  bool // nothing was asked of the order since the reading before
	proof client.Exchange
}

// stateChangedMoves looks at an order in both ways after each change, and lets the
// gateway's clock go on before each change of state.
func stateChangedMoves(c *spec.C) {
	stream := c.Stream(spec.ByHeader)
	o := c.Start(protocol.OnPremise)
	all := []reading{hear(stream, o, protocol.OrderCreated), look(c, o, false)}
	tick(c, 1)
	all = append(all, look(c, o, true))
	c.Locate(o, "63")
	all = append(all, hear(stream, o, protocol.OrderModified), look(c, o, false))
	tick(c, 1)
	all = append(all, look(c, o, true))
	if page(c, o) {
		all = append(all, hear(stream, o, protocol.OrderPaged), look(c, o, false))
	}
	tick(c, 1)
	from := len(stream.Messages())
	c.Clear(o)
	c.Fence(stream)
	for _, m := range of(o.UUID, stream.Messages()[from:]) {
		if isCleared(m) {
			all = append(all, readingOf("the event of the clearing", m.Object, m.Exchange))
			break
		}
	}
	judged, err := movesWithState(all)
	if err == nil && judged < 2 {
		c.Unsupported("the gateway shows stateChanged in no two states, in the form YYYY-MM-DDTHH:MM:SS")
	}
	expect(c, err, "stateChanged", "move on with state, and never back")
}

// hear reads an event. One that does not come is an empty reading.
func hear(s *spec.Stream, o protocol.Order, kind protocol.EventType) reading {
	m, _ := s.Event(o.UUID, kind)
	return readingOf(string(kind), m.Object, m.Exchange)
}

// look reads the order as the gateway shows it.
func look(c *spec.C, o protocol.Order, idle bool) reading {
	res := c.Get(protocol.PathOrder(o.Name))
	object, _ := res.Object()
	item, err := object.Object("activeorder")
	if err != nil {
		c.Broken("the set-up failed: read order %s: %s", o.Name, res)
	}
	r := readingOf("GET /activeorders/"+o.Name, item, res.Exchange)
	r.idle = idle
	return r
}

func readingOf(where string, o protocol.Object, proof client.Exchange) reading {
	order, _ := protocol.DecodeOrder(o)
	return reading{where: where, state: order.State, at: order.StateChanged, proof: proof}
}

// movesWithState judges readings in their sequence, of which the clock went on
// before each change of state. It counts the states that it could judge.
func movesWithState(all []reading) (states int, err error) {
	var last *reading
	for i := range all {
		r := &all[i]
		if r.at.IsZero() || r.state == "" {
			continue // EVT-25 speaks of it
		}
		if last == nil || r.state != last.state {
			states++
		}
		if last != nil {
			if problem := follows(*last, *r); problem != "" {
				return states, &fault{
					text:  fmt.Sprintf("%s: %s with state %s in %s, then %s with state %s in %s", problem, last.at, last.state, last.where, r.at, r.state, r.where),
					proof: []client.Exchange{last.proof, r.proof},
				}
			}
		}
		last = r
	}
	return states, nil
}

// follows tells what is wrong with a reading after the one before it.
func follows(last, r reading) string {
	switch {
	case r.at.Before(last.at):
		return "it went back"
	case r.state != last.state && !r.at.After(last.at):
		return "it stood still while the state changed"
	case r.idle && r.at.After(last.at):
		return "it moved while nothing happened"
	}
	return ""
}

// tick lets the gateway's clock go on by whole seconds.
func tick(c *spec.C, seconds int) {
	if err := c.Tick(seconds); err != nil {
		c.Broken("%v", err)
	}
}
