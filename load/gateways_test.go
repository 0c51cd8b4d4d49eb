package load

import (
	"strings"
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

// TestSilentSockets: a run that only listens finds sockets that are told nothing.
func TestSilentSockets(t *testing.T) {
	t.Parallel()
	f, err := faults.Lookup("events-to-sixteen")
	if err != nil {
		t.Fatal(err)
	}
	var opts gateway.Options
	decorate.Apply(&opts, f.Make)
	inBubble(t, opts, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
		changing := cfg
		changing.Plan = thousand(1, 10, 30*time.Second)
		cfg.Plan = thousand(20, 0, 25*time.Second)
		ended := make(chan struct{})
		cfg.Listener = atSecond{onBegin: func(time.Time) {}, at: 2, f: func() {
			go func() {
				defer close(ended)
				_, _ = Run(t.Context(), changing)
			}()
		}}
		out := carryOut(t, cfg)
		<-ended
		// Four heard nothing; what is held against them begins after ten silent seconds, and
		// ends five before the end.
		if n := out.Counters[report.MetricLost]; n < 4*70 || n > 4*140 {
			t.Errorf("%d events are lost, want some hundred for four sockets", n)
		}
		if len(out.Remarks) != 1 || !strings.Contains(out.Remarks[0], "4 heard no event at all") {
			t.Errorf("remarks: %q", out.Remarks)
		}
	})
}

// TestToldAnew: an event that is told again under another number is a repeat.
func TestToldAnew(t *testing.T) {
	t.Parallel()
	f, err := faults.Lookup("fortieth-event-twice-anew")
	if err != nil {
		t.Fatal(err)
	}
	var opts gateway.Options
	decorate.Apply(&opts, f.Make)
	inBubble(t, opts, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
		cfg.Plan = thousand(5, 20, 6*time.Second)
		out := carryOut(t, cfg)
		if out.Counters[report.MetricRepeated]+out.Counters[report.MetricOtherEvents] != 10+5 || out.Counters[report.MetricRepeated] == 0 {
			t.Errorf("%d repeated, %d of others; want three for each socket, repeats among them", out.Counters[report.MetricRepeated], out.Counters[report.MetricOtherEvents])
		}
	})
}
