package load

import (
	"encoding/json"
	"maps"
	"sync"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/load/plan"
	"ttcheck/report"
)

// TestShards: four shards of a plan, merged, come to what one run of it does.
func TestShards(t *testing.T) {
	t.Parallel()
	// Delays that differ from change to change, and end at no moment at which something else
	// is planned; and sockets that come and go.
	delay := func(_ time.Duration, n int) time.Duration {
		return time.Duration(3+n%40)*time.Millisecond + 137*time.Microsecond
	}
	var whole, merged report.Load
	for shards, out := range map[int]*report.Load{1: &whole, 4: &merged} {
		held := &holdUp{delay: delay}
		inBubble(t, gateway.Options{Middleware: held.wrap}, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
			cfg.Plan = thousand(20, 50, 6*time.Second)
			cfg.Plan.Churn, cfg.Plan.HistoryRate = 2, 3
			cfg.StartAt = time.Now().Add(10 * time.Second)
			held.from = cfg.StartAt.Add(time.Duration(cfg.Plan.Ramp))
			parts := make([]report.Load, shards)
			var running sync.WaitGroup
			for i := range parts {
				running.Go(func() {
					cfg := cfg
					cfg.Shard = plan.Shard{Index: i, Count: shards}
					parts[i], _ = Run(t.Context(), cfg)
				})
			}
			running.Wait()
			for _, part := range parts {
				if part.SetupError != "" || part.Broken() {
					t.Fatalf("shard %d: %q, %v", part.Head.Shard, part.SetupError, broken(part))
				}
			}
			if shards == 1 {
				*out = parts[0]
				return
			}
			var err error
			if *out, err = report.MergeLoads(parts); err != nil {
				t.Fatal(err)
			}
		})
	}
	if !maps.Equal(whole.Counters, merged.Counters) {
		t.Errorf("counters: %v in one run\n%v in four", whole.Counters, merged.Counters)
	}
	for _, m := range report.Metrics {
		one, four := whole.Latencies[m.Name], merged.Latencies[m.Name]
		switch {
		case m.Kind != report.Lasting, m.Name == report.MetricEventLatencyOwn:
		case m.Name == report.MetricUncorrected, m.Name == report.MetricHTTPOnline:
			// A shard knows only of its own changes when they were really sent, and each of
			// them asks whether the gateway is online.
		case (one == nil) != (four == nil):
			t.Errorf("%s: %v in one run, %v in four", m.Name, one, four)
		case one == nil:
		case one.TotalCount() != four.TotalCount():
			t.Errorf("%s: %d samples in one run, %d in four", m.Name, one.TotalCount(), four.TotalCount())
		default:
			for _, p := range []float64{50, 90, 99, 99.9, 100} {
				if a, b := one.ValueAtPercentile(p), four.ValueAtPercentile(p); !one.ValuesAreEquivalent(a, b) {
					t.Errorf("%s: p%v is %d µs in one run, %d µs in four", m.Name, p, a, b)
				}
			}
		}
	}
	if a, b := asJSON(t, whole.Closes), asJSON(t, merged.Closes); a != b {
		t.Errorf("closes: %s in one run, %s in four", a, b)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
