package client_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ttcheck/client"
)

func TestPings(t *testing.T) {
	t.Parallel()
	payloads := []string{"", "ping", "\x00\xff", strings.Repeat("p", 125)}
	got := make(chan []string, 1)
	c := listen(t, upgraded(func(f *far) {
		for _, p := range payloads {
			f.send(client.Frame{Final: true, Opcode: client.OpPing, Payload: []byte(p)})
		}
		f.say(`{}`)
		got <- inWords(f.frames())
	}))
	socket := dial(t, c)
	socket.Await(soon(t), 0, func(client.Message) bool { return true })
	if socket.Pings() != len(payloads) {
		t.Errorf("%d pings are counted, want %d", socket.Pings(), len(payloads))
	}
	socket.Drop()
	var want []string
	for _, p := range payloads {
		want = append(want, fmt.Sprintf("8a %q", p))
	}
	if pongs := <-got; !slices.Equal(pongs, want) {
		t.Errorf("the pings were answered by %q, want %q", pongs, want)
	}
	if x := records(c, socket.Channel())[1]; x.Received != `ping "ping"` || x.Sent != `pong "ping"` {
		t.Errorf("recorded %+v", x)
	}
}

func TestPongs(t *testing.T) {
	t.Parallel()
	c := listen(t, upgraded(func(f *far) {
		f.send(client.Frame{Final: true, Opcode: client.OpPong, Payload: []byte("unasked")})
		for {
			frame, err := decode(f)
			if err != nil {
				return
			}
			if frame.first == 0x89 {
				f.send(client.Frame{Final: true, Opcode: client.OpPong, Payload: frame.payload})
			}
		}
	}))
	socket := dial(t, c)
	for _, payload := range []string{"", "one", "two", strings.Repeat("p", 125)} {
		before := time.Now()
		if err := socket.Ping(payload); err != nil {
			t.Fatal(err)
		}
		pong, ok := socket.AwaitPong(soon(t), payload)
		if !ok || pong.Payload != payload || pong.At.Before(before) {
			t.Errorf("the pong to %.10q is %v, %v", payload, pong, ok)
		}
	}
	var payloads []string
	for _, pong := range socket.Pongs() {
		payloads = append(payloads, pong.Payload)
	}
	if want := []string{"unasked", "", "one", "two", strings.Repeat("p", 125)}; !slices.Equal(payloads, want) {
		t.Errorf("the pongs are %q", payloads)
	}
	var told []string
	for _, x := range records(c, socket.Channel()) {
		told = append(told, x.Sent+x.Received)
	}
	if got := strings.Join(told, ", "); !strings.Contains(got, `ping "one"`) || !strings.Contains(got, `pong "one"`) {
		t.Errorf("recorded %s", got)
	}
}
