package websocket

import (
	"strings"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on attempts that fail, and on what an unauthenticated client sees.
var rejectionCases = []spec.Case{
	{ID: "WS-07", Run: closesOnAWrongToken},
	{ID: "WS-08", Run: closesOnInvalidJSON},
	{ID: "WS-09", Run: closesOnAnUnusableToken},
	{ID: "WS-10", Needs: withOrders, Run: showsNothingBeforeAuthentication},
	{ID: "WS-24", Probes: []spec.AnyProbe{silence}, Run: saysWhyItCloses},
}

var wrongToken = `{"accesstoken":"` + strings.Repeat("0f1e2d3c4b5a", protocol.TokenDigits/12) + `"}`

func closesOnAWrongToken(c *spec.C) {
	rejects(c, "a wrong token", wrongToken)
	rejects(c, "a wrong token of another form", `{"accesstoken":"ttcheck"}`)
}

func closesOnInvalidJSON(c *spec.C) {
	for _, text := range []string{`ttcheck`, `{"accesstoken":`, `{accesstoken:"x"}`, `{"accesstoken":"x"`, `{'accesstoken':'x'}`} {
		rejects(c, "the invalid JSON "+text, text)
	}
}

func closesOnAnUnusableToken(c *spec.C) {
	for _, text := range []string{
		`{}`, `[]`, `null`, `42`, `true`, `"ttcheck"`, `{"token":"ttcheck"}`,
		`{"accesstoken":""}`, `{"accesstoken":null}`, `{"accesstoken":42}`, `{"accesstoken":[]}`, `{"accesstoken":{}}`,
	} {
		rejects(c, text, text)
	}
}

// rejects sends a first message and asserts that the connection ends at once.
func rejects(c *spec.C, what, text string) *client.Socket {
	socket, res := c.Open(nil)
	c.Expect(res, "a WebSocket handshake without credentials").To(match.Status(101))
	err := socket.SendText(text)
	c.Expect(err, "sending %s", what).To(match.OK())
	closesAtOnce(c, socket, "a connection after "+what, time.Now())
	return socket
}

// showsNothingBeforeAuthentication lets orders change while two connections wait
// that passed no token, one of them pinging.
func showsNothingBeforeAuthentication(c *spec.C) {
	witness := c.Stream(spec.ByHeader)
	var silent []*client.Socket
	for range 2 {
		socket, res := c.Open(nil)
		c.Expect(res, "a WebSocket handshake without credentials").To(match.Status(101))
		silent = append(silent, socket)
	}
	c.Expect(silent[1].Ping("nothing yet"), "a ping").To(match.OK())
	order := c.Start(protocol.OnPremise)
	c.Locate(order, "7")
	c.Clear(order)
	c.Fence(witness)
	for _, socket := range silent {
		for _, m := range socket.Messages() {
			c.Expect(m.Data, "what is sent before authentication").ProvedBy(m.Exchange).NotTo(match.OrderData())
		}
	}
}

// saysWhyItCloses judges the messages that come before a close. Whether one comes
// at all is open.
func saysWhyItCloses(c *spec.C) {
	explains(c, "a wrong token", rejects(c, "a wrong token", wrongToken).Messages(), protocol.CodeInvalidToken)
	explains(c, "invalid JSON", rejects(c, "invalid JSON", "ttcheck").Messages(), protocol.CodeBadJSON)
	explains(c, "a silence", silence.Of(c).Sockets[0].Messages, protocol.CodeTokenTimeout)
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
