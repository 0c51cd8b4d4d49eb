// Package history holds the cases on the history of orders: GET /orders, its
// parameters, and how long it remembers.
//
// Others finish orders while a case reads, so the cases judge what does not depend
// on that: the rows of one answer, the run's own orders, and how the rows that two
// answers share stand to each other. Dates are only compared with other dates of
// the gateway, whose clock and zone are its own.
package history

import (
	"slices"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// Chapter is the chapter on the history.
var Chapter = spec.Chapter{Name: protocol.History, Cases: slices.Concat(
	onceReadable(listCases), onceReadable(limitCases), onceReadable(pagingCases), onceReadable(filterCases),
	onceReadable(refusalCases), onceReadable(retentionCases), onceReadable(repeatCases), onceReadable(agreementCases),
	habitCases, onceReadable(hostileCases),
)}

var (
	// reads is what a case needs that only looks.
	reads = []spec.Need{spec.NeedToken}
	// makes is what a case needs that makes orders of its own.
	makes = []spec.Need{spec.NeedToken, spec.NeedOrders}
)

const (
	// defaultLimit is how many rows come where no limit is asked for, and maxLimit
	// how many come at most (R).
	defaultLimit, maxLimit = 25, 100
	// maxPages bounds how far a case reads on: 10,000 rows, more than any restaurant
	// serves in two weeks.
	maxPages = 100
	// attempts is how often a case tries again that was disturbed by orders which
	// came and went.
	attempts = 3
)

// mayMake tells whether orders can be made, for cases that do with or without.
func mayMake(c *spec.C) bool {
	kind, _ := c.Unmet(makes)
	return kind == ""
}
