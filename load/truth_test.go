package load

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/load/plan"
	"ttcheck/report"
)

// TestTruth holds what is measured against what is known: the gateway is held up as the
// test says, and every latency can be computed from the plan.
func TestTruth(t *testing.T) {
	t.Parallel()
	const sockets = 4
	base := thousand(sockets, 100, 10*time.Second)
	ramp := time.Duration(base.Ramp)
	for name, tt := range map[string]struct {
		// delay is for how long a request is held that comes so long after the ramp, as the
		// nth of the changes.
		delay    func(at time.Duration, n int) time.Duration
		arrivals string
	}{
		"nothing but 5 ms": {delay: func(time.Duration, int) time.Duration { return 5 * time.Millisecond }},
		"a stall of 2 s in the midst": {delay: func(at time.Duration, _ int) time.Duration {
			return 5*time.Millisecond + stall(at)
		}},
		"a stall of 2 s, under independent guests": {arrivals: plan.Poisson, delay: func(at time.Duration, _ int) time.Duration {
			return 5*time.Millisecond + stall(at)
		}},
		"5 ms on all, 50 ms on 1 %": {delay: func(_ time.Duration, n int) time.Duration {
			if n%100 == 50 {
				return 50 * time.Millisecond
			}
			return 5 * time.Millisecond
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := base
			if tt.arrivals != "" {
				p.Arrivals = tt.arrivals
			}
			held := &holdUp{}
			inBubble(t, gateway.Options{Middleware: held.wrap}, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
				cfg.Plan, held.delay = p, tt.delay
				cfg.Listener = onBegin(func(start time.Time) { held.from = start.Add(ramp) })
				out := carryOut(t, cfg)
				want(t, out, map[string]int64{
					report.MetricChangesSkipped: 0, report.MetricChangesLate: 0,
					report.MetricChangesFailed: 0, report.MetricLost: 0, report.MetricOtherEvents: 0,
				})
				var truth []time.Duration
				for changes, n := p.Changes(), 0; ; n++ {
					c, ok := changes.Next()
					if !ok {
						break
					}
					truth = append(truth, tt.delay(c.At-ramp, n))
				}
				compare(t, out, truth, sockets)
			})
		})
	}
}

// stall is how long a gateway holds a request that stalls from second 4 to 6.
func stall(at time.Duration) time.Duration {
	if at < 4*time.Second || at >= 6*time.Second {
		return 0
	}
	return 6*time.Second - at
}

// compare holds the percentiles of the event latency against the truth, of which every
// socket has each.
func compare(t *testing.T, out report.Load, truth []time.Duration, sockets int) {
	t.Helper()
	h := out.Latencies[report.MetricEventLatency]
	if got, want := h.TotalCount(), int64(sockets*len(truth)); got != want {
		t.Errorf("%d latencies, want %d", got, want)
	}
	truth = slices.Repeat(truth, sockets)
	slices.Sort(truth)
	for _, percentile := range []float64{50, 90, 99, 100} {
		// The value that so many percent do not exceed, as HdrHistogram has it.
		rank := max(int(percentile/100*float64(len(truth))+0.5), 1)
		want := truth[rank-1]
		got := time.Duration(h.ValueAtPercentile(percentile)) * time.Microsecond
		if off := float64(got-want) / float64(want); off > 0.02 || off < -0.02 {
			t.Errorf("p%v is %v, in truth %v", percentile, got, want)
		}
		t.Logf("p%v: %v, in truth %v", percentile, got, want)
	}
}

// holdUp delays the changes of orders. Requests are told apart by when they come; those of
// the preparation come before the plan has begun, and pass.
type holdUp struct {
	from  time.Time // the end of the ramp
	delay func(at time.Duration, n int) time.Duration
	n     counter
}

func (h *holdUp) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if at := time.Since(h.from); !h.from.IsZero() && r.Method != http.MethodGet && at >= 0 && at < time.Minute {
			if at < 10*time.Second { // the clearing at the end comes later
				time.Sleep(h.delay(at, h.n.next()))
			}
		}
		next.ServeHTTP(w, r)
	})
}

// TestUncorrectedIsBlind: a driver that is held up itself says so, and by how much the figures
// without correction flatter the gateway.
func TestUncorrectedIsBlind(t *testing.T) {
	t.Parallel()
	r, m := listening(t)
	c := plan.Change{K: 1, At: 100 * time.Millisecond, Op: plan.Create, Name: 1}
	r.ledger.enter(c, true)
	r.ledger.send(c.K, c.Op, c.At+2*time.Second)
	tell(ear{r}, m, fmt.Sprintf(`{"type":"ORDER_CREATED","name":"%d","seq":84,"state":"started"}`, r.ledger.names.First+1), c.At+2*time.Second+5*time.Millisecond)
	got := r.lanes[0].take()
	for metric, want := range map[lasting]int64{eventLatency: 2_005_000, uncorrected: 5_000} {
		h := got.lasting[metric]
		if h == nil || h.TotalCount() != 1 || !h.ValuesAreEquivalent(h.Max(), want) {
			t.Errorf("%s: %v, want one of %d µs", lastingNames[metric], h, want)
		}
	}
}
