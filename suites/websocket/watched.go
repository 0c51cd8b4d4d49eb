package websocket

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// The observations of connections that pass no token, or pass it late.

// Unauthenticated is what was seen of a connection that passes no token.
type Unauthenticated struct {
	Refused  *client.Response // set if it was not opened at all
	Asked    time.Time        // before the handshake: the deadline cannot run from earlier
	Opened   time.Time        // after it: nor from later
	Closure  *client.Closure  // nil if it was still open long after the deadline
	GaveUp   time.Time        // when the observation ended
	Messages []client.Message // what came before a token was sent
	Proof    []client.Exchange
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
	// Ended is how it ended although it was served; nil if it outlived the deadline.
	Ended *client.Closure
}

var (
	silence = &spec.Probe[Silence]{
		Name: "the end of silent WebSockets", Takes: func(t protocol.Timing) time.Duration { return 2 * t.TokenDeadline },
		Run: observeSilence,
	}
	pinging = &spec.Probe[Unauthenticated]{
		Name: "the end of a WebSocket that only pings and pongs", Takes: func(t protocol.Timing) time.Duration { return t.TokenDeadline },
		Run: observePinging,
	}
	lateToken = &spec.Probe[LateToken]{
		Name: "a token just before the deadline", Takes: func(t protocol.Timing) time.Duration { return t.TokenDeadline },
		Needs: withToken, Run: observeLateToken,
	}
)

func observeSilence(s *spec.Scene) (Silence, error) {
	const sockets = 3
	result := Silence{Sockets: make([]Unauthenticated, sockets)}
	var wait sync.WaitGroup
	defer wait.Wait()
	var beside []*spec.Stream
	if s.Token() != "" {
		result.Witness = &Kept{}
		beside = result.Witness.connect(s, spec.ByHeader)
	}
	started := time.Now()
	for i := range sockets {
		at := started.Add(time.Duration(i) * s.Real(s.Timing.TokenDeadline) / sockets)
		if err := s.Until(at); err != nil {
			return result, err
		}
		if i == 0 {
			s.Waiting("silent WebSockets to be closed", time.Now().Add(s.Real(2*s.Timing.TokenDeadline)))
		}
		socket, res := openPatiently(s)
		wait.Go(func() { result.Sockets[i] = watch(s, socket, res) })
	}
	wait.Wait()
	if result.Witness != nil {
		result.Witness.look(s, beside)
	}
	return result, context.Cause(s)
}

// openPatiently opens a WebSocket that passes no token. It tries again for a while
// if the gateway is busy or full, as other cases may open many at that time.
func openPatiently(s *spec.Scene) (*client.Socket, *client.Response) {
	const pace = 200 * time.Millisecond
	for give := time.Now().Add(spec.Patience); ; {
		socket, res := s.Open(nil)
		if socket != nil || res.Status != http.StatusServiceUnavailable || time.Now().After(give) || s.Until(time.Now().Add(pace)) != nil {
			return socket, res
		}
	}
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
	seen.GaveUp, seen.Messages, seen.Proof = time.Now(), socket.Messages(), exchangesOn(socket, s)
	return seen
}

// givingUp is when a connection that should have been closed is no longer watched.
func givingUp(s *spec.Scene, socket *client.Socket) time.Time {
	return socket.Opened.Add(s.Real(s.Timing.TokenDeadline*3/2) + 2*s.Grace())
}

func observePinging(s *spec.Scene) (Unauthenticated, error) {
	socket, res := openPatiently(s)
	if socket == nil {
		return Unauthenticated{Refused: res}, nil
	}
	ctx, cancel := s.Within(time.Until(givingUp(s, socket)))
	defer cancel()
	var wait sync.WaitGroup
	wait.Go(func() {
		for i := 0; ctx.Err() == nil && socket.Closure() == nil; i++ {
			text := fmt.Sprintf("still here %d", i)
			pong := client.Frame{Final: true, Opcode: client.OpPong, Payload: []byte(text)} // unasked (RFC 6455 §5.5.3)
			if socket.Ping(text) != nil || socket.SendFrames(pong) != nil {
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

func observeLateToken(s *spec.Scene) (seen LateToken, err error) {
	socket, res := openPatiently(s)
	if socket == nil {
		return LateToken{Unauthenticated: Unauthenticated{Refused: res}}, nil
	}
	at := socket.Asked.Add(s.Real(s.Timing.TokenDeadline) - s.Grace() - s.Slack()/4)
	ctx, cancel := context.WithDeadline(s, at)
	closure := socket.AwaitClosure(ctx)
	cancel()
	seen = LateToken{Unauthenticated: Unauthenticated{Asked: socket.Asked, Opened: socket.Opened, Closure: closure}}
	defer func() { seen.Proof = exchangesOn(socket, s) }()
	if closure != nil || s.Err() != nil {
		return seen, context.Cause(s)
	}
	seen.Messages = socket.Messages()
	_ = socket.Authenticate(s.Token()) // if it cannot be sent, it is not served either
	seen.Sent = time.Now()
	ctx, cancel = s.Within(spec.Patience)
	defer cancel()
	_, _, seen.Served = socket.Await(ctx, len(seen.Messages), spec.IsSnapshot)
	seen.Closure = socket.Closure()
	if seen.Served {
		ctx, cancel := context.WithDeadline(s, socket.Opened.Add(s.Real(s.Timing.TokenDeadline)+s.Grace()))
		defer cancel()
		seen.Ended = socket.AwaitClosure(ctx)
	}
	// A token that went out too late proves nothing unless it is accepted.
	last := socket.Asked.Add(s.Real(s.Timing.TokenDeadline - s.Settings.Grace))
	if late := seen.Sent.Sub(last); late > 0 && !seen.Served {
		return seen, spec.Inconclusive("the token just before the deadline went out %v too late", late)
	}
	return seen, context.Cause(s)
}
