package websocket

import (
	"fmt"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on what no client of good will sends, and on clients that vanish. After
// each blow the gateway must be online and its other clients unharmed.
var hostileCases = []spec.Case{
	{ID: "WS-15", Needs: robust(), Probes: []spec.AnyProbe{silence, unfinished}, Run: isNotPutOffByFragments},
	{ID: "WS-18", Name: "before authentication", Needs: robust(withToken...), Run: failsStrangersOnBrokenFrames},
	{ID: "WS-18", Name: "after authentication", Needs: robust(withToken...), Run: failsClientsOnBrokenFrames},
	{ID: "WS-22", Needs: robust(), Run: refusesBrokenHandshakes},
	{ID: "WS-25", Needs: robust(withOrders...), Run: isNotHarmedByWhoVanishes},
	{ID: "WS-27", Name: "text", Needs: robust(withToken...), Run: failsOnInvalidText},
	{ID: "WS-27", Name: "oversized frames", Needs: robust(withToken...), Probes: []spec.AnyProbe{silence}, Run: failsOnOversizedFrames},
}

// robust are needs with leave to send hostile input.
func robust(needs ...spec.Need) []spec.Need {
	return append([]spec.Need{spec.NeedRobustness}, needs...)
}

// bystanders are clients that do nothing wrong while others do, and whether the
// gateway was online before that.
type bystanders struct {
	kept    Kept
	streams []*spec.Stream
	online  bool
}

func gather(c *spec.C) *bystanders {
	b := &bystanders{online: isOnline(c)}
	b.streams = b.kept.connect(c.Scene, bothModes...)
	for i, stream := range b.streams {
		if stream == nil {
			c.Broken("the set-up failed: open a WebSocket by %s (see WS-02, WS-03): %s", bothModes[i], b.kept.Streams[i].Refused)
		}
	}
	return b
}

func askOnline(c *spec.C) *client.Response { return c.Do(client.Request{Path: protocol.Base}) }

// isOnline tells whether the online check can be judged later: ONL-01 is about it.
func isOnline(c *spec.C) bool { return askOnline(c).Status/100 == 2 }

// areUnharmed asserts that the gateway goes on for the bystanders, and for who
// comes new.
func (b *bystanders) areUnharmed(c *spec.C, beside string) {
	b.kept.look(c.Scene, b.streams)
	stayed(c, b.kept, "beside "+beside)
	enter(c, spec.ByHeader)
	if b.online {
		c.Expect(askOnline(c), "the online check after %s", beside).To(match.Success())
	}
}

// enter opens a further WebSocket, of a client that is served or, without a mode, of
// one that has passed no token yet. The bystanders could, and so whoever comes after
// a blow must be able to.
func enter(c *spec.C, mode spec.AuthMode) *client.Socket {
	if mode == "" {
		socket, res := c.Open(nil)
		c.Expect(socket != nil, "that a further WebSocket is opened (%s)", res).To(gomega.BeTrue())
		return socket
	}
	stream, reason := c.Connect(mode)
	c.Expect(stream != nil, "that a further WebSocket is served (%s)", reason).To(gomega.BeTrue())
	return stream.Socket
}

// blow is a sequence of frames that breaks a rule of RFC 6455.
type blow struct {
	what   string
	frames []client.Frame
}

// brokenFrames each break one rule. They carry a text wherever they can: whoever
// overlooks the rule takes it for a message.
func brokenFrames(text string) []blow {
	good := client.Frame{Final: true, Opcode: client.OpText, Payload: []byte(text)}
	with := func(change func(*client.Frame)) []client.Frame {
		f := good
		change(&f)
		return []client.Frame{f}
	}
	blows := []blow{
		{"an unmasked text (§5.1)", with(func(f *client.Frame) { f.Unmasked = true })},
		{"an unmasked ping (§5.1)", []client.Frame{{Final: true, Opcode: client.OpPing, Unmasked: true}}},
		{"a continuation of nothing (§5.4)", with(func(f *client.Frame) { f.Opcode = client.OpContinuation })},
		{"a message within an unfinished one (§5.4)", []client.Frame{{Opcode: client.OpText}, good}},
		{"a control frame of 126 bytes (§5.5)", []client.Frame{{Final: true, Opcode: client.OpPong, Payload: make([]byte, 126)}}},
		{"a control frame in fragments (§5.5)", []client.Frame{{Opcode: client.OpPong, Payload: []byte("to be")}}},
	}
	for _, bit := range []byte{4, 2, 1} {
		blows = append(blows, blow{fmt.Sprintf("the reserved bits %03b (§5.2)", bit), with(func(f *client.Frame) { f.RSV = bit })})
	}
	for _, opcode := range []byte{0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF} {
		blows = append(blows, blow{fmt.Sprintf("the reserved opcode %#x (§5.2)", opcode), with(func(f *client.Frame) {
			f.Opcode, f.Payload = opcode, f.Payload[:min(len(f.Payload), 125)] // which a control frame can hold
		})})
	}
	return blows
}

// failsStrangersOnBrokenFrames sends the right token in a broken frame or behind
// it: whoever overlooks the break serves the connection, and so keeps it open past
// the 20 s, too.
func failsStrangersOnBrokenFrames(c *spec.C) {
	others := gather(c)
	token := tokenMessage(c.Token())
	for _, b := range brokenFrames(token) {
		strikes(c, enter(c, ""), blow{b.what, append(b.frames, client.Frame{Final: true, Opcode: client.OpText, Payload: []byte(token)})})
	}
	others.areUnharmed(c, "connections that sent broken frames and no token before")
}

func failsClientsOnBrokenFrames(c *spec.C) {
	others := gather(c)
	for i, b := range brokenFrames("{}") {
		strikes(c, enter(c, bothModes[i%len(bothModes)]), b)
	}
	others.areUnharmed(c, "clients that sent broken frames")
}

// tokenMessage passes a token (Q).
func tokenMessage(token string) string { return `{"accesstoken":"` + token + `"}` }

// failsOnInvalidText sends text that is not UTF-8, whole and in fragments (RFC 6455
// §8.1). In the first message the right token stands beside it, so that whoever
// mends the text serves the connection.
func failsOnInvalidText(c *spec.C) {
	others := gather(c)
	for i, bad := range notUTF8 {
		text := []byte(`{"accesstoken":"` + c.Token() + `","note":"` + bad + `"}`)
		within := len(text) - len(bad)/2 - len(`"}`) // so that a fragment ends amid the bytes that are wrong
		for _, frames := range [][]client.Frame{client.Fragments(text, 1), cut(text, within), client.Fragments(text, len(text))} {
			strikes(c, enter(c, ""), blow{fmt.Sprintf("a first message with the bytes % x in %d frames (§8.1)", bad, len(frames)), frames})
		}
		later := []byte("ttcheck " + bad)
		for _, frames := range [][]client.Frame{client.Fragments(later, 1), cut(later, len(later)-len(bad)/2)} {
			strikes(c, enter(c, bothModes[i%len(bothModes)]), blow{fmt.Sprintf("a later message with the bytes % x in %d frames (§8.1)", bad, len(frames)), frames})
		}
	}
	others.areUnharmed(c, "clients that sent invalid UTF-8")
}

// notUTF8 are a byte that never occurs, the beginning of a character without its
// rest, a slash in too many bytes, half of a surrogate pair, and what lies beyond
// Unicode (RFC 3629 §3).
var notUTF8 = []string{"\xff", "\xe2\x82", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}

// cut splits a text message into two frames.
func cut(text []byte, at int) []client.Frame {
	return []client.Frame{
		{Opcode: client.OpText, Payload: text[:at]},
		{Final: true, Opcode: client.OpContinuation, Payload: text[at:]},
	}
}

// strikes sends frames that break a rule and asserts that the gateway fails the
// connection: by a close frame, or by its end alone (RFC 6455 §7.1.7). No document
// puts a time on that; Patience is longer than any gateway needs that notices.
func strikes(c *spec.C, socket *client.Socket, b blow) {
	_ = socket.SendFrames(b.frames...) // which ends early if the gateway is quick
	limit := time.Now().Add(spec.Patience)
	ctx, cancel := c.Within(time.Until(limit.Add(c.Grace())))
	defer cancel()
	at := time.Now
	if closure := socket.AwaitClosure(ctx); closure != nil {
		at = func() time.Time { return closure.At }
	}
	c.Punctual(fmt.Sprintf("the end of a connection after %s, within %v,", b.what, spec.Patience), limit, at(), exchangesOn(socket, c.Scene)...)
}
