package load

import (
	"testing"
	"time"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/faults"
	"ttcheck/fixtures/gateway"
	"ttcheck/fixtures/variants"
	"ttcheck/load/plan"
	"ttcheck/report"
)

// few is enough to meet what a gateway does otherwise or wrong, with sockets that leave.
func few(cfg *Config, sockets int) {
	cfg.Plan = thousand(sockets, 20, 4*time.Second)
	cfg.Plan.Churn, cfg.Plan.HistoryRate = 2, 2
}

// TestVariants: nothing is wrong with a gateway that takes another choice where the
// protocol leaves one.
func TestVariants(t *testing.T) {
	t.Parallel()
	for _, v := range variants.All() {
		if variants.Advertises(v) {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			var opts gateway.Options
			decorate.Apply(&opts, v.Make)
			inBubble(t, opts, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
				few(&cfg, 12)
				out := carryOut(t, cfg)
				if out.Broken() || out.Stopped != "" {
					t.Errorf("thresholds %+v; errors %v; closes %v; stopped %q", broken(out), out.Errors, out.Closes, out.Stopped)
				}
			})
		})
	}
}

// TestFaults: what a gateway does wrong to its sockets is counted as what it is.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, metrics := range map[string][]string{
		"events-to-sixteen":        {report.MetricLost},
		"events-for-32-sockets":    {report.MetricLost},
		"seq-skips-after-fifty":    {report.MetricSeqGaps},
		"seq-of-two-digits":        {report.MetricOutOfOrder},
		"seq-not-moved-by-pages":   {report.MetricOutOfOrder},
		"events-told-to-strangers": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := faults.Lookup(name)
			if err != nil {
				t.Fatal(err)
			}
			var opts gateway.Options
			decorate.Apply(&opts, f.Make)
			inBubble(t, opts, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
				few(&cfg, 40)
				cfg.Plan.Duration = plan.Span(10 * time.Second)
				out := carryOut(t, cfg)
				for _, metric := range metrics {
					if out.Counters[metric] == 0 {
						t.Errorf("%s is 0", metric)
					}
				}
				t.Logf("%+v", broken(out))
			})
		})
	}
}

// broken are the thresholds that do not hold.
func broken(out report.Load) []report.ThresholdResult {
	var all []report.ThresholdResult
	for _, t := range out.Thresholds {
		if t.Broken {
			all = append(all, t)
		}
	}
	return all
}
