package plan

import (
	"math/rand/v2"
	"time"
)

const (
	// tables is how many tables there are to locate orders at, from 1.
	tables = 999
	// rest is how long an order is left alone after a change, if there are names enough.
	rest = 3 * time.Second
)

// order is what must be known of a name to change its order.
type order struct {
	location uint16 // the last; kept from one order of the name to the next
	paged    bool   // since it was created
	changed  time.Duration
}

// Changes hands out the changes of a plan in their order.
type Changes struct {
	times  arrivals
	k      int64
	draw   *rand.Rand
	mix    Mix
	free   ring[int32] // names without an order, the one that has been so the longest first
	active ring[int32] // names with an order, the one unchanged for the longest first
	orders []order     // by name
}

// Changes begins the changes of the plan, which must be valid. It and the Changes take no
// locks: they are for one goroutine.
func (p Plan) Changes() *Changes {
	phases := p.Phases()
	pieces := make([]piece, len(phases))
	from := 0.0
	for i, s := range phases {
		pieces[i] = piece{length: time.Duration(s.Duration), from: from, to: s.Rate}
		from = s.Rate
	}
	n := p.NameRange().Len()
	c := &Changes{
		times: p.arrivals(pieces, changeArrivals), draw: random(p.Seed, changeOps), mix: p.Mix,
		free: newRing[int32](n), active: newRing[int32](n), orders: make([]order, n),
	}
	for name := range c.orders {
		c.free.push(int32(name))
		c.orders[name] = order{location: uint16(name % tables)}
	}
	return c
}

// Next is the next change; false at the end of the plan. Times never fall, and are before
// the end.
func (c *Changes) Next() (Change, bool) {
	at, ok := c.times.next()
	if !ok {
		return Change{}, false
	}
	c.k++
	change := Change{K: c.k, At: at, Op: c.mix.pick(c.draw)}
	c.apply(&change)
	return change, true
}

// apply finds an order for a change, and another change where there is none for it. Orders
// rest between their changes, and so do names: at most half of them are active. So changes go
// on, each of another order, while a gateway holds back its answers. An order is paged once
// at most: a gateway need not tell of a page that changes nothing.
func (c *Changes) apply(change *Change) {
	full := c.active.n >= len(c.orders)/2
	switch {
	case change.Op == Create && full:
		change.Op = Clear
	case change.Op != Create && (c.active.n == 0 || !full && c.orders[c.active.first()].changed > change.At-rest):
		change.Op = Create
	}
	from, to := &c.active, &c.active
	switch change.Op {
	case Create:
		from = &c.free
	case Clear:
		to = &c.free
	}
	name := from.pop()
	to.push(name)
	change.Name = int(name)
	o := &c.orders[name]
	o.changed = change.At
	if change.Op == Page && o.paged {
		change.Op = Locate
	}
	o.paged = change.Op == Page || change.Op != Create && o.paged
	if change.Op == Locate {
		o.location = o.location%tables + 1
		change.Location = int(o.location)
	}
}

// pick draws an operation by its weight.
func (m Mix) pick(draw *rand.Rand) Op {
	n := draw.IntN(m.Create + m.Locate + m.Page + m.Clear)
	switch {
	case n < m.Create:
		return Create
	case n < m.Create+m.Locate:
		return Locate
	case n < m.Create+m.Locate+m.Page:
		return Page
	}
	return Clear
}
