package token

import (
	"net/http"
	"net/url"
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
	{ID: "TOK-24", Needs: []spec.Need{spec.NeedToken, spec.NeedTokens}, Run: tellsWhichNamesItRefuses},
}

const (
	// sample is how many further tokens are made to be compared.
	sample = 5
	// longCommonPart is the length from which a part that two tokens share is no
	// accident: 16 hexadecimal digits are 64 bits.
	longCommonPart = 16
)

func neverRepeats(c *spec.C) {
	var tokens []string
	for _, w := range []Window{QuickWindow.Of(c), LateWindow.Of(c)} {
		for _, ask := range w.Given() {
			tokens = append(tokens, ask.Secret())
		}
	}
	if kind, _ := c.Unmet([]spec.Need{spec.NeedTokens}); kind == "" {
		for range sample {
			if secret := further(c, ""); secret != "" {
				tokens = append(tokens, secret)
			}
		}
	}
	if len(tokens) < 2 {
		c.Unsupported("the gateway gave %d tokens, too few to compare", len(tokens))
	}
	c.Note("%d tokens were compared", len(tokens))
	for i, a := range tokens {
		for _, b := range tokens[:i] {
			common := longestCommonPart(strings.ToLower(a), strings.ToLower(b))
			c.Expect(a == b, "that two tokens are the same").To(gomega.BeFalse())
			c.Expect(common, "the length of the longest part that two tokens share").To(gomega.BeNumerically("<", longCommonPart))
		}
	}
}

func makesAFurtherToken(c *spec.C) {
	res, token := c.FurtherToken(c.Token(), "ttcheck-further")
	c.Expect(res, "POST %s under a valid token", protocol.PathGenerate).To(match.Success())
	c.Expect(res, "the answer").To(match.HoldToken())
	secret, _ := token.String("token")
	revokeLater(c, secret)
	c.Expect(secret == c.Token(), "that the further token is the old one").To(gomega.BeFalse())
	for _, t := range []string{secret, c.Token()} {
		used := c.Do(client.Request{Path: protocol.PathHistory, Token: t})
		c.Expect(used, "GET %s under the further token, and under the old one", protocol.PathHistory).To(match.Success())
	}
}

func refusesWithoutAToken(c *spec.C) {
	attempts := map[string]http.Header{
		"without Authorization":       nil,
		"under an unknown token":      client.BearerHeader(strings.Repeat("0123456789ab", 4)),
		"under an empty bearer token": {"Authorization": {"Bearer "}},
	}
	for how, header := range attempts {
		res := c.Do(client.Request{Method: http.MethodPost, Path: protocol.PathGenerate, Header: header})
		if o, err := res.Object(); err == nil {
			rememberIn(c, o)
		}
		c.Expect(res, "POST %s %s", protocol.PathGenerate, how).To(match.Refusal())
		c.Expect(res, "the refusal").NotTo(match.HoldToken())
	}
}

// tellsWhichNamesItRefuses reports; which names are valid is not documented.
func tellsWhichNamesItRefuses(c *spec.C) {
	names := map[string]string{
		"with a space": "kitchen display", "with an umlaut": "Küche", "of 1 character": "k", "of 32 characters": strings.Repeat("k", 32),
		"of 300 characters": strings.Repeat("k", 300), "with markup": "<b>k</b>", "with a quote": `k"k`, "with a slash": "k/k",
	}
	for what, name := range names {
		res, token := c.FurtherToken(c.Token(), name)
		if secret, err := token.String("token"); err == nil {
			revokeLater(c, secret)
			kept, _ := token.String("name")
			c.Note("a name %s is accepted, and kept as asked: %t", what, kept == name)
		} else {
			c.Note("a name %s is refused: %s", what, res)
		}
	}
	empty := c.Do(client.Request{Method: http.MethodPost, Path: protocol.PathGenerate, Token: c.Token(), Query: url.Values{"name": {""}}})
	if o, err := empty.Object(); err == nil {
		rememberIn(c, o)
	}
	c.Note("an empty name: HTTP %d", empty.Status)
}

// further makes a token under the run's own, to be revoked at the end of the case;
// "" if the gateway does not.
func further(c *spec.C, name string) string {
	_, token := c.FurtherToken(c.Token(), name)
	secret, err := token.String("token")
	if err != nil {
		return ""
	}
	revokeLater(c, secret)
	return secret
}

func revokeLater(c *spec.C, secret string) { c.Later(func() { c.Revoke(secret) }) }

// rememberIn has a token revoked that an answer holds although it should not.
func rememberIn(c *spec.C, o protocol.Object) {
	if token, err := o.Object("token"); err == nil {
		if secret, err := token.String("token"); err == nil {
			c.OwnToken(secret)
		}
	}
}

// longestCommonPart is the length of the longest run of characters that stands in
// both a and b.
func longestCommonPart(a, b string) int {
	longest := 0
	previous := make([]int, len(b)+1)
	for i := range len(a) {
		current := make([]int, len(b)+1)
		for j := range len(b) {
			if a[i] == b[j] {
				current[j+1] = previous[j] + 1
				longest = max(longest, current[j+1])
			}
		}
		previous = current
	}
	return longest
}
