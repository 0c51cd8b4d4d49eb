package wire_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/load/wire"
)

// inMemory has a pool dial servers in memory that run the script after the handshake.
func inMemory(script func(net.Conn)) func(*wire.Options) {
	return func(o *wire.Options) {
		o.Dial = func(context.Context, net.IP, string) (net.Conn, error) {
			near, far := net.Pipe()
			go func() {
				defer far.Close()
				req, err := http.ReadRequest(bufio.NewReader(far))
				if err == nil {
					_, _ = io.WriteString(far, accept(req.Header.Get("Sec-WebSocket-Key")))
					script(far)
				}
			}()
			return near, nil
		}
	}
}

// TestInMemory: in a synctest bubble nothing is early or late, and nothing real.
func TestInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder()
		p := pool(t, r, inMemory(func(conn net.Conn) {
			time.Sleep(3 * time.Second)
			_, _ = io.WriteString(conn, text("{}"))
			frames := hear(conn)
			time.Sleep(2 * time.Second)
			_, _ = io.WriteString(conn, frame(0x88, frames[0].payload))
		}))
		if known, why := p.HandlingKnown(); known || why == "" {
			t.Errorf("handling is known: %v, %q", known, why)
		}
		var sockets []*wire.Socket
		for range 100 {
			s := dial(t, p, "gateway:8000")
			sockets = append(sockets, s)
			p.Add(s)
		}
		for range sockets {
			if m := next(t, r.messages, "message"); m.text != "{}" || m.at != 3*time.Second || m.early >= 0 {
				t.Fatalf("heard %+v", m)
			}
		}
		for _, s := range sockets {
			s.Close(1000)
		}
		for range sockets {
			if cause := next(t, r.closed, "end"); cause != wire.Ours {
				t.Errorf("ended for %q", cause)
			}
		}
	})
}

// TestPeerThatDoesNotRead is given up where we write: by goroutines after a while.
func TestPeerThatDoesNotReadInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder()
		p := pool(t, r, inMemory(func(net.Conn) { <-t.Context().Done() }))
		s := dial(t, p, "gateway:8000")
		p.Add(s)
		begun := time.Now()
		if err := s.Send([]byte("{}")); err == nil || !strings.Contains(err.Error(), "does not read") {
			t.Errorf("sent: %v", err)
		}
		if cause := next(t, r.closed, "end"); cause != "peer does not read" || time.Since(begun) != 5*time.Second {
			t.Errorf("ended for %q after %v", cause, time.Since(begun))
		}
	})
}

// TestDialInMemoryGivesUp after a minute if its context does not.
func TestDialInMemoryGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := pool(t, newRecorder(), func(o *wire.Options) {
			o.Dial = func(context.Context, net.IP, string) (net.Conn, error) {
				near, far := net.Pipe()
				go func() { _, _ = io.Copy(io.Discard, far); far.Close() }()
				return near, nil
			}
		})
		begun := time.Now()
		_, _, err := p.Dial(context.Background(), wire.Target{Address: "gateway:8000", Path: "/x"})
		if err == nil || !strings.Contains(err.Error(), "no answer in time") || time.Since(begun) != time.Minute {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}
