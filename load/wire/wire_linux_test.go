package wire_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"ttcheck/load/wire"
)

// TestEarlyIsKnown: the kernel tells when bytes arrived, about every 16th read.
func TestEarlyIsKnown(t *testing.T) {
	t.Parallel()
	const count = 320
	r := newRecorder()
	address := serve(t, func(conn net.Conn) {
		ask := make([]byte, 100)
		for range count { // one read at a time
			_, _ = io.WriteString(conn, text("{}"))
			if _, err := conn.Read(ask); err != nil {
				return
			}
		}
	})
	r.onMessage = func(s *wire.Socket) { _ = s.Send([]byte("go on")) }
	begun := time.Now()
	p := pool(t, r, func(o *wire.Options) { o.Workers = 1 })
	p.Add(dial(t, p, address))
	known := 0
	for range count {
		if m := next(t, r.messages, "message"); m.early >= 0 {
			known++
			if m.early > time.Since(begun) {
				t.Errorf("arrived %v before it was read", m.early)
			}
		}
	}
	if known < count/32 || known > count/8 {
		t.Errorf("of %d messages it is known of %d", count, known)
	}
	if ok, how := p.HandlingKnown(); !ok || !strings.Contains(how, "SO_TIMESTAMPNS") {
		t.Errorf("handling is known: %v, %s", ok, how)
	}
}

// TestEarlyIsTrue: what lies unread while the worker is busy elsewhere is that much early.
func TestEarlyIsTrue(t *testing.T) {
	t.Parallel()
	const (
		busy   = 5 * time.Millisecond
		rounds = 100
	)
	r := newRecorder()
	sent, hold := make(chan struct{}), make(chan struct{})
	address := serve(t, func(conn net.Conn) {
		for range rounds {
			<-hold // the worker is in the handler
			_, _ = io.WriteString(conn, text("b"))
			sent <- struct{}{}
		}
		_, _ = io.Copy(io.Discard, conn)
	})
	first := serve(t, func(conn net.Conn) {
		for range rounds {
			_, _ = io.WriteString(conn, text("a"))
			if _, err := conn.Read(make([]byte, 100)); err != nil {
				return
			}
		}
		_, _ = io.Copy(io.Discard, conn)
	})
	known := 0
	done := make(chan struct{})
	heardA := 0
	var a *wire.Socket
	p := pool(t, r, func(o *wire.Options) {
		o.Workers = 1
		o.Handler = handler(func(s *wire.Socket, body string, early time.Duration) {
			if body == "a" {
				hold <- struct{}{}
				<-sent
				for begun := time.Now(); time.Since(begun) < busy; {
				}
				heardA++
				return
			}
			if early >= 0 {
				known++
				if early < busy-time.Millisecond {
					t.Errorf("read %v after it was sent, it seems", early)
				}
			}
			if heardA == rounds {
				close(done)
			}
			_ = a.Send([]byte("next"))
		})
	})
	a = dial(t, p, first)
	p.Add(dial(t, p, address))
	p.Add(a)
	next(t, done, "end")
	p.Close()
	if known == 0 {
		t.Error("it is known of no message")
	}
}

type handler func(s *wire.Socket, body string, early time.Duration)

func (h handler) Message(_ int, s *wire.Socket, body []byte, _, early time.Duration) {
	h(s, string(body), early)
}
func (handler) Closed(int, *wire.Socket, wire.Cause, time.Duration) {}

// TestPeerThatDoesNotRead is given up as soon as its buffers are full: no worker waits.
func TestPeerThatDoesNotRead(t *testing.T) {
	t.Parallel()
	end := make(chan struct{})
	address := serve(t, func(net.Conn) { <-end })
	r := newRecorder()
	p := pool(t, r)
	s := dial(t, p, address)
	p.Add(s)
	var err error
	for range 10_000 { // 640 MB, more than any buffer
		if err = s.Send(make([]byte, 64<<10)); err != nil {
			break
		}
	}
	close(end)
	if err == nil || !strings.Contains(err.Error(), "does not read") {
		t.Errorf("sent: %v", err)
	}
	if cause := next(t, r.closed, "end"); cause != "peer does not read" {
		t.Errorf("ended for %q", cause)
	}
}

// TestSource: sockets come from the address that is asked for.
func TestSource(t *testing.T) {
	t.Parallel()
	from := make(chan string, 1)
	address := serve(t, func(conn net.Conn) { from <- conn.RemoteAddr().String() })
	p := pool(t, newRecorder())
	s, _, err := p.Dial(t.Context(), wire.Target{Address: address, Path: "/x", Source: net.IPv4(127, 9, 8, 7)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Abort("")
	if got := next(t, from, "connection"); !strings.HasPrefix(got, "127.9.8.7:") {
		t.Errorf("comes from %s", got)
	}
}

// TestNoDescriptorIsLeft. It runs alone, for it counts those of the process.
func TestNoDescriptorIsLeft(t *testing.T) {
	count := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip(err)
		}
		return len(entries)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close() // the runtime's own poller is there from now on
	before := count()
	t.Run("use", func(t *testing.T) { // its end waits for the server's connections
		address := serve(t, func(conn net.Conn) { hear(conn) })
		r := newRecorder()
		p := pool(t, r)
		for range 20 {
			p.Add(dial(t, p, address))
			dial(t, p, address).Abort("never added")
			s := dial(t, p, address)
			p.Add(s)
			s.Close(1000)
		}
		left := dial(t, p, address)
		for range 20 {
			if cause := next(t, r.closed, "end"); cause != wire.Ours {
				t.Errorf("ended for %q", cause)
			}
		}
		p.Close()
		p.Add(left)
	})
	if after := count(); after > before {
		t.Errorf("%d descriptors are left", after-before)
	}
}

// TestIdleMemory: an idle socket takes less than 2 KiB, its peer's side in this process
// included. It runs alone, for it measures all there is.
func TestIdleMemory(t *testing.T) {
	const count = 1000
	peers := make(chan net.Conn, count)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(peers)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = io.WriteString(conn, accept(req.Header.Get("Sec-WebSocket-Key")))
			}
			peers <- conn
		}
	}()
	p := pool(t, newRecorder())
	used := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // pools are emptied by the second
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	before := used()
	for range count {
		p.Add(dial(t, p, listener.Addr().String()))
	}
	if each := int64(used()-before) / count; each > 2<<10 {
		t.Errorf("%d bytes for a socket", each)
	} else {
		t.Logf("%d bytes for a socket", each)
	}
	listener.Close()
	for conn := range peers {
		conn.Close()
	}
}
