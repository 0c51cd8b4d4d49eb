package events_test

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/events"
	"ttcheck/suites/spec"
)

// narrow is a sound gateway behind connections that get in each other's way.
type narrow struct {
	// together has one write wait for another, whichever connection it is of.
	together bool
	// patience is how long a write may take; for ever if it is zero.
	patience time.Duration
	// loses throws away what is written while another connection is stuck.
	loses bool
	// stuck has every request wait for connections that are stuck.
	stuck bool

	writing sync.Mutex
	mu      sync.Mutex
	busy    map[*time.Time]bool // when each write began that is under way
}

// stuckAfter is how long a write takes at least that waits for a client to read.
const stuckAfter = 200 * time.Millisecond

func (n *narrow) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == protocol.PathWebSocket:
			w = narrowed{w, n}
		case n.stuck:
			n.writing.Lock()
			n.writing.Unlock() // to wait is all
		}
		next.ServeHTTP(w, r)
	})
}

type narrowed struct {
	http.ResponseWriter
	by *narrow
}

func (w narrowed) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, _, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	slow := &narrowConn{conn, w.by}
	return slow, bufio.NewReadWriter(bufio.NewReader(slow), bufio.NewWriter(slow)), nil
}

type narrowConn struct {
	net.Conn
	by *narrow
}

func (*narrowConn) SetWriteDeadline(time.Time) error { return nil }

func (c *narrowConn) Write(p []byte) (int, error) {
	if c.by.together {
		c.by.writing.Lock()
		defer c.by.writing.Unlock()
	}
	if c.by.loses && c.by.isStuck() {
		return len(p), nil
	}
	defer c.by.begin()()
	if c.by.patience > 0 {
		_ = c.Conn.SetWriteDeadline(time.Now().Add(c.by.patience))
	}
	return c.Conn.Write(p)
}

// begin notes a write, and returns what notes its end.
func (n *narrow) begin() (end func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.busy == nil {
		n.busy = map[*time.Time]bool{}
	}
	now := time.Now()
	n.busy[&now] = true
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.busy, &now)
	}
}

func (n *narrow) isStuck() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for began := range n.busy {
		if time.Since(*began) > stuckAfter {
			return true
		}
	}
	return false
}

func TestDeafClients(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		narrow *narrow
		found  string // by what a finding says; empty if it holds
	}{
		"each by itself":  {&narrow{patience: time.Minute}, ""},
		"dropped at once": {&narrow{together: true, patience: 100 * time.Millisecond}, ""},
		"one stalls all":  {&narrow{together: true}, "expected a connection beside"},
		// Longer than an event may take, and twice as long, for there are two of them,
		// shorter than the case waits for those that are missing.
		"one stalls all for a while": {&narrow{together: true, patience: 6 * time.Second}, "after the order"},
		"one stalls the requests":    {&narrow{together: true, stuck: true}, "no answer in time"},
		"others lose events":         {&narrow{loses: true, patience: time.Minute}, "tell of every change"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := prepare(t, startGateway(t, gateway.Options{Middleware: test.narrow.middleware}))
			for _, k := range events.Chapter.Cases {
				if k.ID != "EVT-20" {
					continue
				}
				o := spec.Execute(t.Context(), env, k)
				text := o.Reason
				for _, f := range o.Findings {
					text += "expected " + f.Expected + ", saw " + f.Actual
				}
				t.Logf("%s after %v: %.600s %q", o.Verdict, o.Took.Round(time.Millisecond), text, o.Notes)
				switch {
				case test.found == "" && o.Verdict != report.Pass:
					t.Errorf("%s, want a pass", o.Verdict)
				case test.found != "" && (o.Verdict != report.Fail || !strings.Contains(text, test.found)):
					t.Errorf("%s, want a failure that says %q", o.Verdict, test.found)
				}
			}
		})
	}
}
