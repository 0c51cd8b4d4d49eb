package events

import (
	"errors"
	"fmt"
	"slices"

	"ttcheck/client"
	"ttcheck/protocol"
)

// createdFirst judges whether a connection told of an order by ORDER_CREATED
// before anything else (EVT-08). If it told nothing, that is another fault.
func createdFirst(_ life, told []client.Message) error {
	switch at := slices.IndexFunc(told, isType(protocol.OrderCreated)); {
	case len(told) > 0 && at < 0:
		return fmt.Errorf("%s came, and no ORDER_CREATED before it", brief(told[0]))
	case at > 0:
		return fmt.Errorf("%s came before ORDER_CREATED", brief(told[0]))
	}
	return nil
}

// inSequence judges whether no event tells of something that happened before what
// an earlier one told of (EVT-09). An event may show the order as it is by the time
// of sending: newer than its type says, never older.
func inSequence(l life, told []client.Message) error {
	if at := slices.IndexFunc(told, isType(protocol.OrderCreated)); at > 0 {
		return fmt.Errorf("%s came before ORDER_CREATED", brief(told[0]))
	}
	return errors.Join(locationsForward(l, told), locatedBeforePaged(l, told), clearedLast(told))
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
			return fmt.Errorf("%s came behind an event with a later location", brief(m))
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
