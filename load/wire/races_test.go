package wire_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"ttcheck/load/wire"
)

// TestRaces: sockets are sent on, closed and aborted by several at once, while messages
// come, the peer closes, and the pool closes. Each end is told once.
func TestRaces(t *testing.T) {
	t.Parallel()
	for mode, set := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			address := serve(t, func(conn net.Conn) {
				go func() { _, _ = io.WriteString(conn, strings.Repeat(text("{}")+frame(0x89, "p"), 20)) }()
				hear(conn)
			})
			r := newRecorder()
			r.messages = make(chan message, 1<<14)
			r.onMessage = func(s *wire.Socket) { _ = s.Send([]byte("from the handler")) }
			p := pool(t, r, set)
			const count = 200
			var running sync.WaitGroup
			for i := range count {
				s := dial(t, p, address)
				running.Go(func() { p.Add(s) })
				running.Go(func() { _ = s.Send([]byte("{}")) })
				if i%3 != 0 {
					running.Go(func() { s.Close(1000) })
				}
				if i%3 != 1 {
					running.Go(func() { s.Abort("aborted") })
				}
			}
			running.Wait()
			p.Close()
			if len(r.closed) != count {
				t.Fatalf("heard of %d ends", len(r.closed))
			}
			for range count {
				if cause := <-r.closed; cause != "aborted" && cause != wire.Ours {
					t.Errorf("ended for %q", cause)
				}
			}
		})
	}
}
