package load

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ttcheck/load/plan"
	"ttcheck/load/wire"
	"ttcheck/report"
)

// created is the event of an order that was started, as gateways write it.
const created = `{"type":"ORDER_CREATED","seq":%d,"name":"%d","uuid":"0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",` +
	`"orderType":"ON_PREMISE","locationName":"","state":"started","created":"2026-11-23T19:00:00",` +
	`"stateChanged":"2026-11-23T19:00:00","paged":false,"elapsedTime":0}`

// broadcast is an event of a change that was made, and the sockets that are to hear it. They
// have heard one of its order before.
func broadcast(tb testing.TB, sockets int) (ear, []*wire.Socket, []byte) {
	tb.Helper()
	r, _ := listening(tb)
	for k := range int64(2) {
		c := plan.Change{K: k + 1, At: time.Microsecond, Op: plan.Create, Name: 7}
		r.ledger.enter(c, true)
		r.ledger.send(c.K, c.Op, c.At)
	}
	var all []*wire.Socket
	for range sockets {
		m := &member{}
		m.phase.Store(up)
		all = append(all, &wire.Socket{Owner: m})
		tell(ear{r}, m, fmt.Sprintf(created, 84, r.ledger.names.First+7), 5*time.Millisecond)
	}
	r.lanes[0].take()
	r.lanes[0].take() // with room made for what is measured
	return ear{r}, all, fmt.Appendf(nil, created, 85, r.ledger.names.First+7)
}

// TestHearAllocatesNothing: an event costs no memory, so that no garbage collection is taken
// for a delay of the gateway's.
func TestHearAllocatesNothing(t *testing.T) {
	const sockets = 1000
	e, all, body := broadcast(t, sockets)
	next := 0
	e.lanes[0].record(handling, time.Millisecond) // the first of a kind makes a histogram
	e.lanes[0].record(eventLatency, time.Hour)
	e.lanes[0].record(uncorrected, time.Hour)
	allocations := testing.AllocsPerRun(sockets-1, func() {
		e.Message(0, all[next], body, 5*time.Millisecond, time.Microsecond)
		next++
	})
	if allocations != 0 {
		t.Errorf("%v allocations for an event, want none", allocations)
	}
	got := e.lanes[0].take()
	if n := got.counting[events]; n != sockets || got.lasting[eventLatency].TotalCount() != sockets+1 {
		t.Errorf("%d events with %d latencies, want %d of each, and the one from before", n, got.lasting[eventLatency].TotalCount(), sockets)
	}
}

// BenchmarkHear is all that is done about an event once it was read: found in the books,
// and counted.
func BenchmarkHear(b *testing.B) {
	e, all, body := broadcast(b, 1)
	m, _ := all[0].Owner.(*member)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	heard := m.stream
	heard.last = slices.Clone(heard.last)
	for b.Loop() {
		copy(m.stream.last, heard.last)
		m.stream.next = heard.next
		e.Message(0, all[0], body, 5*time.Millisecond, -1)
	}
}

// TestHear: what a socket can hear, and what it is counted as.
func TestHear(t *testing.T) {
	t.Parallel()
	const snapshot = `{"type":"ACTIVE_ORDERS","count":0,"items":[]}`
	for name, tt := range map[string]struct {
		phase    int32
		messages []string
		want     map[counting]int64
	}{
		"a snapshot": {phase: waiting, messages: []string{snapshot}, want: map[counting]int64{socketsOpened: 1}},
		"another snapshot": {
			phase: up, messages: []string{snapshot},
		},
		"an event before the snapshot": {
			phase: waiting, messages: []string{fmt.Sprintf(created, 84, 9007)}, want: map[counting]int64{badMessages: 1},
		},
		"no JSON": {phase: up, messages: []string{`{"type":"ORDER_CREATED"`}, want: map[counting]int64{badMessages: 1}},
		"no type": {phase: up, messages: []string{`{"seq":84,"name":"9007"}`}, want: map[counting]int64{badMessages: 1}},
		"an event of the plan": {
			phase: up, messages: []string{fmt.Sprintf(created, 84, 9007)}, want: map[counting]int64{events: 1},
		},
		"an event of somebody else": {
			phase: up, messages: []string{fmt.Sprintf(created, 84, 66)}, want: map[counting]int64{events: 1, otherEvents: 1},
		},
		"the same event again": {
			phase: up, messages: []string{fmt.Sprintf(created, 84, 9007), fmt.Sprintf(created, 84, 9007)},
			want: map[counting]int64{events: 2, repeated: 1},
		},
		"the same event again, without a seq": {
			phase: up, messages: []string{`{"type":"ORDER_CREATED","name":"9007"}`, `{"type":"ORDER_CREATED","name":"9007"}`},
			want: map[counting]int64{events: 2, repeated: 1},
		},
		"a later event first": {
			phase: up, messages: []string{fmt.Sprintf(created, 84, 66), fmt.Sprintf(created, 86, 68), fmt.Sprintf(created, 85, 67)},
			want: map[counting]int64{events: 3, otherEvents: 3, outOfOrder: 1},
		},
		"a wild seq": {
			phase: up, messages: []string{fmt.Sprintf(created, -5, 9007), fmt.Sprintf(created, maxSeq, 66)},
			want: map[counting]int64{events: 2, otherEvents: 1},
		},
		"an unknown type": {
			phase: up, messages: []string{`{"type":"HEARTBEAT"}`}, want: map[counting]int64{events: 1, otherEvents: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, m := listening(t)
			r.ledger.enter(plan.Change{K: 1, Op: plan.Create, Name: 7}, true)
			r.ledger.send(1, plan.Create, time.Microsecond)
			m.phase.Store(tt.phase)
			for _, message := range tt.messages {
				tell(ear{r}, m, message, 5*time.Millisecond)
			}
			got := r.lanes[0].take().counting
			for what := range countings {
				if got[what] != tt.want[what] {
					t.Errorf("%s: %d, want %d", countingNames[what], got[what], tt.want[what])
				}
			}
		})
	}
}

// TestSearchSteps: what a search tries, and where it ends.
func TestSearchSteps(t *testing.T) {
	t.Parallel()
	p := plan.Default()
	for _, tt := range []struct {
		search  Search
		sockets int
		rate    float64
		more    bool
	}{
		{Search{Of: Sockets, Step: 100}, 600, 20, true},
		{Search{Of: Sockets, Step: 100, Max: 600}, 600, 20, true},
		{Search{Of: Sockets, Step: 100, Max: 599}, 600, 20, false},
		{Search{Of: Rate, Step: 2.5}, 500, 22.5, true},
		{Search{Of: Rate, Step: 2.5, Max: 22}, 500, 22.5, false},
	} {
		next, more := tt.search.next(p)
		if next.Sockets != tt.sockets || next.Rate != tt.rate || more != tt.more {
			t.Errorf("%+v: %d sockets, %v/s, %t", tt.search, next.Sockets, next.Rate, more)
		}
	}
}

// TestStepTells: a step keeps what it came to.
func TestStepTells(t *testing.T) {
	t.Parallel()
	held := stepOf(plan.Default(), report.Load{})
	stopped := stepOf(plan.Default(), report.Load{Stopped: "the gateway was silent"})
	if !held.Held || stopped.Held || stopped.Note != "the gateway was silent" {
		t.Errorf("%+v, %+v", held, stopped)
	}
}
