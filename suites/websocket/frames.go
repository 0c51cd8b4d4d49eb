package websocket

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on frames: what RFC 6455 asks of every server.
var frameCases = []spec.Case{
	{ID: "WS-12", Needs: withToken, Probes: []spec.AnyProbe{forMinutes}, Run: sendsOneObjectPerMessage},
	{ID: "WS-16", Needs: withToken, Run: answersPings},
	{ID: "WS-17", Needs: withToken, Run: answersAClose},
	{ID: "WS-19", Needs: withToken, Run: acceptsAnyFraming},
}

// sendsOneObjectPerMessage judges every message of the whole run; it comes late,
// and adds a life of an order of its own where it may.
func sendsOneObjectPerMessage(c *spec.C) {
	stream := c.Stream(spec.ByMessage)
	if kind, _ := c.Unmet(withOrders); kind == "" {
		order := c.Start(protocol.OnPremise)
		c.Locate(order, "7")
		c.Clear(order)
		c.Fence(stream)
	}
	for _, m := range c.Transcript().Malformed() {
		c.Expect(m.Error, "a message on a WebSocket").ProvedBy(m).To(gomega.BeEmpty())
	}
}

func answersPings(c *spec.C) {
	waiting, res := c.Open(nil)
	c.Expect(res, "a WebSocket handshake without credentials").To(match.Status(101))
	for _, payload := range []string{"", "ttcheck", "\x00\x01\xfe\xff", strings.Repeat("p", 125)} {
		pinged(c, waiting, payload, "before authentication")
	}
	for _, mode := range []spec.AuthMode{spec.ByHeader, spec.ByMessage} {
		stream := c.Stream(mode)
		for _, payload := range []string{"", "ttcheck", "\x00\x01\xfe\xff", strings.Repeat("p", 125)} {
			pinged(c, stream.Socket, payload, "after authentication by "+string(mode))
		}
	}
}

// pinged asserts that a ping is answered by exactly one pong of its payload.
func pinged(c *spec.C, socket *client.Socket, payload, when string) {
	before := len(socket.Pongs())
	c.Expect(socket.Ping(payload), "a ping").To(match.OK())
	ctx, cancel := c.Within(spec.Patience)
	defer cancel()
	_, answered := socket.AwaitPong(ctx, payload)
	pongs := socket.Pongs()[before:]
	c.Expect(answered, "that a ping of %d bytes %s is answered with its payload (%d pongs came)", len(payload), when, len(pongs)).To(gomega.BeTrue())
}

func answersAClose(c *spec.C) {
	waiting, res := c.Open(nil)
	c.Expect(res, "a WebSocket handshake without credentials").To(match.Status(101))
	leaves(c, waiting, "before authentication")
	for _, mode := range []spec.AuthMode{spec.ByHeader, spec.ByMessage} {
		leaves(c, c.Stream(mode).Socket, "after authentication by "+string(mode))
	}
}

// leaves begins the close handshake and asserts that the gateway completes it and
// ends the TCP connection (RFC 6455 §5.5.1, §7.1.1).
func leaves(c *spec.C, socket *client.Socket, when string) {
	c.Expect(socket.SendClose(), "sending a close frame").To(match.OK())
	ctx, cancel := c.Within(2 * spec.Patience)
	defer cancel()
	closure := socket.AwaitClosure(ctx)
	c.Expect(closure != nil, "that a close frame %s is answered", when).To(gomega.BeTrue())
	c.Expect(closure.Frame, "that a close frame %s is answered with one (%s)", when, closure).To(gomega.BeTrue())
	c.Expect(socket.AwaitEnd(ctx), "that the gateway ends the connection after the close handshake %s", when).To(gomega.BeTrue())
}

// acceptsAnyFraming passes the token in ways that clients seldom use and every
// WebSocket server must understand (RFC 6455 §5.4).
func acceptsAnyFraming(c *spec.C) {
	text, _ := json.Marshal(protocol.AuthMessage{AccessToken: c.Token()})
	whole := client.Frame{Final: true, Opcode: client.OpText, Payload: text}
	ping := client.Frame{Final: true, Opcode: client.OpPing, Payload: []byte("between")}
	three := client.Fragments(text, 3)
	ways := map[string]func(*client.Socket) error{
		"in 3 fragments":                   func(s *client.Socket) error { return s.SendFrames(three...) },
		"in a fragment per byte":           func(s *client.Socket) error { return s.SendFrames(client.Fragments(text, len(text))...) },
		"in fragments with a ping between": func(s *client.Socket) error { return s.SendFrames(three[0], ping, three[1], ping, three[2]) },
		"with an empty last fragment":      func(s *client.Socket) error { return s.SendFrames(emptyLast(text)...) },
		"in one frame and 4 TCP segments":  func(s *client.Socket) error { return s.SendSegments(c, whole, 4, segmentGap) },
		"with white space in its JSON":     func(s *client.Socket) error { return s.SendText(roomy(c.Token())) },
	}
	for how, send := range ways {
		socket, res := c.Open(nil)
		c.Expect(res, "a WebSocket handshake without credentials").To(match.Status(101))
		c.Expect(send(socket), "sending the token").To(match.OK())
		ctx, cancel := c.Within(spec.Patience)
		_, _, served := socket.Await(ctx, 0, spec.IsSnapshot)
		cancel()
		c.Expect(served, "that a token message %s is accepted", how).To(gomega.BeTrue())
	}
}

// segmentGap is long enough for a segment to be on its way before the next.
const segmentGap = 15 * time.Millisecond

func emptyLast(text []byte) []client.Frame {
	return []client.Frame{{Opcode: client.OpText, Payload: text}, {Final: true, Opcode: client.OpContinuation}}
}

// roomy is the token message with white space between its tokens (RFC 8259 §2).
func roomy(token string) string {
	return "{\r\n\t\"accesstoken\" : \"" + token + "\"\n}"
}
