package websocket

import (
	"context"
	"fmt"
	"sync"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// minutes is how long "a silent client for minutes" is kept: three, so that it
// fits beside two token windows.
const minutes = 3 * time.Minute

// The observations that take 20 seconds of the gateway's time, or more.
var (
	silence = &spec.Probe[Silence]{
		Name: "the end of silent WebSockets", Takes: func(t protocol.Timing) time.Duration { return 2 * t.TokenDeadline },
		Run: observeSilence,
	}
	pinging = &spec.Probe[Unauthenticated]{
		Name: "the end of a WebSocket that only pings", Takes: func(t protocol.Timing) time.Duration { return t.TokenDeadline },
		Run: observePinging,
	}
	lateToken = &spec.Probe[LateToken]{
		Name: "a token just before the deadline", Takes: func(t protocol.Timing) time.Duration { return t.TokenDeadline },
		Needs: withToken, Run: observeLateToken,
	}
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

// Unauthenticated is what was seen of a connection that passes no token.
type Unauthenticated struct {
	Refused  *client.Response // set if it was not opened at all
	Asked    time.Time        // before the handshake: the deadline cannot run from earlier
	Opened   time.Time        // after it: nor from later
	Closure  *client.Closure  // nil if it was still open long after the deadline
	GaveUp   time.Time        // when the observation ended
	Messages []client.Message // what came before a token was sent
}

// Silence is what was seen of several connections that begin at different times,
// and of one that is authenticated beside them.
type Silence struct {
	Sockets []Unauthenticated
	Witness *Kept // nil if there was no token
}

// LateToken is what came of a token that was sent just before the deadline.
type LateToken struct {
	Unauthenticated
	Sent   time.Time // zero if the connection had ended before
	Served bool
}

// Kept is what was seen of authenticated connections over a span of time.
type Kept struct {
	Span    time.Duration // of protocol time
	Streams []KeptStream
}

// KeptStream is one of them.
type KeptStream struct {
	Mode    spec.AuthMode
	Refused string          // why it was not served at the beginning
	Closure *client.Closure // nil if it was open at the end
	Alive   bool            // it answered a ping at the end
}

func observeSilence(s *spec.Scene) (Silence, error) {
	const sockets = 3
	result := Silence{Sockets: make([]Unauthenticated, sockets)}
	var wait sync.WaitGroup
	defer wait.Wait()
	if s.Token() != "" {
		result.Witness = &Kept{Streams: []KeptStream{{Mode: spec.ByHeader}}}
	}
	stream := witness(s, result.Witness)
	started := time.Now()
	for i := range sockets {
		at := started.Add(time.Duration(i) * s.Real(s.Timing.TokenDeadline) / sockets)
		if err := s.Until(at); err != nil {
			return result, err
		}
		if i == 0 {
			s.Waiting("silent WebSockets to be closed", time.Now().Add(s.Real(2*s.Timing.TokenDeadline)))
		}
		socket, res := s.Open(nil)
		wait.Go(func() { result.Sockets[i] = watch(s, socket, res) })
	}
	wait.Wait()
	if stream != nil {
		result.Witness.Streams[0] = stillThere(s, stream, spec.ByHeader)
	}
	return result, context.Cause(s)
}

// witness opens an authenticated connection beside the silent ones.
func witness(s *spec.Scene, kept *Kept) *spec.Stream {
	if kept == nil {
		return nil
	}
	stream, reason := s.Connect(spec.ByHeader)
	kept.Streams[0].Refused = reason
	return stream
}

// watch waits for the end of an unauthenticated connection, well beyond the time
// at which it is due.
func watch(s *spec.Scene, socket *client.Socket, res *client.Response) Unauthenticated {
	if socket == nil {
		return Unauthenticated{Refused: res}
	}
	ctx, cancel := s.Within(time.Until(givingUp(s, socket)))
	defer cancel()
	seen := Unauthenticated{Asked: socket.Asked, Opened: socket.Opened, Closure: socket.AwaitClosure(ctx)}
	seen.GaveUp, seen.Messages = time.Now(), socket.Messages()
	return seen
}

// givingUp is when a connection that should have been closed is no longer watched.
func givingUp(s *spec.Scene, socket *client.Socket) time.Time {
	return socket.Opened.Add(s.Real(s.Timing.TokenDeadline*5/4) + 2*s.Grace())
}

func observePinging(s *spec.Scene) (Unauthenticated, error) {
	socket, res := s.Open(nil)
	if socket == nil {
		return Unauthenticated{Refused: res}, nil
	}
	ctx, cancel := s.Within(time.Until(givingUp(s, socket)))
	defer cancel()
	var wait sync.WaitGroup
	wait.Go(func() {
		for i := 0; ctx.Err() == nil && socket.Closure() == nil; i++ {
			if socket.Ping(fmt.Sprintf("still here %d", i)) != nil {
				return
			}
			pause(ctx, s.Real(s.Timing.TokenDeadline/10))
		}
	})
	seen := watch(s, socket, res)
	cancel()
	wait.Wait()
	return seen, context.Cause(s)
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func observeLateToken(s *spec.Scene) (LateToken, error) {
	socket, res := s.Open(nil)
	if socket == nil {
		return LateToken{Unauthenticated: Unauthenticated{Refused: res}}, nil
	}
	at := socket.Asked.Add(s.Real(s.Timing.TokenDeadline) - s.Grace() - s.Slack()/4)
	ctx, cancel := context.WithDeadline(s, at)
	closure := socket.AwaitClosure(ctx)
	cancel()
	seen := LateToken{Unauthenticated: Unauthenticated{Asked: socket.Asked, Opened: socket.Opened, Closure: closure}}
	if closure != nil || s.Err() != nil {
		return seen, context.Cause(s)
	}
	seen.Messages = socket.Messages()
	_ = socket.Authenticate(s.Token()) // if it cannot be sent, it is not served either
	seen.Sent = time.Now()
	// A token that went out too late proves nothing.
	if late := seen.Sent.Sub(at.Add(s.Grace() - s.Real(s.Settings.Grace))); late > 0 {
		return seen, spec.Inconclusive("the token just before the deadline went out %v too late", late)
	}
	ctx, cancel = s.Within(spec.Patience)
	defer cancel()
	_, _, seen.Served = socket.Await(ctx, 0, spec.IsSnapshot)
	seen.Closure = socket.Closure()
	return seen, context.Cause(s)
}

func observeKept(s *spec.Scene, span time.Duration) (Kept, error) {
	kept := Kept{Span: span}
	var streams []*spec.Stream
	for _, mode := range []spec.AuthMode{spec.ByHeader, spec.ByMessage} {
		stream, reason := s.Connect(mode)
		kept.Streams = append(kept.Streams, KeptStream{Mode: mode, Refused: reason})
		streams = append(streams, stream)
	}
	until := time.Now().Add(s.Real(span))
	s.Waiting("authenticated WebSockets to stay open", until)
	if err := s.Until(until); err != nil {
		return kept, err
	}
	for i, stream := range streams {
		if stream != nil {
			kept.Streams[i] = stillThere(s, stream, kept.Streams[i].Mode)
		}
	}
	return kept, nil
}

// stillThere finds out whether a connection is open and answers.
func stillThere(s *spec.Scene, stream *spec.Stream, mode spec.AuthMode) KeptStream {
	ctx, cancel := s.Within(spec.Patience)
	defer cancel()
	_ = stream.Ping("still there")
	_, alive := stream.AwaitPong(ctx, "still there")
	return KeptStream{Mode: mode, Closure: stream.Closure(), Alive: alive}
}
