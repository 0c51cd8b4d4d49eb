// Package suites is the executable specification of the gateway: a package per
// chapter, a case per requirement, and the runner that turns the cases into
// Ginkgo specs and the specs into verdicts.
package suites

import (
	"ttcheck/suites/authorization"
	"ttcheck/suites/discovery"
	"ttcheck/suites/events"
	"ttcheck/suites/history"
	"ttcheck/suites/management"
	"ttcheck/suites/online"
	"ttcheck/suites/orders"
	"ttcheck/suites/robustness"
	"ttcheck/suites/spec"
	"ttcheck/suites/token"
	"ttcheck/suites/websocket"
)

// Chapters returns every chapter that has cases, in the order of the catalogue.
func Chapters() []spec.Chapter {
	return []spec.Chapter{
		discovery.Chapter,
		online.Chapter,
		token.Chapter,
		authorization.Chapter,
		websocket.Chapter,
		events.Chapter,
		orders.Chapter,
		history.Chapter,
		management.Chapter,
		robustness.Chapter,
	}
}
