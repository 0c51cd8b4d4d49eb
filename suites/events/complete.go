package events

import (
	"fmt"
	"slices"

	"ttcheck/client"
	"ttcheck/protocol"
)

// nothingLost judges whether each connection told of each change (EVT-12). What
// the protocol leaves open, whether the move of a located order and the clearing
// are told by these events, must hold for all orders or for none; and so for pages:
// where none is told by ORDER_PAGED, that is the subject of EVT-06.
func nothingLost(r record) error {
	for _, w := range r.witnesses {
		if w.closure != nil {
			return &fault{fmt.Sprintf("%s ended: %s", w.channel, w.closure), w.latest}
		}
	}
	moves, clears, pages := false, false, false
	for _, w := range r.witnesses {
		for _, l := range r.lives {
			moves = moves || l.moved && slices.ContainsFunc(w.told[l.uuid], func(m client.Message) bool {
				return isChange(m) && locationOf(m) == l.second
			})
			clears = clears || slices.ContainsFunc(w.told[l.uuid], isCleared)
			pages = pages || slices.ContainsFunc(w.told[l.uuid], isType(protocol.OrderPaged))
		}
	}
	return r.each(func(l life, told []client.Message) error {
		changes := 1
		if moves && l.moved {
			changes = 2
		}
		switch {
		case !slices.ContainsFunc(told, isType(protocol.OrderCreated)):
			return &fault{"ORDER_CREATED is missing", []client.Exchange{l.asked.start}}
		case count(told, isChange) < changes:
			return &fault{
				fmt.Sprintf("ORDER_MODIFIED came %d times, cleared aside, for %d changes", count(told, isChange), changes),
				[]client.Exchange{l.asked.locate, l.asked.move}[:changes],
			}
		case pages && l.paged && !slices.ContainsFunc(told, isType(protocol.OrderPaged)):
			return &fault{"ORDER_PAGED is missing", []client.Exchange{l.asked.page}}
		case clears && !slices.ContainsFunc(told, isCleared):
			return &fault{"of other orders it told that they were cleared, of this one not", []client.Exchange{l.asked.clear}}
		}
		return nil
	})
}

// nothingRepeated judges whether a connection told of each change once (EVT-12).
func nothingRepeated(l life, told []client.Message) error {
	for _, once := range []protocol.EventType{protocol.OrderCreated, protocol.OrderPaged} {
		if n := count(told, isType(once)); n > 1 {
			return faultf(slices.DeleteFunc(slices.Clone(told), func(m client.Message) bool { return m.Type() != once }), "%s came %d times", once, n)
		}
	}
	for i := range told {
		for j := range i {
			if repeats(told[i], told[j]) && !excused(l, told, j, i) {
				return faultf([]client.Message{told[j], told[i]}, "%s came twice", brief(told[i]))
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
