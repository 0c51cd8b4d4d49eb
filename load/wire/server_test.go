package wire_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"ttcheck/load/wire"
)

// tooLong is when a test gives up waiting for what should come at once.
const tooLong = 20 * time.Second

// modes are the ways to read: by few workers where the system can, and by goroutines.
var modes = map[string]func(*wire.Options){
	"workers": func(*wire.Options) {},
	"goroutines": func(o *wire.Options) {
		o.Dial = func(ctx context.Context, _ net.IP, address string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "tcp", address)
		}
	},
}

// message is a message as a handler heard it.
type message struct {
	text      string
	at, early time.Duration
}

// recorder is a handler that tells what it hears, and whether a worker ever spoke twice at
// the same time.
type recorder struct {
	messages  chan message
	closed    chan wire.Cause
	talking   [64]atomic.Int32
	overlaps  atomic.Int32
	onMessage func(*wire.Socket) // may be nil
}

func newRecorder() *recorder {
	return &recorder{messages: make(chan message, 1<<14), closed: make(chan wire.Cause, 1<<14)}
}

func (r *recorder) enter(worker int) func() {
	if r.talking[worker].Add(1) != 1 {
		r.overlaps.Add(1)
	}
	return func() { r.talking[worker].Add(-1) }
}

func (r *recorder) Message(worker int, s *wire.Socket, body []byte, at, early time.Duration) {
	defer r.enter(worker)()
	r.messages <- message{string(body), at, early}
	if r.onMessage != nil {
		r.onMessage(s)
	}
}

func (r *recorder) Closed(worker int, _ *wire.Socket, cause wire.Cause, _ time.Duration) {
	defer r.enter(worker)()
	r.closed <- cause
}

// next takes what must come from a channel.
func next[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(tooLong):
		t.Fatalf("no %s came", what)
		panic("unreachable")
	}
}

// pool opens a pool, which is closed at the end, when no worker may have overlapped.
func pool(t testing.TB, r *recorder, set ...func(*wire.Options)) *wire.Pool {
	t.Helper()
	begun := time.Now()
	opts := wire.Options{Workers: 2, Now: func() time.Duration { return time.Since(begun) }, Handler: r}
	for _, f := range set {
		f(&opts)
	}
	p, err := wire.NewPool(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Close()
		if n := r.overlaps.Load(); n != 0 {
			t.Errorf("calls for one worker overlapped %d times", n)
		}
	})
	return p
}

// serve runs a WebSocket server that hands each connection to the script as it is, after
// the handshake; it returns the address. The connections close when their script ends.
func serve(t testing.TB, script func(net.Conn)) string {
	t.Helper()
	var running sync.WaitGroup
	upgrader := websocket.Upgrader{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		running.Add(1)
		defer running.Done()
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		script(conn.NetConn())
	}))
	t.Cleanup(func() {
		server.Close()
		running.Wait()
	})
	return strings.TrimPrefix(server.URL, "http://")
}

// dial opens a WebSocket that must open.
func dial(t testing.TB, p *wire.Pool, address string) *wire.Socket {
	t.Helper()
	s, _, err := p.Dial(t.Context(), wire.Target{Address: address, Path: "/x"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// frame makes a frame as a server does, right or wrong: first is the first byte.
func frame(first byte, payload string) string {
	var b []byte
	switch n := len(payload); {
	case n < 126:
		b = []byte{first, byte(n)}
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16([]byte{first, 126}, uint16(n))
	default:
		b = binary.BigEndian.AppendUint64([]byte{first, 127}, uint64(n))
	}
	return string(b) + payload
}

func text(payload string) string { return frame(0x81, payload) }

// heard is a frame of a client's.
type heard struct {
	first   byte
	payload string
}

// hear reads a client's frames until one is a close frame, or the connection ends. Frames
// that are not masked do not count.
func hear(conn net.Conn) []heard {
	var all []heard
	for {
		var head [2]byte
		if _, err := io.ReadFull(conn, head[:]); err != nil {
			return all
		}
		length := int(head[1] & 0x7F)
		if length == 126 {
			var long [2]byte
			if _, err := io.ReadFull(conn, long[:]); err != nil {
				return all
			}
			length = int(binary.BigEndian.Uint16(long[:]))
		}
		rest := make([]byte, 4+length)
		if _, err := io.ReadFull(conn, rest); err != nil || head[1]&0x80 == 0 {
			return all
		}
		payload := rest[4:]
		for i := range payload {
			payload[i] ^= rest[i%4]
		}
		all = append(all, heard{head[0], string(payload)})
		if head[0] == 0x88 {
			return all
		}
	}
}
