package history

import (
	"slices"
	"time"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// glance is how long a case waits before it looks again for an order that was
// just cleared.
const glance = 100 * time.Millisecond

// finds is what became of a search for orders in the history.
type finds struct {
	rows    []row            // the orders that were found, in the sequence of the search
	missing []protocol.Order // those that were not
	twice   []row            // those that one answer listed more than once
}

// seek looks for finished orders until all are found or patience is over: on the
// first page, where a client would look, then among what was created in their
// time, and at last in the whole of the history.
func seek(c *spec.C, orders []protocol.Order) finds {
	var f finds
	found := func(rows []row) bool { return len(inspect(rows, orders, f).missing) == 0 }
	for give := time.Now().Add(spec.Patience); time.Now().Before(give); {
		if f = glimpse(c, orders, f); len(f.missing) == 0 {
			return f
		}
		rows, _, _ := walk(c, around(orders).params(), found)
		if f = inspect(rows, orders, f); len(f.missing) == 0 {
			return f
		}
		if c.Until(time.Now().Add(glance)) != nil {
			return f
		}
	}
	rows, _, _ := walk(c, nil, found)
	return inspect(rows, orders, f)
}

// glimpse looks at the first page, as it comes and as long as it can be.
func glimpse(c *spec.C, orders []protocol.Order, f finds) finds {
	for _, p := range []params{nil, page(0, maxLimit)} {
		if f = inspect(listIfAny(c, p), orders, f); len(f.missing) == 0 {
			break
		}
	}
	return f
}

// around is a filter that lets everything through that was created when the orders
// were; everything at all if they do not show when.
func around(orders []protocol.Order) filter {
	byDate := func(a, b protocol.Order) int { return earlier(a.Created, b.Created) }
	first, last := slices.MinFunc(orders, byDate).Created, slices.MaxFunc(orders, byDate).Created
	if first.IsZero() {
		return filter{}
	}
	return filter{after: first.Add(-time.Second), before: last.Add(time.Second)}
}

// inspect adds what one answer shows to what was found before.
func inspect(rows []row, orders []protocol.Order, before finds) finds {
	f := finds{rows: before.rows, twice: before.twice}
	for _, order := range orders {
		here := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.UUID != order.UUID })
		if len(here) > 1 && !holds(f.twice, order.UUID) {
			f.twice = append(f.twice, here[0])
		}
		switch {
		case holds(f.rows, order.UUID):
		case len(here) > 0:
			f.rows = append(f.rows, here[0])
		default:
			f.missing = append(f.missing, order)
		}
	}
	return f
}

func holds(rows []row, uuid string) bool {
	return slices.ContainsFunc(rows, func(r row) bool { return r.UUID == uuid })
}
