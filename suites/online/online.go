// Package online holds the cases on the online check: GET /api/v2, by which a
// client learns that the gateway is there.
package online

import (
	"slices"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Chapter is the chapter on the online check.
var Chapter = spec.Chapter{Name: protocol.Online, Cases: []spec.Case{
	{ID: "ONL-01", Run: answersWithoutCredentials},
	{ID: "ONL-02", Run: isLabelledJSON},
	{ID: "ONL-03", Needs: []spec.Need{spec.NeedToken}, Run: answersBesideManySockets},
	{ID: "ONL-04", Run: answersWithinASecond},
}}

// atRest is how fast the online check is answered by a gateway at rest.
const atRest = time.Second

func check(c *spec.C) *client.Response { return c.Do(client.Request{Path: protocol.Base}) }

// checkAnew is check on a connection of its own: one that is kept open may have a
// worker of the gateway to itself, and so be served when nobody else is.
func checkAnew(c *spec.C) *client.Response {
	other := c.Another()
	defer other.Close()
	return other.Do(c, client.Request{Path: protocol.Base})
}

func answersWithoutCredentials(c *spec.C) {
	for _, ask := range []func(*spec.C) *client.Response{checkAnew, check, check} { // also on a kept connection
		res := ask(c)
		c.Expect(res, "GET %s without credentials", protocol.Base).To(match.Success())
		c.Expect(res, "the answer").To(match.JSONObject())
	}
}

func isLabelledJSON(c *spec.C) {
	res := check(c)
	if res.Err == nil && len(res.Body) == 0 {
		c.Unsupported("GET %s is answered without a body (see ONL-01)", protocol.Base)
	}
	c.Expect(res, "the answer to GET %s", protocol.Base).To(match.JSONType())
}

func answersWithinASecond(c *spec.C) {
	mustBeOnline(c)
	answers := make([]*client.Response, 5)
	for i := range answers {
		answers[i] = checkAnew(c)
		c.Expect(answers[i], "GET %s", protocol.Base).To(match.Success())
	}
	areUsuallyInTime(c, answers)
}

// areUsuallyInTime judges the median of several answers: on a device in service one
// of them may meet something else that goes on.
func areUsuallyInTime(c *spec.C, answers []*client.Response) {
	usual := median(answers)
	c.Punctual("the usual answer", usual.Sent.Add(atRest), usual.Received, usual.Exchange)
}

// median is the answer in the middle of an odd number of them, by the time that
// they took.
func median(answers []*client.Response) *client.Response {
	sorted := slices.SortedFunc(slices.Values(answers), func(a, b *client.Response) int { return int(a.Took() - b.Took()) })
	return sorted[len(sorted)/2]
}

// mustBeOnline ends a case that builds on the online check, where there is none.
func mustBeOnline(c *spec.C) {
	if res := checkAnew(c); res.Status/100 != 2 {
		c.Unsupported("GET %s is not answered 2xx in the first place (see ONL-01): %s", protocol.Base, res)
	}
}
