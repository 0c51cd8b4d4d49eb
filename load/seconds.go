package load

import (
	"context"
	"time"

	"ttcheck/report"
)

// seconds is what has been handed over so far: all of it, and second by second.
type seconds struct {
	total  tally
	series []report.LoadSecond
	// highest is what the highest seq was, plus one, at the end of each second.
	highest []int64
}

// tick takes what was measured at the end of each second of the plan, sweeps the sockets
// that hang, and tells the listener.
func (r *run) tick(ctx context.Context) {
	for n := 1; r.wait(ctx, time.Duration(n)*time.Second) == nil; n++ {
		r.members.sweep()
		r.expectNumbers()
		second := r.second(n - 1)
		r.tell(func(l Listener) { l.Second(second) })
	}
}

// second closes a second of the run.
func (r *run) second(at int) report.LoadSecond {
	var now tally
	for _, l := range append(r.lanes[:len(r.lanes):len(r.lanes)], r.side) {
		now.add(l.take())
	}
	r.seconds.total.add(&now)
	n := &now.counting
	second := report.LoadSecond{
		At: at, Sockets: r.members.held(), Events: n[events], Changes: n[changesSent],
		Late: n[changesLate], Skipped: n[changesSkipped],
		Errors:  n[connectErrors] + n[httpErrors] + n[badMessages],
		Dropped: n[dropped], Requests: n[requests],
		Latency: now.lasting[eventLatency],
	}
	packed := second
	packed.Pack()
	r.seconds.series = append(r.seconds.series, packed)
	return second
}

// collect closes the books of a run in which nothing happens any more.
func (r *run) collect(out *report.Load) {
	r.second(len(r.seconds.series))
	out.Series = r.seconds.series
	r.seconds.total.into(out)
	for _, second := range out.Series {
		out.Counters[report.MetricSocketsPeak] = max(out.Counters[report.MetricSocketsPeak], second.Sockets)
	}
	out.Closes, out.Errors, out.Answers = r.closes.all(), r.errors.all(), r.answers.all()
	for _, l := range r.lanes {
		out.Spreads = append(out.Spreads, l.spreads...)
	}
	r.remarkOn()
	out.Remarks = r.remarks
}

// quietFor is how long a socket may hear nothing before what others hear is held against it,
// and heardBy how long before the end an event was heard if all must have heard it: longer
// than a gateway takes to tell all of its sockets.
const (
	quietFor = 10 * time.Second
	heardBy  = 5 * time.Second
)

// expectNumbers notes the highest seq at the end of a second, and has sockets that were
// silent for long expect the next one.
func (r *run) expectNumbers() {
	for _, l := range r.lanes { // the streams are written under them
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	highest := r.highest.Load()
	r.seconds.highest = append(r.seconds.highest, highest)
	if highest == 0 {
		return
	}
	now := r.now()
	for _, m := range r.members.all() {
		if m.phase.Load() == up && !m.stream.any && now-m.joined > quietFor {
			m.stream.expect(highest)
		}
	}
}

// heardByAll is the seq below which every number that was heard at all had the time to be
// heard by all.
func (r *run) heardByAll() int64 {
	for _, l := range r.lanes { // under which the seconds are closed
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	last := int((r.now() - heardBy) / time.Second)
	if last = min(last, len(r.seconds.highest)); last < 1 {
		return 0
	}
	return r.seconds.highest[last-1]
}
