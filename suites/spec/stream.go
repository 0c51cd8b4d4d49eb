package spec

import (
	"slices"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
)

// AuthMode is a way to authenticate a WebSocket.
type AuthMode string

// The two ways (Q).
const (
	ByHeader  AuthMode = "header"
	ByMessage AuthMode = "message"
)

// Stream is an authenticated WebSocket with its snapshot.
type Stream struct {
	*client.Socket
	Snapshot client.Message
	scene    *Scene
	first    int // index of the first message after the snapshot
}

// Connect opens a WebSocket under the run's token and waits for the snapshot.
// It returns nil, with the reason, if the gateway did not serve it.
func (s *Scene) Connect(mode AuthMode) (*Stream, string) { return s.ConnectAs(s.Token(), mode) }

// ConnectAs is Connect under another token.
func (s *Scene) ConnectAs(token string, mode AuthMode) (*Stream, string) {
	header := client.BearerHeader(token)
	if mode == ByMessage {
		header = nil
	}
	socket, res := s.Open(header)
	if socket == nil {
		return nil, "the handshake was refused: " + res.String()
	}
	if mode == ByMessage {
		if err := s.Present(socket, token); err != nil {
			return nil, err.Error()
		}
	}
	ctx, cancel := s.Within(Patience)
	defer cancel()
	snapshot, i, ok := socket.Await(ctx, 0, IsSnapshot)
	if !ok {
		return nil, unserved(socket)
	}
	return &Stream{Socket: socket, Snapshot: snapshot, scene: s, first: i + 1}, ""
}

// Present sends the token as the first message of a WebSocket that was just opened. If
// the harness comes so late with it that the gateway may have given up, what follows says
// nothing of the gateway, and what is judged in the scene is inconclusive.
func (s *Scene) Present(socket *client.Socket, token string) error {
	err := socket.Authenticate(token)
	late := time.Since(socket.Asked)
	if late > s.Real(s.Timing.TokenDeadline)*3/4 && s.Lag.Between(socket.Asked, time.Now()) >= late/8 {
		s.trouble.note(Inconclusive("the harness was late with a token: it went out %v after the handshake", late.Round(time.Millisecond)))
	}
	return err
}

// unserved says what came on a socket in place of the snapshot.
func unserved(socket *client.Socket) string {
	reason := "no " + string(protocol.ActiveOrders) + " within " + Patience.String()
	if closure := socket.Closure(); closure != nil {
		reason = "no " + string(protocol.ActiveOrders) + ": " + closure.String()
	}
	if messages := socket.Messages(); len(messages) > 0 && messages[0].Err != nil {
		reason += "; the first message was " + messages[0].Err.Error()
	}
	return reason
}

// Stream opens an authenticated WebSocket; failing to is trouble of the set-up.
func (c *C) Stream(mode AuthMode) *Stream {
	stream, reason := c.Connect(mode)
	if stream == nil {
		c.Broken("the set-up failed: open a WebSocket by %s: %s", mode, reason)
	}
	return stream
}

// IsSnapshot tells whether a message is the snapshot of active orders.
func IsSnapshot(m client.Message) bool { return m.Type() == protocol.ActiveOrders }

// IsOrderEvent tells whether a message speaks of one order: it has a type other
// than the snapshot's, and a UUID.
func IsOrderEvent(m client.Message) bool {
	return m.Type() != "" && m.Type() != protocol.ActiveOrders && m.UUID() != ""
}

// Event waits until the stream brings an event of the type about the order; any
// type if it is empty. It gives up after Patience.
func (s *Stream) Event(uuid string, kind protocol.EventType) (client.Message, bool) {
	return s.Find(func(m client.Message) bool {
		return IsOrderEvent(m) && m.UUID() == uuid && (kind == "" || m.Type() == kind)
	})
}

// Find waits until the stream brings a message that satisfies match, among all
// that came after the snapshot. It gives up after Patience.
func (s *Stream) Find(match func(client.Message) bool) (client.Message, bool) {
	ctx, cancel := s.scene.Within(Patience)
	defer cancel()
	m, _, ok := s.Await(ctx, s.first, match)
	return m, ok
}

// Events returns the order events that came so far, after the snapshot.
func (s *Stream) Events() []client.Message {
	return slices.DeleteFunc(s.Messages()[s.first:], func(m client.Message) bool { return !IsOrderEvent(m) })
}

// EventsOf returns the events about one order that came so far.
func (s *Stream) EventsOf(uuid string) []client.Message {
	return slices.DeleteFunc(s.Events(), func(m client.Message) bool { return m.UUID() != uuid })
}

// Fence makes an order and waits until every stream has told of it: whatever an
// earlier request caused has come by then, on a gateway that keeps its order.
func (c *C) Fence(streams ...*Stream) {
	marker := c.Start(protocol.ToGo)
	for _, s := range streams {
		if _, ok := s.Event(marker.UUID, protocol.OrderCreated); !ok {
			c.Broken("the set-up failed: %s did not tell of a new order within %v", s.Channel(), Patience)
		}
	}
}

// Serves tells whether the gateway serves a WebSocket under a token that should
// not be accepted, by header or by first message. It waits for the gateway to
// close, or for anything that only a served client gets, no longer than the grace.
func (s *Scene) Serves(token string, mode AuthMode) bool {
	header := client.BearerHeader(token)
	if mode == ByMessage {
		header = nil
	}
	socket, _ := s.Open(header)
	if socket == nil {
		return false
	}
	if mode == ByMessage && s.Present(socket, token) != nil {
		return false
	}
	ctx, cancel := s.Within(s.Grace())
	defer cancel()
	_, _, served := socket.Await(ctx, 0, func(m client.Message) bool { return IsSnapshot(m) || IsOrderEvent(m) })
	return served
}
