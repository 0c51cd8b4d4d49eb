package pos

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"

	posfixture "ttcheck/fixtures/pos"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
	"ttcheck/report"
	"ttcheck/suites/pos/drive"
)

// pipes is a network in a synctest bubble, on which time passes only while everybody waits.
// The gateway's listeners stand at their addresses; connections are pipes.
type pipes struct {
	mu        sync.Mutex
	listeners map[string]*pipe
}

// pipe stands in place of one listener.
type pipe struct {
	net.Listener
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipe) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipe) Close() error {
	p.once.Do(func() { close(p.closed) })
	return p.Listener.Close()
}

func (n *pipes) listen(l net.Listener) net.Listener {
	p := &pipe{Listener: l, conns: make(chan net.Conn), closed: make(chan struct{})}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.listeners[l.Addr().String()] = p
	return p
}

func (n *pipes) dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	p := n.listeners[address]
	n.mu.Unlock()
	if p == nil {
		return nil, syscall.ECONNREFUSED
	}
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, syscall.ECONNREFUSED
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// inBubble judges the sound POS with changes, at true speed in virtual time.
func inBubble(t *testing.T, change func(*Config, *posfixture.Options), test func(t *testing.T, found report.Run, err error)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network, lan := &pipes{listeners: map[string]*pipe{}}, &lan.Network{}
		cfg := Config{
			Name: "sound", Link: lan.Host("127.0.0.1/8", "127.0.0.9/8"), Home: "127.0.0.1:0", Away: "127.0.0.9:0",
			network: network.listen,
		}
		opts := posfixture.Options{Links: []link.Link{lan.Host("127.0.0.5/8")}, Store: &posfixture.MemoryStore{}, Dial: network.dial}
		if change != nil {
			change(&cfg, &opts)
		}
		if cfg.Integration == nil {
			cfg.Integration = embedded(opts)
		}
		found, err := Run(t.Context(), cfg)
		test(t, found, err)
	})
}

// embedded is the sound POS in this process.
func embedded(opts posfixture.Options) drive.Integration {
	return drive.Embedded(func(ctx context.Context, site drive.Site) error {
		opts := opts
		opts.Speedup = site.Speedup
		if site.Link == "" {
			opts.Gateway, opts.Links = site.Gateway, nil
		}
		inner, end := context.WithCancelCause(context.WithoutCancel(ctx))
		stop := context.AfterFunc(ctx, func() {
			cause := context.Cause(ctx)
			if errors.Is(cause, drive.ErrKilled) {
				cause = posfixture.ErrKilled
			}
			end(cause)
		})
		defer stop()
		return posfixture.Run(inner, opts)
	})
}

// wanted compares the verdicts of cases, by their names, with what is expected: all others
// pass.
func wanted(t *testing.T, found report.Run, want map[string]report.Verdict) {
	t.Helper()
	for _, r := range found.Results {
		expected, other := want[r.Name()]
		if !other {
			expected = report.Pass
		}
		if r.Verdict != expected {
			t.Errorf("%s: %s (%s), want %s", r.Name(), r.Verdict, r.Reason, expected)
			for _, f := range r.Findings {
				t.Logf("  expected %s\n  actual %s", f.Expected, f.Actual)
			}
		}
	}
}
