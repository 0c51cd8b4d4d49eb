package client_test

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/client"
)

// TestGatewayCloses: a close frame is answered with the same code, once, and the
// end of the connection is seen (RFC 6455 §5.5.1, §7.1.1).
func TestGatewayCloses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		frame  client.Frame
		code   int
		reason string
		answer string
		words  string
	}{
		"normally":       {closeFrame(1000, "bye"), 1000, "bye", `88 "\x03\xe8"`, `close frame, code 1000, reason "bye"`},
		"by policy":      {closeFrame(1008, ""), 1008, "", `88 "\x03\xf0"`, `close frame, code 1008, reason ""`},
		"by an own code": {closeFrame(4711, "ü"), 4711, "ü", `88 "\x12g"`, `close frame, code 4711, reason "ü"`},
		"without code":   {client.Frame{Final: true, Opcode: client.OpClose}, 1005, "", `88 ""`, `close frame, code 1005, reason ""`},
		"at length": {
			closeFrame(1011, strings.Repeat("r", 123)), 1011, strings.Repeat("r", 123), `88 "\x03\xf3"`,
			`close frame, code 1011, reason "` + strings.Repeat("r", 80) + `"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := make(chan []string, 1)
			c := listen(t, upgraded(func(f *far) {
				f.say(`{"n":1}`)
				f.send(test.frame)
				first, err := decode(f)
				if err != nil {
					answers <- nil
					return
				}
				_ = f.Conn.(*net.TCPConn).CloseWrite()
				answers <- inWords(append([]decoded{first}, f.frames()...))
			}))
			socket := dial(t, c)
			end := closure(t, socket)
			if !end.Frame || end.Code != test.code || end.Reason != test.reason || end.Err != nil || end.String() != test.words {
				t.Errorf("the closure is %+v, in words %s", end, end)
			}
			if end.At.Before(socket.Opened) || end.At.After(time.Now()) {
				t.Errorf("closed at %v", end.At)
			}
			if !socket.AwaitEnd(soon(t)) || socket.Ended().Before(end.At) {
				t.Errorf("the connection ended at %v", socket.Ended())
			}
			if m, _, ok := socket.Await(t.Context(), 0, func(client.Message) bool { return true }); !ok || string(m.Data) != `{"n":1}` {
				t.Errorf("the message before the close frame is %v", m)
			}
			socket.Close()
			if got := <-answers; !slices.Equal(got, []string{test.answer}) {
				t.Errorf("answered %q, want %q", got, test.answer)
			}
			told := records(c, socket.Channel())
			want := fmt.Sprintf("close frame, code %d, reason %q", test.code, test.reason)
			if last := told[len(told)-1]; len(told) != 2 || last.Received != want || last.Error != "" {
				t.Errorf("recorded %+v", told)
			}
		})
	}
}

// TestTesterCloses: the gateway's answer is not answered again.
func TestTesterCloses(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*client.Socket) error{
		"SendClose":  (*client.Socket).SendClose,
		"Close":      func(s *client.Socket) error { s.Close(); return nil },
		"SendFrames": func(s *client.Socket) error { return s.SendFrames(closeFrame(1000, "")) },
		"Close again and again": func(s *client.Socket) error {
			var wait sync.WaitGroup
			for range 4 {
				wait.Go(s.Close)
			}
			wait.Wait()
			s.Close()
			s.Drop()
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := make(chan []string, 1)
			c := listen(t, upgraded(func(f *far) {
				first, err := decode(f)
				if err != nil {
					got <- nil
					return
				}
				f.send(closeFrame(1000, "you too"))
				_ = f.Conn.(*net.TCPConn).CloseWrite()
				got <- inWords(append([]decoded{first}, f.frames()...))
			}))
			socket := dial(t, c)
			if err := leave(socket); err != nil {
				t.Fatal(err)
			}
			if end := closure(t, socket); !end.Frame || end.Code != 1000 || end.Reason != "you too" {
				t.Errorf("the closure is %v", end)
			}
			if name == "SendClose" && !socket.AwaitEnd(soon(t)) {
				t.Error("the end of the connection was not seen")
			}
			socket.Close()
			if frames := <-got; !slices.Equal(frames, []string{`88 "\x03\xe8"`}) {
				t.Errorf("the gateway saw %q", frames)
			}
		})
	}
}

// TestGatewayLeavesTheConnectionOpen: a close frame alone is not the end.
func TestGatewayLeavesTheConnectionOpen(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]func(*far){
		"silently": func(f *far) { hearOut(f) },
		"talking": func(f *far) {
			go hearOut(f)
			for {
				if _, err := f.Write([]byte("\x81\x02{}")); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		},
		"flooding": func(f *far) { go hearOut(f); endless(f, "\x81\x02{}") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := pipe(t, upgraded(func(f *far) {
					f.send(closeFrame(1000, ""))
					after(f)
				}))
				socket := dial(t, c)
				end := closure(t, socket)
				if !end.Frame || !end.At.Equal(socket.Opened) {
					t.Errorf("the closure is %v, %v after opening", end, end.At.Sub(socket.Opened))
				}
				if socket.AwaitEnd(t.Context()) || !socket.Ended().IsZero() {
					t.Errorf("the connection counts as ended at %v", socket.Ended())
				}
				if waited := time.Since(end.At); waited > client.EndTimeout || name == "silently" && waited != client.EndTimeout {
					t.Errorf("waited %v for the end", waited)
				}
				socket.Close()
				if socket.AwaitEnd(t.Context()) || !socket.Ended().IsZero() {
					t.Error("what the tester ended counts as ended by the gateway")
				}
				if len(socket.Messages()) != 0 {
					t.Errorf("messages after the close frame are kept: %v", socket.Messages())
				}
			})
		})
	}
}

// TestCloseHasNoPatience: whatever the gateway does not do, Close returns.
func TestCloseHasNoPatience(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]func(*far){
		"no answer": func(f *far) { hearOut(f) },
		"an answer without end": func(f *far) {
			go hearOut(f)
			endless(f, "\x81\x02{}")
		},
		"nothing read": func(*far) {},
		"nothing read, pings": func(f *far) {
			for range 3 {
				_, _ = f.Write([]byte("\x89\x00"))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				over := make(chan struct{})
				c := pipe(t, upgraded(func(f *far) {
					script(f)
					<-over
				}))
				socket := dial(t, c)
				synctest.Wait()
				begun := time.Now()
				var wait sync.WaitGroup
				for range 2 {
					wait.Go(socket.Close)
				}
				wait.Wait()
				socket.Close()
				if took := time.Since(begun); took > client.CloseTimeout {
					t.Errorf("closing took %v", took)
				}
				close(over)
				if socket.Closure() == nil || socket.AwaitEnd(t.Context()) {
					t.Errorf("the closure is %v, the end %v", socket.Closure(), socket.Ended())
				}
			})
		})
	}
}

// TestDrop: the connection vanishes without a close frame, and by nobody's fault.
func TestDrop(t *testing.T) {
	t.Parallel()
	got := make(chan []decoded, 1)
	c := listen(t, upgraded(func(f *far) { got <- f.frames() }))
	socket := dial(t, c)
	socket.Drop()
	if frames := <-got; len(frames) != 0 {
		t.Errorf("the gateway saw %q", inWords(frames))
	}
	end := socket.Closure()
	if end == nil || end.Frame || end.String() != "connection ended without a close frame: the tester ended the connection" {
		t.Fatalf("the closure is %v", end)
	}
	if socket.AwaitEnd(t.Context()) || !socket.Ended().IsZero() {
		t.Error("the gateway is held to have ended the connection")
	}
	if told := records(c, socket.Channel()); len(told) != 1 || told[0].Error != end.String() {
		t.Errorf("recorded %+v", told)
	}
	socket.Drop()
	socket.Close()
	if socket.Closure() != end {
		t.Errorf("the closure became %v", socket.Closure())
	}
}
