package wire_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"ttcheck/load/wire"
)

// TestEnds: how a socket ends is told once, rightly.
func TestEnds(t *testing.T) {
	t.Parallel()
	hold := func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
	for name, c := range map[string]struct {
		script func(net.Conn)
		do     func(*wire.Socket)
		cause  wire.Cause
	}{
		"our close, answered": {
			func(conn net.Conn) {
				frames := hear(conn)
				_, _ = io.WriteString(conn, frame(0x88, frames[len(frames)-1].payload))
				hold(conn)
			},
			func(s *wire.Socket) { s.Close(1000) }, wire.Ours,
		},
		"our close, answered by the end": {
			func(conn net.Conn) { hear(conn) },
			func(s *wire.Socket) { s.Close(1001) }, wire.Ours,
		},
		"our close, answered by a reset": {
			func(conn net.Conn) { hear(conn); _ = conn.(*net.TCPConn).SetLinger(0) },
			func(s *wire.Socket) { s.Close(1001); s.Close(1002) }, wire.Ours,
		},
		"our close, answered by nonsense": {
			func(conn net.Conn) { hear(conn); _, _ = io.WriteString(conn, frame(0xC1, "x")); hold(conn) },
			func(s *wire.Socket) { s.Close(1001) }, "protocol error: reserved bit",
		},
		"abort":               {hold, func(s *wire.Socket) { s.Abort("timeout: a test"); s.Abort("later") }, "timeout: a test"},
		"abort for no cause":  {hold, func(s *wire.Socket) { s.Abort("") }, wire.Ours},
		"abort after a close": {hold, func(s *wire.Socket) { s.Close(1000); s.Abort("timeout: close") }, "timeout: close"},
		"reset": {
			func(conn net.Conn) { hear(conn); _ = conn.(*net.TCPConn).SetLinger(0) },
			func(s *wire.Socket) { _ = s.Send([]byte("go")); s.Abort("") }, wire.Ours,
		},
	} {
		for mode, set := range modes {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				address := serve(t, c.script)
				for _, before := range []bool{false, true} { // is it given to its worker only after that?
					r := newRecorder()
					p := pool(t, r, set)
					s := dial(t, p, address)
					if before {
						c.do(s)
						p.Add(s)
					} else {
						p.Add(s)
						c.do(s)
					}
					p.Add(s) // does nothing
					if cause := next(t, r.closed, "end"); cause != c.cause {
						t.Errorf("added afterwards %v: ended for %q, not %q", before, cause, c.cause)
					}
					s.Abort("too late")
					s.Close(1000)
					if err := s.Send([]byte("{}")); !errors.Is(err, net.ErrClosed) {
						t.Errorf("sent on a socket that has ended: %v", err)
					}
					p.Close()
					if len(r.closed) > 0 {
						t.Error("heard of the end twice")
					}
				}
			})
		}
	}
}

// TestReset: a connection that the peer breaks off.
func TestReset(t *testing.T) {
	t.Parallel()
	for mode, set := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			address := serve(t, func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 1)) // and leaves the rest
			})
			r := newRecorder()
			p := pool(t, r, set)
			s := dial(t, p, address)
			p.Add(s)
			if err := s.Send([]byte("read only the first byte of this")); err != nil {
				t.Error(err)
			}
			if cause := next(t, r.closed, "end"); cause != "reset" {
				t.Errorf("ended for %q", cause)
			}
		})
	}
}

// TestSend: what is sent arrives, and nothing follows a close frame.
func TestSend(t *testing.T) {
	t.Parallel()
	for mode, set := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			hears := make(chan []heard, 1)
			address := serve(t, func(conn net.Conn) { hears <- hear(conn) })
			r := newRecorder()
			p := pool(t, r, set)
			s := dial(t, p, address)
			long := strings.Repeat("long ", 1000)
			for _, text := range []string{`{"accesstoken":"x"}`, long} {
				if err := s.Send([]byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			p.Add(s)
			s.Close(1000)
			if err := s.Send([]byte("secret")); !errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "secret") {
				t.Errorf("sent after the close frame: %v", err)
			}
			want := []heard{{0x81, `{"accesstoken":"x"}`}, {0x81, long}, {0x88, "\x03\xE8"}}
			got := next(t, hears, "message")
			if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
				t.Errorf("the server heard %.200q", got)
			}
			if cause := next(t, r.closed, "end"); cause != wire.Ours {
				t.Errorf("ended for %q", cause)
			}
		})
	}
}

// TestAbortByTheHandler: it hears no more messages, even if they have been read.
func TestAbortByTheHandler(t *testing.T) {
	t.Parallel()
	for mode, set := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			address := serve(t, func(conn net.Conn) {
				_, _ = io.WriteString(conn, strings.Repeat(text("{}"), 100))
				_, _ = io.Copy(io.Discard, conn)
			})
			r := newRecorder()
			r.onMessage = func(s *wire.Socket) { s.Abort("enough") }
			p := pool(t, r, set)
			p.Add(dial(t, p, address))
			if cause := next(t, r.closed, "end"); cause != "enough" || len(r.messages) != 1 {
				t.Errorf("ended for %q after %d messages", cause, len(r.messages))
			}
		})
	}
}

// TestClosePool: it ends what is left, and what is added later ends unheard.
func TestClosePool(t *testing.T) {
	t.Parallel()
	for mode, set := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			ended := make(chan struct{}, 10)
			address := serve(t, func(conn net.Conn) {
				_, _ = io.Copy(io.Discard, conn)
				ended <- struct{}{}
			})
			r := newRecorder()
			p := pool(t, r, set)
			for range 3 {
				p.Add(dial(t, p, address))
			}
			late := dial(t, p, address)
			p.Close()
			if len(r.closed) != 3 {
				t.Errorf("heard of %d ends", len(r.closed))
			}
			for range len(r.closed) {
				if cause := <-r.closed; cause != wire.Ours {
					t.Errorf("ended for %q", cause)
				}
			}
			p.Add(late)
			p.Close()
			for range 4 {
				next(t, ended, "end at the server")
			}
			if len(r.closed) > 0 {
				t.Error("heard of a socket that was added to a closed pool")
			}
		})
	}
}
