// Package orders holds the cases on active orders over HTTP: listing them,
// finding one, starting, locating, paging and clearing.
//
// What POST and DELETE answer beside their status is not documented, so the
// cases read an order only from GET. They judge nothing but orders that they
// made, because others come and go on a device in service.
package orders

import (
	"slices"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// Chapter is the chapter on active orders.
var Chapter = spec.Chapter{Name: protocol.Orders, Cases: slices.Concat(
	listCases, findCases, placeCases, refusalCases, repeatCases, pageCases, clearCases, routeCases, oddCases,
)}

var (
	// reads is what a case needs that only looks.
	reads = []spec.Need{spec.NeedToken}
	// makes is what a case needs that makes orders of its own.
	makes = []spec.Need{spec.NeedToken, spec.NeedOrders}
	// clearsOthers is what a case needs that clears orders of others.
	clearsOthers = []spec.Need{spec.NeedToken, spec.NeedOrders, spec.NeedDestructive}
	// findsOut is what a case needs that finds out whether orders can be made.
	findsOut = []spec.Need{spec.NeedToken, spec.NeedOrdersLeave}
)
