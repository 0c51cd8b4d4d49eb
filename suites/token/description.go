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
		c.Expect(ask.Secret(), "the token").To(match.TokenForm())
	}
}

func isNamedDefault(c *spec.C) {
	for _, ask := range given(c, QuickWindow.Of(c)) {
		name, err := ask.Token.String("name")
		c.Expect(err, "the name of a token for which none was asked").To(match.OK())
		c.Expect(name, "the name of a token for which none was asked").To(gomega.Equal(protocol.DefaultTokenName))
	}
}

func isNamedAsAsked(c *spec.C) {
	for _, ask := range given(c, LateWindow.Of(c)) {
		name, err := ask.Token.String("name")
		c.Expect(err, "the name of a token asked for as %q", ask.Name).To(match.OK())
		c.Expect(name, "the name of a token asked for as %q", ask.Name).To(gomega.Equal(ask.Name))
	}
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
	first := given(c, QuickWindow.Of(c))[0]
	readings := []dated{dateOf(c, first)}
	for _, ask := range LateWindow.Of(c).Given() {
		readings = append(readings, dateOf(c, ask))
	}
	if kind, _ := c.Unmet([]spec.Need{spec.NeedOrders}); kind == "" {
		asked := time.Now()
		order := c.Start(protocol.ToGo)
		proof := c.Client.Transcript().Exchanges()
		readings = append(readings, dated{order.Created, asked, proof[len(proof)-1]})
	}
	if len(readings) == 1 {
		c.Note("only the form could be checked: there is nothing to compare the date with")
	}
	for _, later := range readings[1:] {
		if later.date.IsZero() {
			continue
		}
		passed := later.date.Sub(readings[0].date)
		expected := c.Protocol(later.asked.Sub(readings[0].asked))
		off := (passed - expected).Abs()
		c.Expect(off, "the difference between what passed on the gateway's clock (%v) and what passed (%v)", passed, expected.Round(time.Second)).
			ProvedBy(first.Response.Exchange, later.proof).
			To(match.AtMost(dateTolerance + time.Second + c.Protocol(c.Grace())))
	}
}

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
