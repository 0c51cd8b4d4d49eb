package websocket

import (
	"fmt"
	"strings"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on attempts to authenticate that fail.
var rejectionCases = []spec.Case{
	{ID: "WS-07", Run: closesOnAWrongToken},
	{ID: "WS-08", Run: closesOnInvalidJSON},
	{ID: "WS-09", Run: closesOnAnUnusableToken},
	{ID: "WS-24", Probes: []spec.AnyProbe{silence}, Run: saysWhyItCloses},
}

var wrongToken = `{"accesstoken":"` + strings.Repeat("0f1e2d3c4b5a", protocol.TokenDigits/12) + `"}`

// attempt is a first message that must be rejected.
type attempt struct{ what, text string }

func closesOnAWrongToken(c *spec.C) {
	attempts := []attempt{
		{"a wrong token", wrongToken},
		{"a wrong token of another form", `{"accesstoken":"ttcheck"}`},
	}
	for _, near := range nearTokens(c.Token()) {
		c.Secrets().Hide(near.text)
		attempts = append(attempts, attempt{near.what, tokenMessage(near.text)})
	}
	rejectsAll(c, attempts)
}

// nearTokens are texts that come close to the right token, if there is one: whoever
// compares but a part of it, or reads no more than there is room for, would be taken in.
func nearTokens(token string) []attempt {
	if token == "" {
		return nil
	}
	last := len(token) - 1
	other := byte('0')
	if token[last] == other {
		other = '1'
	}
	return []attempt{
		{"the right token without its last character", token[:last]},
		{"the right token without its first character", token[1:]},
		{"the first half of the right token", token[:len(token)/2]},
		{"the first character of the right token", token[:1]},
		{"the right token and one more character", token + "0"},
		{"the right token twice", token + token},
		{"the right token but for its last character", token[:last] + string(other)},
	}
}

// closesOnInvalidJSON also puts the right token into what is no JSON: whoever looks
// for the token, rather than parse the message, would be taken in.
func closesOnInvalidJSON(c *spec.C) { rejectsAll(c, invalidJSON(c.Token())) }

func closesOnAnUnusableToken(c *spec.C) { rejectsAll(c, unusable(c.Token())) }

// invalidJSON are messages that are not JSON. Those with a token come only if there
// is one.
func invalidJSON(token string) []attempt {
	attempts := plain("the invalid JSON ", `ttcheck`, `{"accesstoken":`, `{accesstoken:"x"}`, `{"accesstoken":"x"`, `{'accesstoken':'x'}`)
	if token == "" {
		return attempts
	}
	return append(attempts,
		attempt{"the bare token", token},
		attempt{"the right message without its last brace", `{"accesstoken":"` + token + `"`},
		attempt{"the right message, but its key in no quotes", `{accesstoken:"` + token + `"}`},
		attempt{"the right message and more behind it", `{"accesstoken":"` + token + `"} ttcheck`},
		attempt{"the right message twice in one", `{"accesstoken":"` + token + `"}{"accesstoken":"` + token + `"}`},
	)
}

// unusable are messages that are JSON without a usable accesstoken. Those with a
// token elsewhere come only if there is one.
func unusable(token string) []attempt {
	attempts := plain("", `{}`, `[]`, `null`, `42`, `true`, `"ttcheck"`, `{"token":"ttcheck"}`,
		`{"accesstoken":""}`, `{"accesstoken":null}`, `{"accesstoken":42}`, `{"accesstoken":[]}`, `{"accesstoken":{}}`)
	if token == "" {
		return attempts
	}
	return append(attempts,
		attempt{"the right token as a JSON string", `"` + token + `"`},
		attempt{"the right token under another key", `{"token":"` + token + `"}`},
		attempt{"the right token in a list", `{"accesstoken":["` + token + `"]}`},
		attempt{"the right message in a list", `[{"accesstoken":"` + token + `"}]`},
	)
}

// plain are attempts that can be shown as they are.
func plain(before string, texts ...string) []attempt {
	attempts := make([]attempt, len(texts))
	for i, text := range texts {
		attempts[i] = attempt{before + text, text}
	}
	return attempts
}

// rejectsAll sends each as the first message of a connection of its own and asserts
// that the connection ends at once.
func rejectsAll(c *spec.C, attempts []attempt) {
	for _, a := range attempts {
		socket := openWaiting(c)
		if socket.SendText(a.text) == nil { // else it ended even before
			closesAtOnce(c, socket, "a connection after "+a.what, time.Now())
		}
	}
}

// closesAtOnce asserts that the gateway closes a connection within the grace from
// the time at which it had reason to.
func closesAtOnce(c *spec.C, socket *client.Socket, what string, reason time.Time) {
	limit := reason.Add(c.Grace())
	ctx, cancel := c.Within(time.Until(limit.Add(c.Grace())))
	defer cancel()
	closure := socket.AwaitClosure(ctx)
	what = fmt.Sprintf("the end of %s, within a grace of %v", what, c.Grace().Round(time.Millisecond))
	proof := exchangesOn(socket, c.Scene)
	if closure == nil {
		c.Punctual(what+" (it is still open),", limit, time.Now(), proof...)
		return
	}
	c.Punctual(what+",", limit, closure.At, proof...)
}

// saysWhyItCloses judges the messages that come before a close. Whether one comes
// at all is open, and when the close comes is what other cases are about.
func saysWhyItCloses(c *spec.C) {
	explains(c, "a wrong token", messagesAfter(c, wrongToken), protocol.CodeInvalidToken)
	explains(c, "invalid JSON", messagesAfter(c, "ttcheck"), protocol.CodeBadJSON)
	explains(c, "a silence", silence.Of(c).Sockets[0].Messages, protocol.CodeTokenTimeout)
}

// messagesAfter are the messages that come after a bad attempt.
func messagesAfter(c *spec.C, text string) []client.Message {
	socket := openWaiting(c)
	attemptOn(c, socket, text)
	return socket.Messages()
}

// attemptOn sends a bad first message and waits for the connection to end, well
// beyond the time at which it is due. That it does is for other cases to judge.
func attemptOn(c *spec.C, socket *client.Socket, text string) {
	if socket.SendText(text) == nil {
		ctx, cancel := c.Within(2 * c.Grace())
		defer cancel()
		socket.AwaitClosure(ctx)
	}
}

func explains(c *spec.C, what string, messages []client.Message, code protocol.ReturnCode) {
	if len(messages) == 0 {
		c.Note("the connection is closed without a message after %s", what)
		return
	}
	m := messages[len(messages)-1]
	given, err := m.Object.Int("returnCode")
	c.Expect(err, "the returnCode of the message after %s", what).ProvedBy(m.Exchange).To(match.OK())
	c.Expect(protocol.ReturnCode(given), "the returnCode of the message after %s", what).ProvedBy(m.Exchange).To(gomega.Equal(code))
	_, err = m.Object.Int("status")
	c.Expect(err, "the status of the message after %s", what).ProvedBy(m.Exchange).To(match.OK())
	_, err = m.Object.String("message")
	c.Expect(err, "the text of the message after %s", what).ProvedBy(m.Exchange).To(match.OK())
}
