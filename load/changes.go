package load

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"ttcheck/load/plan"
	"ttcheck/protocol"
)

const (
	// lateAfter is how much later than planned a request may go out before it counts as late.
	lateAfter = 10 * time.Millisecond
	// mostUnanswered bounds the requests that wait for an answer at a time.
	mostUnanswered = 4096
)

// orders makes the changes of the plan, each at its time, whatever became of those before.
type orders struct {
	run        *run
	state      []orderState // by the name's index
	unanswered atomic.Int64
	asked      sync.WaitGroup
}

// orderState is what is known of one order name.
type orderState struct {
	busy   atomic.Bool // a change of it has no answer yet
	active atomic.Bool // perhaps; it is to be cleared at the end
	// strayed counts the changes that were skipped or failed: from then on the order is not
	// what the plan takes it for, until one that clears it succeeds. Settled is what strayed
	// was when that one was sent.
	strayed, settled atomic.Int64
}

func newOrders(r *run) *orders {
	return &orders{run: r, state: make([]orderState, r.ledger.names.Len())}
}

// follow makes the changes, until the plan ends or ctx does. Their answers are waited for
// until patience ends.
func (o *orders) follow(ctx, patience context.Context) {
	r := o.run
	changes := r.cfg.Plan.Changes()
	for {
		c, ok := changes.Next()
		if !ok || r.wait(ctx, c.At-r.lead()) != nil {
			return
		}
		own := r.cfg.Shard.OwnsName(c.Name)
		r.ledger.enter(c, own)
		if !own {
			continue
		}
		if r.lead() == 0 {
			o.begin(patience, c)
			continue
		}
		o.asked.Go(func() {
			if r.wait(ctx, c.At) == nil {
				o.begin(patience, c)
			}
		})
	}
}

// begin sends a change that is due, or skips it if its order's last one has no answer.
func (o *orders) begin(patience context.Context, c plan.Change) {
	r, state := o.run, &o.state[c.Name]
	r.side.count(changesPlanned)
	if o.unanswered.Load() >= mostUnanswered || !state.busy.CompareAndSwap(false, true) {
		r.ledger.strike(c.K)
		r.side.count(changesSkipped)
		state.strayed.Add(1)
		return
	}
	o.unanswered.Add(1)
	o.asked.Go(func() {
		defer o.unanswered.Add(-1)
		defer state.busy.Store(false)
		o.change(patience, state, c)
	})
}

// question is the request of a change, and the endpoint as which its answer is counted.
func (o *orders) question(c plan.Change) (q question, endpoint string) {
	name := strconv.Itoa(o.run.ledger.names.First + c.Name)
	q = question{method: http.MethodPost, path: protocol.PathActiveOrders, secure: true}
	switch c.Op {
	case plan.Create:
		q.body = newOrder{Name: name, Type: protocol.OnPremise}
	case plan.Locate:
		q.body = newOrder{Name: name, Type: protocol.OnPremise, Location: strconv.Itoa(c.Location)}
	case plan.Page:
		q.path, q.body = protocol.PathPage(name), tracking{true}
		return q, "POST " + protocol.PathPage("{id}")
	default:
		q.method, q.path = http.MethodDelete, protocol.PathOrder(name)
		return q, "DELETE " + protocol.PathOrder("{id}")
	}
	return q, "POST " + q.path
}

// newOrder is the body that starts or locates an order (R), tracking the one that pages it.
type newOrder struct {
	Name     string             `json:"name"`
	Type     protocol.OrderType `json:"orderType"`
	Location string             `json:"locationName,omitempty"`
}

type tracking struct {
	Tracking bool `json:"tracking"`
}

// change sends one change and notes what came of it. It is not cut off when the load ends:
// what became of the order must be known, to clear it.
func (o *orders) change(patience context.Context, state *orderState, c plan.Change) {
	r := o.run
	strayed := state.strayed.Load()
	astray := strayed != state.settled.Load()
	was := state.active.Load()
	if c.Op == plan.Create || c.Op == plan.Locate {
		state.active.Store(true)
	}
	now := r.now()
	r.ledger.send(c.K, c.Op, now)
	r.side.count(changesSent)
	if r.late(now-c.At) > lateAfter {
		r.side.count(changesLate)
	}
	q, endpoint := o.question(c)
	a := r.http.ask(patience, q)
	r.answered(a, endpoint, httpCreate+lasting(c.Op), r.now()-c.At)
	if !a.ok() && !untracked(a) {
		r.side.count(changesFailed)
	}
	if a.refused() {
		state.active.Store(was)
	}
	switch {
	case c.Op == plan.Clear && a.gone():
		state.active.Store(false)
		state.settled.Store(strayed)
	case c.Op != plan.Page && !a.ok():
		state.strayed.Add(1)
	}
	unchanged := a.code == protocol.CodeAlreadyStarted || a.code == protocol.CodeAlreadyLocated
	if a.ok() && !astray && !unchanged {
		r.ledger.fates.is(c.K, accepted)
	}
}

// late counts how late a request goes out, and returns it.
func (r *run) late(by time.Duration) time.Duration {
	r.side.record(sendLateness, by)
	return by
}

// answered counts an answer and how long after its planned time it came. What was not
// answered in time has taken that time at least, and counts; what could not be asked does not.
func (r *run) answered(a answer, endpoint string, m lasting, took time.Duration) {
	r.answers.add(endpoint, a.String())
	r.side.mu.Lock()
	defer r.side.mu.Unlock()
	switch {
	case a.err == nil:
		r.side.now.counting[requests]++
		r.side.now.record(m, took)
	case errors.Is(a.err, context.DeadlineExceeded), errors.Is(a.err, context.Canceled):
		r.side.now.record(m, took)
	}
	if !a.ok() && !untracked(a) {
		r.side.now.counting[httpErrors]++
	}
}

// untracked tells whether an answer says that the order cannot be paged, as it has no
// tracker: orders of a load have none, and a gateway may say so (R).
func untracked(a answer) bool {
	return a.err == nil && (a.code == protocol.CodePagingUnavailable || a.code == protocol.CodePagingImpossible)
}

// leftOver are the names of orders that may be active still.
func (o *orders) leftOver() []int {
	var names []int
	for i := range o.state {
		if o.state[i].active.Load() {
			names = append(names, o.run.ledger.names.First+i)
		}
	}
	return names
}
