package client_test

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
)

func TestMessages(t *testing.T) {
	t.Parallel()
	texts := []string{
		`{"type":"ACTIVE_ORDERS","count":0,"items":[]}`,
		" {\"type\":\"ORDER_CREATED\",\"uuid\":\"4711\",\"name\":\"66\"}\r\n",
		`{"type":7,"uuid":null}`,
		`{}`,
	}
	c := listen(t, upgraded(func(f *far) {
		f.say(texts...)
		hearOut(f)
	}))
	socket := dial(t, c)
	if _, i, ok := socket.Await(soon(t), len(texts)-1, func(client.Message) bool { return true }); !ok || i != len(texts)-1 {
		t.Fatalf("%d messages came", len(socket.Messages()))
	}
	messages := socket.Messages()
	last := socket.Opened
	for i, m := range messages {
		if string(m.Data) != texts[i] || m.Binary || m.Err != nil || m.Object == nil {
			t.Errorf("message %d is %+v", i, m)
		}
		if m.At.Before(last) || m.At.After(time.Now()) {
			t.Errorf("message %d came at %v, after %v", i, m.At, last)
		}
		last = m.At
		if x := m.Exchange; x.Channel != socket.Channel() || x.Received != texts[i] || x.Sent != "" || x.Error != "" || x.Took != 0 || x.At < 0 {
			t.Errorf("message %d is recorded as %+v", i, x)
		}
	}
	if got := records(c, socket.Channel()); len(got) != len(texts) || got[1] != messages[1].Exchange {
		t.Errorf("recorded %+v", got)
	}
	if m := messages[0]; m.Type() != protocol.ActiveOrders || m.UUID() != "" || m.String() != "ACTIVE_ORDERS" {
		t.Errorf("the first message is %v, of type %q and UUID %q", m, m.Type(), m.UUID())
	}
	if m := messages[1]; m.Type() != protocol.OrderCreated || m.UUID() != "4711" || m.String() != "ORDER_CREATED" {
		t.Errorf("the second message is %v, of type %q and UUID %q", m, m.Type(), m.UUID())
	}
	if m := messages[2]; m.Type() != "" || m.UUID() != "" || m.String() != "a message without type (22 bytes)" {
		t.Errorf("the third message is %v, of type %q and UUID %q", m, m.Type(), m.UUID())
	}
	messages[0].Data, messages[1].Binary = nil, true
	if again := socket.Messages(); again[1].Binary || again[0].Data == nil {
		t.Error("the messages can be changed from outside")
	}
	if got := c.Transcript().Malformed(); len(got) != 0 {
		t.Errorf("malformed: %+v", got)
	}
}

// TestMessagesRightAway: a gateway may send before anybody asks, in the segment of
// its answer to the handshake.
func TestMessagesRightAway(t *testing.T) {
	t.Parallel()
	first := string(client.Frame{Final: true, Opcode: client.OpText, Unmasked: true, Payload: []byte(`{"n":1}`)}.Bytes())
	c := listen(t, func(conn net.Conn) {
		// The header's end comes with the frame.
		upgradedWith("X: y\r\n\r\n"+first, func(f *far) {})(cutting{conn})
		hearOut(conn)
	})
	if m, _, ok := dial(t, c).Await(soon(t), 0, func(client.Message) bool { return true }); !ok || string(m.Data) != `{"n":1}` {
		t.Errorf("got %q", m.Data)
	}
}

// cutting leaves out the last line end of what is written.
type cutting struct{ net.Conn }

func (c cutting) Write(p []byte) (int, error) {
	_, err := c.Conn.Write(p[:len(p)-2])
	return len(p), err
}

// TestFragmentedMessage: what a gateway fragments is one message (RFC 6455 §5.4).
func TestFragmentedMessage(t *testing.T) {
	t.Parallel()
	text := `{"type":"ORDER_PAGED","name":"ü"}`
	c := listen(t, upgraded(func(f *far) {
		for _, frame := range client.Fragments([]byte(text), len(text)) {
			f.send(frame, client.Frame{Final: true, Opcode: client.OpPong})
		}
		f.say(`{}`)
		hearOut(f)
	}))
	socket := dial(t, c)
	socket.Await(soon(t), 1, func(client.Message) bool { return true })
	if got := socket.Messages(); len(got) != 2 || string(got[0].Data) != text || got[0].Err != nil {
		t.Errorf("got %v", got)
	}
}

// TestMalformed: what is not one JSON object in one text message is noted for the
// whole run (WS-12).
func TestMalformed(t *testing.T) {
	t.Parallel()
	text := func(s string) client.Frame {
		return client.Frame{Final: true, Opcode: client.OpText, Payload: []byte(s)}
	}
	tests := []struct {
		name   string
		frame  client.Frame
		reason string // empty for none
	}{
		{"object", text(`{"a":1}`), ""},
		{"binary", client.Frame{Final: true, Opcode: client.OpBinary, Payload: []byte(`{"a":1}`)}, "a binary message of 7 bytes"},
		{"empty binary", client.Frame{Final: true, Opcode: client.OpBinary}, "a binary message of 0 bytes"},
		{"empty", text(""), "empty"},
		{"array", text(`[{}]`), "not a JSON object"},
		{"null", text(`null`), "not a JSON object"},
		{"number", text(`7`), "not a JSON object"},
		{"words", text(`hello`), "not a JSON object"},
		{"half", text(`{"a":`), "not valid JSON"},
		{"two", text(`{}{}`), "not valid JSON"},
		{"broken UTF-8", text("{\"a\":\"\xff\"}"), "UTF-8"},
		{"deep", text(strings.Repeat(`{"a":`, 100) + strings.Repeat(`}`, 100)), "deeper"},
		{"object again", text(`{}`), ""},
	}
	c := listen(t, upgraded(func(f *far) {
		for _, test := range tests {
			f.send(test.frame)
		}
		hearOut(f)
	}))
	scoped := c.Recording(c.Transcript().Scope())
	socket := dial(t, scoped)
	socket.Await(soon(t), len(tests)-1, func(client.Message) bool { return true })
	messages := socket.Messages()
	var want []client.Exchange
	for i, test := range tests {
		m := messages[i]
		if string(m.Data) != string(test.frame.Payload) || m.Binary != (test.frame.Opcode == client.OpBinary) {
			t.Errorf("%s: got %+v", test.name, m)
		}
		if test.reason == "" {
			if m.Err != nil || m.Object == nil {
				t.Errorf("%s: got %+v", test.name, m)
			}
			continue
		}
		if m.Object != nil || m.Err == nil || !strings.Contains(m.Err.Error(), test.reason) || m.String() != m.Err.Error() || m.Exchange.Error != m.Err.Error() {
			t.Errorf("%s: got %+v", test.name, m)
		}
		want = append(want, m.Exchange)
	}
	if got := c.Transcript().Malformed(); !slices.Equal(got, want) {
		t.Errorf("malformed are\n%+v\nwant\n%+v", got, want)
	}
}

// TestTokensInMessages: they are not written down, and noted (TOK-15).
func TestTokensInMessages(t *testing.T) {
	t.Parallel()
	const plain = "correct-horse-battery-staple"
	texts := []string{`{"last":"` + token + `"}`, "your token is " + plain, `{"last":"` + strings.ToUpper(plain) + `"}`}
	c := listen(t, upgraded(func(f *far) {
		f.say(texts...)
		f.send(client.Frame{Final: true, Opcode: client.OpPing, Payload: []byte(plain)})
		f.send(client.Frame{Final: true, Opcode: client.OpPong, Payload: []byte(plain)})
		f.send(closeFrame(1008, plain))
	}))
	c.Transcript().Secrets().Learn(plain)
	socket := dial(t, c)
	end := closure(t, socket)
	for i, m := range socket.Messages() {
		if string(m.Data) != texts[i] {
			t.Errorf("the message itself was changed to %q", m.Data)
		}
		if strings.Contains(m.String(), plain) || m.Err != nil && strings.Contains(m.Err.Error(), plain) {
			t.Errorf("the token stands in %v", m)
		}
	}
	if end.Reason != plain || strings.Contains(end.String(), plain) || !strings.Contains(end.String(), "corr…aple") {
		t.Errorf("the closure in words is %q", end)
	}
	for _, x := range c.Transcript().Exchanges() {
		if text := strings.ToLower(fmt.Sprintf("%+v", x)); strings.Contains(text, plain) || strings.Contains(text, token) {
			t.Errorf("the token stands in %+v", x)
		}
	}
	if got := c.Transcript().Revealed(); len(got) != len(texts)+3 {
		t.Errorf("%d of 6 revelations are collected: %+v", len(got), got)
	}
	if got := c.Transcript().Malformed(); len(got) != 1 || strings.Contains(got[0].Error, plain) {
		t.Errorf("malformed: %+v", got)
	}
}

// TestFlood: a socket keeps no more than its bounds, says so, and ends.
func TestFlood(t *testing.T) {
	t.Parallel()
	large := string(client.Frame{Final: true, Opcode: client.OpBinary, Unmasked: true, Payload: make([]byte, client.MaxMessage)}.Bytes())
	for name, test := range map[string]struct {
		frame    string
		messages int
		pongs    int
	}{
		"of messages":       {"\x81\x02{}", client.MaxMessages, 0},
		"of large messages": {large, client.MaxKept / client.MaxMessage, 0},
		"of pongs":          {"\x8a\x00", 0, client.MaxMessages},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := listen(t, upgraded(func(f *far) { endless(f, test.frame) }))
			socket := dial(t, c)
			end := closure(t, socket)
			if end.Frame || end.Err == nil || !strings.Contains(end.Err.Error(), "more came than the tester keeps") {
				t.Errorf("the closure is %v", end)
			}
			if got := len(socket.Messages()); got != test.messages {
				t.Errorf("%d messages are kept, want %d", got, test.messages)
			}
			if got := len(socket.Pongs()); got != test.pongs {
				t.Errorf("%d pongs are kept, want %d", got, test.pongs)
			}
			if got := len(c.Transcript().Exchanges()); got > client.MaxExchanges {
				t.Errorf("%d exchanges are kept", got)
			}
			if got := len(c.Transcript().Malformed()); got > client.MaxExchanges {
				t.Errorf("%d malformed messages are kept", got)
			}
		})
	}
}
