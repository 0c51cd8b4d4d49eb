package events

import (
	"context"
	"fmt"

	"ttcheck/client"
	"ttcheck/suites/spec"
)

// greeting is the payload of the ping after whose pong nothing is under way that
// the gateway may say on its own to a client that has passed no token yet.
const greeting = "before the token"

// joiner is a client that connects in two steps, so that the second one, at which
// it is authenticated, can be timed.
type joiner struct {
	mode     spec.AuthMode
	channel  string
	socket   *client.Socket
	since    int               // index of the first message after authentication
	messages []client.Message  // from since on, once taken
	trouble  string            // why it has no snapshot; empty if it has
	proof    []client.Exchange // of the trouble
}

// prepare opens the WebSocket of a client that will pass its token by message.
func (j *joiner) prepare(s *spec.Scene) error {
	if j.mode == spec.ByHeader {
		return nil
	}
	socket, res := s.Client.Dial(s, nil)
	if socket == nil {
		return fmt.Errorf("open a WebSocket without credentials: %s", res)
	}
	j.socket, j.channel = socket, socket.Channel()
	// Not for long: the time for the token runs, and pongs are WS-16's affair.
	ctx, cancel := s.Within(min(spec.Patience, s.Real(s.Timing.TokenDeadline)/8))
	defer cancel()
	if err := socket.Ping(greeting); err == nil {
		socket.AwaitPong(ctx, greeting)
	}
	j.since = len(socket.Messages())
	return nil
}

// join has the client authenticated and waits for its snapshot. An error is
// trouble of the harness.
func (j *joiner) join(s *spec.Scene) error {
	switch j.mode {
	case spec.ByHeader:
		socket, res := s.Client.Dial(s, client.BearerHeader(s.Token()))
		if socket == nil && client.IsLocal(res.Err) {
			return res.Err
		}
		if socket == nil {
			j.trouble, j.proof = "the handshake was refused: "+res.String(), []client.Exchange{res.Exchange}
			return nil
		}
		j.socket, j.channel = socket, socket.Channel()
	default:
		if err := s.Present(j.socket, s.Token()); err != nil {
			j.trouble, j.proof = err.Error(), onChannel(s.Client.Transcript().Exchanges(), j.channel)
			return nil
		}
	}
	ctx, cancel := s.Within(spec.Patience)
	defer cancel()
	if _, _, ok := j.socket.Await(ctx, j.since, spec.IsSnapshot); ok {
		return nil
	}
	j.trouble = fmt.Sprintf("no ACTIVE_ORDERS within %v", spec.Patience)
	if closure := j.socket.Closure(); closure != nil {
		j.trouble = "no ACTIVE_ORDERS: " + closure.String()
	}
	j.proof = onChannel(s.Client.Transcript().Exchanges(), j.channel)
	return context.Cause(s)
}

// take keeps what came since the authentication.
func (j *joiner) take() { j.messages = j.socket.Messages()[j.since:] }

// leave closes the connection.
func (j *joiner) leave() {
	if j.socket != nil {
		j.socket.Close()
	}
}
