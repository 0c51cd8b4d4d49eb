package websocket

import (
	"bytes"
	"strconv"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// The observations of authenticated connections over a span of time.

// minutes is how long "a silent client for minutes" is kept: three, so that it
// fits beside two token windows.
const minutes = 3 * time.Minute

// Kept is what was seen of authenticated connections over a span of time.
type Kept struct{ Streams []KeptStream }

// KeptStream is one of them.
type KeptStream struct {
	Mode     spec.AuthMode
	Refused  string          // why it was not served at the beginning
	Answered bool            // it answered a ping at the beginning
	Closure  *client.Closure // nil if it was open at the end
	Alive    bool            // it answered a ping at the end
	Order    string          // the name of an order that was made at the end; empty if none could be
	Told     bool            // it told of that order
	Proof    []client.Exchange
}

var (
	pastDeadline = &spec.Probe[Kept]{
		Name: "authenticated WebSockets to pass the deadline", Takes: func(t protocol.Timing) time.Duration { return 2 * t.TokenDeadline },
		Needs: withToken,
		Run:   func(s *spec.Scene) (Kept, error) { return observeKept(s, s.Timing.TokenDeadline*3/2) },
	}
	forMinutes = &spec.Probe[Kept]{
		Name: "silent authenticated WebSockets to last for minutes", Takes: func(protocol.Timing) time.Duration { return minutes },
		Needs: withToken,
		Run:   func(s *spec.Scene) (Kept, error) { return observeKept(s, minutes) },
	}
)

func observeKept(s *spec.Scene, span time.Duration) (Kept, error) {
	var kept Kept
	streams := kept.connect(s, bothModes...)
	until := time.Now().Add(s.Real(span))
	s.Waiting("authenticated WebSockets to stay open", until)
	if err := s.Until(until); err != nil {
		return kept, err
	}
	kept.look(s, streams)
	return kept, nil
}

// connect opens a connection by each mode. The streams are nil where it is not
// served.
func (k *Kept) connect(s *spec.Scene, modes ...spec.AuthMode) []*spec.Stream {
	streams := make([]*spec.Stream, len(modes))
	for i, mode := range modes {
		stream, reason := s.Connect(mode)
		streams[i] = stream
		k.Streams = append(k.Streams, KeptStream{
			Mode: mode, Refused: reason, Answered: stream != nil && answers(s, stream.Socket, "at first"),
		})
	}
	return streams
}

// look finds out whether the connections are open, answer, and tell of what
// happens.
func (k *Kept) look(s *spec.Scene, streams []*spec.Stream) {
	asked := time.Now()
	order, undo := newOrder(s)
	defer undo()
	for i, stream := range streams {
		if stream == nil {
			continue
		}
		seen := &k.Streams[i]
		seen.Alive = seen.Answered && answers(s, stream.Socket, "at last")
		if order != "" {
			seen.Order, seen.Told = order, tellsOf(s, stream, order, asked)
		}
		seen.Closure, seen.Proof = stream.Closure(), exchangesOn(stream.Socket, s)
	}
}

// answers pings, and tells whether the pong came.
func answers(s *spec.Scene, socket *client.Socket, payload string) bool {
	ctx, cancel := s.Within(spec.Patience)
	defer cancel()
	if socket.Ping(payload) != nil {
		return false
	}
	_, answered := socket.AwaitPong(ctx, payload)
	return answered
}

// newOrder starts an order, if that is allowed and works, and returns its name and
// how to clear it.
func newOrder(s *spec.Scene) (name string, undo func()) {
	nothing := func() {}
	if kind, _ := s.Unmet(withOrders); kind != "" {
		return "", nothing
	}
	name, err := s.Orders.Take()
	if err != nil {
		return "", nothing
	}
	undo = func() {
		if cleared := s.Delete(protocol.PathOrder(name)); cleared.Status/100 == 2 {
			s.Orders.Release(name)
		} // else the end of the run tries again
	}
	started := s.Post(protocol.PathActiveOrders, map[string]any{"name": name, "orderType": protocol.ToGo})
	if started.Status/100 != 2 {
		return "", undo
	}
	return name, undo
}

// tellsOf waits for a message that names an order, in whatever form. It must be
// later than the order is, as its name may have been another's before.
func tellsOf(s *spec.Scene, stream *spec.Stream, name string, since time.Time) bool {
	ctx, cancel := s.Within(spec.Patience)
	defer cancel()
	quoted := []byte(strconv.Quote(name))
	_, _, told := stream.Await(ctx, 0, func(m client.Message) bool {
		return m.At.After(since) && !spec.IsSnapshot(m) && bytes.Contains(m.Data, quoted)
	})
	return told
}
