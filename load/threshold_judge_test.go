package load_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"

	"ttcheck/load"
	"ttcheck/report"
)

// measuredLoad returns a load with all counters 0 but those given, and these latencies, in
// microseconds.
func measuredLoad(t *testing.T, counters map[string]int64, latencies map[string][]int64) *report.Load {
	t.Helper()
	l := &report.Load{Counters: map[string]int64{}, Latencies: map[string]*hdrhistogram.Histogram{}}
	for _, m := range report.Metrics {
		if m.Kind == report.Counting {
			l.Counters[m.Name] = 0
		}
	}
	maps.Copy(l.Counters, counters)
	for name, values := range latencies {
		l.Latencies[name] = report.NewHistogram()
		for _, v := range values {
			if err := l.Latencies[name].RecordValue(v); err != nil {
				t.Fatal(err)
			}
		}
	}
	return l
}

// judgeOne judges one threshold.
func judgeOne(t *testing.T, l *report.Load, text string) report.ThresholdResult {
	t.Helper()
	load.Judge(l, parseThresholds(t, text))
	return l.Thresholds[0]
}

func TestJudge(t *testing.T) {
	t.Parallel()
	hundred := make([]int64, 0, 100) // 10 µs to 1000 µs: where the histogram is exact
	for i := range int64(100) {
		hundred = append(hundred, 10*(i+1))
	}
	l := measuredLoad(t, map[string]int64{
		"events": 9_999, "lost": 1, "changes_planned": 10_000, "changes_failed": 29,
		"sockets_opened": 98, "connect_errors": 2, "http_errors": 5, "repeated": 7,
		"changes_late": 10_000, "dropped": 49,
	}, map[string][]int64{
		"event_latency": hundred,
		"connect":       {5_000_000},
		"skew":          {0, 0, 3},
		"upgrade":       {},
		"http_create":   {250_000},
	})
	l.Latencies["http_page"] = nil
	l.Answers = map[string]map[string]int64{
		"GET /api/v2":        {"200": 90, "no answer in time": 3},
		"POST /activeorders": {"200": 105, "404": 2},
	}
	for _, c := range []struct {
		threshold, actual string
		holds             bool
	}{
		{"event_latency.p99<1ms", "990µs", true},
		{"event_latency.p99<990us", "990µs", false},
		{"event_latency.p99<=990us", "990µs", true},
		{"event_latency.p99<=989.999us", "990µs", false},
		{"event_latency.p99>990us", "990µs", false},
		{"event_latency.p99>=990us", "990µs", true},
		{"event_latency.p99==990us", "990µs", true},
		{"event_latency.p99==991us", "990µs", false},
		{"event_latency.p50==500us", "500µs", true},
		{"event_latency.p99.5<=1ms", "1ms", true},
		{"event_latency.p100==1ms", "1ms", true},
		{"event_latency.min==10us", "10µs", true},
		{"event_latency.max==1ms", "1ms", true},
		{"event_latency.mean==505us", "505µs", true},
		{"event_latency.mean<505us", "505µs", false},
		{"event_latency.count==100", "100 samples", true},
		{"event_latency.count>100", "100 samples", false},
		{"skew.mean==1us", "1µs", true},
		{"skew.min==0s", "0s", true},
		// A percentile before the first sample is the first, not 0.
		{"connect.p1<1s", "5.001215s", false},
		// A sample of 250 ms: the largest that the histogram cannot tell from it.
		{"http_create.p50<=250ms", "250.111ms", false},
		{"http_create.p50<250.25ms", "250.111ms", true},
		{"http_create.min==249.984ms", "249.984ms", true},

		{"lost==0", "1", false},
		{"lost<=1", "1", true},
		{"repeated<7", "7", false},
		{"repeated>6", "7", true},
		{"repeated>=8", "7", false},
		{"lost<0.01%", "0.01% (1 of 10000 events due)", false},
		{"lost<=0.01%", "0.01% (1 of 10000 events due)", true},
		{"lost<0.010001%", "0.01% (1 of 10000 events due)", true},
		{"changes_failed==0.29%", "0.29% (29 of 10000 planned changes)", true},
		{"changes_failed>0.28%", "0.29% (29 of 10000 planned changes)", true},
		{"changes_late<=100%", "100% (10000 of 10000 planned changes)", true},
		{"changes_skipped==0%", "0% (0 of 10000 planned changes)", true},
		{"connect_errors<2%", "2% (2 of 100 sockets tried)", false},
		{"dropped==50%", "50% (49 of 98 sockets opened)", true},
		{"http_errors<=2.5%", "2.5% (5 of 200 HTTP requests)", true},
		{"http_errors<2.5%", "2.5% (5 of 200 HTTP requests)", false},

		{"upgrade.p99<1h", "no samples", false},
		{"upgrade.count==0", "no samples", false},
		{"authenticate.p99>=0s", "no samples", false},
		{"http_page.max<1h", "no samples", false},
	} {
		got := judgeOne(t, l, c.threshold)
		if got.Actual != c.actual || got.Broken == c.holds || got.Text != c.threshold || got.Default {
			t.Errorf("%s: %+v; want %q, held %v", c.threshold, got, c.actual, c.holds)
		}
	}
}

// TestJudgeWithoutBase: a share of nothing is broken, not 0 %.
func TestJudgeWithoutBase(t *testing.T) {
	t.Parallel()
	l := measuredLoad(t, nil, nil)
	for _, text := range []string{
		"changes_failed<1%", "changes_late<1%", "changes_skipped<1%", "lost<1%", "http_errors<1%",
		"connect_errors<1%", "dropped<1%", "dropped>=0%",
	} {
		if got := judgeOne(t, l, text); !got.Broken || got.Actual != "no samples" {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// TestJudgeWithoutCounter: what is missing from the map is not taken for 0.
func TestJudgeWithoutCounter(t *testing.T) {
	t.Parallel()
	l := measuredLoad(t, nil, nil)
	delete(l.Counters, report.MetricLost)
	if got := judgeOne(t, l, "lost>=0"); !got.Broken || got.Actual != "not measured" {
		t.Errorf("without the counter: %+v", got)
	}
	if got := judgeOne(t, l, "lost<1%"); !got.Broken || got.Actual != "not measured" {
		t.Errorf("a share without the counter: %+v", got)
	}
	l.Counters[report.MetricLost] = 0
	delete(l.Counters, report.MetricEvents)
	if got := judgeOne(t, l, "lost<1%"); !got.Broken || got.Actual != "0, but events: not measured" {
		t.Errorf("a share without its base: %+v", got)
	}
	var empty report.Load
	load.Judge(&empty, nil)
	if len(empty.Thresholds) != len(load.DefaultThresholds()) {
		t.Fatalf("results: %+v", empty.Thresholds)
	}
	for _, r := range empty.Thresholds {
		if !r.Broken || r.Actual != "not measured" {
			t.Errorf("in a load that measured nothing: %+v", r)
		}
	}
}

// TestJudgeLargeNumbers: shares of numbers whose product with the scale overflows 64 bits.
func TestJudgeLargeNumbers(t *testing.T) {
	t.Parallel()
	const huge = int64(1) << 60
	l := measuredLoad(t, map[string]int64{"changes_planned": huge, "changes_failed": huge / 2, "changes_late": huge/2 + 1}, nil)
	for text, holds := range map[string]bool{
		"changes_failed==50%": true, "changes_failed<50%": false, "changes_late>50%": true, "changes_late<=50%": false,
	} {
		if got := judgeOne(t, l, text); got.Broken == holds {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

func TestJudgeOrder(t *testing.T) {
	t.Parallel()
	l := measuredLoad(t, map[string]int64{"events": 100, "lost": 1, "seq_gaps": 3}, nil)
	l.Thresholds = []report.ThresholdResult{{Text: "of before"}}
	load.Judge(l, parseThresholds(t, "lost<5%", "events == 100"))
	want := []report.ThresholdResult{
		{Text: "lost<5%", Actual: "0.9901% (1 of 101 events due)"},
		{Text: "events==100", Actual: "100"},
		{Text: "repeated==0", Actual: "0", Default: true},
		{Text: "out_of_order==0", Actual: "0", Default: true},
		{Text: "seq_gaps==0", Actual: "3", Broken: true, Default: true},
		{Text: "dropped==0", Actual: "0", Default: true},
		{Text: "connect_errors==0", Actual: "0", Default: true},
		{Text: "bad_messages==0", Actual: "0", Default: true},
		{Text: "changes_failed==0", Actual: "0", Default: true},
		{Text: "changes_skipped==0", Actual: "0", Default: true},
	}
	if !slices.Equal(l.Thresholds, want) {
		t.Errorf("got %+v\nwant %+v", l.Thresholds, want)
	}
	if l.ExitCode() != report.ExitThreshold {
		t.Errorf("exit code %d", l.ExitCode())
	}
}
