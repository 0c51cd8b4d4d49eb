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
}

// tick takes what was measured at the end of each second of the plan, sweeps the sockets
// that hang, and tells the listener.
func (r *run) tick(ctx context.Context) {
	for n := 1; r.wait(ctx, time.Duration(n)*time.Second) == nil; n++ {
		r.members.sweep()
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
	out.Remarks = r.remarks
}
