// Package token holds the cases on access tokens: the window of two minutes after
// a press of the button in which one can be generated, what a token is, and what
// becomes of it.
package token

import (
	"slices"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// Chapter is the chapter on tokens.
var Chapter = spec.Chapter{
	Name:  protocol.Tokens,
	Cases: slices.Concat(windowCases, descriptionCases, furtherCases, secrecyCases, lifeCases, restartCases, listingCases),
}
