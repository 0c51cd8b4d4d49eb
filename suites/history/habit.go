package history

import (
	"slices"
	"strconv"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// Choices that the protocol leaves open. They are reported and never judged.

var habitCases = []spec.Case{
	{ID: "HIST-16", Needs: reads, Run: reportsChoices},
}

func reportsChoices(c *spec.C) {
	reportActive(c)
	rows := listIfAny(c, params{"limit": strconv.Itoa(maxLimit)})
	c.Note("the history is sorted by %s", sorting(rows))
	if rows = dated(rows); len(rows) == 0 {
		return
	}
	at := rows[len(rows)/2]
	for _, f := range []filter{{after: at.Created}, {before: at.Created}} {
		found, _, _ := walk(c, f.params(), func(rows []row) bool { return holds(rows, at.UUID) })
		for key := range f.params() {
			c.Note("an order created at the bound passes %s: %s", key, yes(holds(found, at.UUID)))
		}
	}
}

// reportActive looks in the history for orders that are active: for a new one, or,
// where none may be made, for any that there are.
func reportActive(c *spec.C) {
	var active []protocol.Order
	if mayMake(c) {
		active = append(active, c.Start(protocol.ToGo))
	} else {
		rows, _ := rowsOf(c.Get(protocol.PathActiveOrders).Body)
		for _, r := range rows {
			active = append(active, r.Order)
		}
	}
	if len(active) == 0 {
		c.Note("whether active orders are listed could not be seen: there is none")
		return
	}
	f := glimpse(c, active, finds{})
	if len(f.rows) == 0 {
		rows, _, _ := walk(c, around(active).params(), nil)
		f = inspect(rows, active, f)
	}
	c.Note("active orders are listed: %s", yes(len(f.rows) > 0))
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// sorting is the date by which rows are sorted, and how.
func sorting(rows []row) string {
	byCreation := direction(rows, func(r row) protocol.Datetime { return r.Created })
	byChange := direction(rows, func(r row) protocol.Datetime { return r.StateChanged })
	switch {
	case byCreation != unsorted:
		return "created: " + byCreation
	case byChange == earliestFirst || byChange == latestFirst:
		return "stateChanged: " + byChange
	}
	return "neither created nor stateChanged"
}

// The directions, in words.
const (
	earliestFirst = "earliest first"
	latestFirst   = "latest first"
	unsorted      = "neither earliest nor latest first"
)

// direction is how rows are sorted by a date that they show. Those that do not
// show it are left out.
func direction(rows []row, date func(row) protocol.Datetime) string {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return date(r).IsZero() })
	up := slices.IsSortedFunc(rows, func(a, b row) int { return earlier(date(a), date(b)) })
	down := slices.IsSortedFunc(rows, func(a, b row) int { return earlier(date(b), date(a)) })
	switch {
	case up && down:
		return "cannot be seen, as no two orders show different dates"
	case up:
		return earliestFirst
	case down:
		return latestFirst
	}
	return unsorted
}
