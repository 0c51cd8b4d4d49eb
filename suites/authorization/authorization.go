// Package authorization holds the cases on who may ask: requests without a token,
// with a wrong one, or with one presented in a wrong way.
package authorization

import (
	"slices"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// Chapter is the chapter on authorization.
var Chapter = spec.Chapter{
	Name:  protocol.Authorization,
	Cases: slices.Concat(endpointCases(), tokenCases, effectCases),
}
