package online

import (
	"context"
	"errors"
	"sync"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The case on a gateway that many WebSockets are open to.

const (
	// wanted is "hundreds of WebSockets". Fewer than fewest are too few to show the
	// requirement; a gateway may be too small for them.
	wanted, fewest = 200, 100
	// together is how many are opened or closed at a time: the gateway may be slow,
	// and other cases time it meanwhile.
	together = 2
	// gathering bounds the time that opening them may take.
	gathering = 40 * time.Second
	// room is how many leave again if the gateway takes no more: that it is full is
	// not what the requirement is about.
	room = 10
)

// crowd is a number of WebSockets that are open at the same time.
type crowd struct {
	sockets []*client.Socket
	// turnedAway is the handshake that the gateway did not accept, after which no
	// more were tried; nil if there was none.
	turnedAway *client.Response
}

func answersBesideManySockets(c *spec.C) {
	mustBeOnline(c)
	crowd := gather(c)
	c.Later(func() { leave(crowd.sockets) })
	if crowd.isFull() {
		crowd.makeRoom()
	}
	open := crowd.open()
	c.Note("%d WebSockets were open", open)
	for range 3 {
		c.Expect(checkAnew(c), "GET %s while %d WebSockets are open", protocol.Base, open).To(match.Success())
	}
	if open < fewest {
		c.Unsupported("the gateway held %d WebSockets at once, fewer than %d (%s)", open, fewest, crowd.why())
	}
}

// gather opens authenticated WebSockets until they are enough, the gateway turns
// one away, or time is up.
func gather(c *spec.C) *crowd {
	ctx, cancel := c.Within(gathering)
	defer cancel()
	var (
		g    = &crowd{}
		mu   sync.Mutex
		wait sync.WaitGroup
	)
	for range together {
		wait.Go(func() {
			for range wanted / together {
				socket, res := c.Client.Dial(ctx, client.BearerHeader(c.Token()))
				mu.Lock()
				enough := g.take(socket, res, ctx.Err() != nil)
				mu.Unlock()
				if enough {
					return
				}
			}
		})
	}
	wait.Wait()
	if g.turnedAway != nil && client.IsLocal(g.turnedAway.Err) {
		leave(g.sockets)
		c.Broken("the harness could not open more than %d WebSockets: %v", len(g.sockets), g.turnedAway.Err)
	}
	return g
}

// take notes what came of a handshake, and tells whether to try no more.
func (g *crowd) take(socket *client.Socket, res *client.Response, timeIsUp bool) (enough bool) {
	switch {
	case socket != nil:
		g.sockets = append(g.sockets, socket)
	case !timeIsUp && g.turnedAway == nil:
		g.turnedAway = res
	}
	return timeIsUp || g.turnedAway != nil
}

// isFull tells whether the gateway said that it takes no more, rather than not
// answering at all.
func (g *crowd) isFull() bool {
	return g.turnedAway != nil && !errors.Is(g.turnedAway.Err, context.DeadlineExceeded)
}

// makeRoom has a few leave.
func (g *crowd) makeRoom() {
	going := min(room, len(g.sockets))
	leave(g.sockets[:going])
	g.sockets = g.sockets[going:]
}

func (g *crowd) open() int {
	n := 0
	for _, s := range g.sockets {
		if s.Closure() == nil {
			n++
		}
	}
	return n
}

// why tells why they are not more.
func (g *crowd) why() string {
	if g.turnedAway != nil {
		return "then a handshake was answered: " + g.turnedAway.String()
	}
	return "in " + gathering.String()
}

// patience is how long it may take to close one WebSocket in order. If it takes
// longer, the others are not closed in order: they are many.
const patience = 500 * time.Millisecond

// leave closes the sockets, a few at a time.
func leave(sockets []*client.Socket) {
	var wait sync.WaitGroup
	for first := range together {
		wait.Go(func() {
			inOrder := true
			for i := first; i < len(sockets); i += together {
				if !inOrder {
					sockets[i].Drop()
					continue
				}
				began := time.Now()
				sockets[i].Close()
				inOrder = time.Since(began) < patience
			}
		})
	}
	wait.Wait()
}
