// Package management holds the cases on the device itself: statistics, settings,
// repeaters, the tie to the vendor's cloud, and the callback on order changes.
//
// What could change the device, were the gateway to err, runs only with leave to
// change settings, and is undone as far as the protocol has a way to.
package management

import (
	"net/http"
	"slices"

	"github.com/onsi/gomega/types"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Chapter is the chapter on management.
var Chapter = spec.Chapter{Name: protocol.Management, Cases: slices.Concat(
	statisticsCases, settingsCases, repeatersCases, callbackCases, activationCases, pairingCases,
)}

var (
	// reads is what a case needs that only looks.
	reads = []spec.Need{spec.NeedToken}
	// changes is what a case needs that would change the device if it were obeyed.
	changes = []spec.Need{spec.NeedToken, spec.NeedSettings}
)

// expectRefusal judges one answer and lets the case go on, so that a report names
// every request that is not refused as it should be.
func expectRefusal(c *spec.C, what string, res *client.Response, refused types.GomegaMatcher, codes ...protocol.ReturnCode) {
	c.Should(res, "%s", what).To(refused)
	if ok, _ := refused.Match(res); ok {
		c.Should(res, "%s", what).To(match.ReturnCode(codes...))
	}
}

// mustExist ends a case on the refusals of an endpoint that the gateway does not
// have: it answers as any unknown path is answered.
func mustExist(c *spec.C, what string, res *client.Response) {
	unknown := slices.Contains([]int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented}, res.Status)
	if code := spec.ReturnCode(res); unknown && (code == 0 || code == protocol.CodeUnavailable) {
		c.Unsupported("the gateway does not know %s: %s", what, res)
	}
}
