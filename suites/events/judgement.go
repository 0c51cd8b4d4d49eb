package events

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"ttcheck/client"
	"ttcheck/protocol"
)

// createdFirst judges whether a connection told of an order by ORDER_CREATED
// before anything else (EVT-08). If it told nothing, that is another fault.
func createdFirst(_ life, told []client.Message) error {
	if len(told) > 0 && told[0].Type() != protocol.OrderCreated {
		return fmt.Errorf("%s came before ORDER_CREATED", told[0].Type())
	}
	return nil
}

// inSequence judges whether no event tells of something that happened before what
// an earlier one told of (EVT-09). An event may show the order as it is by the time
// of sending: newer than its type says, never older.
func inSequence(l life, told []client.Message) error {
	return errors.Join(createdFirst(l, told), locationsForward(l, told), locatedBeforePaged(l, told), clearedLast(told))
}

// locationsForward: the first location, then the second. A clearing may take the
// location away.
func locationsForward(l life, told []client.Message) error {
	at := 0
	for _, m := range told {
		here := slices.Index([]string{"", l.first, l.second}, locationOf(m))
		if here < 0 || !isKnown(m.Type()) || stateOf(m) == protocol.Cleared || !m.Object.Has("locationName") {
			continue
		}
		if here < at {
			return fmt.Errorf("%s came behind the move to another location", brief(m))
		}
		at = here
	}
	return nil
}

// locatedBeforePaged: where no event before the page told of the locating, and one
// behind it tells of the place where the order was by then, the two are swapped.
func locatedBeforePaged(l life, told []client.Message) error {
	page := slices.IndexFunc(told, isType(protocol.OrderPaged))
	if page < 0 {
		return nil
	}
	locating := func(m client.Message) bool {
		return m.Type() == protocol.OrderModified && stateOf(m) == protocol.Located
	}
	behind := func(m client.Message) bool { return locating(m) && locationOf(m) == l.first }
	if !slices.ContainsFunc(told[:page], locating) && slices.ContainsFunc(told[page:], behind) {
		return errors.New("ORDER_PAGED came before ORDER_MODIFIED with state located")
	}
	return nil
}

// clearedLast: nothing else is told of an order that is told to be cleared.
func clearedLast(told []client.Message) error {
	end := slices.IndexFunc(told, isCleared)
	if end < 0 {
		return nil
	}
	for _, m := range told[end:] {
		if isKnown(m.Type()) && !isCleared(m) {
			return fmt.Errorf("%s came behind the clearing", brief(m))
		}
	}
	return nil
}

func isType(kind protocol.EventType) func(client.Message) bool {
	return func(m client.Message) bool { return m.Type() == kind }
}

func isCleared(m client.Message) bool { return stateOf(m) == protocol.Cleared }

// isChange tells whether an event is an ORDER_MODIFIED of an order that goes on.
func isChange(m client.Message) bool { return m.Type() == protocol.OrderModified && !isCleared(m) }

func count(told []client.Message, match func(client.Message) bool) int {
	n := 0
	for _, m := range told {
		if match(m) {
			n++
		}
	}
	return n
}

// nothingLost judges whether each connection told of each change (EVT-12). What
// the protocol leaves open, whether the move of a located order and the clearing
// are told by these events, must hold for all orders or for none.
func nothingLost(r record) error {
	for _, w := range r.witnesses {
		if w.closure != nil {
			return faultf(nil, "%s ended: %s", w.channel, w.closure)
		}
	}
	moves, clears := false, false
	for _, w := range r.witnesses {
		for _, l := range r.lives {
			moves = moves || l.moved && slices.ContainsFunc(w.told[l.uuid], func(m client.Message) bool {
				return isChange(m) && locationOf(m) == l.second
			})
			clears = clears || slices.ContainsFunc(w.told[l.uuid], isCleared)
		}
	}
	return r.each(func(l life, told []client.Message) error {
		changes := 1
		if moves && l.moved {
			changes = 2
		}
		switch {
		case !slices.ContainsFunc(told, isType(protocol.OrderCreated)):
			return errors.New("ORDER_CREATED is missing")
		case count(told, isChange) < changes:
			return fmt.Errorf("ORDER_MODIFIED came %d times, cleared aside, for %d changes", count(told, isChange), changes)
		case l.paged && !slices.ContainsFunc(told, isType(protocol.OrderPaged)):
			return errors.New("ORDER_PAGED is missing")
		case clears && !slices.ContainsFunc(told, isCleared):
			return errors.New("of other orders it told that they were cleared, of this one not")
		}
		return nil
	})
}

// nothingRepeated judges whether a connection told of each change once (EVT-12).
func nothingRepeated(l life, told []client.Message) error {
	for _, once := range []protocol.EventType{protocol.OrderCreated, protocol.OrderPaged} {
		if n := count(told, isType(once)); n > 1 {
			return fmt.Errorf("%s came %d times", once, n)
		}
	}
	for i := range told {
		for j := range i {
			if repeats(told[i], told[j]) && !excused(l, told, j, i) {
				return fmt.Errorf("%s came twice", brief(told[i]))
			}
		}
	}
	return nil
}

// excused tells whether two events that look the same can still tell of two
// changes: one may be sent so late that it shows what the next one shows too, and
// a page may end by itself and leave the order as it was before.
func excused(l life, told []client.Message, j, i int) bool {
	switch m := told[i]; {
	case sameSeq(m, told[j]):
		return false
	case isChange(m):
		return count(told, isChange) <= 2 && (i != j+1 || locationOf(m) == l.second)
	default:
		return !isCleared(m)
	}
}

// repeats tells whether two events are the same in every member, but for the
// number and the age that the order has by the time of sending.
func repeats(a, b client.Message) bool {
	if len(a.Object) != len(b.Object) {
		return false
	}
	for key, value := range a.Object {
		if key != "seq" && key != "elapsedTime" && !alike(key, value, b.Object[key]) {
			return false
		}
	}
	return true
}

func sameSeq(a, b client.Message) bool {
	x, err1 := a.Object.Int("seq")
	y, err2 := b.Object.Int("seq")
	return err1 == nil && err2 == nil && x == y
}

// toldAlike judges whether all connections were told the same of each order, in
// the same sequence (EVT-10).
func toldAlike(r record) error {
	for _, w := range r.witnesses[1:] {
		for _, l := range r.lives {
			reference, told := r.witnesses[0].told[l.uuid], w.told[l.uuid]
			same := slices.EqualFunc(reference, told, func(a, b client.Message) bool {
				return a.Type() == b.Type() && difference(a.Object, b.Object) == ""
			})
			if !same {
				return faultf(append(slices.Clone(reference), told...), "of order %s %s told: %s; but %s told: %s",
					l.name, r.witnesses[0].channel, briefs(reference), w.channel, briefs(told))
			}
		}
	}
	return nil
}

// withoutGap judges the numbers of all events of one connection (EVT-11). A
// message of a type that is not documented may take part in the numbering or not.
func withoutGap(all []client.Message) error {
	var last *int64
	for i, m := range all {
		seq, err := m.Object.Int("seq")
		switch known := isKnown(m.Type()); {
		case known && err != nil:
			return faultf(all[i:i+1], "%s: %v", brief(m), err)
		case known && last != nil && seq != *last+1:
			return faultf(all[max(0, i-2):i+1], "%s has seq %d behind %d", brief(m), seq, *last)
		case known, err == nil && last != nil && seq == *last+1:
			last = &seq
		}
	}
	return nil
}

// numberedApart notes an event that has one number on one connection and another
// on another.
func numberedApart(r record) string {
	for _, l := range r.lives {
		reference := r.witnesses[0].told[l.uuid]
		for _, w := range r.witnesses[1:] {
			for i, m := range w.told[l.uuid][:min(len(reference), len(w.told[l.uuid]))] {
				if isKnown(m.Type()) && !sameSeq(m, reference[i]) {
					return "the connections number the same event differently, order " + strconv.Quote(l.name)
				}
			}
		}
	}
	return ""
}
