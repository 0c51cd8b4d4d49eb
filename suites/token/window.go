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
	{ID: "TOK-01", Name: "once there are tokens", Probes: []spec.AnyProbe{LateWindow, ExpiredWindow}, Run: refusesLater},
	{ID: "TOK-01", Name: "after a further token", Needs: []spec.Need{spec.NeedToken, spec.NeedTokens}, Run: refusesAfterAFurtherToken},
	{ID: "TOK-02", Probes: []spec.AnyProbe{QuickWindow}, Run: refusesWithItsCode},
	{ID: "TOK-03", Probes: []spec.AnyProbe{QuickWindow}, Run: givesATokenInTheWindow},
	{ID: "TOK-04", Probes: []spec.AnyProbe{QuickWindow}, Run: mirrorsTheStatus},
	{ID: "TOK-10", Probes: []spec.AnyProbe{QuickWindow, LateWindow}, Run: keepsTheWindowOpen},
	{ID: "TOK-11", Probes: []spec.AnyProbe{QuickWindow, ExpiredWindow}, Run: closesTheWindow},
	{ID: "TOK-12", Probes: []spec.AnyProbe{QuickWindow, LateWindow}, Run: closesAfterAToken},
	{ID: "TOK-13", Probes: []spec.AnyProbe{QuickWindow, LateWindow, ExpiredWindow, UnpolledWindows}, Run: isNotPutOffByPolling},
	{ID: "TOK-22", Probes: []spec.AnyProbe{QuickWindow, LateWindow}, Run: survivesARace},
	// The window after a refused name is the last one, as there is a refusal in it too.
	{ID: "TOK-10", Name: "after a name that is refused", Probes: []spec.AnyProbe{QuickWindow, NamedWindow}, Run: staysOpenAfterARefusedName},
	{ID: "TOK-12", Name: "without a race", Probes: []spec.AnyProbe{QuickWindow, NamedWindow}, Run: closesAfterTheOnlyToken},
}

func refusesOutsideTheWindow(c *spec.C) {
	w := QuickWindow.Of(c)
	if w.Stray {
		c.Note("a token window was open when the run began; its end was waited for")
	}
	areRefused(c, w)
}

func refusesLater(c *spec.C) { areRefused(c, LateWindow.Of(c), ExpiredWindow.Of(c)) }

// refusesAfterAFurtherToken makes a token without the button, which presses no button.
func refusesAfterAFurtherToken(c *spec.C) {
	if before := c.Do(client.Request{Path: protocol.PathGenerate}); before.Status/100 == 2 {
		c.Unsupported("a token is given before, too (see TOK-01)")
	}
	if further(c.Scene) == "" {
		c.Unsupported("no further token could be made (see TOK-16)")
	}
	after := c.Do(client.Request{Path: protocol.PathGenerate})
	c.Expect(after, "GET %s after a further token was made without the button", protocol.PathGenerate).To(match.Refusal())
	c.Expect(after, "the refusal").NotTo(match.ShowToken())
}

func areRefused(c *spec.C, windows ...Window) {
	for _, w := range windows {
		for _, res := range w.Before {
			c.Expect(res, "GET %s before the button is pressed", protocol.PathGenerate).To(match.Refusal())
			c.Expect(res, "the refusal").NotTo(match.ShowToken())
		}
	}
}

func refusesWithItsCode(c *spec.C) {
	areWellRefused(c, QuickWindow.Of(c))
}

func areWellRefused(c *spec.C, w Window) {
	refusals := refusalsIn(w)
	if len(refusals) == 0 {
		c.Unsupported(nothingRefused)
	}
	for _, res := range refusals {
		c.Expect(res, "GET %s before the button is pressed", protocol.PathGenerate).To(match.Status(http.StatusForbidden))
		c.Expect(res, "the refusal").To(match.MirroredStatus())
		c.Expect(res, "the refusal").To(match.ReturnCode(protocol.CodeWindowClosed))
	}
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

// closesAfterTheOnlyToken judges a window in which no other request was under way: in a
// race, both may have come in time.
func closesAfterTheOnlyToken(c *spec.C) { areClosedByAToken(c, namedWindow(c)) }

func staysOpenAfterARefusedName(c *spec.C) { isOpenForAnother(c, namedWindow(c)) }

func isOpenForAnother(c *spec.C, w Window) {
	if !isGranted(w) {
		c.Expect(w.LastAnswer(), "GET %s right after a press and a request for a name that is refused", protocol.PathGenerate).
			ProvedBy(w.Asked[0].Response.Exchange, w.LastAnswer().Exchange).To(match.Status(http.StatusCreated))
	}
}

func namedWindow(c *spec.C) Window {
	if !isGranted(QuickWindow.Of(c)) {
		c.Unsupported(nothingGiven)
	}
	w := NamedWindow.Of(c)
	if w == nil {
		c.Unsupported("the gateway refuses no name that was tried; which it may refuse is not documented")
	}
	return *w
}

// isNotPutOffByPolling judges the same windows as TOK-03, TOK-10 and TOK-11: each
// was opened after polling.
func isNotPutOffByPolling(c *spec.C) {
	areAsUsual(c, QuickWindow.Of(c), LateWindow.Of(c), ExpiredWindow.Of(c), UnpolledWindows.Of(c))
}

func areAsUsual(c *spec.C, quick, late, expired Window, without Unpolled) {
	refused := false
	for _, w := range []Window{quick, late, expired} {
		refused = opensNothing(c, w) || refused
	}
	if !refused {
		c.Unsupported(nothingRefused)
	}
	if !isGranted(quick) && blames(c, without.Quick, true) {
		c.Expect(quick.LastAnswer(), "GET %s right after polling and a press", protocol.PathGenerate).To(match.Status(http.StatusCreated))
	}
	if !isGranted(late) && blames(c, without.Late, true) {
		isOpenLate(c, late)
	}
	if isGranted(expired) && blames(c, without.Expired, false) {
		isClosedAfter(c, expired)
	}
}

// opensNothing asserts that refusals before a press were not followed by a token, and
// tells whether there were any. What a refusal may show is for TOK-01 and TOK-15 to say.
func opensNothing(c *spec.C, w Window) (refused bool) {
	for _, res := range w.Before {
		if refused && res.Status/100 == 2 {
			c.Expect(res, "the answer to polling before the button is pressed").NotTo(match.ShowToken())
		}
		refused = refused || isRefusal(res)
	}
	return refused
}

// blames tells whether polling is to blame for a window that was not as it should be,
// as the one without polling before it was.
func blames(c *spec.C, without *Window, granted bool) bool {
	if without == nil {
		c.Inconclusive("no window was watched without polling before it")
	}
	if isGranted(*without) != granted {
		c.Note("a window without polling before it is no better: see TOK-03, TOK-10 and TOK-11")
	}
	return isGranted(*without) == granted
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

const nothingRefused = "nothing was refused before the button was pressed (see TOK-01)"

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
	if refusals := refusalsIn(w); len(refusals) > 0 {
		return refusals[0]
	}
	return nil
}

// refusalsIn are the answers to polling that held no token.
func refusalsIn(w Window) []*client.Response {
	return slices.DeleteFunc(slices.Clone(w.Before), func(res *client.Response) bool { return !isRefusal(res) })
}

func isRefusal(res *client.Response) bool {
	holds, _ := match.HoldToken().Match(res)
	return !holds
}
