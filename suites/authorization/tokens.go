package authorization

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on tokens that are wrong, or presented in a wrong way.
var tokenCases = []spec.Case{
	{ID: "AUTH-02", Run: refusesAMalformedHeader},
	{ID: "AUTH-03", Run: refusesAnUnknownToken},
	{ID: "AUTH-04", Needs: []spec.Need{spec.NeedToken}, Run: refusesAnotherScheme},
	{ID: "AUTH-06", Needs: []spec.Need{spec.NeedToken}, Run: acceptsNoVariant},
	{ID: "AUTH-07", Needs: []spec.Need{spec.NeedToken, spec.NeedTokens}, Run: tellsWhatElseItAccepts},
}

// securedReads are asked in these cases: the one that the Quickstart names, and
// the one that holds most.
var securedReads = []string{protocol.PathHistory, protocol.PathActiveOrders}

func ask(c *spec.C, path, authorization string) *client.Response {
	return c.Do(client.Request{Path: path, Header: http.Header{"Authorization": {authorization}}})
}

func refusesAMalformedHeader(c *spec.C) {
	for _, malformed := range []string{"Bearer", "ttcheck"} {
		for _, path := range securedReads {
			res := ask(c, path, malformed)
			c.Expect(res, "GET %s with the header Authorization: %s", path, malformed).To(match.Status(http.StatusBadRequest))
			c.Expect(res, "the refusal").To(match.ReturnCode(protocol.CodeMalformedAuth))
		}
	}
}

func refusesAnUnknownToken(c *spec.C) {
	for _, path := range securedReads {
		res := ask(c, path, "Bearer "+unknownToken(c))
		c.Expect(res, "GET %s under an unknown token", path).To(match.Refusal())
		if c.InProfile(protocol.Reference) {
			c.Should(res, "GET %s under an unknown token", path).To(match.Status(http.StatusUnauthorized))
			c.Should(res, "the refusal").To(match.ReturnCode(protocol.CodeInvalidToken))
		}
	}
}

// unknownToken has the form of a token, and no gateway gave it.
func unknownToken(c *spec.C) string {
	bytes := make([]byte, protocol.TokenDigits/2)
	_, _ = rand.Read(bytes)
	token := hex.EncodeToString(bytes)
	c.Secrets().Hide(token)
	return token
}

func refusesAnotherScheme(c *spec.C) {
	token := c.Token()
	encoded := base64.StdEncoding.EncodeToString([]byte(token + ":"))
	asUser := base64.StdEncoding.EncodeToString([]byte("user:" + token))
	for _, credentials := range []string{"Basic " + token, "Basic " + encoded, "Basic " + asUser, "Token " + token} {
		c.Secrets().Hide(credentials)
		scheme, _, _ := strings.Cut(credentials, " ")
		for _, path := range securedReads {
			res := ask(c, path, credentials)
			c.Expect(res, "GET %s under the right token with the scheme %s", path, scheme).To(match.Refusal())
		}
	}
}

// acceptsNoVariant tries tokens that are nearly right, over HTTP and over the
// WebSocket, since the two may compare them in places of their own.
func acceptsNoVariant(c *spec.C) {
	for what, variant := range variants(c.Token()) {
		c.Secrets().Hide(variant)
		for _, path := range securedReads {
			res := c.Do(client.Request{Path: path, Token: variant})
			c.Expect(res, "GET %s under the token, %s", path, what).To(match.Refusal())
		}
		for _, mode := range []spec.AuthMode{spec.ByHeader, spec.ByMessage} {
			c.Expect(c.Serves(variant, mode), "that a WebSocket is served by %s under the token, %s", mode, what).To(gomega.BeFalse())
		}
	}
}

// variants are tokens near to the right one, each named by what was done to it.
func variants(token string) map[string]string {
	n := len(token)
	changed := map[string]string{
		"its last character cut off":  token[:n-1],
		"its first character cut off": token[1:],
		"only its first half":         token[:n/2],
		"only its first 8 characters": token[:min(8, n)],
		"a digit added at its end":    token + "0",
		"a digit added before it":     "0" + token,
		"doubled":                     token + token,
		"its last character changed":  token[:n-1] + other(token[n-1]),
		"its first character changed": other(token[0]) + token[1:],
	}
	if swapped := strings.Map(swapCase, token); swapped != token {
		changed["with the case of its letters changed"] = swapped
	}
	return changed
}

func other(digit byte) string {
	if digit == '7' {
		return "8"
	}
	return "7"
}

func swapCase(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}

// tellsWhatElseItAccepts reports; neither is documented. It uses a token of its
// own, as one in a URL may stay in a log.
func tellsWhatElseItAccepts(c *spec.C) {
	_, further := c.FurtherToken(c.Token(), "ttcheck-query")
	secret, err := further.String("token")
	if err != nil {
		c.Unsupported("no further token could be made (see TOK-16)")
	}
	c.Later(func() { c.Revoke(secret) })
	lower := ask(c, protocol.PathHistory, "bearer "+secret)
	c.Note("the scheme bearer in lower case is accepted: %t", lower.Status/100 == 2)
	for _, key := range []string{"accesstoken", "access_token", "token"} {
		res := c.Do(client.Request{Path: protocol.PathHistory, Query: url.Values{key: {secret}}})
		c.Note("%s", fmt.Sprintf("a token in the query as %s is accepted: %t", key, res.Status/100 == 2))
	}
}
