package websocket

import (
	"encoding/json"
	"errors"
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
// and adds a rejection and a life of an order of its own.
func sendsOneObjectPerMessage(c *spec.C) {
	sentWell(c)
	messagesAfter(c, wrongToken)
	stream, reason := c.Connect(spec.ByMessage)
	sentWell(c)
	if stream == nil {
		c.Broken("the set-up failed: open a WebSocket by %s: %s", spec.ByMessage, reason)
	}
	if ordersAllowed(c) {
		order := c.Start(protocol.OnPremise)
		c.Locate(order, "7")
		c.Clear(order)
		asked := time.Now()
		tellsOf(c.Scene, stream, c.Start(protocol.ToGo).Name, asked) // what came before it has come by then
		sentWell(c)
	}
}

// sentWell asserts that every message so far was one JSON object in one text
// message.
func sentWell(c *spec.C) {
	for _, m := range c.Transcript().Malformed() {
		c.Expect(errors.New(m.Error), "a message on a WebSocket").ProvedBy(m).To(match.NoFault("be one JSON object in one text message"))
	}
}

// payloads are what pings carry: nothing, text, what is no text, and as much as a
// control frame can (RFC 6455 §5.5).
var payloads = []string{"", "ttcheck", "\x00\x01\xfe\xff", strings.Repeat("p", 125)}

func answersPings(c *spec.C) {
	waiting := openWaiting(c)
	for _, payload := range payloads {
		pinged(c, waiting, payload, "before authentication")
	}
	for _, mode := range bothModes {
		stream := c.Stream(mode)
		for _, payload := range payloads {
			pinged(c, stream.Socket, payload, "after authentication by "+string(mode))
		}
	}
}

// pinged asserts that a ping is answered by a pong of its payload.
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
	leaves(c, openWaiting(c), "before authentication")
	for _, mode := range bothModes {
		leaves(c, c.Stream(mode).Socket, "after authentication by "+string(mode))
	}
	isLeft(c, openWaiting(c))
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

// isLeft has the gateway begin the close handshake, by a wrong token, and asserts
// that it ends the TCP connection once its frame is answered.
func isLeft(c *spec.C, socket *client.Socket) {
	attemptOn(c, socket, wrongToken)
	if socket.Closure() == nil {
		c.Note("the gateway did not close a connection after a wrong token (see WS-07), so that its own close was not seen")
		return
	}
	ctx, cancel := c.Within(2 * spec.Patience)
	defer cancel()
	c.Expect(socket.AwaitEnd(ctx), "that the gateway ends the connection after a close handshake of its own").To(gomega.BeTrue())
}

// segmentGap is long enough for a segment to be on its way before the next.
const segmentGap = 15 * time.Millisecond

// framing is a way to pass the token.
type framing struct {
	how  string
	send func(*client.Socket) error
}

// framings are ways that clients seldom use and every WebSocket server must
// understand (RFC 6455 §5.4).
func framings(c *spec.C) []framing {
	text, _ := json.Marshal(protocol.AuthMessage{AccessToken: c.Token()})
	whole := client.Frame{Final: true, Opcode: client.OpText, Payload: text}
	ping := client.Frame{Final: true, Opcode: client.OpPing, Payload: []byte("between")}
	three := client.Fragments(text, 3)
	frames := func(frames ...client.Frame) func(*client.Socket) error {
		return func(s *client.Socket) error { return s.SendFrames(frames...) }
	}
	return []framing{
		{"in 3 fragments", frames(three...)},
		{"in a fragment per byte", frames(client.Fragments(text, len(text))...)},
		{"in fragments with a ping between", frames(three[0], ping, three[1], ping, three[2])},
		{"with an empty last fragment", frames(emptyLast(text)...)},
		{"in one frame and 4 TCP segments", func(s *client.Socket) error { return s.SendSegments(c, whole, 4, segmentGap) }},
	}
}

func acceptsAnyFraming(c *spec.C) {
	c.Stream(spec.ByMessage) // in one frame it must do: WS-03 is about that
	for _, f := range framings(c) {
		socket := openWaiting(c)
		c.Expect(f.send(socket), "sending a token message %s", f.how).To(match.OK())
		c.Expect(isServed(c, socket), "that a token message %s is accepted", f.how).To(gomega.BeTrue())
	}
}

func emptyLast(text []byte) []client.Frame {
	return []client.Frame{{Opcode: client.OpText, Payload: text}, {Final: true, Opcode: client.OpContinuation}}
}
