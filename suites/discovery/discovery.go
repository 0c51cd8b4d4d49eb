// Package discovery holds the cases on how a gateway lets itself be found: multicast
// DNS (RFC 6762) and DNS-based service discovery (RFC 6763) on the link.
//
// A responder may answer late, leave out what it multicast within the last second,
// and be asked by others meanwhile. So a question is repeated before its answer is
// called missing, and silence is judged only while nobody else asks.
package discovery

import (
	"slices"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// Chapter is the chapter on discovery.
var Chapter = spec.Chapter{Name: protocol.Discovery, Cases: slices.Concat(
	searchCases, recordCases, unicastCases, knownCases, questionCases, silenceCases, brokenCases, nameCases, lifeCases, moveCases,
)}

var (
	onLink      = []spec.Need{spec.NeedLink}
	findsFirst  = []spec.AnyProbe{Advertised}
	asksTheLink = []spec.AnyProbe{Advertised, Answered}
)
