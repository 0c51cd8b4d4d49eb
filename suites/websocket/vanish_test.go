package websocket_test

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"

	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// hurt is a sound gateway that takes harm from clients which vanish.
type hurt struct {
	// cut closes the other connections, mute keeps from them the next thing that they
	// are sent, and trip has the next request to change an order fail.
	cut, mute, trip bool

	mu     sync.Mutex
	conns  map[*watchedConn]bool
	failed bool
}

// watchedConn notices that its peer vanishes, and can be muted.
type watchedConn struct {
	net.Conn
	of      *hurt
	leaving bool // a close frame came
	muted   bool
}

func (h *hurt) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == protocol.PathWebSocket {
			next.ServeHTTP(hijacked{w, h}, r)
			return
		}
		h.mu.Lock()
		trips := h.trip && h.failed && r.Method == http.MethodPost
		h.failed = h.failed && !trips
		h.mu.Unlock()
		if trips {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hijacked gives a connection away that is watched.
type hijacked struct {
	http.ResponseWriter
	of *hurt
}

func (w hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, _, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	watched := &watchedConn{Conn: conn, of: w.of}
	w.of.mu.Lock()
	defer w.of.mu.Unlock()
	w.of.conns[watched] = true
	return watched, bufio.NewReadWriter(bufio.NewReader(watched), bufio.NewWriter(watched)), nil
}

func (c *watchedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.leaving = c.leaving || n > 0 && p[0] == 0x88
	if err != nil && !c.leaving && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, net.ErrClosed) {
		c.of.lost(c)
	}
	return n, err
}

func (c *watchedConn) Write(p []byte) (int, error) {
	c.of.mu.Lock()
	muted := c.muted
	c.muted = false
	c.of.mu.Unlock()
	if muted {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

func (h *hurt) lost(gone *watchedConn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, gone)
	h.failed = true
	for c := range h.conns {
		c.muted = h.mute
		if h.cut {
			_ = c.Close()
		}
	}
}

func TestVanishingFindsFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		hurt  *hurt
		found string
	}{
		"nothing":          {&hurt{}, ""},
		"one ends all":     {&hurt{cut: true}, "WS-25"},
		"an event is lost": {&hurt{mute: true}, "WS-25"},
		"a request trips":  {&hurt{trip: true}, "WS-25"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.hurt.conns = map[*watchedConn]bool{}
			g, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0", Speedup: speedup, Middleware: test.hurt.middleware})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = g.Close() })
			env := prepare(t, g.Addr(), g.Press)
			var cases []spec.Case
			for _, k := range robustCases() {
				if k.ID == "WS-25" {
					cases = append(cases, k)
				}
			}
			if found := failures(t, name, run(t, env, cases)); found != test.found {
				t.Errorf("found by %q, want by %q", found, test.found)
			}
			if busy := env.Orders.Busy(); len(busy) > 0 {
				t.Errorf("names that were not given back: %v", busy)
			}
		})
	}
}
