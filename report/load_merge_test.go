package report

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

var mergeStart = time.Date(2026, 5, 4, 12, 30, 0, 0, time.UTC)

// shard is a report that counted nothing yet.
func shard(index, count int) Load {
	return Load{
		Head: LoadHead{Target: "192.0.2.10:8000", Version: "0.5.0", Shard: index, Shards: count, Started: mergeStart, Duration: time.Minute,
			Environment: LoadEnvironment{Host: "kitchen"}},
		Plan:      json.RawMessage(`{"sockets":8,"rate":20}`),
		Latencies: map[string]*hdrhistogram.Histogram{},
	}
}

// witness counts and measures as a driver does. Every figure comes by one call, so that a
// whole and the part that a call fell to can be told the same.
type witness struct {
	Load
	events map[int64]Spread
}

func newWitness(index, count int) *witness {
	return &witness{Load: shard(index, count), events: map[int64]Spread{}}
}

func (w *witness) count(metric, cause, endpoint, status, failure string) {
	w.Counters = added(w.Counters, map[string]int64{metric: 1})
	w.Closes = added(w.Closes, map[string]int64{cause: 1})
	w.Errors = added(w.Errors, map[string]int64{failure: 1})
	if w.Answers == nil {
		w.Answers = map[string]map[string]int64{}
	}
	w.Answers[endpoint] = added(w.Answers[endpoint], map[string]int64{status: 1})
}

func (w *witness) sample(t *testing.T, metric string, micros int64) {
	if w.Latencies[metric] == nil {
		w.Latencies[metric] = NewHistogram()
	}
	add(t, w.Latencies[metric], micros, 1)
}

// hear is an event's delivery to one socket.
func (w *witness) hear(t *testing.T, id int64, at, latency time.Duration) {
	s, ok := w.events[id]
	if !ok {
		s = Spread{ID: id, First: at, Last: at}
	}
	w.events[id] = Spread{ID: id, First: min(s.First, at), Last: max(s.Last, at)}
	w.sample(t, MetricEventLatency, latency.Microseconds())
	second := w.second(int(at / time.Second))
	second.Events++
	if second.Latency == nil {
		second.Latency = NewHistogram()
	}
	add(t, second.Latency, latency.Microseconds(), 1)
}

func (w *witness) second(at int) *LoadSecond {
	i, ok := slices.BinarySearchFunc(w.Series, at, func(s LoadSecond, at int) int { return s.At - at })
	if !ok {
		w.Series = slices.Insert(w.Series, i, LoadSecond{At: at})
	}
	return &w.Series[i]
}

// done makes skew and spreads of the events.
func (w *witness) done(t *testing.T, spreads bool) Load {
	w.Latencies[MetricSkew] = NewHistogram()
	for _, s := range w.events {
		add(t, w.Latencies[MetricSkew], (s.Last - s.First).Microseconds(), 1)
		if spreads {
			w.Spreads = append(w.Spreads, s)
		}
	}
	return w.Load
}

// What four shards saw of a run, merged in any order, is what one process would have
// seen of it: bucket by bucket, second by second.
func TestMergedShardsEqualTheWhole(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 5))
			pick := func(words ...string) string { return words[random.IntN(len(words))] }
			const shards = 4
			whole := newWitness(0, 1)
			parts := make([]*witness, shards)
			for i := range parts {
				parts[i] = newWitness(i, shards)
			}
			for range 1500 {
				part := parts[random.IntN(shards)]
				metric, cause, failure := pick(MetricLost, MetricEvents, MetricSeqGaps), pick("ours", "close 1001", "reset"), pick("refused", "others")
				endpoint, status := pick("POST /activeorders", "GET /api/v2"), pick("200", "404", "no answer in time")
				latency, name := random.Int64N(latencyHighest>>random.IntN(31)), pick(MetricConnect, MetricHTTPPage, MetricHandling)
				id, at := random.Int64N(900)-300, time.Duration(random.Int64N(int64(14*time.Second)))
				for _, w := range []*witness{whole, part} {
					w.count(metric, cause, endpoint, status, failure)
					w.sample(t, name, latency)
					w.hear(t, id, at, time.Duration(latency)*time.Microsecond)
					s := w.second(int(at / time.Second))
					s.Changes, s.Late, s.Skipped, s.Errors, s.Dropped, s.Requests = s.Changes+2, s.Late+3, s.Skipped+4, s.Errors+5, s.Dropped+6, s.Requests+7
				}
			}
			// Sockets stay as they are from the tenth second on.
			for _, s := range whole.Series {
				for i, p := range parts {
					up := int64(min(s.At, 10) * (i + 1))
					p.second(s.At).Sockets = up
					whole.second(s.At).Sockets += up
				}
			}
			whole.Counters[MetricSocketsPeak] = 10 * (1 + 2 + 3 + 4)
			var loads []Load
			for i, p := range parts {
				p.Counters[MetricSocketsPeak] = int64(10 * (i + 1))
				for at := range p.Series {
					if i%2 == 0 { // as it comes from an engine or a file
						p.Series[at].Pack()
					}
				}
				loads = append(loads, p.done(t, true))
			}
			want := whole.done(t, false)
			want.Remarks = []string{"merged from 4 shards on one machine"}
			for range 2 {
				random.Shuffle(shards, func(i, j int) { loads[i], loads[j] = loads[j], loads[i] })
				before := fmt.Sprint(loads[0].Counters, loads[0].Latencies[MetricSkew].TotalCount(), histogramIn(t, loads[0].Series[0]).TotalCount(), loads[0].Series[0].Packed)
				got, err := MergeLoads(loads)
				if err != nil {
					t.Fatal(err)
				}
				sameLoad(t, got, want)
				if after := fmt.Sprint(loads[0].Counters, loads[0].Latencies[MetricSkew].TotalCount(), histogramIn(t, loads[0].Series[0]).TotalCount(), loads[0].Series[0].Packed); after != before {
					t.Errorf("a part was changed from %s to %s", before, after)
				}
			}
		})
	}
}

func TestMergeOfOneReport(t *testing.T) {
	t.Parallel()
	l := sampleLoad(t)
	l.Head.Shard, l.Head.Shards, l.Spreads = 0, 1, nil
	got, err := MergeLoads([]Load{l})
	if err != nil {
		t.Fatal(err)
	}
	l.Thresholds = nil
	sameLoad(t, got, l)
}

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	changed := func(index int, change func(*Load)) Load {
		l := shard(index, 3)
		change(&l)
		return l
	}
	sound := func(index int) Load { return changed(index, func(*Load) {}) }
	for name, c := range map[string]struct {
		parts []Load
		want  string
	}{
		"nothing":       {nil, "there are none"},
		"missing":       {[]Load{sound(2), sound(0)}, "of the shards 0 to 2, missing: shard 1"},
		"double":        {[]Load{sound(0), sound(1), sound(2), sound(1)}, "of the shards 0 to 2, given more than once: shard 1"},
		"both":          {[]Load{sound(1), sound(1)}, "missing: shard 0, 2; given more than once: shard 1"},
		"out of range":  {[]Load{sound(0), sound(1), sound(2), sound(3)}, "a shard 3 of 3"},
		"another count": {[]Load{sound(0), sound(1), shard(2, 4)}, "shard 0 is one of 3, shard 2 one of 4"},
		"two whole":     {[]Load{shard(0, 1), shard(0, 0)}, "given more than once: shard 0"},
		"target":        {[]Load{sound(0), sound(1), changed(2, func(l *Load) { l.Head.Target = "192.0.2.11:8000" })}, `shard 0 loaded "192.0.2.10:8000", shard 2 "192.0.2.11:8000"`},
		"plan":          {[]Load{sound(0), changed(1, func(l *Load) { l.Plan = json.RawMessage(`{"sockets":9,"rate":20}`) }), sound(2)}, "plans of shards 0 and 1 differ"},
		"no plan":       {[]Load{sound(0), changed(1, func(l *Load) { l.Plan = nil }), sound(2)}, "plans of shards 0 and 1 differ"},
		"seed": {[]Load{
			changed(0, func(l *Load) { l.Plan = json.RawMessage(`{"seed":18446744073709551615}`) }),
			changed(1, func(l *Load) { l.Plan = json.RawMessage(`{"seed":18446744073709551614}`) }), sound(2)}, "plans of shards 0 and 1 differ"},
		"broken plan": {[]Load{sound(0), changed(1, func(l *Load) { l.Plan = json.RawMessage(`{`) }), sound(2)}, "the plan of shard 1: unexpected EOF"},
		"start":       {[]Load{sound(0), sound(1), changed(2, func(l *Load) { l.Head.Started = mergeStart.Add(1001 * time.Millisecond) })}, "shard 2 started 1.001s after the first"},
		"start before": {[]Load{sound(0), sound(1), changed(2, func(l *Load) { l.Head.Started = mergeStart.Add(-time.Hour) })},
			"shard 0 started 1h0m0s after the first"},
		"steps": {[]Load{sound(0), changed(1, func(l *Load) { l.Steps = []LoadStep{{}} }), sound(2)}, "shard 1 searched for the limit"},
		"bounds": {[]Load{sound(0), sound(1), changed(2, func(l *Load) { l.Latencies[MetricConnect] = hdrhistogram.New(1, 1000, 3) })},
			"shard 2: connect: a histogram of 1 to 1000"},
		"bounds of a second": {[]Load{sound(0), sound(1), changed(2, func(l *Load) { l.Series = []LoadSecond{{At: 7, Latency: add(t, hdrhistogram.New(1, 1000, 3), 1, 1)}} })},
			"shard 2: second 7: a histogram of 1 to 1000"},
		"samples": {[]Load{
			changed(0, func(l *Load) { l.Latencies[MetricConnect] = add(t, NewHistogram(), 5, maxSamples) }),
			changed(1, func(l *Load) { l.Latencies[MetricConnect] = add(t, NewHistogram(), 5, 1) }), sound(2)}, "shard 1: connect: a histogram of 1099511627777 samples"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := MergeLoads(c.parts)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// Plans are compared by what they say.
func TestMergeOfPlansInOtherForm(t *testing.T) {
	t.Parallel()
	a, b := shard(0, 2), shard(1, 2)
	b.Plan = json.RawMessage("{ \"rate\":20,\n\t\"sockets\":8 }")
	if _, err := MergeLoads([]Load{b, a}); err != nil {
		t.Error(err)
	}
}

func TestMergedPeak(t *testing.T) {
	t.Parallel()
	series := func(sockets ...int64) []LoadSecond {
		var s []LoadSecond
		for at, n := range sockets {
			s = append(s, LoadSecond{At: at, Sockets: n})
		}
		return s
	}
	for name, c := range map[string]struct {
		a, b []LoadSecond
		want int64
	}{
		"together":              {series(5, 10, 10), series(5, 10, 10), 20},
		"leaving and returning": {series(9, 8, 9), series(10, 9, 9), 19},
		"one after the other":   {series(10, 4, 0, 0), series(0, 3, 9, 9), 10},
		"hardly together":       {series(10, 10, 0), series(0, 9, 9), 19},
		"one ends before":       {series(5), series(5, 11), 11},
		"one without sockets":   {series(0, 0), series(7, 0), 7},
		"no second":             {nil, nil, 0},
	} {
		a, b := shard(0, 2), shard(1, 2)
		a.Series, b.Series = c.a, c.b
		a.Counters, b.Counters = map[string]int64{MetricSocketsPeak: peak(c.a)}, map[string]int64{MetricSocketsPeak: peak(c.b)}
		got, err := MergeLoads([]Load{a, b})
		if n, counted := got.Counters[MetricSocketsPeak]; err != nil || n != c.want || !counted {
			t.Errorf("%s: a peak of %d, want %d; error %v", name, n, c.want, err)
		}
	}
}

// A shard that began a little later counts its times from later.
func TestMergedSkewOfUnevenStarts(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	a, b, c := shard(0, 3), shard(1, 3), shard(2, 3)
	b.Head.Started = mergeStart.Add(5 * ms)
	a.Spreads, b.Spreads = []Spread{{1, 100 * ms, 110 * ms}, {2, 0, 0}}, []Spread{{1, 107 * ms, 115 * ms}}
	a.Latencies[MetricSkew], b.Latencies[MetricSkew] = histogramOf(t, 10_000, 0), histogramOf(t, 8000)
	got, err := MergeLoads([]Load{a, b, c}) // the last heard nothing
	if err != nil {
		t.Fatal(err)
	}
	equalHistograms(t, "skew", got.Latencies[MetricSkew], histogramOf(t, 20_000, 0))
	if got.Spreads != nil || !got.Head.Started.Equal(mergeStart) {
		t.Errorf("spreads %v, started %v", got.Spreads, got.Head.Started)
	}
}

// The whole is rounded and bounded as the driver does it: to whole microseconds below, and
// to an hour.
func TestMergedSkewIsRoundedAsMeasured(t *testing.T) {
	t.Parallel()
	a, b := shard(0, 2), shard(1, 2)
	a.Spreads = []Spread{{1, 0, 0}, {2, 500, 600}, {3, 1, 2}}
	b.Spreads = []Spread{{1, 1999, 1999}, {2, 900, 1499}, {3, 3, 2 * time.Hour}}
	got, err := MergeLoads([]Load{a, b})
	if err != nil {
		t.Fatal(err)
	}
	equalHistograms(t, "skew", got.Latencies[MetricSkew], histogramOf(t, 1, 0, latencyHighest))
}

func TestMergedSkewNeedsAllSpreads(t *testing.T) {
	t.Parallel()
	a, b := shard(0, 2), shard(1, 2)
	a.Spreads = []Spread{{1, 5, 5}}
	a.Latencies[MetricSkew], b.Latencies[MetricSkew] = histogramOf(t, 0), histogramOf(t, 0)
	got, err := MergeLoads([]Load{a, b})
	if err != nil {
		t.Fatal(err)
	}
	if got.Latencies[MetricSkew] != nil || !slices.Contains(got.Remarks, "skew is left out, for want of the times at which each event was heard by shard 1") {
		t.Errorf("skew %v, remarks %q", got.Latencies[MetricSkew], got.Remarks)
	}
}

// Nothing that went wrong in a shard is lost.
func TestMergeTellsOfEachShard(t *testing.T) {
	t.Parallel()
	a, b, c := shard(0, 3), shard(1, 3), shard(2, 3)
	a.Remarks, b.Remarks = []string{"one", "two"}, []string{"one"}
	b.Interrupted, b.SetupError, b.Head.Started = true, "refused", time.Time{}
	a.Stopped, c.Stopped = "silent", "silent"
	a.Head.Sources, c.Head.Sources = []string{"127.0.0.2"}, []string{"127.0.0.2", "127.0.0.3"}
	c.Head.Environment.Host, c.Head.Version, c.Head.Duration = "bar", "0.5.1", time.Hour
	a.Head.TimingSource, c.Head.TimingSource = "kernel", "kernel"
	a.Head.Reproduce = "ttcheck load --shard 0/3" // no command of one shard repeats the whole
	a.Thresholds = []ThresholdResult{{Broken: true}}
	got, err := MergeLoads([]Load{c, b, a})
	if err != nil {
		t.Fatal(err)
	}
	want := Load{
		Head: LoadHead{Target: "192.0.2.10:8000", Version: "0.5.0", Shards: 1, Sources: []string{"127.0.0.2", "127.0.0.3"},
			Started: mergeStart, Duration: time.Hour, Environment: LoadEnvironment{Host: "kitchen"}, TimingSource: "kernel"},
		Plan: a.Plan, Latencies: map[string]*hdrhistogram.Histogram{},
		Interrupted: true, SetupError: "shard 1: refused", Stopped: "shard 0: silent; shard 2: silent",
		Remarks: []string{
			"shard 0: one", "shard 0: two", "shard 1: one",
			"merged from 3 shards on 2 machines, kitchen, bar: the environment is that of shard 0, and the difference of their clocks is in event_latency and skew, but not in event_latency_own",
			"the shards were run by several versions of ttcheck: 0.5.0, 0.5.1",
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
