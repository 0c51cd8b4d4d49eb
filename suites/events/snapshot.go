package events

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

var snapshotCases = []spec.Case{
	{ID: "EVT-01", Name: "by header", Needs: needToken, Run: func(c *spec.C) { snapshotFirst(c, spec.ByHeader) }},
	{ID: "EVT-01", Name: "by message", Needs: needToken, Run: func(c *spec.C) { snapshotFirst(c, spec.ByMessage) }},
	{ID: "EVT-01", Name: "not again", Probes: []spec.AnyProbe{watch}, Run: snapshotNotAgain},
	{ID: "EVT-02", Name: "as it stands", Needs: needToken, Run: func(c *spec.C) { countsItems(c) }},
	{ID: "EVT-02", Name: "with orders", Needs: needOrders, Run: countsOwnOrders},
	{ID: "EVT-02", Name: "with many orders", Needs: needOrders, Run: countsManyOrders},
	{ID: "EVT-03", Name: "as it stands", Needs: needToken, Run: func(c *spec.C) { snapshotsTheList(c, spec.ByHeader) }},
	{ID: "EVT-03", Name: "with orders", Needs: needOrders, Run: snapshotsOwnOrders},
	{ID: "EVT-03", Name: "with many orders", Needs: needOrders, Run: snapshotsManyOrders},
	{
		ID: "EVT-03", Name: "under another token",
		Needs: []spec.Need{spec.NeedToken, spec.NeedTokens, spec.NeedOrders}, Run: snapshotUnderAnotherToken,
	},
	{ID: "EVT-15", Needs: needOrders, Run: clearedLeavesSnapshot},
	{ID: "EVT-18", Needs: needOrders, Run: reconnectShowsMissed},
}

// snapshotFirst connects several times, the sockets open side by side.
func snapshotFirst(c *spec.C, mode spec.AuthMode) {
	for range 3 {
		j := &joiner{mode: mode}
		c.Later(j.leave)
		if err := j.prepare(c.Scene); err != nil {
			c.Broken("the set-up failed: %v", err)
		}
		if err := j.join(c.Scene); err != nil || j.socket == nil {
			c.Broken("the set-up failed: open a WebSocket by %s: %s %v", mode, j.trouble, err)
		}
		j.take()
		expect(c, beginsWithSnapshot(*j), j.channel, "begin with ACTIVE_ORDERS, items an array of orders")
	}
}

// beginsWithSnapshot judges the first message after authentication.
func beginsWithSnapshot(j joiner) error {
	if len(j.messages) == 0 {
		return &fault{"it brought nothing: " + j.trouble, j.proof}
	}
	first := j.messages[:1]
	if !spec.IsSnapshot(first[0]) {
		return faultf(first, "its first message is %s", brief(first[0]))
	}
	if _, err := first[0].Object.Objects("items"); err != nil {
		return faultf(first, "in its ACTIVE_ORDERS, %v", err)
	}
	return nil
}

// watchTime is longer than the minute at which a gateway might repeat itself.
const watchTime = 65 * time.Second

// watch stays connected for a while, in both ways.
var watch = &spec.Probe[[]witness]{
	Name:  "a second snapshot on one connection",
	Takes: func(protocol.Timing) time.Duration { return watchTime },
	Needs: needToken,
	Run: func(s *spec.Scene) ([]witness, error) {
		streams, err := connectAll(s, len(modes))
		if err != nil {
			return nil, err
		}
		if err := s.Until(time.Now().Add(s.Real(watchTime))); err != nil {
			return nil, err
		}
		return witnesses(streams), nil
	},
}

func snapshotNotAgain(c *spec.C) {
	for _, w := range watch.Of(c) {
		expect(c, noFurtherSnapshot(w.all), w.channel, "bring ACTIVE_ORDERS once")
	}
}

// noFurtherSnapshot judges what came after a connection's snapshot.
func noFurtherSnapshot(messages []client.Message) error {
	if i := slices.IndexFunc(messages, spec.IsSnapshot); i >= 0 {
		return faultf(messages[i:i+1], "it brought ACTIVE_ORDERS again, after %d other messages", i)
	}
	return nil
}

// snapshotUnderAnotherToken connects under a token that is not the one under which an
// order was made: the snapshot is of the gateway's orders, not of a client's.
func snapshotUnderAnotherToken(c *spec.C) {
	secret := anotherToken(c)
	o := c.Start(protocol.OnPremise)
	for _, mode := range modes {
		stream, reason := c.ConnectAs(secret, mode)
		if stream == nil {
			c.Broken("the set-up failed: open a WebSocket by %s: %s", mode, reason)
		}
		if _, broken := stream.Snapshot.Object.Objects("items"); broken != nil {
			c.Broken("there is nothing to compare: %v", broken)
		}
		err := because(causeOf(c, o), shows(stream.Snapshot, o))
		expect(c, err, "the snapshot under another token", "show an order that GET /activeorders lists")
	}
}

// countsItems connects in both ways.
func countsItems(c *spec.C) {
	for _, mode := range modes {
		snapshot := c.Stream(mode).Snapshot
		items, err := snapshot.Object.Array("items")
		if err != nil {
			c.Broken("there is nothing to count: %v", err)
		}
		count, err := snapshot.Object.Int("count")
		if err == nil && int(count) != len(items) {
			err = fmt.Errorf("the count is %d, with %d items", count, len(items))
		}
		c.Expect(err, "a snapshot by %s", mode).ProvedBy(snapshot.Exchange).
			To(match.NoFault("give a count equal to the number of its items"))
	}
}

// countsOwnOrders counts with orders that were made, modified and cleared.
func countsOwnOrders(c *spec.C) {
	first := c.Start(protocol.ToGo)
	countsItems(c)
	c.Locate(c.Start(protocol.OnPremise), "11")
	countsItems(c)
	c.Clear(first)
	countsItems(c)
}

// comparisons is how often a snapshot is compared with the list before it is said
// to differ about other clients' orders: one may come and go in the middle.
const comparisons = 4

// snapshotsTheList compares a new snapshot with the list before and after it. The
// orders of the given names are the case's own, which nobody else touches.
func snapshotsTheList(c *spec.C, mode spec.AuthMode, names ...string) {
	subject, expected := "the snapshot by "+string(mode), "show what GET /activeorders lists"
	var err error
	for range comparisons {
		before, first := listActive(c)
		stream := c.Stream(mode)
		after, last := listActive(c)
		stream.Close()
		proof := []client.Exchange{first, stream.Snapshot.Exchange, last}
		items, broken := stream.Snapshot.Object.Objects("items")
		if broken != nil {
			c.Broken("there is nothing to compare: %v", broken)
		}
		expect(c, prove(between(named(names, before), named(names, items), named(names, after)), proof...), subject, expected)
		if err = prove(between(before, items, after), proof...); err == nil {
			return
		}
	}
	expect(c, err, subject, expected)
}

// snapshotsOwnOrders compares anew after every kind of change: a snapshot that is
// put together only now and then would show.
func snapshotsOwnOrders(c *spec.C) {
	names := []string{c.OrderName(), c.OrderName()}
	started := c.StartNamed(names[0], protocol.ToGo, "")
	snapshotsTheList(c, spec.ByHeader, names...)
	located := c.StartNamed(names[1], protocol.OnPremise, "12")
	snapshotsTheList(c, spec.ByMessage, names...)
	c.Locate(started, "13")
	snapshotsTheList(c, spec.ByHeader, names...)
	if page(c, located) {
		snapshotsTheList(c, spec.ByMessage, names...)
	}
	c.Clear(started)
	snapshotsTheList(c, spec.ByHeader, names...)
}

// many is more than one page of the history holds by default, a limit that a list
// of active orders does not have.
const many = 30

func snapshotsManyOrders(c *spec.C) {
	names := startMany(c)
	for _, mode := range modes {
		snapshotsTheList(c, mode, names...)
	}
}

func countsManyOrders(c *spec.C) {
	startMany(c)
	countsItems(c)
}

// startMany starts many orders and returns their names.
func startMany(c *spec.C) []string {
	names := make([]string, many)
	for i := range names {
		names[i] = c.OrderName()
		if err := done(c.PostOrder(names[i], protocol.ToGo, ""), "start order "+names[i]); err != nil {
			c.Broken("the set-up failed: %v", err)
		}
	}
	return names
}

// snapshot opens a stream and returns its snapshot, in which orders can be found.
func snapshot(c *spec.C, mode spec.AuthMode) client.Message {
	stream := c.Stream(mode)
	mustIdentify(c, stream.Snapshot)
	return stream.Snapshot
}

// mustIdentify ends the case if an order cannot be found in the snapshot: if that has no
// list of items, of which EVT-01 speaks, or one without a uuid, of which EVT-07 does.
func mustIdentify(c *spec.C, snapshot client.Message) {
	if err := identified(mustList(c, snapshot)); err != nil {
		c.Cite(snapshot.Exchange)
		c.Broken("there is nothing to judge: in ACTIVE_ORDERS, %v", err)
	}
}

// mustList returns the items of a snapshot, and ends the case if they are no list.
func mustList(c *spec.C, snapshot client.Message) []protocol.Object {
	items, err := snapshot.Object.Objects("items")
	if err != nil {
		c.Cite(snapshot.Exchange)
		c.Broken("there is nothing to judge: in ACTIVE_ORDERS, %v", err)
	}
	return items
}

// clearedLeavesSnapshot clears orders of every kind, by name and by UUID, and
// keeps one to see that later snapshots are not just empty.
func clearedLeavesSnapshot(c *spec.C) {
	kept := c.Start(protocol.OnPremise)
	started := c.Start(protocol.ToGo)
	located := c.StartNamed(c.OrderName(), protocol.OnPremise, "14")
	paged := c.Start(protocol.ToGo)
	page(c, paged)
	for i, o := range []protocol.Order{started, located, paged} {
		clearBy(c, o, i%2 == 1)
		cleared := causeOf(c, o)
		for _, mode := range modes {
			later := snapshot(c, mode)
			expect(c, because(cleared, showsNot(later, o)), "a later snapshot", "leave out an order that was cleared")
			if find(later, kept.UUID) == nil {
				c.Broken("there is nothing to judge: a snapshot does not show order %s either, which is active", kept.Name)
			}
		}
	}
}

// reconnectShowsMissed has a client miss one change of every kind, twice: the
// second time it has missed more.
func reconnectShowsMissed(c *spec.C) {
	over := c.Start(protocol.ToGo)
	for _, mode := range modes {
		located, paged := c.Start(protocol.OnPremise), c.Start(protocol.ToGo)
		c.Stream(mode).Close()
		located = c.Locate(located, "15")
		page(c, paged)
		paged = c.Order(paged.Name)
		c.Clear(over)
		cleared := causeOf(c, over)
		made := c.StartNamed(over.Name, protocol.ToGo, "") // under the name that has become free
		if made.UUID == over.UUID {
			c.Broken("there is nothing to judge: a new order has the uuid of the one before (see EVT-17)")
		}
		now := snapshot(c, mode)
		err := errors.Join(
			because(causeOf(c, located), shows(now, located)),
			because(causeOf(c, paged), shows(now, paged)),
			because(causeOf(c, made), shows(now, made)),
			because(cleared, showsNot(now, over)),
		)
		expect(c, err, "the snapshot after a reconnection", "show what was missed")
		over = made
	}
}
