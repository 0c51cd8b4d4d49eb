package wire_test

import (
	"io"
	"net"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"ttcheck/load/wire"
)

// TestMany sockets are opened, hear, and are closed; none is left out.
func TestMany(t *testing.T) {
	t.Parallel()
	const count = 5000
	var files unix.Rlimit // Go raises the soft limit by itself
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &files); err != nil || files.Cur < 2*count+500 {
		t.Skipf("%d files are too few for both sides of %d sockets (%v)", files.Cur, count, err)
	}
	address := serve(t, func(conn net.Conn) {
		_, _ = io.WriteString(conn, text("{}"))
		if frames := hear(conn); len(frames) > 0 {
			_, _ = io.WriteString(conn, frame(0x88, frames[0].payload))
		}
	})
	r := newRecorder()
	p := pool(t, r)
	sockets := make(chan *wire.Socket, count)
	var dialling sync.WaitGroup
	for range 8 {
		dialling.Go(func() {
			for range count / 8 {
				s, _, err := p.Dial(t.Context(), wire.Target{Address: address, Path: "/x"})
				if err != nil {
					t.Error(err)
					return
				}
				p.Add(s)
				sockets <- s
			}
		})
	}
	dialling.Wait()
	close(sockets)
	if len(sockets) != count {
		t.Fatalf("%d opened", len(sockets))
	}
	for range count {
		next(t, r.messages, "message")
	}
	for s := range sockets {
		s.Close(1000)
	}
	for range count {
		if cause := next(t, r.closed, "end"); cause != wire.Ours {
			t.Errorf("ended for %q", cause)
		}
	}
}
