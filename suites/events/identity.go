package events

import (
	"fmt"
	"strings"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// How orders are told apart.
var identityCases = []spec.Case{{ID: "EVT-17", Needs: needOrders, Run: uuidsUnique}}

// register notes whose a uuid is, and finds a second one's. UUIDs that differ in
// the case of their letters alone are the same (RFC 9562 §4).
type register map[string]holder

// holder is an order, in words, and the exchange that showed its uuid.
type holder struct {
	whose string
	proof client.Exchange
}

func (r register) enter(uuid, whose string, proof client.Exchange) error {
	key := strings.ToLower(uuid)
	if first, taken := r[key]; taken {
		return &fault{
			fmt.Sprintf("%s has uuid %.60q, which %s has too", whose, uuid, first.whose),
			[]client.Exchange{first.proof, proof},
		}
	}
	r[key] = holder{whose, proof}
	return nil
}

// uuidsUnique compares the orders of the burst, which were made side by side,
// those that have one name after another, and those that other clients made.
func uuidsUnique(c *spec.C) {
	known := register{}
	enter := func(uuid, whose string, proof client.Exchange) {
		expect(c, known.enter(uuid, whose, proof), "each order", "have a uuid of its own")
	}
	for _, l := range once(c, burst).lives {
		enter(l.uuid, "order "+l.name+" of the burst", l.shown)
	}
	stream := c.Stream(spec.ByHeader)
	name := c.OrderName()
	for i, kind := range []protocol.OrderType{protocol.ToGo, protocol.ToGo, protocol.OnPremise, protocol.ToGo} {
		from := len(stream.Messages())
		o := c.StartNamed(name, kind, []string{"", "61"}[i%2])
		_, shown, err := uuidOf(c.Scene, name)
		if err != nil {
			c.Broken("the set-up failed: %v", err)
		}
		enter(o.UUID, fmt.Sprintf("order %s, the %d. of its name", name, i+1), shown)
		expect(c, toldByItsUUID(c, stream, from, o), stream.Channel(), "tell of a new order under the uuid that GET shows")
		c.Clear(o)
	}
	items, list := listActive(c)
	for _, item := range items {
		uuid, _ := item.String("uuid")
		enter(uuid, "active "+label(item), list)
	}
}

// toldByItsUUID waits for the ORDER_CREATED of an order, among the messages from index
// from on, and compares the uuid. If nothing tells of it, or in another way, that is
// the subject of other requirements.
func toldByItsUUID(c *spec.C, s *spec.Stream, from int, o protocol.Order) error {
	ctx, cancel := c.Within(spec.Patience)
	defer cancel()
	m, _, told := s.Await(ctx, from, func(m client.Message) bool {
		return m.Type() == protocol.OrderCreated && m.UUID() != "" && nameOf(m) == o.Name
	})
	if !told || strings.EqualFold(m.UUID(), o.UUID) {
		return nil
	}
	return because(causeOf(c, o), faultf([]client.Message{m}, "%s has uuid %.60q, and GET shows %.60q", brief(m), m.UUID(), o.UUID))
}
