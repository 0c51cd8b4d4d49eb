package report

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// histogramOf records microseconds.
func histogramOf(t testing.TB, values ...int64) *hdrhistogram.Histogram {
	t.Helper()
	h := NewHistogram()
	for _, v := range values {
		if err := h.RecordValue(v); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// add records a value n times.
func add(t testing.TB, h *hdrhistogram.Histogram, value, n int64) *hdrhistogram.Histogram {
	t.Helper()
	if err := h.RecordValues(value, n); err != nil {
		t.Fatal(err)
	}
	return h
}

// randomHistogram has values of all magnitudes.
func randomHistogram(t testing.TB, random *rand.Rand, n int) *hdrhistogram.Histogram {
	t.Helper()
	values := make([]int64, n)
	for i := range values {
		values[i] = random.Int64N(latencyHighest >> random.IntN(31))
	}
	return histogramOf(t, values...)
}

// sampleLoad is a shard's report with something of everything.
func sampleLoad(t testing.TB) Load {
	t.Helper()
	const ms = time.Millisecond
	return Load{
		Head: LoadHead{
			Target: "192.0.2.10:8000", Version: "0.5.0", Shard: 1, Shards: 4, Sources: []string{"127.0.0.2", "127.0.0.3"},
			Started: time.Date(2026, 5, 4, 12, 30, 0, 123456789, time.FixedZone("", 7200)), Duration: 62*time.Second + 1,
			Environment: LoadEnvironment{System: "linux/amd64", Go: "go1.26", CPUs: 2, FileLimit: 1<<64 - 1, Host: "kitchen"},
			Reproduce:   "ttcheck load --target 192.0.2.10 --shard 1/4", TimingSource: "kernel",
		},
		Plan:     json.RawMessage(`{"sockets":500,"seed":18446744073709551615,"auth":"header","order_names":"9000-9199"}`),
		Counters: map[string]int64{MetricLost: 0, MetricEvents: 1500, MetricSocketsPeak: 125},
		Latencies: map[string]*hdrhistogram.Histogram{
			MetricEventLatency: histogramOf(t, 900, 1000, 1100, 1200, 5000, 70_000),
			MetricSkew:         histogramOf(t, 0, 250),
			MetricConnect:      NewHistogram(),
		},
		Closes:  map[string]int64{"ours": 124, "close 1001": 1},
		Answers: map[string]map[string]int64{"POST /activeorders": {"200": 40, "no answer in time": 2}},
		Errors:  map[string]int64{"dial 192.0.2.10:8000: refused": 2},
		Series: []LoadSecond{
			{At: 0, Sockets: 60, Requests: 1},
			{At: 1, Sockets: 125, Events: 1500, Changes: 12, Late: 1, Skipped: 2, Errors: 3, Dropped: 1, Requests: 13, Latency: histogramOf(t, 900, 1000, 1100, 1200, 5000, 70_000)},
		},
		Spreads:    []Spread{{ID: 7, First: 1100*ms + 1, Last: 1100*ms + 1}, {ID: -40, First: 900 * ms, Last: 900*ms + 250*time.Microsecond}},
		Thresholds: []ThresholdResult{{"event_latency.p99<50ms", "70.015 ms", true, false}, {"lost==0", "0", false, true}},
		Steps:      []LoadStep{{Sockets: 100, Rate: 2.5, Held: true, P50: 3*ms + 1, P99: 9 * ms, Thresholds: []ThresholdResult{{"lost==0", "0", false, true}}, Note: "held"}},
		Stopped:    "GET /api/v2 was not answered for 10 s",
		Remarks:    []string{"order 9004 could not be cleared"},
	}
}

// equalHistograms compares bucket by bucket.
func equalHistograms(t *testing.T, what string, got, want *hdrhistogram.Histogram) {
	t.Helper()
	switch {
	case (got == nil) != (want == nil):
		t.Errorf("%s: got a histogram: %v, want one: %v", what, got != nil, want != nil)
	case got != nil && !got.Equals(want):
		t.Errorf("%s: got %d samples with mean %v, want %d with %v", what, got.TotalCount(), got.Mean(), want.TotalCount(), want.Mean())
	}
}
