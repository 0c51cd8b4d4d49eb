package load

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
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
	// clearPasses is how often it is tried.
	clearPasses = 3
	// namedOrders is how many ranges of orders are named in a remark or an error.
	namedOrders = 20
)

// finish waits for what is still to come, closes the books and the sockets, and clears the
// orders. When ctx ends, it does so at once.
func (r *run) finish(ctx context.Context, orders *orders) {
	end := r.now() + drainWithin
	orders.asked.Wait() // bounded, as their requests are
	below := r.heardByAll()
	r.drain(ctx, end-r.now(), below)
	r.account(below)
	r.members.dismissAll()
	r.until(ctx, func() bool { return r.members.left() == 0 }, closedWithin+watchEvery)
	r.members.dialled.Wait()
	r.pool.Close()
	r.meet(ctx, 2*shardsWithin)
	r.clear(ctx, orders)
}

// drain waits until every socket is served, and has heard everything that was made and every
// seq below one, but not longer than within.
func (r *run) drain(ctx context.Context, within time.Duration, below int64) {
	r.until(ctx, func() bool {
		return r.members.pending() == 0 && !r.due(below)
	}, within)
	r.meet(ctx, shardsWithin)
}

// meet waits in a shard until it is so long after the plan, as all other shards do.
func (r *run) meet(ctx context.Context, after time.Duration) {
	if r.split() {
		r.until(ctx, func() bool { return r.now() >= r.cfg.Plan.Total()+after }, 2*shardsWithin)
	}
}

// until waits until something is so, but not for longer than within, or after ctx has ended.
func (r *run) until(ctx context.Context, so func() bool, within time.Duration) {
	end := r.now() + within
	for look := firstLook; r.now() < end && !so(); look = min(look*3/2, lastLook) {
		select {
		case <-time.After(look):
		case <-ctx.Done():
			return
		}
	}
}

// due tells whether an event is still to come to a socket: one of the plan's, or one with a
// seq below one.
func (r *run) due(below int64) bool {
	m, _ := r.ledger.fates.made()
	for _, l := range r.lanes { // the streams are written under them
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	for _, member := range r.members.all() {
		s := &member.stream
		if member.phase.Load() == up && (s.due(m).lost > 0 || s.behind(below)) {
			return true
		}
	}
	return false
}

// account closes the books: what is missing now will not come any more.
func (r *run) account(below int64) {
	m, silentClears := r.ledger.fates.made()
	r.silentClears = silentClears
	others := r.seqs.counter()
	for _, l := range r.lanes {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	count := &r.lanes[0].now.counting
	book := func(member *member, stayed bool) {
		missing := member.stream.account(m, others, below, stayed)
		count[seqGaps] += missing.gaps
		count[lost] += missing.lost
		count[repeated] += missing.more
	}
	for _, member := range r.members.all() {
		if member.phase.Load() == up {
			book(member, true)
			if !member.stream.any {
				r.silentSockets++
			}
		}
	}
	for _, member := range r.members.incomplete() {
		book(member, false)
	}
	for _, of := range []*sights{r.sights, r.others} {
		of.rest(func(s report.Spread) { ear{r}.spread(r.lanes[0], s, of == r.others) })
	}
}

// remarkOn tells what of the books cannot be known, in a run in which nothing happens any more.
func (r *run) remarkOn() {
	if r.seconds.total.counting[events] > 0 {
		if r.silentSockets > 0 {
			r.remark(fmt.Sprintf("of the sockets that were up at the end, %d heard no event at all, while others did", r.silentSockets))
		}
		if r.silentClears {
			r.remark("the gateway tells no socket that an order was cleared: such events are not expected")
		}
		if !r.numbered.Load() {
			r.remark("the events bear no seq: whether any came out of order cannot be told, nor whether others than the plan's were lost")
		}
	}
	if ahead := time.Duration(r.ahead.Load()); ahead > clocksApart {
		r.remark(fmt.Sprintf("changes of other shards were heard of up to %v before they were due: the clocks differ by at least that, and event_latency by as much; event_latency_own does not", ahead.Round(time.Millisecond)))
	}
}

// clocksApart is a difference between the clocks of shards that is worth a remark.
const clocksApart = time.Millisecond

func (r *run) remark(text string) { r.remarks = append(r.remarks, text) }

// clear clears the orders of the run that may be active. A gateway that was loaded to its
// limit may need a while until it obeys again.
func (r *run) clear(ctx context.Context, orders *orders) {
	ctx, cancel := context.WithTimeout(ctx, clearWithin)
	defer cancel()
	left := orders.leftOver()
	for pass := range clearPasses {
		if len(left) > 0 && pass > 0 {
			r.until(ctx, func() bool { return false }, time.Duration(pass)*time.Second)
		}
		var answered bool
		if left, answered = r.clearThese(ctx, left); !answered {
			break
		}
	}
	if len(left) == 0 {
		return
	}
	r.remark("orders of the run may be active still, as the gateway did not clear them: " + strings.Join(ranges(left), ", "))
}

// ranges writes numbers, which are sorted, as ranges: 9000-9023, 9030. Too many are cut.
func ranges(names []int) []string {
	var all []string
	for i := 0; i < len(names); {
		end := i
		for end+1 < len(names) && names[end+1] == names[end]+1 {
			end++
		}
		if len(all) == namedOrders {
			return append(all, fmt.Sprintf("and %d more", len(names)-i))
		}
		text := strconv.Itoa(names[i])
		if end > i {
			text += "-" + strconv.Itoa(names[end])
		}
		all = append(all, text)
		i = end + 1
	}
	return all
}

// clearThese clears orders, some at a time, and returns those that could not be, and whether
// the gateway answers at all: if it does not, not all of them are tried.
func (r *run) clearThese(ctx context.Context, all []int) (left []int, answered bool) {
	names := make(chan int)
	var clearing sync.WaitGroup
	var mu sync.Mutex
	dead := false // a request was not answered
	for range clearers {
		clearing.Go(func() {
			for name := range names {
				mu.Lock()
				hopeless := dead && !answered
				if hopeless {
					left = append(left, name)
				}
				mu.Unlock()
				if hopeless {
					continue
				}
				a := r.http.ask(ctx, question{method: http.MethodDelete, path: protocol.PathOrder(strconv.Itoa(name)), secure: true, within: drainWithin})
				mu.Lock()
				answered, dead = answered || a.err == nil, dead || a.err != nil
				if !a.gone() {
					left = append(left, name)
				}
				mu.Unlock()
			}
		})
	}
	for _, name := range all {
		names <- name
	}
	close(names)
	clearing.Wait()
	slices.Sort(left)
	return left, answered
}
