// Package events is the chapter on the snapshot and the stream of order events:
// what a client that is connected is told, when, and in which sequence.
package events

import (
	"slices"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// Chapter holds the cases of EVT-01 to EVT-25, section by section.
var Chapter = spec.Chapter{
	Name: protocol.Events,
	Cases: slices.Concat(
		snapshotCases, changeCases, restraintCases, againCases, memberCases, sequenceCases,
		joiningCases, replayCases, identityCases, deliveryCases,
		stateChangedCases, elapsedCases, stalledCases,
	),
}

var (
	needToken  = []spec.Need{spec.NeedToken}
	needOrders = []spec.Need{spec.NeedToken, spec.NeedOrders}
	modes      = []spec.AuthMode{spec.ByHeader, spec.ByMessage}
)

// once makes an observation unless an earlier case of the run has made it. Unlike
// a probe that a case lists, it does not run beside other cases: load on the
// gateway would spoil what they measure.
func once[T any](c *spec.C, p *spec.Probe[T]) T {
	_, _ = p.Now(c, c.Env) // Of tells of the error
	return p.Of(c)
}
