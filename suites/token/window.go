package token

import (
	"fmt"
	"net/http"
	"slices"
	"time"

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
	w := QuickWindow.Of(c)
	if w.Stray {
		c.Note("a token window was open when the run began; its end was waited for")
	}
	for _, res := range w.Before {
		c.Expect(res, "GET %s before the button is pressed", protocol.PathGenerate).To(match.Refusal())
		c.Expect(res, "the refusal").NotTo(match.ShowToken())
	}
}

func refusesWithItsCode(c *spec.C) {
	res := refusalIn(QuickWindow.Of(c))
	if res == nil {
		c.Unsupported("nothing was refused before the button was pressed (see TOK-01)")
	}
	c.Expect(res, "GET %s before the button is pressed", protocol.PathGenerate).To(match.Status(http.StatusForbidden))
	c.Expect(res, "the refusal").To(match.MirroredStatus())
	c.Expect(res, "the refusal").To(match.ReturnCode(protocol.CodeWindowClosed))
}

func givesATokenInTheWindow(c *spec.C) { isGivenAtOnce(c, QuickWindow.Of(c)) }

func isGivenAtOnce(c *spec.C, w Window) {
	if len(w.Given()) == 0 {
		c.Expect(w.LastAnswer(), "GET %s after the button was pressed", protocol.PathGenerate).To(match.Status(http.StatusCreated))
	}
	for _, ask := range w.Asked {
		if !ask.isGiven() && ask.Response.Status != http.StatusCreated {
			continue // too early, or too late for the other one of a race
		}
		c.Expect(ask.Response, "GET %s after the button was pressed", protocol.PathGenerate).To(match.Status(http.StatusCreated))
		c.Expect(ask.Response, "the answer").To(match.HoldToken())
	}
}

func mirrorsTheStatus(c *spec.C) {
	w := QuickWindow.Of(c)
	for _, ask := range given(c, w) {
		c.Expect(ask.Response, "the answer with the token").To(match.MirroredStatus())
	}
	if refusal := refusalIn(w); refusal != nil && c.InProfile(protocol.Reference) { // the Quickstart shows it of a success only
		c.Should(refusal, "the refusal before").To(match.MirroredStatus())
	}
}

func keepsTheWindowOpen(c *spec.C) { isOpenLate(c, LateWindow.Of(c)) }
func closesTheWindow(c *spec.C)    { isClosedAfter(c, ExpiredWindow.Of(c)) }

// isOpenLate asserts that a window was open to its end. What the answer must hold
// is for TOK-03 to say.
func isOpenLate(c *spec.C, w Window) {
	if !isGranted(w) {
		c.Expect(w.LastAnswer(), "GET %s %s", protocol.PathGenerate, since(c, w)).To(match.Status(http.StatusCreated))
	}
}

// isGranted tells whether a request in a window was granted, be it without a token
// that could be found in the answer.
func isGranted(w Window) bool {
	return slices.ContainsFunc(w.Asked, func(a Ask) bool { return a.isGiven() || a.Response.Status == http.StatusCreated })
}

// isClosedAfter asserts that a window was closed after its end.
func isClosedAfter(c *spec.C, w Window) { isRefusedAsBefore(c, w, w.LastAnswer(), since(c, w)) }

// isRefusedAsBefore asserts that a request for a token was refused. If that was
// done as before the press, it is for TOK-01 to say whether it was done well.
func isRefusedAsBefore(c *spec.C, w Window, res *client.Response, when string) {
	if before := refusalIn(w); before == nil || before.Status != res.Status {
		c.Expect(res, "GET %s %s", protocol.PathGenerate, when).To(match.Refusal())
	}
	if res.Status/100 == 2 {
		c.Expect(res, "GET %s %s", protocol.PathGenerate, when).NotTo(match.ShowToken())
	}
}

// since tells in protocol time how long after the press the last request went
// out, and how often a token had been asked for in vain before.
func since(c *spec.C, w Window) string {
	passed := c.Protocol(w.LastAnswer().Sent.Sub(w.Press.Latest)).Round(time.Second / 10)
	return fmt.Sprintf("%v after the button was pressed (before which it was asked %d times)", passed, len(w.Before))
}

func closesAfterAToken(c *spec.C) { areClosedByAToken(c, QuickWindow.Of(c), LateWindow.Of(c)) }

func areClosedByAToken(c *spec.C, windows ...Window) {
	given(c, windows...)
	for _, w := range windows {
		if w.After != nil {
			isRefusedAsBefore(c, w, w.After, "right after a token was given")
		}
	}
}

// isNotPutOffByPolling judges the same windows as TOK-03, TOK-10 and TOK-11: each
// was opened after polling.
func isNotPutOffByPolling(c *spec.C) {
	areAsUsual(c, QuickWindow.Of(c), LateWindow.Of(c), ExpiredWindow.Of(c))
}

func areAsUsual(c *spec.C, quick, late, expired Window) {
	for _, res := range slices.Concat(quick.Before, late.Before, expired.Before) {
		if res.Status/100 == 2 { // what a refusal may show is for TOK-01 and TOK-15 to say
			c.Expect(res, "the answer to polling before the button is pressed").NotTo(match.ShowToken())
		}
	}
	if !isGranted(quick) || !isGranted(late) || isGranted(expired) {
		c.Note("no window was watched without polling before it: where TOK-03, TOK-10 or TOK-11 fails too, mend that first")
	}
	if !isGranted(quick) {
		c.Expect(quick.LastAnswer(), "GET %s right after polling and a press", protocol.PathGenerate).To(match.Status(http.StatusCreated))
	}
	isOpenLate(c, late)
	isClosedAfter(c, expired)
}

func survivesARace(c *spec.C) { areAllGood(c, QuickWindow.Of(c), LateWindow.Of(c)) }

func areAllGood(c *spec.C, quick, late Window) {
	seen := map[string]bool{}
	for _, ask := range given(c, quick, late) {
		c.Expect(seen[ask.Secret()], "that a token was given to two requests").ProvedBy(ask.Response.Exchange).To(gomega.BeFalse())
		seen[ask.Secret()] = true
		c.Expect(ask.Used, "GET %s under a token from a race", protocol.PathHistory).
			ProvedBy(ask.Response.Exchange, ask.Used.Exchange).To(match.Success())
	}
	for _, w := range []Window{quick, late} {
		for _, ask := range w.Asked {
			if before := refusalIn(w); !ask.isGiven() && (before == nil || before.Status != ask.Response.Status) {
				c.Should(ask.Response, "a request that lost a race").To(match.Refusal())
			}
		}
	}
}

const nothingGiven = "no token was given in the window (see TOK-03, TOK-10)"

// given returns the requests of windows that were given a token; without any the
// case ends, as TOK-03 or TOK-10 tells why.
func given(c *spec.C, windows ...Window) []Ask {
	var tokens []Ask
	for _, w := range windows {
		tokens = append(tokens, w.Given()...)
	}
	if len(tokens) == 0 {
		c.Unsupported(nothingGiven)
	}
	return tokens
}

// refusalIn is the first answer to polling that held no token; nil if each did.
func refusalIn(w Window) *client.Response {
	for _, res := range w.Before {
		if holds, _ := match.HoldToken().Match(res); !holds {
			return res
		}
	}
	return nil
}
