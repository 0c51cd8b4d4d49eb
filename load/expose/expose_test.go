package expose_test

import (
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"ttcheck/load/expose"
	"ttcheck/load/plan"
	"ttcheck/report"
)

var head = report.LoadHead{Target: "192.0.2.10:8000", Version: "v1.2.3", Shard: 2, Shards: 4}

// samples returns a histogram of latencies.
func samples(t *testing.T, values ...time.Duration) *hdrhistogram.Histogram {
	t.Helper()
	h := report.NewHistogram()
	for _, v := range values {
		if err := h.RecordValue(v.Microseconds()); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// second is one of the series, with values that all differ.
func second(latency *hdrhistogram.Histogram) report.LoadSecond {
	return report.LoadSecond{
		Sockets: 500, Events: 10, Changes: 8, Late: 3, Skipped: 2, Errors: 7, Dropped: 1, Requests: 9, Latency: latency,
	}
}

const ms = time.Millisecond

func TestFigures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		tell func(*testing.T, *expose.Exporter)
		want string // of all metrics but the histogram
	}{
		{"before the first second", func(*testing.T, *expose.Exporter) {}, `
			ttcheck_load_sockets 0
			ttcheck_load_events_total 0
			ttcheck_load_changes_total 0
			ttcheck_load_changes_late_total 0
			ttcheck_load_changes_skipped_total 0
			ttcheck_load_errors_total 0
			ttcheck_load_dropped_total 0
			ttcheck_load_http_answers_total 0
			ttcheck_load_info{shard="2",shards="4",target="192.0.2.10:8000",version="v1.2.3"} 1`},
		{"two seconds add up, percentiles are of the last", func(t *testing.T, e *expose.Exporter) {
			e.Second(second(samples(t, 10*time.Second)))
			s := second(samples(t, 1*ms, 1*ms, 2*ms))
			s.Sockets = 400
			e.Second(s)
		}, `
			ttcheck_load_sockets 400
			ttcheck_load_events_total 20
			ttcheck_load_changes_total 16
			ttcheck_load_changes_late_total 6
			ttcheck_load_changes_skipped_total 4
			ttcheck_load_errors_total 14
			ttcheck_load_dropped_total 2
			ttcheck_load_http_answers_total 18
			ttcheck_load_event_latency_last_second_p50_seconds 0.001
			ttcheck_load_event_latency_last_second_p99_seconds 0.002
			ttcheck_load_info{shard="2",shards="4",target="192.0.2.10:8000",version="v1.2.3"} 1`},
		{"a second without samples", func(t *testing.T, e *expose.Exporter) {
			e.Second(second(samples(t, 1*ms)))
			e.Second(report.LoadSecond{Sockets: 500, Latency: samples(t)})
		}, `
			ttcheck_load_sockets 500
			ttcheck_load_events_total 10
			ttcheck_load_changes_total 8
			ttcheck_load_changes_late_total 3
			ttcheck_load_changes_skipped_total 2
			ttcheck_load_errors_total 7
			ttcheck_load_dropped_total 1
			ttcheck_load_http_answers_total 9
			ttcheck_load_info{shard="2",shards="4",target="192.0.2.10:8000",version="v1.2.3"} 1`},
		{"the head of Begin, the totals of End", func(t *testing.T, e *expose.Exporter) {
			e.Begin(report.LoadHead{Target: "a\xffb", Version: "v2"}, plan.Plan{}, time.Minute)
			e.Second(second(samples(t, 1*ms)))
			e.Say("hello")
			e.End(report.Load{
				Counters: map[string]int64{"events": 11, "changes_sent": 12, "changes_late": 0, "changes_skipped": 13, "dropped": 14},
				Errors:   map[string]int64{"a": 7, "b": 8},
				Answers:  map[string]map[string]int64{"GET": {"200": 5, "404": 1}, "POST": {"200": 10}},
			})
		}, `
			ttcheck_load_sockets 0
			ttcheck_load_events_total 11
			ttcheck_load_changes_total 12
			ttcheck_load_changes_late_total 3
			ttcheck_load_changes_skipped_total 13
			ttcheck_load_errors_total 15
			ttcheck_load_dropped_total 14
			ttcheck_load_http_answers_total 16
			ttcheck_load_info{shard="0",shards="1",target="a?b",version="v2"} 1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := expose.New(head)
			c.tell(t, e)
			url := serve(t, e)
			got := figures(t, scrape(t, url))
			want := map[string]bool{}
			for line := range strings.Lines(c.want) {
				if line = strings.TrimSpace(line); line != "" {
					want[line] = true
				}
			}
			for line := range got {
				if !want[line] {
					t.Errorf("served, but not wanted: %s", line)
				}
				delete(want, line)
			}
			for line := range want {
				t.Errorf("not served: %s", line)
			}
		})
	}
}

// TestHistogram: seconds add up to one distribution, each sample in the bucket of the
// largest value that it may have been.
func TestHistogram(t *testing.T) {
	t.Parallel()
	e := expose.New(head)
	e.Second(second(samples(t, 1*ms, 1*ms+time.Microsecond, 300*ms)))
	e.Second(second(nil))
	e.Second(second(samples(t, 250*ms, 500*ms, 70*time.Second)))
	h := histogram(t, e)
	if h.GetSampleCount() != 6 {
		t.Errorf("%d samples, want 6", h.GetSampleCount())
	}
	if want := 71.052; math.Abs(h.GetSampleSum()-want) > want/1000 {
		t.Errorf("the sum is %v s, want %v within 0.1 %%", h.GetSampleSum(), want)
	}
	got := map[float64]uint64{}
	for _, b := range h.GetBucket() {
		got[b.GetUpperBound()] = b.GetCumulativeCount()
	}
	delete(got, math.Inf(1))
	want := map[float64]uint64{
		0.001: 1, 0.002: 2, 0.005: 2, 0.01: 2, 0.02: 2, 0.05: 2, 0.1: 2, 0.2: 2, 0.35: 4,
		0.5: 4, // 500 ms cannot be told from 500.223 ms
		1:   5, 2: 5, 5: 5, 10: 5, 20: 5, 60: 5,
	}
	for bound, n := range want {
		if got[bound] != n {
			t.Errorf("%d up to %v s, want %d", got[bound], bound, n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("buckets %v, want %v", got, want)
	}
}

// TestHistogramOfEnd: the report's distribution is the one in the end if it holds more.
func TestHistogramOfEnd(t *testing.T) {
	t.Parallel()
	e := expose.New(head)
	e.Second(second(samples(t, 1*ms, 1*ms)))
	end := func(values ...time.Duration) (count, upTo1ms uint64) {
		e.End(report.Load{Latencies: map[string]*hdrhistogram.Histogram{"event_latency": samples(t, values...)}})
		h := histogram(t, e)
		return h.GetSampleCount(), h.GetBucket()[0].GetCumulativeCount()
	}
	if n, first := end(3 * ms); n != 2 || first != 2 {
		t.Errorf("%d samples, %d up to 1 ms: fewer than the seconds had replaced them", n, first)
	}
	if n, first := end(1*ms, 1*ms, 3*ms); n != 3 || first != 2 {
		t.Errorf("%d samples, %d up to 1 ms: want 3 and 2", n, first)
	}
}

// TestLint: names and help are as Prometheus wants them.
func TestLint(t *testing.T) {
	t.Parallel()
	e := expose.New(head)
	e.Second(second(samples(t, 1*ms)))
	problems, err := testutil.CollectAndLint(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	if n := testutil.CollectAndCount(e); n != 12 {
		t.Errorf("%d metrics linted, want 12", n)
	}
}

// TestScrapesWhileToldOf: a scrape sees whole seconds.
func TestScrapesWhileToldOf(t *testing.T) {
	t.Parallel()
	e := expose.New(head)
	url := serve(t, e)
	var told sync.WaitGroup
	told.Go(func() {
		for range 200 {
			e.Second(report.LoadSecond{Events: 1, Changes: 1, Late: 1, Latency: samples(t, 1*ms)})
		}
	})
	for range 10 {
		families := scrape(t, url)
		events := families["ttcheck_load_events_total"].GetMetric()[0].GetCounter().GetValue()
		changes := families["ttcheck_load_changes_total"].GetMetric()[0].GetCounter().GetValue()
		heard := families["ttcheck_load_event_latency_seconds"].GetMetric()[0].GetHistogram().GetSampleCount()
		if events != changes || uint64(events) != heard {
			t.Errorf("%v events, %v changes, %d samples: of several moments", events, changes, heard)
		}
	}
	told.Wait()
}
