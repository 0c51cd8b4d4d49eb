package report

import (
	"encoding/json"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// loadLatencies are the histograms of a load.
type loadLatencies = map[string]*hdrhistogram.Histogram

// evenly is a histogram of n samples, at even steps from the first to the last.
func evenly(n int, first, last time.Duration) *hdrhistogram.Histogram {
	h := NewHistogram()
	for i := range n {
		at := first + time.Duration(float64(last-first)*float64(i)/float64(max(n-1, 1)))
		_ = h.RecordValue(at.Microseconds())
	}
	return h
}

// causeOurs is what a socket that we closed ended by.
const causeOurs = "ours"

// shownLoad is a load with something of everything to show.
func shownLoad() Load {
	const ms = time.Millisecond
	return Load{
		Head: LoadHead{
			Target: "192.0.2.10:8000", Version: "0.1.0", Shard: 1, Shards: 4, Sources: []string{"192.0.2.20", "192.0.2.21"},
			Duration: 71*time.Second + 200*ms, TimingSource: "time stamps of the kernel",
			Reproduce: "ttcheck load --target 192.0.2.10:8000 --token-file site.token --allow orders --sockets 500 --ramp 10s --rate 20 --duration 1m",
		},
		Plan: json.RawMessage(`{"sockets":500,"ramp":"10s","duration":"1m0s","rate":20,"mix":{"create":4,"locate":3,"page":1,"clear":2}}`),
		Counters: map[string]int64{
			MetricSocketsOpened: 512, MetricSocketsPeak: 500, MetricConnectErrors: 1, MetricDropped: 2,
			MetricEvents: 600_000, MetricOtherEvents: 500, MetricLost: 3,
			MetricChangesPlanned: 1200, MetricChangesSent: 1190, MetricChangesLate: 7, MetricChangesSkipped: 10, MetricChangesFailed: 1,
			MetricHistoryPlanned: 140, MetricHistorySkipped: 2, MetricHTTPErrors: 4, MetricBadMessages: 1, MetricOnlineUnanswered: 1,
		},
		Latencies: loadLatencies{
			MetricConnect: evenly(512, 100*time.Microsecond, 900*time.Microsecond), MetricAuthenticate: evenly(512, ms, 9*ms),
			MetricEventLatency: evenly(1000, 5*ms, 2*time.Second), MetricUncorrected: evenly(1000, 5*ms, 900*ms),
			MetricSkew: evenly(1190, ms, 40*ms), MetricHandling: evenly(1000, 20*time.Microsecond, 450*ms),
			MetricEventLatencyOwn: evenly(250, 5*ms, 2*time.Second),
			MetricSendLateness:    evenly(1190, 0, 1200*ms), MetricHTTPPage: NewHistogram(),
			MetricHTTPCreate: evenly(700, ms, 30*ms), MetricHTTPLocate: evenly(350, ms, 30*ms), MetricHTTPClear: evenly(138, ms, 30*ms),
		},
		Closes: map[string]int64{causeOurs: 508, "close 1001": 2, "reset": 0},
		Answers: map[string]map[string]int64{
			"POST /activeorders": {"200": 480, "500": 3, "no answer in time": 1}, "GET /api/v2": {"200": 70}, "GET /history": {"200": 0},
		},
		Errors: map[string]int64{"others": 40, "POST /activeorders: 500": 3, "dial 192.0.2.10:8000: connection refused": 1},
		Thresholds: []ThresholdResult{
			{Text: "event_latency.p99<250ms", Actual: "1.98s", Broken: true},
			{Text: "http_errors<5", Actual: "4"},
			{Text: "lost==0", Actual: "3", Broken: true, Default: true},
		},
		Series: []LoadSecond{
			{At: 68, Sockets: 500}, {At: 69, Sockets: 2}, {At: 70, Dropped: 2},
		},
		Remarks: []string{"order 9004 could not be cleared: DELETE /api/v2/activeorders/9004: 500"},
	}
}

// soundLoad is a load without any blemish.
func soundLoad() Load {
	const ms = time.Millisecond
	l := shownLoad()
	l.Head.Shard, l.Head.Shards, l.Head.Embedded, l.Head.Sources = 0, 1, true, nil
	l.Counters = map[string]int64{MetricSocketsOpened: 500, MetricSocketsPeak: 500, MetricEvents: 600_000, MetricChangesPlanned: 1200, MetricChangesSent: 1200}
	l.Latencies = loadLatencies{
		MetricEventLatency: evenly(1000, ms, 20*ms), MetricUncorrected: evenly(1000, ms, 20*ms),
		MetricHandling: evenly(1000, 10*time.Microsecond, 300*time.Microsecond),
	}
	l.Series, l.Closes, l.Answers, l.Errors, l.Remarks = nil, map[string]int64{causeOurs: 500}, map[string]map[string]int64{"POST /activeorders": {"200": 480}}, nil, nil
	l.Thresholds = []ThresholdResult{{Text: "event_latency.p99<250ms", Actual: "19.8ms"}, {Text: "lost==0", Actual: "0", Default: true}}
	return l
}

// unheardLoad is a load in which nothing happened.
func unheardLoad() Load {
	l := soundLoad()
	l.Counters = map[string]int64{MetricSocketsOpened: 5000, MetricSocketsPeak: 5000}
	l.Latencies = loadLatencies{MetricConnect: evenly(5000, 100*time.Microsecond, 900*time.Microsecond)}
	l.Plan = json.RawMessage(`{"sockets":5000,"rate":0}`)
	l.Answers, l.Closes = nil, map[string]int64{causeOurs: 5000}
	l.Thresholds = []ThresholdResult{
		{Text: "connect.p99<1s", Actual: "892µs"}, {Text: "lost<1", Actual: "0"}, {Text: "repeated==0", Actual: "0", Default: true},
		{Text: "out_of_order==0", Actual: "0", Default: true}, {Text: "seq_gaps==0", Actual: "0", Default: true}, {Text: "dropped==0", Actual: "0", Default: true},
	}
	return l
}

// searchedLoad is one that looked for the limit.
func searchedLoad() Load {
	const ms = time.Millisecond
	l := soundLoad()
	broken := []ThresholdResult{{Text: "event_latency.p99<250ms", Actual: "312ms", Broken: true}, {Text: "lost==0", Actual: "0"}}
	l.Steps = []LoadStep{
		{Sockets: 500, Rate: 20, Held: true, P50: 8 * ms, P99: 21 * ms},
		{Sockets: 1000, Rate: 20, Held: true, P50: 15 * ms, P99: 64 * ms},
		{Sockets: 2000, Rate: 20, P50: 80 * ms, P99: 3120 * ms, Thresholds: broken, Note: "ended after 10 s: the gateway was silent"},
		{Sockets: 1500, Rate: 20, P50: 30 * ms, P99: 312 * ms, Thresholds: broken},
	}
	l.Thresholds = nil
	return l
}

// noStepLoad is a search whose first step broke, without any sample.
func noStepLoad() Load {
	l := soundLoad()
	l.Latencies, l.Counters = nil, map[string]int64{MetricConnectErrors: 5000}
	l.Closes, l.Answers = nil, nil
	l.Thresholds = []ThresholdResult{{Text: "connect_errors==0", Actual: "5000", Broken: true, Default: true}}
	l.Steps = []LoadStep{{Sockets: 5000, Rate: 20, Thresholds: l.Thresholds}}
	return l
}

// hugeLoad has numbers as large as they come.
func hugeLoad() Load {
	l := shownLoad()
	for _, m := range Metrics {
		if m.Kind == Counting {
			l.Counters[m.Name] = math.MaxInt64
			continue
		}
		h := NewHistogram()
		_ = h.RecordValues(latencyHighest, math.MaxInt64/4)
		l.Latencies[m.Name] = h
	}
	l.Plan = json.RawMessage(`{"sockets":9223372036854775807}`)
	l.Closes["reset"] = math.MaxInt64
	l.Steps = []LoadStep{{Sockets: math.MaxInt, Rate: math.MaxFloat64, Held: true, P50: math.MaxInt64, P99: math.MaxInt64}}
	return l
}

// hostileLoad has hostile text wherever text can be.
func hostileLoad() Load {
	l := shownLoad()
	l.Head = LoadHead{Target: hostile, Version: hostile, Sources: []string{hostile}, TimingSource: hostile, Reproduce: "again"}
	l.Plan = json.RawMessage(hostile)
	l.Closes = map[string]int64{hostile: 1}
	l.Answers = map[string]map[string]int64{hostile: {hostile: 1}}
	l.Errors = map[string]int64{hostile: 1}
	l.Remarks = []string{hostile}
	l.Stopped, l.SetupError = hostile, hostile
	l.Thresholds = []ThresholdResult{{Text: hostile, Actual: hostile, Broken: true}}
	l.Steps = []LoadStep{{Note: hostile, Thresholds: l.Thresholds}}
	return l
}
