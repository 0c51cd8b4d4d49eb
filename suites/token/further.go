package token

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on tokens made under another token, without the button.
var furtherCases = []spec.Case{
	{ID: "TOK-14", Lane: spec.ButtonLane, Needs: []spec.Need{spec.NeedToken}, Probes: []spec.AnyProbe{QuickWindow, LateWindow}, Run: neverRepeats},
	{ID: "TOK-16", Needs: []spec.Need{spec.NeedToken, spec.NeedTokens}, Run: makesAFurtherToken},
	{ID: "TOK-17", Lane: spec.ButtonLane, Run: refusesWithoutAToken},
	{ID: "TOK-17", Name: "in an open window", Probes: []spec.AnyProbe{ExpiredWindow}, Run: refusesWithoutATokenInAWindow},
	{ID: "TOK-24", Needs: []spec.Need{spec.NeedToken, spec.NeedTokens}, Run: tellsWhichNamesItRefuses},
}

// sample is how many further tokens are made to be compared.
const sample = 5

// neverRepeats leaves the tokens that it makes for the end of the run to revoke:
// what revoking does is for TOK-19 to find out.
func neverRepeats(c *spec.C) {
	tokens := known(c)
	if kind, _ := c.Unmet([]spec.Need{spec.NeedTokens}); kind == "" {
		for range sample {
			res, token := c.FurtherToken(c.Token(), "")
			if secret, _ := token.String("token"); secret != "" {
				tokens = append(tokens, issued{secret, []client.Exchange{res.Exchange}})
			}
		}
	}
	if len(tokens) < 2 {
		c.Unsupported("the gateway gave %d tokens, too few to compare", len(tokens))
	}
	c.Note("%d tokens were compared", len(tokens))
	for i, a := range tokens {
		for _, b := range tokens[:i] {
			c.Expect(a.secret == b.secret, "that two tokens are the same").
				ProvedBy(b.proof...).ProvedBy(a.proof...).To(gomega.BeFalse())
			c.Expect(commonPart(a.secret, b.secret), "the length of the longest part that two tokens share").
				ProvedBy(b.proof...).ProvedBy(a.proof...).To(gomega.BeNumerically("<", tooMuchInCommon(a.secret, b.secret)))
		}
	}
}

// issued is a token of the gateway, with the answer that brought it.
type issued struct {
	secret string
	proof  []client.Exchange
}

// known returns the tokens of the windows, and the one that the run was given.
func known(c *spec.C) []issued {
	var tokens []issued
	for _, w := range []Window{QuickWindow.Of(c), LateWindow.Of(c)} {
		for _, ask := range w.Given() {
			tokens = append(tokens, issued{ask.Secret(), []client.Exchange{ask.Response.Exchange}})
		}
	}
	if !slices.Contains(c.OwnTokens(), c.Token()) {
		tokens = append(tokens, issued{secret: c.Token()})
	}
	return tokens
}

func makesAFurtherToken(c *spec.C) {
	res, token := c.FurtherToken(c.Token(), "")
	c.Expect(res, "POST %s under a valid token", protocol.PathGenerate).To(match.Success())
	c.Expect(res, "the answer").To(match.HoldToken())
	secret, _ := token.String("token")
	c.Expect(secret == c.Token(), "that the further token is the old one").To(gomega.BeFalse())
	accepts(c, secret, "the further token")
	accepts(c, c.Token(), "the old token, beside the further one")
}

// accepts asserts that a token is good for a secured request.
func accepts(c *spec.C, token, what string) {
	res := c.Do(client.Request{Path: protocol.PathHistory, Token: token})
	c.Expect(res, "GET %s under %s", protocol.PathHistory, what).To(match.Success())
}

func refusesWithoutAToken(c *spec.C) {
	attempts := []struct {
		how    string
		header http.Header
	}{
		{"without Authorization", nil},
		{"under an unknown token", client.BearerHeader(strange)},
		{"under an empty bearer token", http.Header{"Authorization": {"Bearer "}}},
	}
	for _, attempt := range attempts {
		isRefused(c, post(c.Scene, attempt.header), attempt.how)
	}
}

func refusesWithoutATokenInAWindow(c *spec.C) {
	isRefused(c, ExpiredWindow.Of(c).Post, "without Authorization, right after the button was pressed,")
}

func isRefused(c *spec.C, res *client.Response, how string) {
	c.Expect(res, "POST %s %s", protocol.PathGenerate, how).To(match.Refusal())
	c.Expect(withoutEcho(res), "the refusal").ProvedBy(res.Exchange).NotTo(match.ShowToken())
}

// strange is no token of any gateway, though it has the form.
var strange = strings.Repeat("0123456789ab", 4)

// withoutEcho is an answer without the strange token, in case it repeats that: a token of
// the gateway's it does not show by it.
func withoutEcho(res *client.Response) *client.Response {
	rest := *res
	rest.Body = bytes.ReplaceAll(res.Body, []byte(strange), nil)
	return &rest
}

// tellsWhichNamesItRefuses reports; which names are valid is not documented.
func tellsWhichNamesItRefuses(c *spec.C) {
	names := []struct{ what, name string }{
		{"of 1 character", "k"},
		{"of 32 characters", strings.Repeat("k", 32)},
		{"of 300 characters", strings.Repeat("k", 300)},
		{"with a space", "kitchen display"},
		{"with an umlaut", "Küche"},
		{"with a slash", "k/k"},
		{"with a quote", `k"k`},
		{"with markup", "<b>k</b>"},
	}
	for _, n := range names {
		res, token := c.FurtherToken(c.Token(), n.name)
		secret, err := token.String("token")
		if err != nil {
			c.Note("a name %s is refused: %s", n.what, res)
			continue
		}
		if secret != c.Token() { // which TOK-16 is about
			c.Later(func() { c.Revoke(secret) })
		}
		kept, _ := token.String("name")
		c.Note("a name %s is accepted, and kept as asked: %t", n.what, kept == n.name)
	}
}

// further makes a token under the run's own, for the end of the run to revoke; ""
// if the gateway does not, or hands out the run's own again.
func further(s *spec.Scene) string {
	_, token := s.FurtherToken(s.Token(), "")
	secret, _ := token.String("token")
	if secret == s.Token() {
		return ""
	}
	return secret
}
