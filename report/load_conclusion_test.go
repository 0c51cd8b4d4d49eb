package report

import (
	"strings"
	"testing"
	"time"
)

func TestLoadConclusion(t *testing.T) {
	t.Parallel()
	changed := func(l Load, change func(*Load)) Load {
		change(&l)
		return l
	}
	for _, test := range []struct {
		name string
		load Load
		code int
		want string
	}{
		{"all holds", soundLoad(), ExitOK, "HELD: all 2 thresholds hold, with 500 sockets at the peak and 1,200 changes; p99 of event_latency 19.8ms"},
		{"the only one holds", changed(soundLoad(), func(l *Load) { l.Thresholds = l.Thresholds[:1] }), ExitOK,
			"HELD: the one threshold holds, with 500 sockets at the peak and 1,200 changes; p99 of event_latency 19.8ms"},
		{"no bound on a delay", changed(soundLoad(), func(l *Load) { l.Thresholds = l.Thresholds[1:] }), ExitOK,
			"HELD: the one threshold holds, with 500 sockets at the peak and 1,200 changes; p99 of event_latency 19.8ms (no bound was given)"},
		{"nothing that bounds a delay", changed(soundLoad(), func(l *Load) {
			l.Thresholds = []ThresholdResult{{Text: "event_latency.count<=2000", Actual: "1000 samples"}, {Text: "connect.max>1ms", Actual: "9ms"}}
		}), ExitOK, "HELD: all 2 thresholds hold, with 500 sockets at the peak and 1,200 changes; p99 of event_latency 19.8ms (no bound was given)"},
		{"listening only", changed(soundLoad(), func(l *Load) {
			l.Thresholds, l.Latencies = l.Thresholds[1:], loadLatencies{MetricSkew: evenly(9, 3*time.Millisecond, 3*time.Millisecond)}
			l.Counters = map[string]int64{MetricSocketsPeak: 1, MetricEvents: 9}
		}), ExitOK, "HELD: the one threshold holds, with 1 socket at the peak and 0 changes; p99 of skew 3.00ms (no bound was given)"},
		{"without any delay", changed(soundLoad(), func(l *Load) { l.Latencies = nil }), ExitOK,
			"HELD: all 2 thresholds hold, with 500 sockets at the peak and 1,200 changes"},
		{"nothing heard", unheardLoad(), ExitOK, "HELD, but no event was heard: nothing is said of loss, order or delay"},
		{"nothing heard, broken", changed(shownLoad(), func(l *Load) { l.Counters, l.Thresholds = nil, l.Thresholds[2:] }), ExitThreshold,
			"BROKEN: 1 of 1 threshold does not hold (lost==0: 3)"},
		{"some broken", shownLoad(), ExitThreshold, "BROKEN: 2 of 3 thresholds do not hold (event_latency.p99<250ms: 1.98s, lost==0: 3)"},
		{"one broken", changed(shownLoad(), func(l *Load) { l.Thresholds = l.Thresholds[2:] }), ExitThreshold, "BROKEN: 1 of 1 threshold does not hold (lost==0: 3)"},
		{"no thresholds", Load{}, ExitOK, "NOT JUDGED: no threshold was given"},
		{"stopped", changed(shownLoad(), func(l *Load) { l.Stopped = "the gateway was silent for 10 s" }), ExitThreshold, "STOPPED: the gateway was silent for 10 s"},
		{"stopped amid a search", changed(searchedLoad(), func(l *Load) { l.Stopped = "the gateway was silent for 10 s" }), ExitThreshold,
			"STOPPED: the gateway was silent for 10 s; the last step that held: 1,000 sockets at 20 changes/s"},
		{"stopped in the first step", changed(searchedLoad(), func(l *Load) { l.Stopped, l.Steps = "the gateway was silent for 10 s", l.Steps[2:3] }), ExitThreshold,
			"STOPPED: the gateway was silent for 10 s; no step held"},
		{"not begun", Load{SetupError: "dial 192.0.2.10:8000: refused"}, ExitSetup, "NOT RUN: dial 192.0.2.10:8000: refused"},
		{"interrupted", changed(soundLoad(), func(l *Load) { l.Interrupted = true }), ExitInterrupted, "INTERRUPTED after 1m11s, which is no verdict"},
		{"interrupted when broken", changed(shownLoad(), func(l *Load) { l.Interrupted = true }), ExitInterrupted,
			"INTERRUPTED after 1m11s: so far 2 of 3 thresholds do not hold (event_latency.p99<250ms: 1.98s, lost==0: 3)"},
		{"interrupted amid a search", changed(searchedLoad(), func(l *Load) { l.Interrupted = true }), ExitInterrupted,
			"INTERRUPTED: so far 1,000 sockets at 20 changes/s held"},
		{"interrupted in the first step", changed(searchedLoad(), func(l *Load) {
			l.Interrupted, l.Steps = true, []LoadStep{{Sockets: 500, Rate: 20, Note: "interrupted"}}
		}), ExitInterrupted,
			"INTERRUPTED after 1m11s, which is no verdict"},
		{"interrupted and stopped", changed(soundLoad(), func(l *Load) { l.Interrupted, l.Stopped = true, "the gateway was silent for 10 s" }), ExitInterrupted,
			"INTERRUPTED after 1m11s, which is no verdict; the gateway was silent for 10 s"},
		{"interrupted at first", Load{Interrupted: true, SetupError: "context canceled"}, ExitInterrupted, "INTERRUPTED before it began"},
		{"a limit", searchedLoad(), ExitOK, "LIMIT FOUND: 1,000 sockets at 20 changes/s held, 1,500 did not (event_latency.p99<250ms: 312ms)"},
		{"a limit of the rate", changed(searchedLoad(), func(l *Load) {
			l.Steps = []LoadStep{{Sockets: 9, Rate: 0.5, Held: true}, {Sockets: 9, Rate: 1000, Note: "no answer"}}
		}), ExitOK, "LIMIT FOUND: 9 sockets at 0.5 changes/s held, 1,000 changes/s did not (no answer)"},
		{"a limit of both", changed(searchedLoad(), func(l *Load) { l.Steps = []LoadStep{{Sockets: 1, Rate: 1, Held: true}, {Sockets: 2, Rate: 2}} }), ExitOK,
			"LIMIT FOUND: 1 socket at 1 changes/s held, 2 sockets at 2 changes/s did not"},
		{"a limit without events", changed(searchedLoad(), func(l *Load) { l.Counters = map[string]int64{MetricEvents: 0} }), ExitOK,
			"LIMIT FOUND: 1,000 sockets at 20 changes/s held, 1,500 did not (event_latency.p99<250ms: 312ms); no event was heard: nothing is said of loss, order or delay"},
		{"a limit that is judged anew", changed(searchedLoad(), func(l *Load) { l.Thresholds = shownLoad().Thresholds[2:] }), ExitThreshold,
			"BROKEN: 1 of 1 threshold does not hold (lost==0: 3)"},
		{"no limit", changed(searchedLoad(), func(l *Load) { l.Steps = l.Steps[:2] }), ExitOK, "NO LIMIT FOUND: the last step held, too: 1,000 sockets at 20 changes/s"},
		{"nothing held", changed(searchedLoad(), func(l *Load) { l.Steps, l.Thresholds = l.Steps[2:3], l.Steps[2].Thresholds }), ExitThreshold,
			"NO STEP HELD: 2,000 sockets at 20 changes/s did not (event_latency.p99<250ms: 312ms; ended after 10 s: the gateway was silent)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.load.Conclusion(); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
			if got := test.load.ExitCode(); got != test.code {
				t.Errorf("exit code %d, want %d", got, test.code)
			}
		})
	}
}

// readingsOf is how the percentiles of a load are to be read, in one line.
func readingsOf(l Load) string {
	var texts []string
	for _, r := range l.readings() {
		texts = append(texts, r.text)
	}
	return strings.Join(texts, " ")
}

func TestLoadReadings(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	with := func(p99s map[string]time.Duration) Load {
		l := Load{Latencies: loadLatencies{}}
		for name, d := range p99s {
			l.Latencies[name] = evenly(1, d, d)
		}
		return l
	}
	fewer := with(map[string]time.Duration{MetricEventLatency: 100 * ms})
	fewer.Latencies[MetricUncorrected] = evenly(2, 130*ms, 130*ms)
	fewerOwn := with(map[string]time.Duration{MetricEventLatencyOwn: ms})
	fewerOwn.Latencies[MetricEventLatency] = evenly(2, ms, ms)
	changedShard := func(l Load, shards int) Load {
		l.Head.Shards = shards
		return l
	}
	for _, test := range []struct {
		name      string
		load      Load
		want, not []string
	}{
		{"nothing", Load{}, nil, []string{"handling", "held up", "CAUTION"}},
		{"all is well", soundLoad(), []string{"handling is ttcheck's own delay: from the arrival of bytes at this machine until they were handled; source: time stamps of the kernel."}, []string{"held up", "CAUTION", "should not be", "handling:", "…_own"}},
		{"handling unknown", Load{Head: LoadHead{TimingSource: "not measured: no time stamps"}}, []string{"handling: not measured: no time stamps"}, []string{"own delay"}},
		{"handling of unknown source", with(map[string]time.Duration{MetricHandling: ms}), []string{"until they were handled."}, []string{"source"}},
		{"a shard's own", changedShard(fewerOwn, 4), []string{"…_own counts less: it is of the changes that this shard made."}, nil},
		{"shards' own", changedShard(fewerOwn, 1), []string{"…_own counts less: it is of the changes that a shard made and heard itself."}, nil},
		{"10 % above", with(map[string]time.Duration{MetricEventLatency: 110 * ms, MetricUncorrected: 100 * ms}), nil, []string{"held up"}},
		{"more than 10 % above", with(map[string]time.Duration{MetricEventLatency: 112 * ms, MetricUncorrected: 100 * ms, MetricSendLateness: 12 * ms}),
			[]string{"held up before they went out", "p99 is 112ms", "it is 100ms", "up to 12.0ms late", "event_latency is the figure to judge by"}, []string{"CAUTION"}},
		{"a shard compares its own", with(map[string]time.Duration{MetricEventLatency: 500 * ms, MetricEventLatencyOwn: 100 * ms, MetricUncorrected: 100 * ms}),
			nil, []string{"held up", "should not be", "counts less"}},
		{"the wrong way round", with(map[string]time.Duration{MetricEventLatency: 100 * ms, MetricUncorrected: 130 * ms}),
			[]string{"which should not be"}, []string{"held up"}},
		{"of different events", fewer, nil, []string{"held up", "should not be"}},
		{"less than 20 % our own", with(map[string]time.Duration{MetricEventLatency: 100 * ms, MetricHandling: 19 * ms}), nil, []string{"CAUTION"}},
		{"more than 20 % our own", with(map[string]time.Duration{MetricEventLatency: 100 * ms, MetricHandling: 30 * ms}),
			[]string{"CAUTION: at p99, handling (30.0ms) is 30 % of event_latency (100ms)", "this machine's as well as the gateway's"}, []string{"say more"}},
		{"mostly our own", with(map[string]time.Duration{MetricEventLatency: 100 * ms, MetricSendLateness: 60 * ms}),
			[]string{"send_lateness (60.0ms) is 60 %", "say more about this machine than about the gateway"}, []string{"handling"}},
		{"much more our own", with(map[string]time.Duration{MetricEventLatency: 6 * ms, MetricHandling: 120 * ms}), []string{"handling (120ms) is 2,0"}, nil},
		{"listening only", with(map[string]time.Duration{MetricSkew: 100 * ms, MetricHandling: 30 * ms, MetricSendLateness: 60 * ms}),
			[]string{"CAUTION: at p99, handling (30.0ms) is 30 % of skew (100ms)", "Load from a stronger"}, []string{"send_lateness"}},
		{"listening only, well", with(map[string]time.Duration{MetricSkew: 100 * ms, MetricHandling: 19 * ms}), nil, []string{"CAUTION"}},
		{"skew beside event_latency", with(map[string]time.Duration{MetricEventLatency: 500 * ms, MetricSkew: 10 * ms, MetricHandling: 30 * ms}), nil, []string{"CAUTION"}},
		{"nothing to compare with", with(map[string]time.Duration{MetricHandling: 60 * ms, MetricSendLateness: 60 * ms}), nil, []string{"CAUTION"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := readingsOf(test.load)
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is missing in: %s", want, got)
				}
			}
			for _, not := range test.not {
				if strings.Contains(got, not) {
					t.Errorf("%q is in: %s", not, got)
				}
			}
		})
	}
}
