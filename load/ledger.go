package load

import (
	"slices"
	"sync/atomic"
	"time"

	"ttcheck/load/plan"
	"ttcheck/load/wire"
	"ttcheck/protocol"
)

// ledger knows the changes of the plan: when each was due and sent, and what became of
// it. Workers look events up in it while changes are made.
type ledger struct {
	names  protocol.NameRange
	lead   time.Duration // how long before its time a change may be in the book
	recent []entry       // by number, modulo its length
	orders []order       // by the name's index
	fates  fates
	// due is the number of the latest change in the book.
	due atomic.Int64
}

const (
	// recentChanges is how many changes can be told apart at a time, a power of two. What is
	// heard later than that is counted as somebody else's event.
	recentChanges = 1 << 16
	// perOrder is how many of an order's last changes are looked at.
	perOrder = 64
)

// entry is a change in the book.
type entry struct {
	k        atomic.Int64 // 0 while it is being written
	op       atomic.Uint32
	order    atomic.Int64 // the name's index
	location atomic.Int64 // for plan.Locate
	others   atomic.Bool  // another shard sends it
	planned  atomic.Int64
	went     atomic.Int64 // when it was sent; 0 if another shard sends it, or it is not yet
}

// order holds the numbers of the last changes of one order name.
type order struct {
	last [perOrder]atomic.Int64
	next atomic.Uint32
}

func newLedger(names protocol.NameRange, lead time.Duration) *ledger {
	return &ledger{names: names, lead: lead, recent: make([]entry, recentChanges), orders: make([]order, names.Len())}
}

// enter writes a change into the book, before it is sent, by this process or another shard.
// One goroutine does so, in the order of the plan.
func (l *ledger) enter(c plan.Change, own bool) {
	e := &l.recent[c.K&(recentChanges-1)]
	e.k.Store(0)
	e.op.Store(uint32(c.Op))
	e.order.Store(int64(c.Name))
	e.location.Store(int64(c.Location))
	e.others.Store(!own)
	e.planned.Store(int64(c.At))
	e.went.Store(0)
	e.k.Store(c.K)
	l.fates.grow(c.K)
	o := &l.orders[c.Name]
	o.last[o.next.Load()%perOrder].Store(c.K)
	o.next.Add(1)
	l.due.Store(c.K)
}

// strike takes a change out of the book that is not sent after all.
func (l *ledger) strike(k int64) {
	if e := l.entry(k); e != nil {
		e.k.Store(0)
	}
}

// send notes that this process sends a change now.
func (l *ledger) send(k int64, op plan.Op, now time.Duration) {
	if e := l.entry(k); e != nil {
		e.went.Store(int64(now))
	}
	what := ours
	if op == plan.Clear {
		what |= clears
	}
	l.fates.is(k, what)
}

// entry finds a change, or nil if it is too long ago.
func (l *ledger) entry(k int64) *entry {
	if k <= 0 {
		return nil
	}
	if e := &l.recent[k&(recentChanges-1)]; e.k.Load() == k {
		return e
	}
	return nil
}

// find returns the number of the change that made an event which a socket heard, or 0 if
// none did: the first one of its order after the last that the socket heard; or, if it missed
// some, the one nearest to a number, unless that is 0. The clock of another shard may be ahead:
// one of its changes that is not due yet is taken if no other fits.
func (l *ledger) find(f *wire.Fields, op plan.Op, order int, after, near int64, at time.Duration) int64 {
	for _, by := range []time.Duration{at, at + l.lead} {
		found := int64(0)
		for k := range l.orders[order].latest {
			if k <= after {
				break
			}
			e := l.entry(k)
			if e == nil || !e.fits(f, op, by) {
				continue
			}
			if found == 0 || near == 0 || max(k-near, near-k) < max(found-near, near-found) {
				found = k
			}
		}
		if found != 0 || l.lead == 0 {
			return found
		}
	}
	return 0
}

// could tells whether a change of an order can have made an event.
func (l *ledger) could(k int64, f *wire.Fields, op plan.Op, order int, at time.Duration) bool {
	e := l.entry(k)
	return e != nil && int(e.order.Load()) == order && e.fits(f, op, at+l.lead)
}

// before returns the number of the latest change that can have made an event, up to a number.
func (l *ledger) before(f *wire.Fields, op plan.Op, order int, upTo int64, at time.Duration) int64 {
	for k := range l.orders[order].latest {
		if e := l.entry(k); k <= upTo && e != nil && e.fits(f, op, at) {
			return k
		}
	}
	return 0
}

// latest goes through the last changes of an order, the latest first.
func (o *order) latest(yield func(k int64) bool) {
	for back, next := uint32(1), o.next.Load(); back <= min(perOrder, next); back++ {
		if !yield(o.last[(next-back)%perOrder].Load()) {
			return
		}
	}
}

// fits tells whether a change can have made an event that was heard by a time.
func (e *entry) fits(f *wire.Fields, op plan.Op, by time.Duration) bool {
	if e.op.Load() != uint32(op) || time.Duration(e.planned.Load()) > by {
		return false
	}
	if e.went.Load() == 0 && !e.others.Load() {
		return false
	}
	if op != plan.Locate {
		return true
	}
	location, ok := number(f.Location)
	return !ok || int64(location) == e.location.Load()
}

// index reads an order's name.
func (l *ledger) index(name []byte) (int, bool) {
	n, ok := number(name)
	return n - l.names.First, ok && n >= l.names.First && n <= l.names.Last
}

// number reads a string of digits that is not too long.
func number(text []byte) (int, bool) {
	if len(text) == 0 || len(text) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// What became of a change.
const (
	accepted uint32 = 1 << iota // it was answered by 2xx
	heard                       // a socket heard its event
	clears                      // it clears an order
	ours                        // this process sent it
)

// fates keeps what became of every change of the run, in chunks, as a run may be long. A
// zero fates is empty; one goroutine grows it.
type fates struct {
	chunks atomic.Pointer[[]*[fateChunk]atomic.Uint32]
	last   int64
}

const fateChunk = 1 << 14

// grow makes room for change k.
func (f *fates) grow(k int64) {
	var chunks []*[fateChunk]atomic.Uint32
	if p := f.chunks.Load(); p != nil {
		chunks = *p
	}
	f.last = k
	for k/fateChunk >= int64(len(chunks)) {
		more := append(slices.Clip(slices.Clone(chunks)), new([fateChunk]atomic.Uint32))
		f.chunks.Store(&more)
		chunks = more
	}
}

// of returns what became of change k, to be read or changed.
func (f *fates) of(k int64) *atomic.Uint32 {
	return &(*f.chunks.Load())[k/fateChunk][k%fateChunk]
}

// is notes something about change k.
func (f *fates) is(k int64, what uint32) {
	fate := f.of(k)
	for {
		old := fate.Load()
		if old&what == what || fate.CompareAndSwap(old, old|what) {
			return
		}
	}
}

// made is the sum of the changes that were made, of each number up to the index: how many,
// and their numbers added up.
type made struct {
	count []int64
	sum   []int64
}

// made adds up the changes that were made: those of this process that were accepted, and
// those of any shard that a socket heard of. Whether the clearing of an order is told at all is
// open: if none ever was, none is expected.
func (f *fates) made() (m made, silentClears bool) {
	clearings, clearingsHeard := 0, 0
	for k := int64(1); k <= f.last; k++ {
		fate := f.of(k).Load()
		if fate&clears != 0 && fate&accepted != 0 {
			clearings++
		}
		if fate&clears != 0 && fate&heard != 0 {
			clearingsHeard++
		}
	}
	silentClears = clearings > 0 && clearingsHeard == 0
	m = made{make([]int64, f.last+1), make([]int64, f.last+1)}
	for k := int64(1); k <= f.last; k++ {
		fate := f.of(k).Load()
		m.count[k], m.sum[k] = m.count[k-1], m.sum[k-1]
		told := !silentClears || fate&clears == 0
		if fate&heard != 0 || fate&ours != 0 && fate&accepted != 0 && told {
			m.count[k]++
			m.sum[k] += k
		}
	}
	return m, silentClears
}

// since is what was made after change k.
func (m made) since(k int64) (count, sum int64) {
	last := len(m.count) - 1
	if last < 0 || int(k) > last {
		return 0, 0
	}
	return m.count[last] - m.count[k], m.sum[last] - m.sum[k]
}
