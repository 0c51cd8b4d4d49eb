package events

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// What a client is told that connects while orders are made.
var joiningCases = []spec.Case{
	{ID: "EVT-01", Name: "while orders are made", Needs: needOrders, Run: joiningSnapshotFirst},
	{ID: "EVT-13", Needs: needOrders, Run: noGap},
}

const (
	// rounds of clients that connect while makers make orders: the gap between the
	// snapshot and the stream, if there is one, is narrow.
	rounds  = 20
	joiners = 4
	makers  = 4
	// ordersEach is how many orders a maker makes at most in one round.
	ordersEach = 4
)

var joining = &spec.Probe[[]round]{
	Name:  "clients that connect while orders are made",
	Takes: func(protocol.Timing) time.Duration { return 0 },
	Needs: needOrders,
	Run:   observeJoining,
}

// round is what some clients were told that connected while some orders were made.
type round struct {
	made  map[string]string          // the orders' names by their uuids
	posts map[string]client.Exchange // the requests that made them, by their names
	joins []joiner
}

func observeJoining(s *spec.Scene) ([]round, error) {
	names := make([][]string, makers)
	for m := range names {
		for range ordersEach {
			name, err := s.Orders.Take()
			if err != nil {
				return nil, err
			}
			s.Later(func() { giveBack(s, name) })
			names[m] = append(names[m], name)
		}
	}
	var seen []round
	for proved := false; !proved && len(seen) < rounds; {
		r, err := observeRound(s, names)
		if err != nil {
			return nil, err
		}
		seen = append(seen, r)
		proved = missed(r) != nil // one proof is enough
	}
	return seen, nil
}

// observeRound has orders made until all of the clients are connected.
func observeRound(s *spec.Scene, names [][]string) (round, error) {
	r := round{joins: make([]joiner, joiners), posts: map[string]client.Exchange{}}
	defer r.leave()
	for i := range r.joins {
		r.joins[i].mode = modes[i%len(modes)]
		if err := r.joins[i].prepare(s); err != nil {
			return r, err
		}
	}
	var making, connecting sync.WaitGroup
	joined, stop := context.WithCancel(s)
	defer stop()
	posted, errs := make([][]post, makers), make([]error, makers+joiners)
	for m := range makers {
		making.Go(func() { posted[m], errs[m] = makeUntil(joined, s, names[m]) })
	}
	for i := range r.joins {
		connecting.Go(func() { errs[makers+i] = r.joins[i].join(s) })
	}
	connecting.Wait()
	stop()
	making.Wait()
	if err := errors.Join(errs...); err != nil {
		return r, err
	}
	var err error
	lists := make([][]string, makers)
	for m := range posted {
		for _, p := range posted[m] {
			lists[m] = append(lists[m], p.name)
			r.posts[p.name] = p.proof
		}
	}
	if r.made, err = identify(s, slices.Concat(lists...)); err != nil {
		return r, err
	}
	r.listen(s)
	return r, removeAll(s, lists)
}

// post is a request that made an order.
type post struct {
	name  string
	proof client.Exchange
}

// makeUntil makes orders until the context is done or the names are used up.
func makeUntil(joined context.Context, s *spec.Scene, names []string) (made []post, err error) {
	for i, name := range names {
		if i > 0 && isDone(joined) {
			break
		}
		res := place(s, name, protocol.ToGo, "")
		if err := done(res, "start order "+name); err != nil {
			return made, err
		}
		made = append(made, post{name, res.Exchange})
	}
	return made, nil
}

func isDone(ctx context.Context) bool { return ctx.Err() != nil }

// identify asks for the uuids of active orders.
func identify(s *spec.Scene, names []string) (map[string]string, error) {
	res := s.Get(protocol.PathActiveOrders)
	o, err := res.Object()
	if err != nil || res.Status/100 != 2 {
		return nil, fmt.Errorf("list active orders: %s", res)
	}
	items, err := o.Objects("items")
	if err != nil {
		return nil, fmt.Errorf("list active orders: %w", err)
	}
	made := map[string]string{}
	for _, item := range items {
		name, _ := item.String("name")
		if uuid, _ := item.String("uuid"); uuid != "" && slices.Contains(names, name) {
			made[uuid] = name
		}
	}
	if len(made) != len(names) {
		return nil, fmt.Errorf("of %d orders that were started, GET %s lists %d", len(names), protocol.PathActiveOrders, len(made))
	}
	return made, nil
}

// listen waits until each client has heard of every order, or will not, and keeps
// what it heard.
func (r *round) listen(s *spec.Scene) {
	ctx, cancel := s.Within(spec.Patience)
	defer cancel()
	for i := range r.joins {
		j := &r.joins[i]
		if j.socket == nil {
			continue
		}
		for uuid := range r.made {
			j.socket.Await(ctx, j.since, func(m client.Message) bool { return snapshots(m, uuid) || creates(m, uuid) })
		}
		j.take()
	}
}

// leave closes the clients' connections.
func (r *round) leave() {
	var wait sync.WaitGroup
	for i := range r.joins {
		wait.Go(r.joins[i].leave)
	}
	wait.Wait()
}

func snapshots(m client.Message, uuid string) bool { return spec.IsSnapshot(m) && find(m, uuid) != nil }

func creates(m client.Message, uuid string) bool {
	return m.Type() == protocol.OrderCreated && m.UUID() == uuid
}

// gap is what proves that a client did not hear of an order: the request that
// made it, the client's snapshot, and what it brought about that order, if only
// that it is over.
func (r round) gap(j joiner, o protocol.Order) []client.Exchange {
	made := r.posts[o.Name]
	proof := proofOf(made, j.messages, o)
	at := slices.IndexFunc(j.messages, spec.IsSnapshot)
	if at < 0 || slices.Contains(proof, j.messages[at].Exchange) {
		return proof
	}
	return append([]client.Exchange{made, j.messages[at].Exchange}, proof[min(1, len(proof)):]...)
}

// missed judges whether each client heard of each order, by its snapshot, by its
// stream, or by both (EVT-13).
func missed(r round) error {
	for _, j := range r.joins {
		if j.trouble != "" {
			return &fault{fmt.Sprintf("a client by %s was not served while orders were made: %s", j.mode, j.trouble), j.proof}
		}
		for uuid, name := range r.made {
			if !slices.ContainsFunc(j.messages, func(m client.Message) bool { return snapshots(m, uuid) || creates(m, uuid) }) {
				text := fmt.Sprintf("order %s was neither in ACTIVE_ORDERS nor told by ORDER_CREATED on %s, by %s, which brought: %s",
					name, j.channel, j.mode, briefs(j.messages))
				return &fault{text, r.gap(j, protocol.Order{Name: name, UUID: uuid})}
			}
		}
	}
	return nil
}

func noGap(c *spec.C) {
	var shown, told, both int
	for _, r := range once(c, joining) {
		for _, j := range r.joins {
			if at := slices.IndexFunc(j.messages, spec.IsSnapshot); at >= 0 {
				mustIdentify(c, j.messages[at])
			}
		}
		expect(c, missed(r), "a client that connects while orders are made", "hear of each of them")
		for _, j := range r.joins {
			for uuid := range r.made {
				inSnapshot := slices.ContainsFunc(j.messages, func(m client.Message) bool { return snapshots(m, uuid) })
				inStream := slices.ContainsFunc(j.messages, func(m client.Message) bool { return creates(m, uuid) })
				switch {
				case inSnapshot && inStream:
					both++
				case inSnapshot:
					shown++
				default:
					told++
				}
			}
		}
	}
	c.Note("heard by the snapshot %d times, by the stream %d times, by both %d times", shown, told, both)
}

func joiningSnapshotFirst(c *spec.C) {
	for _, r := range once(c, joining) {
		for _, j := range r.joins {
			if j.trouble == "" {
				expect(c, beginsWithSnapshot(j), j.channel, "begin with ACTIVE_ORDERS, items an array of orders")
				expect(c, noFurtherSnapshot(j.messages[1:]), j.channel, "bring ACTIVE_ORDERS once")
			}
		}
	}
}
