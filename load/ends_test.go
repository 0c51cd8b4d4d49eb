package load

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/load/plan"
	"ttcheck/protocol"
	"ttcheck/report"
)

// active are the active orders of a gateway in a bubble.
func active(t *testing.T, cfg Config) string {
	t.Helper()
	asker := newAsker(cfg)
	defer asker.close()
	a := asker.ask(t.Context(), question{method: http.MethodGet, path: protocol.PathActiveOrders, secure: true})
	if !a.ok() {
		t.Fatal(a)
	}
	return string(a.body)
}

func noneActive(t *testing.T, cfg Config) {
	t.Helper()
	if body := active(t, cfg); !strings.Contains(body, `"count":0`) {
		t.Errorf("active orders are left: %.300s", body)
	}
}

// atSecond calls f at a second of the run.
type atSecond struct {
	onBegin
	at int
	f  func()
}

func (a atSecond) Second(s report.LoadSecond) {
	if s.At == a.at {
		a.f()
	}
}

// TestInterrupted: sockets are closed in order and orders cleared even then.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	inBubble(t, gateway.Options{}, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		cfg.Plan = thousand(5, 20, time.Hour)
		cfg.Listener = atSecond{onBegin: func(time.Time) {}, at: 4, f: cancel}
		out, err := Run(ctx, cfg)
		if err != nil || !out.Interrupted || out.ExitCode() != report.ExitInterrupted {
			t.Errorf("interrupted %t, exit code %d, error %v", out.Interrupted, out.ExitCode(), err)
		}
		if out.Closes["ours"] != 5 {
			t.Errorf("closes: %v, want 5 of ours", out.Closes)
		}
		if n := out.Counters[report.MetricChangesSent]; n < 75 || n > 85 {
			t.Errorf("%d changes in 4 s at 20/s", n)
		}
		noneActive(t, cfg)
	})
}

// TestSilentGateway: a load ends when the gateway is silent for 10 s, and says so.
func TestSilentGateway(t *testing.T) {
	t.Parallel()
	var h hanging
	inBubble(t, gateway.Options{Middleware: h.wrap}, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
		cfg.Plan = thousand(5, 20, time.Hour)
		cfg.Listener = atSecond{onBegin: func(time.Time) {}, at: 4, f: func() { h.begin() }}
		out := carryOut(t, cfg)
		h.end()
		if !strings.Contains(out.Stopped, "has not answered GET /api/v2 for 10s") || out.ExitCode() != report.ExitThreshold {
			t.Errorf("stopped: %q, exit code %d", out.Stopped, out.ExitCode())
		}
		if d := out.Head.Duration; d < 14*time.Second || d > 16*time.Second {
			t.Errorf("it went on for %v, want 15 s: 5 and the 10 of silence", d)
		}
		if out.Counters[report.MetricOnlineUnanswered] == 0 {
			t.Error("no question is counted as unanswered")
		}
		// What was not answered has taken its time, and counts.
		if h := out.Latencies[report.MetricHTTPCreate]; h == nil || h.Max() < int64(10*time.Second/time.Microsecond) {
			t.Errorf("the slowest answer to a new order: %v, want more than 10 s", h)
		}
		if len(out.Remarks) != 1 || !strings.Contains(out.Remarks[0], "may be active still") {
			t.Errorf("remarks: %q, want which orders may be left", out.Remarks)
		}
	})
}

// TestStallIsNoSilence: a gateway that stalls for 8 s is not left alone.
func TestStallIsNoSilence(t *testing.T) {
	t.Parallel()
	held := &holdUp{delay: func(at time.Duration, _ int) time.Duration {
		return max(8*time.Second-at, 0)
	}}
	inBubble(t, gateway.Options{Middleware: held.wrap}, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
		cfg.Plan = thousand(3, 20, 12*time.Second)
		cfg.Listener = onBegin(func(start time.Time) { held.from = start.Add(time.Second) })
		out := carryOut(t, cfg)
		want(t, out, map[string]int64{report.MetricLost: 0, report.MetricChangesFailed: 0, report.MetricOtherEvents: 0})
		if out.Stopped != "" {
			t.Errorf("stopped: %q", out.Stopped)
		}
		noneActive(t, cfg)
	})
}

// TestByMessage: the token goes by the first message, and is found by the gateway.
func TestByMessage(t *testing.T) {
	t.Parallel()
	inBubble(t, gateway.Options{}, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
		cfg.Plan = thousand(10, 20, 3*time.Second)
		cfg.Plan.Auth = plan.ByMessage
		out := carryOut(t, cfg)
		want(t, out, map[string]int64{report.MetricSocketsOpened: 10, report.MetricEvents: 600, report.MetricLost: 0})
		if out.Broken() {
			t.Error(broken(out))
		}
	})
}

// TestPassive: a run without changes listens to those of others, by their seq.
func TestPassive(t *testing.T) {
	t.Parallel()
	inBubble(t, gateway.Options{}, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
		active := cfg
		active.Plan = thousand(1, 20, 5*time.Second)
		changing := make(chan report.Load)
		cfg.Plan = thousand(10, 0, 10*time.Second)
		cfg.Listener = atSecond{onBegin: func(time.Time) {}, at: 1, f: func() {
			go func() {
				out, _ := Run(t.Context(), active)
				changing <- out
			}()
		}}
		out := carryOut(t, cfg)
		other := <-changing
		// Its own preparation and clearing are heard, too.
		if n := out.Counters[report.MetricEvents]; n < 10*other.Counters[report.MetricChangesSent] || n != out.Counters[report.MetricOtherEvents] {
			t.Errorf("%d events, %d of others; %d changes were made", n, out.Counters[report.MetricOtherEvents], other.Counters[report.MetricChangesSent])
		}
		if h := out.Latencies[report.MetricSkew]; h == nil || h.TotalCount() != out.Counters[report.MetricEvents]/10 {
			t.Errorf("skew: %v, want a sample for each of %d events", h, out.Counters[report.MetricEvents]/10)
		}
		if out.Latencies[report.MetricEventLatency] != nil {
			t.Error("there is a latency of changes that were not made")
		}
		if out.Broken() {
			t.Error(broken(out))
		}
	})
}

// TestCannotBegin: what keeps a run from beginning is one error that says what to do.
func TestCannotBegin(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		prepare func(t *testing.T, cfg *Config)
		want    string
	}{
		"a token of someone else": {
			prepare: func(_ *testing.T, cfg *Config) { cfg.Token = strings.Repeat("0", 48) },
			want:    "refuses the token (401 (-2) to GET /api/v2/activeorders)",
		},
		"a name that is taken": {
			prepare: func(t *testing.T, cfg *Config) {
				t.Helper()
				asker := newAsker(*cfg)
				defer asker.close()
				a := asker.ask(t.Context(), question{
					method: http.MethodPost, path: protocol.PathActiveOrders, secure: true,
					body: newOrder{Name: "9007", Type: protocol.ToGo},
				})
				if !a.ok() {
					t.Fatal(a)
				}
			},
			want: "orders 9007 are active already",
		},
		"a start that is past": {
			prepare: func(_ *testing.T, cfg *Config) { cfg.StartAt = time.Now().Add(-time.Second) },
			want:    "that is past",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, gateway.Options{}, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
				cfg.Plan = thousand(2, 5, time.Second)
				tt.prepare(t, &cfg)
				out, err := Run(t.Context(), cfg)
				if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
					t.Errorf("error %v, want one line with %q", err, tt.want)
				}
				if out.ExitCode() != report.ExitSetup || out.SetupError == "" {
					t.Errorf("exit code %d, set-up error %q", out.ExitCode(), out.SetupError)
				}
			})
		})
	}
}

// TestFindLimit: the sockets are raised until the gateway takes no more.
func TestFindLimit(t *testing.T) {
	t.Parallel()
	var opened atomic.Int64 // since the preparation of a run
	room := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == protocol.PathActiveOrders && r.Method == http.MethodGet:
				opened.Store(0)
			case r.URL.Path == protocol.PathWebSocket && opened.Add(1) > 12:
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	inBubble(t, gateway.Options{Middleware: room}, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
		cfg.Plan = thousand(4, 5, 2*time.Second)
		out, err := FindLimit(t.Context(), cfg, Search{Of: Sockets, Step: 4, Max: 40})
		if err != nil {
			t.Fatal(err)
		}
		var held []bool
		for _, s := range out.Steps {
			held = append(held, s.Held)
		}
		if len(held) != 4 || !held[0] || !held[1] || !held[2] || held[3] {
			t.Errorf("steps: %+v, want three that hold and one that does not", out.Steps)
		}
		if n := out.Counters[report.MetricSocketsOpened]; n != 12 || out.ExitCode() != report.ExitOK {
			t.Errorf("the report is of a run with %d sockets (exit code %d), want the last one that held", n, out.ExitCode())
		}
	})
}

// TestNeverServed: a socket that the gateway leaves waiting is no success, even if the run
// ends before its patience.
func TestNeverServed(t *testing.T) {
	t.Parallel()
	for name, hang := range map[string]func(w http.ResponseWriter, r *http.Request, next http.Handler, over <-chan struct{}){
		"handshake": func(_ http.ResponseWriter, _ *http.Request, _ http.Handler, over <-chan struct{}) { <-over },
		"snapshot": func(w http.ResponseWriter, r *http.Request, next http.Handler, _ <-chan struct{}) {
			r.Header.Del("Authorization") // and so it waits for a token
			next.ServeHTTP(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var over chan struct{}
			middleware := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == protocol.PathWebSocket {
						hang(w, r, next, over)
						return
					}
					next.ServeHTTP(w, r)
				})
			}
			inBubble(t, gateway.Options{Middleware: middleware}, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
				over = make(chan struct{}) // of this bubble
				cfg.Plan = thousand(3, 5, 2*time.Second)
				out := carryOut(t, cfg)
				close(over)
				want(t, out, map[string]int64{report.MetricConnectErrors: 3, report.MetricSocketsOpened: 0, report.MetricDropped: 0})
				if out.ExitCode() != report.ExitThreshold {
					t.Errorf("exit code %d; errors %v", out.ExitCode(), out.Errors)
				}
			})
		})
	}
}

// TestEndAmidComing: sockets that are just being opened when the plan ends are no errors.
func TestEndAmidComing(t *testing.T) {
	t.Parallel()
	held := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == protocol.PathWebSocket {
				time.Sleep(1500 * time.Millisecond)
			}
			next.ServeHTTP(w, r)
		})
	}
	inBubble(t, gateway.Options{Middleware: held}, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
		cfg.Plan = thousand(5, 5, 3*time.Second)
		cfg.Plan.Churn = 3
		out := carryOut(t, cfg)
		if out.Broken() || len(out.Errors) > 0 {
			t.Errorf("%v, %v", broken(out), out.Errors)
		}
	})
}
