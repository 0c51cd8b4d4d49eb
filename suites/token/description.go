package token

import (
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on what a token object says.
var descriptionCases = []spec.Case{
	{ID: "TOK-05", Probes: []spec.AnyProbe{QuickWindow}, Run: isHexadecimal},
	{ID: "TOK-06", Probes: []spec.AnyProbe{QuickWindow}, Run: isNamedDefault},
	{ID: "TOK-07", Probes: []spec.AnyProbe{QuickWindow, LateWindow}, Run: isNamedAsAsked},
	{ID: "TOK-08", Probes: []spec.AnyProbe{QuickWindow, LateWindow}, Run: isDated},
	{ID: "TOK-09", Probes: []spec.AnyProbe{QuickWindow}, Run: isUnusedWhenNew},
}

func isHexadecimal(c *spec.C) {
	for _, ask := range given(c, QuickWindow.Of(c)) {
		c.Expect(ask.Secret(), "the token").ProvedBy(ask.Response.Exchange).To(match.TokenForm())
	}
}

func isNamedDefault(c *spec.C) {
	for _, ask := range given(c, QuickWindow.Of(c)) {
		isNamed(c, ask, protocol.DefaultTokenName, "a token for which no name was asked")
	}
}

func isNamedAsAsked(c *spec.C) {
	var named []Ask
	for _, ask := range given(c, LateWindow.Of(c)) {
		if ask.Name != "" {
			named = append(named, ask)
		}
	}
	if len(named) == 0 {
		c.Unsupported("the gateway takes no plain names such as %q, and which it takes is not documented", lateNames[0])
	}
	for _, ask := range named {
		isNamed(c, ask, ask.Name, "a token asked for as "+ask.Name)
	}
}

func isNamed(c *spec.C, ask Ask, want, what string) {
	name, err := ask.Token.String("name")
	c.Expect(err, "the name of %s", what).ProvedBy(ask.Response.Exchange).To(match.OK())
	c.Expect(name, "the name of %s", what).ProvedBy(ask.Response.Exchange).To(gomega.Equal(want))
}

func isUnusedWhenNew(c *spec.C) {
	for _, ask := range given(c, QuickWindow.Of(c)) {
		for _, key := range []string{"last_used", "ip_address"} {
			c.Expect(ask.Token.Has(key), "that a new token has %q", key).ProvedBy(ask.Response.Exchange).To(gomega.BeTrue())
			c.Expect(ask.Token.IsNull(key), "that %q of a new token is null", key).ProvedBy(ask.Response.Exchange).To(gomega.BeTrue())
		}
	}
}

// dateTolerance is by how much a token's date may differ from the time of asking.
const dateTolerance = 5 * time.Second

// isDated compares dates of the gateway with each other, since its clock and zone
// are its own: between two tokens, or a token and a fresh order, as much time must
// have passed on it as on ours.
func isDated(c *spec.C) {
	first := dateOf(c, given(c, QuickWindow.Of(c))[0])
	late := LateWindow.Of(c).Given()
	for _, ask := range late {
		agree(c, first, dateOf(c, ask), 2*dateTolerance) // each may be off by one
	}
	order, ok := dateOfAnOrder(c)
	if ok {
		agree(c, first, order, dateTolerance)
	} else if len(late) == 0 {
		c.Note("only the form could be checked: there is nothing to compare the date with")
	}
}

// dated is a reading of the gateway's clock.
type dated struct {
	date  protocol.Datetime
	asked time.Time
	proof client.Exchange
}

func dateOf(c *spec.C, ask Ask) dated {
	date, err := ask.Token.Datetime("creation_date")
	c.Expect(err, "the creation_date of a token").ProvedBy(ask.Response.Exchange).To(match.OK())
	return dated{date, ask.Response.Sent, ask.Response.Exchange}
}

// dateOfAnOrder reads the clock off an order that is new, where there may be one.
func dateOfAnOrder(c *spec.C) (dated, bool) {
	if kind, _ := c.Unmet([]spec.Need{spec.NeedToken, spec.NeedOrders}); kind != "" {
		return dated{}, false
	}
	asked := time.Now()
	order := c.Start(protocol.ToGo)
	exchanges := c.Client.Transcript().Exchanges()
	return dated{order.Created, asked, exchanges[len(exchanges)-1]}, !order.Created.IsZero()
}

// agree asserts that as much time passed between two readings on the gateway's
// clock as on ours, but for the tolerance and its counting whole seconds.
func agree(c *spec.C, a, b dated, tolerance time.Duration) {
	passed, expected := b.date.Sub(a.date), c.Protocol(b.asked.Sub(a.asked))
	c.Expect((passed-expected).Abs(), "the difference between what passed on the gateway's clock (%v) and what passed (%v)",
		passed, expected.Round(time.Second)).
		ProvedBy(a.proof, b.proof).
		To(match.AtMost(tolerance + time.Second + c.Protocol(c.Grace())))
}
