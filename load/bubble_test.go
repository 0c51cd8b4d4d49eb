package load

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/internal/pipes"
	"ttcheck/load/plan"
	"ttcheck/protocol"
	"ttcheck/report"
)

// inBubble runs a test against a gateway in a synctest bubble, with a token that it made.
func inBubble(t *testing.T, opts gateway.Options, test func(t *testing.T, cfg Config, g *gateway.Gateway)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := &pipes.Network{}
		opts.Listen = "127.0.0.1:0"
		wrap := opts.Listener
		opts.Listener = func(l net.Listener) net.Listener {
			l = network.Replace(l)
			if wrap != nil {
				return wrap(l)
			}
			return l
		}
		g, err := gateway.Start(opts)
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		cfg := Config{
			Address: "gateway",
			Dial: func(ctx context.Context, _ net.IP, _ string) (net.Conn, error) {
				return network.Dial(ctx, "tcp", g.Addr())
			},
			Head: report.LoadHead{Target: "gateway", Version: "test"},
		}
		g.Press()
		cfg.Token = token(t, cfg)
		test(t, cfg, g)
	})
}

// token has the gateway make a token.
func token(t *testing.T, cfg Config) string {
	t.Helper()
	asker := newAsker(cfg)
	defer asker.close()
	made := asker.ask(t.Context(), question{method: http.MethodGet, path: protocol.PathGenerate})
	object, err := protocol.ParseObject(made.body)
	if err != nil {
		t.Fatalf("no token: %v (%v)", made, err)
	}
	object, err = object.Object("token")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := object.String("token")
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// carryOut runs a plan that must be able to begin.
func carryOut(t *testing.T, cfg Config) report.Load {
	t.Helper()
	out, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// thousand is a plan with more order names than can wait for an answer.
func thousand(sockets int, rate float64, duration time.Duration) plan.Plan {
	p := plan.Default()
	p.Sockets, p.Ramp, p.Rate, p.Duration = sockets, plan.Span(time.Second), rate, plan.Span(duration)
	p.Names = "9000-9999"
	return p
}

// want checks counters.
func want(t *testing.T, out report.Load, counters map[string]int64) {
	t.Helper()
	for name, want := range counters {
		if got := out.Counters[name]; got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

// hanging is a middleware that leaves requests waiting from begin to end. Both are called in
// the bubble of the test.
type hanging struct{ until atomic.Pointer[chan struct{}] }

func (h *hanging) begin() {
	until := make(chan struct{})
	h.until.Store(&until)
}

func (h *hanging) end() { close(*h.until.Swap(nil)) }

func (h *hanging) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if until := h.until.Load(); until != nil {
			<-*until
		}
		next.ServeHTTP(w, r)
	})
}
