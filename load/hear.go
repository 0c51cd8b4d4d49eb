package load

import (
	"fmt"
	"hash/maphash"
	"time"

	"ttcheck/load/plan"
	"ttcheck/load/wire"
	"ttcheck/protocol"
	"ttcheck/report"
)

// ear takes what workers read from the sockets. It is the hot path of a run: nothing here
// allocates while all goes well.
type ear struct{ *run }

// maxSeq bounds a seq; what lies beyond is treated as none.
const maxSeq = int64(1) << 60

// Message takes a message of a socket.
func (e ear) Message(worker int, s *wire.Socket, body []byte, at, early time.Duration) {
	m, _ := s.Owner.(*member) // as it was dialled
	l := e.lanes[worker]
	l.mu.Lock()
	defer l.mu.Unlock()
	if early >= 0 {
		l.now.record(handling, e.now()-at+early)
	}
	fields, err := wire.Scan(body)
	switch {
	case err != nil:
		l.now.counting[badMessages]++
		e.errors.add("a message that is not one JSON object")
	case string(fields.Type) == string(protocol.ActiveOrders):
		e.snapshot(l, m, at)
	case len(fields.Type) == 0:
		e.untyped(l, body)
	case m.phase.Load() < up:
		if !m.hasty { // once for each socket
			m.hasty = true
			l.now.counting[badMessages]++
			e.errors.add("events before the snapshot")
		}
	default:
		e.event(l, m, &fields, body, at)
	}
}

// untyped takes a message that is no event. A gateway may say why it closes a connection.
func (e ear) untyped(l *lane, body []byte) {
	object, err := protocol.ParseObject(body)
	if err == nil {
		if code, err := object.Int("returnCode"); err == nil {
			e.errors.add(fmt.Sprintf("WebSocket told: returnCode %v", protocol.ReturnCode(code)))
			return
		}
	}
	l.now.counting[badMessages]++
	e.errors.add("a message without a type")
}

// snapshot takes a socket's first message: from now on it must hear everything.
func (e ear) snapshot(l *lane, m *member, at time.Duration) {
	if !m.to(up, waiting) {
		return // a second snapshot; what else it may be is for the conformance run to say
	}
	m.stream.since, m.joined = e.ledger.due.Load(), at
	l.now.record(authenticate, at-m.upgraded)
	l.now.counting[socketsOpened]++
	e.members.joined()
}

func (e ear) event(l *lane, m *member, f *wire.Fields, body []byte, at time.Duration) {
	l.now.counting[events]++
	s := &m.stream
	s.any = true
	hasSeq := f.HasSeq && f.Seq >= 0 && f.Seq < maxSeq
	numbered := inOrder
	if hasSeq {
		numbered = s.number(f.Seq)
		if !e.numbered.Load() {
			e.numbered.Store(true)
		}
	}
	change, order := e.identify(s, f, hasSeq, numbered, at)
	// Where there is a seq, that tells, unless a change of the plan is left that can have made
	// the event: then the number was given twice.
	if hasSeq && numbered == again && change == 0 || e.repeats(s, f, hasSeq, change, body) {
		l.now.counting[repeated]++
		return
	}
	switch numbered {
	case inOrder:
	case late:
		l.now.counting[outOfOrder]++
	case again: // an event of its own, under a number that was used
		l.now.counting[outOfOrder]++
		s.renumber(f.Seq)
	}
	entry := e.ledger.entry(change)
	if entry == nil {
		l.now.counting[otherEvents]++
		if hasSeq {
			e.sighted(l, e.others, f.Seq, f, hasSeq, at)
		}
		return
	}
	s.made(change, order, len(e.ledger.orders))
	if hasSeq {
		e.numbers.note(f.Seq, change)
		s.anchorSeq, s.anchor = f.Seq, change
	}
	e.ledger.fates.is(change, heard)
	e.sighted(l, e.sights, change, f, hasSeq, at)
	planned := time.Duration(entry.planned.Load())
	if planned > at {
		atLeast(&e.ahead, int64(planned-at))
	}
	latency := max(at-planned, 0)
	l.now.record(eventLatency, latency)
	if went := entry.went.Load(); went != 0 {
		l.now.record(uncorrected, max(at-time.Duration(went), 0))
		if e.split() {
			l.now.record(eventLatencyOwn, latency)
		}
	}
}

// identify finds the change that made an event, 0 if it was none of the plan's, and the order.
func (e ear) identify(s *stream, f *wire.Fields, hasSeq bool, numbered place, at time.Duration) (change int64, order int) {
	op, ok := madeBy(f)
	if !ok {
		return 0, 0
	}
	order, ok = e.ledger.index(f.Name)
	if !ok {
		return 0, 0
	}
	last := s.lastOf(order)
	if hasSeq {
		// A socket that missed an event of the order would take this one for it, but others
		// know better.
		if change := e.numbers.of(f.Seq); change > last && e.ledger.could(change, f, op, order, at) {
			return change, order
		}
	}
	if change := e.ledger.find(f, op, order, last, s.near(f.Seq, hasSeq), at); change != 0 {
		return change, order
	}
	// One from before: it comes late, or it was under way when the socket came.
	if numbered == late || !s.heardOf(order) && (!hasSeq || numbered == inOrder) {
		return e.ledger.before(f, op, order, last, at), order
	}
	return 0, order
}

// repeats tells whether a socket heard an order's event again, whatever number it bears now:
// one that can be told of only once, and was. That an order was located may be told of for
// reasons of the gateway's own. Where events bear no seq, one that equals the one before to
// the letter is the same, too.
func (e ear) repeats(s *stream, f *wire.Fields, hasSeq bool, change int64, body []byte) bool {
	op, ok := madeBy(f)
	if !ok {
		return false // such as a heartbeat
	}
	if !hasSeq && !s.numbered {
		before := s.print
		if s.print = maphash.Bytes(e.seed, body); s.print == before {
			return true
		}
	}
	order, ours := e.ledger.index(f.Name)
	return ours && change == 0 && op != plan.Locate && s.heardOf(order)
}

// sighted notes when an event was heard, by its number in one of the books. The lane is locked.
func (e ear) sighted(l *lane, book *sights, number int64, f *wire.Fields, hasSeq bool, at time.Duration) {
	n := book.heard(number, at)
	if n.first && hasSeq {
		e.seqs.add(f.Seq)
		atLeast(&e.highest, f.Seq+1)
	}
	if n.replaced {
		e.spread(l, n.gone, book == e.others)
	}
}

// madeBy tells which change makes such an event. By what type of event an order that was
// cleared is told of is open; its state tells.
func madeBy(f *wire.Fields) (plan.Op, bool) {
	switch {
	case string(f.State) == string(protocol.Cleared):
		return plan.Clear, true
	case string(f.Type) == string(protocol.OrderCreated):
		return plan.Create, true
	case string(f.Type) == string(protocol.OrderPaged):
		return plan.Page, true
	}
	return plan.Locate, string(f.Type) == string(protocol.OrderModified) && string(f.State) == string(protocol.Located)
}

// spread counts how far the sockets lay apart that heard an event. In the report of a shard
// an event that no change of the plan made is named by its seq, made negative. The lane is
// locked.
func (e ear) spread(l *lane, s report.Spread, bySeq bool) {
	l.now.record(skew, s.Last-s.First)
	if !e.split() || len(l.spreads) >= maxSpreads {
		return
	}
	if bySeq {
		s.ID = -s.ID
	}
	l.spreads = append(l.spreads, s)
}

// maxSpreads bounds what each worker keeps for the merger of a shard.
const maxSpreads = 1 << 20

// Closed takes the end of a socket.
func (e ear) Closed(worker int, s *wire.Socket, cause wire.Cause, _ time.Duration) {
	m, _ := s.Owner.(*member) // as it was dialled
	before := m.phase.Swap(gone)
	e.closes.add(string(cause))
	l := e.lanes[worker]
	l.mu.Lock()
	switch before {
	case waiting:
		l.now.counting[connectErrors]++
		e.errors.add("WebSocket ended before its snapshot: " + string(cause))
	case up:
		l.now.counting[dropped]++
	}
	l.mu.Unlock()
	e.members.closed(m, before)
}
