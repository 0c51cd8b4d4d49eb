package events

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// What a message says of its order; empty or false where it does not say.

func stateOf(m client.Message) protocol.State {
	state, _ := m.Object.String("state")
	return protocol.State(state)
}

func locationOf(m client.Message) string {
	location, _ := m.Object.String("locationName")
	return location
}

func nameOf(m client.Message) string {
	name, _ := m.Object.String("name")
	return name
}

func pagedIn(m client.Message) bool {
	paged, _ := m.Object.Bool("paged")
	return paged
}

// isKnown tells whether the type is one of those that are documented for order
// events (Q). Of others a gateway may send what it likes.
func isKnown(kind protocol.EventType) bool {
	return kind == protocol.OrderCreated || kind == protocol.OrderModified || kind == protocol.OrderPaged
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

// tellsOfOrder tells whether a message is an event about an order: one of a
// documented type, or of another one that shows the order's state.
func tellsOfOrder(m client.Message) bool {
	return spec.IsOrderEvent(m) && (isKnown(m.Type()) || stateOf(m) != "")
}

// tellsOfClear tells whether an event can be the one about the clearing of its
// order. How that is told is open: by ORDER_MODIFIED with the state, or by another
// type, with a state or without.
func tellsOfClear(m client.Message) bool {
	return spec.IsOrderEvent(m) && (stateOf(m) == protocol.Cleared || !isKnown(m.Type()))
}

// brief names an event in a few words.
func brief(m client.Message) string {
	text := fmt.Sprintf("%.60s", m)
	if state := stateOf(m); state != "" {
		text += fmt.Sprintf(" %.20s", state)
	}
	if location := locationOf(m); location != "" {
		text += fmt.Sprintf(" at %.20q", location)
	}
	if pagedIn(m) {
		text += " paged"
	}
	return text
}

const maxBriefs = 12

// briefs names events in their sequence.
func briefs(events []client.Message) string {
	if len(events) == 0 {
		return "nothing"
	}
	var words []string
	for _, m := range events[:min(len(events), maxBriefs)] {
		words = append(words, brief(m))
	}
	if more := len(events) - len(words); more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	return strings.Join(words, ", ")
}

// telling is an event that must come: one of the type, with the state and the page
// where they matter.
type telling struct {
	kind  protocol.EventType
	state protocol.State // any if empty
	paged bool           // must be true if set
}

func (t telling) String() string {
	text := string(t.kind)
	if t.state != "" {
		text += " with state " + string(t.state)
	}
	if t.paged {
		text += " with paged true"
	}
	return text
}

func (t telling) isBy(m client.Message) bool {
	return m.Type() == t.kind && (t.state == "" || stateOf(m) == t.state) && (!t.paged || pagedIn(m))
}

// expectTold waits until each stream has told of the order in the given way.
func expectTold(c *spec.C, streams []*spec.Stream, o protocol.Order, how telling) {
	for _, s := range streams {
		_, ok := s.Find(func(m client.Message) bool { return m.UUID() == o.UUID && how.isBy(m) })
		var err error
		if !ok {
			err = prove(untold(s, o), proofOf(causeOf(c, o), s.Messages(), o)...)
		}
		expect(c, err, s.Channel(), fmt.Sprintf("tell of order %s by %s", o.Name, how))
	}
}

// untold says what a stream told of an order in place of what was awaited.
func untold(s *spec.Stream, o protocol.Order) error {
	text := fmt.Sprintf("it told of order %s, within %v: %s", o.Name, spec.Patience, briefs(s.EventsOf(o.UUID)))
	events := s.Events()
	other := slices.IndexFunc(events, func(m client.Message) bool {
		return nameOf(m) == o.Name && m.UUID() != o.UUID
	})
	if other >= 0 {
		text += "; and of another uuid under its name: " + brief(events[other])
	}
	if closure := s.Closure(); closure != nil {
		text += "; " + closure.String()
	}
	return errors.New(text)
}

// awaitTold waits until each stream has told of an order as it stands. Failing to
// is trouble of the set-up.
func awaitTold(c *spec.C, streams []*spec.Stream, o protocol.Order) {
	for _, s := range streams {
		_, ok := s.Find(func(m client.Message) bool {
			return m.UUID() == o.UUID && isKnown(m.Type()) && stateOf(m) == o.State
		})
		if !ok {
			c.Broken("the set-up failed: %v", untold(s, o))
		}
	}
}

// of picks the events about one order.
func of(uuid string, messages []client.Message) []client.Message {
	var events []client.Message
	for _, m := range messages {
		if spec.IsOrderEvent(m) && m.UUID() == uuid {
			events = append(events, m)
		}
	}
	return events
}

// marks notes how many messages each stream has brought so far.
func marks(streams []*spec.Stream) []int {
	counts := make([]int, len(streams))
	for i, s := range streams {
		counts[i] = len(s.Messages())
	}
	return counts
}

// openStreams opens n streams, by header and by message in turn.
func openStreams(c *spec.C, n int) []*spec.Stream {
	streams := make([]*spec.Stream, n)
	for i := range streams {
		streams[i] = c.Stream(modes[i%len(modes)])
	}
	return streams
}
