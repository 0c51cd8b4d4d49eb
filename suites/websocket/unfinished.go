package websocket

import (
	"sync"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// unfinished is what was seen of a connection that begins its first message at once
// and never ends it: fragment after fragment, some of them empty. It does not ping, as
// WS-14 is about that.
var unfinished = &spec.Probe[Unauthenticated]{
	Name: "the end of a WebSocket with an unfinished message", Takes: func(t protocol.Timing) time.Duration { return t.TokenDeadline },
	Needs: robust(), Run: observeUnfinished,
}

func observeUnfinished(s *spec.Scene) (Unauthenticated, error) {
	socket, res := openPatiently(s)
	if socket == nil {
		return Unauthenticated{Refused: res}, nil
	}
	ctx, cancel := s.Within(time.Until(givingUp(s, socket)))
	defer cancel()
	var wait sync.WaitGroup
	wait.Go(func() {
		next := client.Frame{Opcode: client.OpText, Payload: []byte(`{"accesstoken":"`)}
		for i := 0; ctx.Err() == nil && socket.Closure() == nil; i++ {
			if socket.SendFrames(next) != nil {
				return
			}
			next = meanwhile[i%len(meanwhile)]
			pause(ctx, s.Real(s.Timing.TokenDeadline/20))
		}
	})
	seen := watch(s, socket, res)
	cancel()
	wait.Wait()
	return seen, nil
}

// meanwhile is what goes on while a message is unfinished.
var meanwhile = []client.Frame{
	{Opcode: client.OpContinuation},
	{Opcode: client.OpContinuation, Payload: []byte("0")},
}

// isNotPutOffByFragments compares the connection with one that sends nothing,
// should that one end at another time than after the 20 s. That it ends earlier is
// no matter of this requirement.
func isNotPutOffByFragments(c *spec.C) {
	due, known := endsAtLatest(c, silence.Of(c).Sockets[0])
	if !known {
		c.Unsupported("a connection that sends nothing is not closed in time either (see WS-04)")
	}
	closedInTime(c, unfinished.Of(c), "a connection with an unfinished message", due)
}
