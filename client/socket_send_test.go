package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"ttcheck/client"
)

func TestSend(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		send   func(*client.Socket) error
		frames []string // as the gateway sees them
		told   []string // as the transcript tells
	}{
		"SendText": {
			func(s *client.Socket) error { return s.SendText("ü\n") },
			[]string{`81 "ü\n"`}, []string{"ü\n"},
		},
		"SendJSON": {
			func(s *client.Socket) error { return s.SendJSON(map[string]int{"b": 1, "a": 2}) },
			[]string{`81 "{\"a\":2,\"b\":1}"`}, []string{`{"a":2,"b":1}`},
		},
		"Authenticate": {
			func(s *client.Socket) error { return s.Authenticate(token) },
			[]string{fmt.Sprintf("81 %q", `{"accesstoken":"`+token+`"}`)}, []string{`{"accesstoken":"` + tokenShort + `"}`},
		},
		"Authenticate with what no one learnt": {
			func(s *client.Socket) error { return s.Authenticate("hunter2") },
			[]string{`81 "{\"accesstoken\":\"hunter2\"}"`}, []string{`{"accesstoken":"…"}`},
		},
		"Ping": {
			func(s *client.Socket) error { return s.Ping("\x00p") },
			[]string{`89 "\x00p"`}, []string{`ping "\x00p"`},
		},
		"SendClose": {
			(*client.Socket).SendClose, []string{`88 "\x03\xe8"`}, []string{"close frame, code 1000"},
		},
		"SendFrames": {
			func(s *client.Socket) error {
				return s.SendFrames(
					client.Frame{Opcode: client.OpText, Payload: []byte(token)},
					client.Frame{Final: true, RSV: 7, Opcode: 0xf, Unmasked: true, Payload: []byte("x")},
				)
			},
			[]string{fmt.Sprintf("01 %q", token), `ff "x" unmasked`},
			[]string{"frame: final false, opcode 0x1, 48 bytes", "frame: final true, opcode 0xf, 1 bytes"},
		},
		"SendFrames of nothing": {func(s *client.Socket) error { return s.SendFrames() }, nil, nil},
		"SendSegments": {
			func(s *client.Socket) error {
				return s.SendSegments(context.Background(), client.Frame{Final: true, Opcode: client.OpText, Payload: []byte(token)}, 4, 0)
			},
			[]string{fmt.Sprintf("81 %q", token)}, []string{"frame of 54 bytes in 4 segments"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := make(chan []string, 1)
			c := listen(t, upgraded(func(f *far) { got <- inWords(f.frames()) }))
			socket := dial(t, c)
			if err := test.send(socket); err != nil {
				t.Fatal(err)
			}
			socket.Drop()
			if frames := <-got; !slices.Equal(frames, test.frames) {
				t.Errorf("the gateway saw %q, want %q", frames, test.frames)
			}
			told := records(c, socket.Channel())
			told = told[:len(told)-1] // the end of the connection
			var texts []string
			opened := c.Transcript().Exchanges()[0].At
			for _, x := range told {
				texts = append(texts, x.Sent)
				if x.Received != "" || x.Error != "" || x.At <= opened {
					t.Errorf("recorded %+v", x)
				}
			}
			if !slices.Equal(texts, test.told) {
				t.Errorf("recorded %q, want %q", texts, test.told)
			}
		})
	}
}

// TestSentBeforeAnswered: the transcript's times tell what caused what.
func TestSentBeforeAnswered(t *testing.T) {
	t.Parallel()
	c := listen(t, upgraded(func(f *far) {
		for {
			if _, err := decode(f); err != nil {
				return
			}
			f.say(`{"n":1}`)
		}
	}))
	socket := dial(t, c)
	for i := range 50 {
		if err := socket.SendText(`{}`); err != nil {
			t.Fatal(err)
		}
		socket.Await(soon(t), i, func(client.Message) bool { return true })
	}
	all := records(c, socket.Channel())
	slices.SortStableFunc(all, func(a, b client.Exchange) int { return int(a.At - b.At) })
	for i, x := range all {
		if sent := x.Sent != ""; sent != (i%2 == 0) {
			t.Fatalf("in order of time, exchange %d is %+v", i, x)
		}
	}
}

// TestSendJSONThatIsNone: nothing goes out.
func TestSendJSONThatIsNone(t *testing.T) {
	t.Parallel()
	c := listen(t, upgraded(func(f *far) { hearOut(f) }))
	socket := dial(t, c)
	if err := socket.SendJSON(func() {}); err == nil {
		t.Error("a function was sent")
	}
	if told := records(c, socket.Channel()); len(told) != 0 {
		t.Errorf("recorded %+v", told)
	}
}

// TestSendFails: the error names the socket and shows no token, and the
// transcript has it.
func TestSendFails(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(*client.Socket) error{
		"Authenticate": func(s *client.Socket) error { return s.Authenticate(token) },
		"Ping":         func(s *client.Socket) error { return s.Ping(token) },
		"SendFrames": func(s *client.Socket) error {
			return s.SendFrames(client.Frame{Payload: []byte(token)}, client.Frame{})
		},
		"SendSegments": func(s *client.Socket) error {
			return s.SendSegments(context.Background(), client.Frame{Payload: []byte(token)}, 3, 0)
		},
		"SendClose": (*client.Socket).SendClose,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := listen(t, upgraded(func(f *far) { hearOut(f) }))
			socket := dial(t, c)
			socket.Drop()
			err := send(socket)
			if !errors.Is(err, net.ErrClosed) || !strings.Contains(err.Error(), "on ws#1: ") || strings.Contains(err.Error(), token) {
				t.Errorf("the error is %v", err)
			}
			told := records(c, socket.Channel())
			if x := told[len(told)-1]; len(told) != 2 || x.Sent == "" || x.Error == "" || strings.Contains(x.Sent, token) {
				t.Errorf("recorded %+v", told)
			}
		})
	}
}

// TestSendToTheDeaf: a gateway that does not read cannot hold a sender for good.
func TestSendToTheDeaf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		over := make(chan struct{})
		c := pipe(t, upgraded(func(*far) { <-over }))
		socket := dial(t, c)
		begun := time.Now()
		if err := socket.SendText("{}"); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) != client.DefaultTimeout {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
		close(over)
	})
}

// TestSendConcurrently: frames do not mix.
func TestSendConcurrently(t *testing.T) {
	t.Parallel()
	got := make(chan []string, 1)
	c := listen(t, upgraded(func(f *far) { got <- inWords(f.frames()) }))
	socket := dial(t, c)
	var wait sync.WaitGroup
	for i := range 8 {
		text := strings.Repeat(fmt.Sprint(i), 1000*(i+1))
		wait.Go(func() {
			for range 20 {
				if err := socket.SendText(text); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	socket.Drop()
	counts := map[string]int{}
	for _, frame := range <-got {
		counts[frame]++
	}
	for i := range 8 {
		if n := counts[fmt.Sprintf("81 %q", strings.Repeat(fmt.Sprint(i), 1000*(i+1)))]; n != 20 {
			t.Errorf("%d of 20 messages of sender %d came", n, i)
		}
	}
	if len(counts) != 8 {
		t.Errorf("%d kinds of messages came", len(counts))
	}
}

// TestAgainstALibrary: a server that somebody else wrote understands what is sent.
func TestAgainstALibrary(t *testing.T) {
	t.Parallel()
	text := `{"name":"` + strings.Repeat("ü", 1000) + `"}`
	got := make(chan string, 10)
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		upgrader := websocket.Upgrader{}
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		for {
			kind, from, err := conn.NextReader()
			if err != nil {
				got <- err.Error()
				return
			}
			data, _ := io.ReadAll(from)
			got <- string(data)
			_ = conn.WriteMessage(kind, data)
		}
	})
	socket := dial(t, c)
	whole := client.Frame{Final: true, Opcode: client.OpText, Payload: []byte(text)}
	for _, err := range []error{
		socket.SendText(text),
		socket.SendFrames(client.Fragments([]byte(text), 7)...),
		socket.SendFrames(client.Fragments([]byte(text), len(text)+1)...),
		socket.SendSegments(t.Context(), whole, 5, time.Millisecond),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	for i := range 4 {
		if received := <-got; received != text {
			t.Errorf("message %d was received as %.40q", i, received)
		}
		if m, _, ok := socket.Await(soon(t), i, func(client.Message) bool { return true }); !ok || string(m.Data) != text {
			t.Errorf("message %d came back as %.40q", i, m.Data)
		}
	}
	if err := socket.Ping("ping"); err != nil {
		t.Error(err)
	}
	if _, ok := socket.AwaitPong(soon(t), "ping"); !ok {
		t.Error("no pong")
	}
	socket.Close()
	if text := <-got; text != "websocket: close 1000 (normal)" {
		t.Errorf("the server's end is %q", text)
	}
	if end := socket.Closure(); !end.Frame || end.Code != 1000 {
		t.Errorf("the closure is %v", end)
	}
}
