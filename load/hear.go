package load

import (
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
	case m.phase.Load() < up:
		l.now.counting[badMessages]++
		e.errors.add("an event before the snapshot")
	case len(fields.Type) == 0:
		l.now.counting[badMessages]++
		e.errors.add("a message without a type")
	default:
		e.event(l, m, &fields, at)
	}
}

// snapshot takes a socket's first message: from now on it must hear everything.
func (e ear) snapshot(l *lane, m *member, at time.Duration) {
	if !m.to(up, waiting) {
		return // a second snapshot; what else it may be is for the conformance run to say
	}
	m.stream.since = e.ledger.sent.Load()
	l.now.record(authenticate, at-m.upgraded)
	l.now.counting[socketsOpened]++
	e.members.joined()
}

func (e ear) event(l *lane, m *member, f *wire.Fields, at time.Duration) {
	l.now.counting[events]++
	hasSeq := f.HasSeq && f.Seq >= 0 && f.Seq < maxSeq
	if hasSeq {
		switch m.stream.number(f.Seq) {
		case late:
			l.now.counting[outOfOrder]++
		case again:
			l.now.counting[repeated]++
			return
		case inOrder:
		}
	}
	change, id := e.identify(f, hasSeq, at)
	if id != 0 {
		if gone, replaced := e.sights.heard(id, change, at); replaced {
			e.spread(l, gone)
		}
	}
	entry := e.ledger.entry(change)
	if entry == nil {
		l.now.counting[otherEvents]++
		return
	}
	e.ledger.fates.is(change, heard)
	own := entry.went.Load() != 0
	if own && m.stream.made(change) == again {
		l.now.counting[repeated]++
		return
	}
	latency := max(at-time.Duration(entry.planned.Load()), 0)
	l.now.record(eventLatency, latency)
	if own {
		l.now.record(uncorrected, max(at-time.Duration(entry.went.Load()), 0))
		if e.split() {
			l.now.record(eventLatencyOwn, latency)
		}
	}
}

// identify finds the change that made an event, 0 if it was none of the plan's, and the name
// that the event has for all sockets, 0 if there is none.
func (e ear) identify(f *wire.Fields, hasSeq bool, at time.Duration) (change int64, id eventID) {
	if hasSeq {
		id = bySeq(f.Seq)
		if change, ok := e.sights.known(id); ok {
			return change, id
		}
	}
	if op, ok := madeBy(f); ok {
		change = e.ledger.find(f, op, hasSeq, at)
	}
	if !hasSeq && change != 0 {
		id = byChange(change)
	}
	return change, id
}

// madeBy tells which change makes such an event. What event tells that an order was cleared
// is open, so that any of another type may.
func madeBy(f *wire.Fields) (plan.Op, bool) {
	switch {
	case string(f.State) == string(protocol.Cleared):
		return plan.Clear, true
	case string(f.Type) == string(protocol.OrderCreated):
		return plan.Create, true
	case string(f.Type) == string(protocol.OrderPaged):
		return plan.Page, true
	case string(f.Type) == string(protocol.OrderModified):
		return plan.Locate, string(f.State) == string(protocol.Located)
	}
	return plan.Clear, true
}

// spread counts how far the sockets lay apart that heard an event. The lane is locked.
func (e ear) spread(l *lane, s report.Spread) {
	l.now.record(skew, s.Last-s.First)
	if e.split() {
		l.spreads = append(l.spreads, s)
	}
}

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
