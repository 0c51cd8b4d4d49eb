package load

import (
	"sync/atomic"
	"testing"
	"time"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
)

// told makes decorators of what becomes of the events that a socket is told, the nth of it.
func told(event func(socket, nth int, f decorate.Frame, pass decorate.Pass)) decorate.Maker {
	return func(decorate.World) decorate.Decorators {
		var sockets atomic.Int64
		return decorate.Decorators{Socket: func() decorate.Frames {
			socket, nth := int(sockets.Add(1)-1), 0
			return decorate.Frames{Out: func(f decorate.Frame, pass decorate.Pass, _ func()) {
				if f.Op() != decorate.OpText || f.Kind() == protocol.ActiveOrders {
					pass(f)
					return
				}
				event(socket, nth, f, pass)
				nth++
			}}
		}}
	}
}

// reworded is an event with another value for a key; nil takes the key out.
func reworded(f decorate.Frame, key string, value any) decorate.Frame {
	m := f.Object()
	if value == nil {
		delete(m, key)
	} else {
		m[key] = value
	}
	return decorate.Message(m)
}

// TestTold: what exactly is counted when a gateway tells its sockets this and that.
func TestTold(t *testing.T) {
	t.Parallel()
	late := func(d time.Duration) func(int, int, decorate.Frame, decorate.Pass) {
		return func(_, _ int, f decorate.Frame, pass decorate.Pass) { time.AfterFunc(d, func() { pass(f) }) }
	}
	const sockets, changes = 5, 400
	for name, tt := range map[string]struct {
		told    func(socket, nth int, f decorate.Frame, pass decorate.Pass)
		latency time.Duration // of all
		slack   time.Duration // for those that the fault is about
		want    map[string]int64
	}{
		"all, three seconds late": {told: late(3 * time.Second), latency: 3 * time.Second},
		"all, six seconds late, without seq": {latency: 6 * time.Second, told: func(_, _ int, f decorate.Frame, pass decorate.Pass) {
			time.AfterFunc(6*time.Second, func() { pass(reworded(f, "seq", nil)) })
		}},
		"another name, to who hears it first": {
			told: func(socket, nth int, f decorate.Frame, pass decorate.Pass) {
				if socket == 0 && nth == 40 {
					f = reworded(f, "name", "77")
				}
				pass(f)
			},
			want: map[string]int64{report.MetricOtherEvents: 1, report.MetricLost: 1},
		},
		"numbers that begin anew": {
			told: func(_, nth int, f decorate.Frame, pass decorate.Pass) {
				if nth >= 50 {
					f = reworded(f, "seq", nth-49)
				}
				pass(f)
			},
			want: map[string]int64{report.MetricOutOfOrder: sockets},
		},
		"every other event lost to one": {
			told: func(socket, nth int, f decorate.Frame, pass decorate.Pass) {
				if socket != 1 || nth%2 == 0 {
					pass(f)
				}
			},
			want: map[string]int64{report.MetricLost: changes / 2, report.MetricSeqGaps: changes/2 - 1},
		},
		"two swapped": {
			told: func() func(int, int, decorate.Frame, decorate.Pass) {
				var held decorate.Frame
				return func(socket, nth int, f decorate.Frame, pass decorate.Pass) {
					switch {
					case socket == 2 && nth == 60:
						held = f
						return
					case socket == 2 && nth == 61:
						defer pass(held)
					}
					pass(f)
				}
			}(),
			slack: 20 * time.Millisecond,
			want:  map[string]int64{report.MetricOutOfOrder: 1},
		},
		"one lost and another twice, without seq": {
			told: func(socket, nth int, f decorate.Frame, pass decorate.Pass) {
				f = reworded(f, "seq", nil)
				switch {
				case socket == 3 && nth == 30:
					return
				case socket == 3 && nth == 90:
					pass(f)
				}
				pass(f)
			},
			want: map[string]int64{report.MetricLost: 1, report.MetricRepeated: 1},
		},
		"a wild number": {
			told: func(socket, nth int, f decorate.Frame, pass decorate.Pass) {
				if nth == changes-1 {
					f = reworded(f, "seq", maxSeq-1)
				}
				pass(f)
			},
			want: map[string]int64{report.MetricSeqGaps: sockets * largestGap},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var opts gateway.Options
			decorate.Apply(&opts, told(tt.told))
			inBubble(t, opts, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
				cfg.Plan = thousand(sockets, 50, 8*time.Second)
				cfg.Plan.Names = "9000-9199"
				out := carryOut(t, cfg)
				for _, metric := range []string{
					report.MetricLost, report.MetricRepeated, report.MetricOutOfOrder,
					report.MetricSeqGaps, report.MetricOtherEvents,
				} {
					if got, want := out.Counters[metric], tt.want[metric]; got != want {
						t.Errorf("%s: %d, want %d", metric, got, want)
					}
				}
				h := out.Latencies[report.MetricEventLatency]
				if got := time.Duration(h.ValueAtPercentile(1)) * time.Microsecond; got < tt.latency || got > tt.latency+10*time.Millisecond {
					t.Errorf("p1 is %v, want %v", got, tt.latency)
				}
				if got := time.Duration(h.Max()) * time.Microsecond; got < tt.latency || got > tt.latency+tt.slack+10*time.Millisecond {
					t.Errorf("the latest came after %v, want %v", got, tt.latency)
				}
			})
		})
	}
}
