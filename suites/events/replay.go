package events

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// What a client knows that only listens.
var replayCases = []spec.Case{{ID: "EVT-14", Needs: needOrders, Run: replayEndsAtList}}

// replica is what a client knows of the active orders that has its snapshot and
// listens to its stream.
type replica struct {
	orders map[string]protocol.Object
	other  map[string]time.Time // when an event of another type last spoke of an order
}

func newReplica(snapshot client.Message) replica {
	r := replica{orders: map[string]protocol.Object{}, other: map[string]time.Time{}}
	items, _ := snapshot.Object.Objects("items")
	for _, item := range items {
		uuid, _ := item.String("uuid")
		r.orders[uuid] = item
	}
	return r
}

// hear applies an event: the members that it holds replace those that were known.
// Types that are not documented change nothing, but for the clearing, of which
// the type is open.
func (r replica) hear(m client.Message) {
	uuid := m.UUID()
	switch {
	case !spec.IsOrderEvent(m):
	case stateOf(m) == protocol.Cleared:
		delete(r.orders, uuid)
	case !isKnown(m.Type()):
		r.other[uuid] = m.At
	default:
		known := protocol.Object{}
		for _, source := range []protocol.Object{r.orders[uuid], m.Object} {
			for key, value := range source {
				known[key] = value
			}
		}
		r.orders[uuid] = known
	}
}

// own are the orders of the case, each with the time at which it was asked to be
// cleared; zero if it was not.
type own map[string]time.Time

// differs compares what the replica knows of the case's own orders with a list,
// and names the first order of which it knows something else.
func (r replica) differs(orders own, list []protocol.Object) (uuid, problem string) {
	listed, err := byUUID(list)
	if err != nil {
		return "", err.Error()
	}
	for _, uuid := range slices.Sorted(maps.Keys(orders)) {
		known, truth, cleared := r.orders[uuid], listed[uuid], orders[uuid]
		switch {
		case truth == nil && known != nil:
			if cleared.IsZero() || r.other[uuid].Before(cleared) {
				return uuid, label(known) + " is over, and no event told of its end"
			}
		case truth != nil && known == nil:
			return uuid, label(truth) + " is active, and not known from snapshot and events"
		case truth != nil && difference(known, truth) != "":
			return uuid, fmt.Sprintf("%s: %s (replay, list)", label(truth), difference(known, truth))
		}
	}
	return "", ""
}

// replayEndsAtList listens on connections that begin before, amid and after
// changes of every kind, and compares at rest.
func replayEndsAtList(c *spec.C) {
	orders := own{}
	causes := map[string]client.Exchange{} // the latest request about each order
	asked := func(o protocol.Order) { causes[o.UUID] = causeOf(c, o) }
	add := func(o protocol.Order) protocol.Order { orders[o.UUID] = time.Time{}; asked(o); return o }
	end := func(o protocol.Order) { orders[o.UUID] = time.Now(); c.Clear(o); asked(o) }
	streams := openStreams(c, 2)

	moving, paged := add(c.Start(protocol.OnPremise)), add(c.Start(protocol.ToGo))
	retyped := add(c.StartNamed(c.OrderName(), protocol.OnPremise, "51"))
	c.Locate(moving, "52")
	page(c, paged)
	asked(moving)
	asked(paged)
	streams = append(streams, c.Stream(spec.ByMessage))

	// Whether the gateway obeys these is its affair: the list tells.
	c.PostOrder(moving.Name, moving.Type, "53")
	c.PostOrder(retyped.Name, protocol.ToGo, "51")
	unplaced := add(c.Start(protocol.OnPremise))
	c.PostOrder(unplaced.Name, protocol.ToGo, "")
	kept := add(c.Start(protocol.ToGo))
	page(c, kept)
	c.PostOrder(kept.Name, kept.Type, "") // nothing new: it stays paged
	for _, o := range []protocol.Order{moving, retyped, unplaced, kept} {
		asked(o)
	}
	end(paged)
	again := add(c.StartNamed(paged.Name, protocol.OnPremise, ""))
	streams = append(streams, c.Stream(spec.ByHeader))

	c.Locate(again, "54")
	page(c, again)
	asked(again)
	brief := add(c.Start(protocol.ToGo))
	end(brief)
	for _, s := range streams {
		mustIdentify(c, s.Snapshot)
		expect(c, atRest(c, s, orders, causes), s.Channel(), "tell, by snapshot and events, all that GET /activeorders lists")
	}
}

// atRest replays a stream and compares, and gives an event that is under way the
// time to come.
func atRest(c *spec.C, s *spec.Stream, orders own, causes map[string]client.Exchange) error {
	c.Fence(s)
	ctx, cancel := c.Within(spec.Patience)
	defer cancel()
	for {
		list, proof := listActive(c)
		messages := s.Messages()
		known := newReplica(s.Snapshot)
		start := slices.IndexFunc(messages, spec.IsSnapshot) + 1
		for _, m := range messages[start:] {
			known.hear(m)
		}
		uuid, problem := known.differs(orders, list)
		if problem == "" {
			return nil
		}
		if !another(ctx, s.Socket, len(messages)) {
			told := of(uuid, messages[start:])
			text := fmt.Sprintf("%s; of it were told: %s", problem, briefs(told))
			brought := proofOf(causes[uuid], messages, protocol.Order{UUID: uuid})
			return &fault{text, append([]client.Exchange{proof}, brought[max(0, len(brought)-maxProof+1):]...)}
		}
	}
}
