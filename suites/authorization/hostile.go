package authorization

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on credentials that no client of good will sends.
var hostileCases = []spec.Case{
	{ID: "AUTH-02", Name: "hostile headers", Needs: []spec.Need{spec.NeedRobustness}, Run: refusesHostileHeaders},
	{ID: "AUTH-03", Name: "hostile tokens", Needs: []spec.Need{spec.NeedRobustness}, Run: refusesHostileTokens},
	{ID: "AUTH-06", Name: "hostile variants", Needs: []spec.Need{spec.NeedToken, spec.NeedRobustness}, Run: acceptsNoHostileVariant},
	{ID: "AUTH-08", Name: "hostile tokens", Needs: []spec.Need{spec.NeedToken, spec.NeedOrders, spec.NeedRobustness}, Run: hostileTokensShowNoOrders},
}

// hostile is something to present, in words and as it is.
type hostile struct{ what, text string }

// mayEnd tells that a gateway may end the connection in place of an answer: for bytes
// that no header may hold (RFC 9110 §5.5), and for what is too long for it.
func (h hostile) mayEnd() bool {
	return len(h.text) > 1000 || strings.ContainsFunc(h.text, func(r rune) bool { return r < ' ' || r == 0x7F })
}

// isPlain tells whether any client could put it into a header.
func (h hostile) isPlain() bool {
	return !h.mayEnd() && !strings.ContainsFunc(h.text, func(r rune) bool { return r > '~' })
}

// hostileTokens are no tokens of any gateway, and made to be taken for one by mistake,
// or to break what looks for one.
func hostileTokens() []hostile {
	return []hostile{
		{"of SQL", "' OR '1'='1"},
		{"of SQL with a comment", "x' OR 1=1 -- "},
		{"of SQL in double quotes", `" OR ""="`},
		{"of a quote", "'"},
		{"that is a wildcard of SQL", "%"},
		{"of wildcards of SQL", strings.Repeat("_", protocol.TokenDigits)},
		{"that is a wildcard", "*"},
		{"that is a regular expression", ".*"},
		{"of formats", "%s%n%x%d"},
		{"of a template", "${7*7}{{7*7}}"},
		{"of JSON", `{"$ne":null}`},
		{"that is an object of JSON", `{"accesstoken":"x"}`},
		{"that is a list of JSON", `["x"]`},
		{"of a path", "../../../../etc/passwd"},
		{"of a command", "$(id);`id`"},
		{"of the words true", "true"},
		{"of the number -1", "-1"},
		{"of bytes above ASCII", "\xff\xfe\xc3\x28"},
		{"of letters above ASCII", "Küche☃"},
		{"of full-width digits", strings.Repeat("０", protocol.TokenDigits)},
		{"of a NUL", "\x00"},
		{"of control characters", "a\x01\x02\x1b[31mb"},
		{"of 300 characters", strings.Repeat("a", 300)},
		{"of 6000 characters", strings.Repeat("a", 6000)},
		{"of 100000 characters", strings.Repeat("a", 100_000)},
	}
}

func refusesHostileTokens(c *spec.C) {
	path := guarded(c)[0]
	goesOn := unharmed(c, path)
	for _, token := range hostileTokens() {
		isTurnedDown(c, path, "under a token "+token.what, token.mayEnd(), "Bearer "+token.text)
		c.Expect(c.Serves(token.text, spec.ByMessage), "that a WebSocket is served under a token %s", token.what).To(gomega.BeFalse())
		if token.isPlain() {
			c.Expect(c.Serves(token.text, spec.ByHeader), "that a WebSocket is served by a header with a token %s", token.what).To(gomega.BeFalse())
		}
	}
	isTurnedDown(c, path, "under two unknown tokens at once", false, "Bearer "+unknownToken(c), "Bearer "+unknownToken(c))
	goesOn()
}

// refusesHostileHeaders presents words alone: none is a scheme with a token.
func refusesHostileHeaders(c *spec.C) {
	path := guarded(c)[0]
	goesOn := unharmed(c, path)
	for _, word := range hostileTokens() {
		if strings.Contains(word.text, " ") {
			continue
		}
		res := isTurnedDown(c, path, "with an Authorization header "+word.what, word.mayEnd(), word.text)
		if word.isPlain() {
			c.Expect(res, "GET %s with an Authorization header %s", path, word.what).To(match.Status(http.StatusBadRequest))
			c.Expect(res, "the refusal").To(match.ReturnCode(protocol.CodeMalformedAuth))
		}
	}
	goesOn()
}

// acceptsNoHostileVariant puts behind the right token what some comparisons end at.
func acceptsNoHostileVariant(c *spec.C) {
	path, token := guarded(c)[0], c.Token()
	goesOn := unharmed(c, path)
	for _, more := range []hostile{
		{"a NUL at its end", "\x00"},
		{"a NUL and more at its end", "\x00x"},
		{"a line end and more at its end", "\nx"},
		{"a comment of SQL at its end", "'-- "},
		{"a wildcard at its end", "%"},
		{"a comma and another at its end", "," + unknownToken(c)},
		{"a semicolon and more at its end", ";x"},
		{"a byte above ASCII at its end", "\xff"},
		{"6000 characters at its end", strings.Repeat("0", 6000)},
	} {
		c.Secrets().Hide(token + more.text)
		if !strings.Contains(more.text, "\n") { // which would begin another header
			res := present(c, path, "Bearer "+token+more.text)
			c.Expect(res, "GET %s under the token, %s,", path, more.what).NotTo(match.Success())
		}
		c.Expect(c.Serves(token+more.text, spec.ByMessage), "that a WebSocket is served under the token, %s", more.what).To(gomega.BeFalse())
	}
	goesOn()
}

func hostileTokensShowNoOrders(c *spec.C) {
	order := c.Start(protocol.ToGo)
	for _, path := range []string{protocol.PathActiveOrders, protocol.PathHistory, protocol.PathOrder(order.Name)} {
		for _, token := range hostileTokens() {
			res := present(c, path, "Bearer "+token.text)
			if res.Status/100 == 2 {
				c.Note("GET %s under a token %s was not refused (see AUTH-01 and AUTH-03)", path, token.what)
				continue
			}
			c.Expect(res.Body, "the refusal of GET %s under a token %s", path, token.what).ProvedBy(res.Exchange).NotTo(match.OrderData())
			c.Expect(tells(res.Body, order.UUID, path), "the refusal of GET %s under a token %s", path, token.what).
				ProvedBy(res.Exchange).To(match.NoFault("tell nothing of an order"))
		}
	}
}

// isTurnedDown asserts that a request is refused, or, where that may be, not answered.
func isTurnedDown(c *spec.C, path, how string, mayEnd bool, authorization ...string) *client.Response {
	res := present(c, path, authorization...)
	if res.Err == nil || !mayEnd {
		c.Expect(res, "GET %s %s", path, how).To(match.Refusal())
	}
	return res
}

// present asks for a path with Authorization headers of any bytes.
func present(c *spec.C, path string, authorization ...string) *client.Response {
	var data bytes.Buffer
	data.WriteString("GET " + path + " HTTP/1.1\r\nHost: " + c.Client.Address() + "\r\nConnection: close\r\n")
	for _, value := range authorization {
		data.WriteString("Authorization: " + value + "\r\n")
	}
	data.WriteString("\r\n")
	return c.Client.Raw(c, http.MethodGet, data.Bytes())
}

// unharmed returns an assertion that what was presented meanwhile did no harm: the
// gateway answers as before.
func unharmed(c *spec.C, path string) func() {
	before := c.Get(path)
	return func() {
		c.Expect(c.Get(path), "GET %s as before, after all that", path).To(match.Status(before.Status))
	}
}
