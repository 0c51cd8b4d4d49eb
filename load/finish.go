package load

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"ttcheck/protocol"
	"ttcheck/report"
)

const (
	// drainWithin is how long after the load answers and events may still come.
	drainWithin = 10 * time.Second
	// firstLook and lastLook are how often is looked whether all has come: the longer it takes,
	// the less often.
	firstLook, lastLook = 10 * time.Millisecond, 500 * time.Millisecond
	// shardsWithin is how long after the plan the shards of a run still listen, for the events
	// of each other; then they close their sockets, and after as long again they clear their
	// orders, which nobody is to hear.
	shardsWithin = 2 * time.Second
	// clearWithin is how long the clearing of the run's orders may take, clearers how many
	// are cleared at a time.
	clearWithin = 30 * time.Second
	clearers    = 8
	// namedOrders is how many orders that could not be cleared are named.
	namedOrders = 20
)

// finish waits for what is still to come, closes the books and the sockets, and clears the
// orders.
func (r *run) finish(ctx context.Context, orders *orders) {
	ctx = context.WithoutCancel(ctx)
	orders.asked.Wait() // bounded, as their requests are
	r.drain()
	r.account()
	r.members.dismissAll()
	r.until(func() bool { return r.members.left() == 0 }, closedWithin+watchEvery)
	r.members.dialled.Wait()
	r.pool.Close()
	r.meet(2 * shardsWithin)
	r.clear(ctx, orders)
}

// drain waits until every socket is served, and has heard everything that was made.
func (r *run) drain() {
	r.until(func() bool {
		missing := r.missing()
		return missing.lost == 0 && missing.gaps == 0 && r.members.pending() == 0
	}, drainWithin)
	r.meet(shardsWithin)
}

// meet waits in a shard until it is so long after the plan, as all other shards do.
func (r *run) meet(after time.Duration) {
	if r.split() {
		r.until(func() bool { return r.now() >= r.cfg.Plan.Total()+after }, 2*shardsWithin)
	}
}

// until waits until something is so, but not for longer than within.
func (r *run) until(so func() bool, within time.Duration) {
	end := r.now() + within
	for look := firstLook; r.now() < end && !so(); look = min(look*3/2, lastLook) {
		time.Sleep(look)
	}
}

// missing adds up what all sockets have not heard so far.
func (r *run) missing() missing {
	m, silentClears := r.ledger.fates.made()
	r.silentClears = silentClears
	for _, l := range r.lanes { // the streams are written under them
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	var all missing
	add := func(one missing) {
		all.gaps += one.gaps
		all.lost += one.lost
		all.more += one.more
	}
	for _, member := range r.members.all() {
		if member.phase.Load() == up {
			add(member.stream.account(m, r.sights.seqs.has, true))
		}
	}
	for _, member := range r.members.incomplete() {
		add(member.stream.account(m, r.sights.seqs.has, false))
	}
	return all
}

// account closes the books: what is missing now will not come any more.
func (r *run) account() {
	missing := r.missing()
	l := r.lanes[0]
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.counting[lost] += missing.lost
	l.now.counting[seqGaps] += missing.gaps
	l.now.counting[repeated] += missing.more
	r.sights.rest(func(s report.Spread) { ear{r}.spread(l, s) })
	if r.silentClears {
		r.remarks = append(r.remarks, "the gateway tells no socket that an order was cleared: such events are not expected")
	}
}

// clear clears the orders of the run that may be active.
func (r *run) clear(ctx context.Context, orders *orders) {
	ctx, cancel := context.WithTimeout(ctx, clearWithin)
	defer cancel()
	names := make(chan string)
	var clearing sync.WaitGroup
	var mu sync.Mutex
	var left []string
	for range clearers {
		clearing.Go(func() {
			for name := range names {
				a := r.http.ask(ctx, question{method: http.MethodDelete, path: protocol.PathOrder(name), secure: true, within: drainWithin})
				if a.ok() || a.err == nil && a.status == http.StatusNotFound {
					continue
				}
				mu.Lock()
				left = append(left, name)
				mu.Unlock()
			}
		})
	}
	for _, name := range orders.leftOver() {
		names <- name
	}
	close(names)
	clearing.Wait()
	if len(left) == 0 {
		return
	}
	more := ""
	if rest := len(left) - namedOrders; rest > 0 {
		left, more = left[:namedOrders], fmt.Sprintf(" and %d more", rest)
	}
	r.remarks = append(r.remarks, "orders of the run may be active still, as the gateway did not clear them: "+strings.Join(left, ", ")+more)
}
