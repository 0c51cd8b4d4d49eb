package history

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// glance is how long a case waits before it looks again for an order that was
// just cleared.
const glance = 50 * time.Millisecond

// finds is what became of a search for orders in the history.
type finds struct {
	rows    []row            // the orders that were found, in the sequence of the search
	missing []protocol.Order // those that were not
	twice   []row            // those that one answer listed more than once
}

// seek looks for finished orders until all are found or patience is over: where a
// client would look first, and at last in the whole of the history.
func seek(c *spec.C, orders []protocol.Order) finds {
	var f finds
	for give := time.Now().Add(spec.Patience); time.Now().Before(give); {
		for _, p := range likely(orders) {
			if f = inspect(listIfAny(c, p), orders, f); len(f.missing) == 0 {
				return f
			}
		}
		if c.Until(time.Now().Add(glance)) != nil {
			return f
		}
	}
	found := func(rows []row) bool { return len(inspect(rows, orders, f).missing) == 0 }
	rows, _, _ := walk(c, nil, found)
	return inspect(rows, orders, f)
}

// likely are queries that show new orders, whichever way the history is sorted.
func likely(orders []protocol.Order) []params {
	most := params{"limit": strconv.Itoa(maxLimit)}
	queries := []params{nil, most}
	oldest := slices.MinFunc(orders, func(a, b protocol.Order) int { return cmp.Compare(a.Created.Sub(b.Created), 0) })
	if !oldest.Created.IsZero() {
		after := oldest.Created.Add(-time.Second).String()
		queries = append(queries, most.with(params{"created_after": after}))
	}
	return queries
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
