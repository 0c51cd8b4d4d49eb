package client_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ttcheck/client"
)

// stream opens a WebSocket whose messages are handed to hear.
func stream(t *testing.T, c *client.Client, hear func(client.Message)) *client.Socket {
	t.Helper()
	socket, res := c.Stream(t.Context(), nil, hear)
	if socket == nil {
		t.Fatalf("the handshake: %v", res)
	}
	t.Cleanup(socket.Drop)
	return socket
}

// TestStreamHandsOn: every message is handed on, in order, the unreadable ones too, and more
// of them than a socket keeps.
func TestStreamHandsOn(t *testing.T) {
	t.Parallel()
	const many = client.MaxMessages + 10
	c := listen(t, upgraded(func(f *far) {
		for i := range many {
			f.say(fmt.Sprintf(`{"n":%d}`, i))
		}
		f.say("no JSON")
		f.send(client.Frame{Final: true, Opcode: client.OpBinary, Payload: []byte("x")}, closeFrame(1000, ""))
		hearOut(f)
	}))
	var heard int64
	var odd []string
	socket := stream(t, c, func(m client.Message) {
		if m.Err != nil {
			odd = append(odd, m.String())
			return
		}
		if n, err := m.Object.Int("n"); n != heard || err != nil {
			t.Errorf("message %d is %s", heard, m.Data)
		}
		heard++
	})
	if end := closure(t, socket); !end.Frame {
		t.Errorf("it ended by %v", end)
	}
	if heard != many || len(odd) != 2 || !strings.Contains(odd[1], "binary") {
		t.Errorf("%d messages were handed on, and %q", heard, odd)
	}
	if kept := socket.Messages(); len(kept) > 0 {
		t.Errorf("%d messages were kept", len(kept))
	}
}

// TestStreamKeepsTheLatestPongs: a socket that lasts for days holds few of them.
func TestStreamKeepsTheLatestPongs(t *testing.T) {
	t.Parallel()
	c := listen(t, upgraded(func(f *far) {
		for {
			frame, err := decode(f)
			if err != nil {
				return
			}
			f.send(client.Frame{Final: true, Opcode: client.OpPong, Payload: frame.payload})
		}
	}))
	socket := stream(t, c, func(client.Message) {})
	const pings = client.LatestPongs + 5
	for i := range pings {
		if err := socket.Ping(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
		if _, ok := socket.AwaitPong(soon(t), fmt.Sprint(i)); !ok {
			t.Fatalf("no pong to ping %d", i)
		}
	}
	var kept []string
	for _, pong := range socket.Pongs() {
		kept = append(kept, pong.Payload)
	}
	if len(kept) != client.LatestPongs || kept[len(kept)-1] != fmt.Sprint(pings-1) || slices.Contains(kept, "0") {
		t.Errorf("kept are %q", kept)
	}
}

// TestStreamWaitsForItsHearer: what is not taken is not read on.
func TestStreamWaitsForItsHearer(t *testing.T) {
	t.Parallel()
	c := listen(t, upgraded(func(f *far) {
		f.say(`{"n":1}`)
		f.send(client.Frame{Final: true, Opcode: client.OpPing, Payload: []byte("p")})
		f.say(`{"n":2}`)
		hearOut(f)
	}))
	taken, goOn := make(chan client.Message), make(chan struct{})
	socket := stream(t, c, func(m client.Message) {
		taken <- m
		<-goOn
	})
	<-taken
	if n := socket.Pings(); n != 0 {
		t.Errorf("%d pings were read past a message", n)
	}
	goOn <- struct{}{}
	<-taken
	if n := socket.Pings(); n != 1 {
		t.Errorf("%d pings were read, want 1", n)
	}
	close(goOn)
}
