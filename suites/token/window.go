package token

import (
	"net/http"
	"slices"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on when a token can be generated.
var windowCases = []spec.Case{
	{ID: "TOK-01", Probes: []spec.AnyProbe{QuickWindow}, Run: refusesOutsideTheWindow},
	{ID: "TOK-02", Probes: []spec.AnyProbe{QuickWindow}, Run: refusesWithItsCode},
	{ID: "TOK-03", Probes: []spec.AnyProbe{QuickWindow}, Run: givesATokenInTheWindow},
	{ID: "TOK-04", Probes: []spec.AnyProbe{QuickWindow}, Run: mirrorsTheStatus},
	{ID: "TOK-10", Probes: []spec.AnyProbe{QuickWindow, LateWindow}, Run: keepsTheWindowOpen},
	{ID: "TOK-11", Probes: []spec.AnyProbe{QuickWindow, ExpiredWindow}, Run: closesTheWindow},
	{ID: "TOK-12", Probes: []spec.AnyProbe{QuickWindow, LateWindow}, Run: closesAfterAToken},
	{ID: "TOK-13", Probes: []spec.AnyProbe{QuickWindow, LateWindow, ExpiredWindow}, Run: isNotPutOffByPolling},
	{ID: "TOK-22", Probes: []spec.AnyProbe{QuickWindow, LateWindow}, Run: survivesARace},
}

func refusesOutsideTheWindow(c *spec.C) {
	// The very first may meet a window that somebody opened before the run; the
	// token that it was given closes it.
	asked := QuickWindow.Of(c).Before
	if asked[0].Status == http.StatusCreated {
		c.Note("a token window was open when the run began")
		asked = asked[1:]
	}
	for _, res := range asked {
		c.Expect(res, "GET %s before the button is pressed", protocol.PathGenerate).To(match.Refusal())
		c.Expect(res, "the refusal").NotTo(match.HoldToken())
	}
}

func refusesWithItsCode(c *spec.C) {
	res := lastOf(QuickWindow.Of(c).Before)
	c.Expect(res, "GET %s before the button is pressed", protocol.PathGenerate).To(match.Status(http.StatusForbidden))
	c.Expect(res, "the refusal").To(match.MirroredStatus())
	c.Expect(res, "the refusal").To(match.ReturnCode(protocol.CodeWindowClosed))
}

func givesATokenInTheWindow(c *spec.C) {
	w := QuickWindow.Of(c)
	given := w.Given()
	if len(given) == 0 {
		c.Expect(w.LastAnswer(), "GET %s after the button was pressed", protocol.PathGenerate).To(match.Status(http.StatusCreated))
		c.Expect(w.LastAnswer(), "the answer").To(match.HoldToken())
		return
	}
	for _, ask := range given {
		c.Expect(ask.Response, "GET %s after the button was pressed", protocol.PathGenerate).To(match.Status(http.StatusCreated))
	}
}

func mirrorsTheStatus(c *spec.C) {
	w := QuickWindow.Of(c)
	for _, ask := range given(c, w) {
		c.Expect(ask.Response, "the answer with the token").To(match.MirroredStatus())
	}
	c.Should(lastOf(w.Before), "the refusal before").To(match.MirroredStatus())
}

func keepsTheWindowOpen(c *spec.C) {
	w := LateWindow.Of(c)
	if len(w.Given()) > 0 {
		return
	}
	c.Expect(w.LastAnswer(), "GET %s %v after the button was pressed", protocol.PathGenerate, since(c, w)).To(match.Status(http.StatusCreated))
	c.Expect(w.LastAnswer(), "the answer").To(match.HoldToken())
}

func closesTheWindow(c *spec.C) {
	w := ExpiredWindow.Of(c)
	c.Expect(w.LastAnswer(), "GET %s %v after the button was pressed", protocol.PathGenerate, since(c, w)).To(match.Refusal())
	c.Expect(w.LastAnswer(), "the refusal").NotTo(match.HoldToken())
}

func closesAfterAToken(c *spec.C) {
	for _, w := range []Window{QuickWindow.Of(c), LateWindow.Of(c)} {
		if w.After == nil {
			c.Unsupported("no token was given in the window (see TOK-03, TOK-10)")
		}
		c.Expect(w.After, "GET %s right after a token was given", protocol.PathGenerate).To(match.Refusal())
		c.Expect(w.After, "the refusal").NotTo(match.HoldToken())
	}
}

func isNotPutOffByPolling(c *spec.C) {
	late, expired := LateWindow.Of(c), ExpiredWindow.Of(c)
	for _, res := range slices.Concat(QuickWindow.Of(c).Before[1:], late.Before, expired.Before) {
		c.Expect(res, "polling before the button is pressed").To(match.Refusal())
	}
	c.Expect(len(QuickWindow.Of(c).Given()), "the number of tokens right after polling and a press").To(gomega.BeNumerically(">", 0))
	if len(late.Given()) == 0 {
		keepsTheWindowOpen(c)
	}
	c.Expect(expired.LastAnswer(), "GET %s %v after polling and a press", protocol.PathGenerate, since(c, expired)).To(match.Refusal())
}

func survivesARace(c *spec.C) {
	seen := map[string]bool{}
	for _, w := range []Window{QuickWindow.Of(c), LateWindow.Of(c)} {
		for _, ask := range given(c, w) {
			c.Expect(seen[ask.Secret()], "that a token was given to two requests").To(gomega.BeFalse())
			seen[ask.Secret()] = true
			res := c.Do(client.Request{Path: protocol.PathHistory, Token: ask.Secret()})
			c.Expect(res, "GET %s under a token from a race", protocol.PathHistory).To(match.Success())
		}
	}
}

// given returns the requests of a window that were given a token; without any the
// case ends, as TOK-03 or TOK-10 tells why.
func given(c *spec.C, w Window) []Ask {
	tokens := w.Given()
	if len(tokens) == 0 {
		c.Unsupported("no token was given in the window (see TOK-03, TOK-10)")
	}
	return tokens
}

func lastOf(responses []*client.Response) *client.Response { return responses[len(responses)-1] }

// since tells how long after the press the last request went out, in protocol time.
func since(c *spec.C, w Window) string {
	return c.Protocol(w.LastAnswer().Sent.Sub(w.Press.Latest)).Round(100_000_000).String()
}
