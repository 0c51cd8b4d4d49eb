package authorization

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"

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

func ask(c *spec.C, path, authorization string) *client.Response {
	return c.Do(client.Request{Path: path, Header: http.Header{"Authorization": {authorization}}})
}

func refusesAMalformedHeader(c *spec.C) {
	malformed := []struct{ what, header string }{
		{"that is only Bearer", "Bearer"},
		{"that is only a word", "ttcheck"},
	}
	if token := c.Token(); token != "" {
		malformed = append(malformed, struct{ what, header string }{"that is only the token", token})
	}
	for _, path := range guarded(c) {
		for _, m := range malformed {
			res := ask(c, path, m.header)
			c.Expect(res, "GET %s with an Authorization header %s", path, m.what).To(match.Status(http.StatusBadRequest))
			c.Expect(res, "the refusal").To(match.ReturnCode(protocol.CodeMalformedAuth))
		}
	}
}

func refusesAnUnknownToken(c *spec.C) {
	paths := guarded(c)
	for _, path := range paths {
		res := ask(c, path, "Bearer "+unknownToken(c))
		c.Expect(res, "GET %s under an unknown token", path).To(match.Refusal())
		if c.InProfile(protocol.Reference) {
			c.Should(res, "GET %s under an unknown token", path).To(match.Status(http.StatusUnauthorized))
			c.Should(res, "the refusal").To(match.ReturnCode(protocol.CodeInvalidToken))
		}
	}
	// What careless clients send, and careless gateways take for no check at all.
	for _, token := range []string{"null", "undefined", "default", strings.Repeat("0", protocol.TokenDigits)} {
		c.Expect(ask(c, paths[0], "Bearer "+token), "GET %s under the token %.8s", paths[0], token).To(match.Refusal())
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
	asUser := base64.StdEncoding.EncodeToString([]byte(token + ":"))
	asPassword := base64.StdEncoding.EncodeToString([]byte("user:" + token))
	paths := guarded(c)
	for _, header := range []string{"Basic " + token, "Basic " + asUser, "Basic " + asPassword, "Digest " + token, "Token " + token} {
		c.Secrets().Hide(header)
		scheme, _, _ := strings.Cut(header, " ")
		for _, path := range paths {
			c.Expect(ask(c, path, header), "GET %s under the right token with the scheme %s", path, scheme).To(match.Refusal())
		}
	}
}

// acceptsNoVariant tries tokens that are nearly right, over HTTP and over the
// WebSocket, since the two may compare them in places of their own.
func acceptsNoVariant(c *spec.C) {
	path := guarded(c)[0]
	for _, v := range inMessages(c.Token()) {
		c.Secrets().Hide(v.token)
		c.Expect(c.Serves(v.token, spec.ByMessage), "that a WebSocket is served by %s under the token, %s", spec.ByMessage, v.what).To(gomega.BeFalse())
	}
	for _, v := range variants(c.Token()) {
		c.Secrets().Hide(v.token)
		res := c.Do(client.Request{Path: path, Token: v.token})
		c.Expect(res, "GET %s under the token, %s,", path, v.what).NotTo(match.Success())
		for _, mode := range []spec.AuthMode{spec.ByHeader, spec.ByMessage} {
			c.Expect(c.Serves(v.token, mode), "that a WebSocket is served by %s under the token, %s", mode, v.what).To(gomega.BeFalse())
		}
	}
}

// inMessages are variants that only a message can hold: around a header they are not
// part of what it says.
func inMessages(token string) []variant {
	return []variant{
		{"a blank at its end", token + " "},
		{"a blank before it", " " + token},
		{"a line end behind it", token + "\n"},
		{"with a scheme before it", "Bearer " + token},
	}
}

// tellsWhatElseItAccepts reports; neither is documented. It uses a token of its
// own, as one in a URL may stay in a log.
func tellsWhatElseItAccepts(c *spec.C) {
	_, further := c.FurtherToken(c.Token(), "")
	secret, err := further.String("token")
	if err != nil || secret == c.Token() {
		c.Unsupported("no further token could be made (see TOK-16)")
	}
	c.Later(func() { c.Revoke(secret) })
	path := guarded(c)[0]
	lower := ask(c, path, "bearer "+secret)
	c.Note("the scheme bearer in lower case is accepted: %t", lower.Status/100 == 2)
	for _, key := range []string{"accesstoken", "access_token", "token"} {
		res := c.Do(client.Request{Path: path, Query: url.Values{key: {secret}}})
		c.Note("%s", fmt.Sprintf("a token in the query as %s is accepted: %t", key, res.Status/100 == 2))
	}
}
