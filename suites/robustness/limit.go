package robustness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// More clients than there is room for.

var limitCases = []spec.Case{
	{ID: "ROB-04", Needs: needs, Run: turnsTheSurplusAway},
}

const (
	// most is how many WebSockets are opened, unless the gateway takes no more.
	most = 600
	// beyond is how many more are tried once it took no more.
	beyond = 5
)

var (
	// hang is what a refusal may not take.
	hang = 10 * time.Second
	// gathering bounds the time that opening them may take.
	gathering = 40 * time.Second
)

func turnsTheSurplusAway(c *spec.C) {
	w := watch(c)
	began := time.Now()
	g := gather(c)
	w.fair(began, !slices.ContainsFunc(g.turnedAway, func(a arrival) bool { return a.fault != nil }))
	c.Later(func() { g.leave(len(g.sockets)) })
	if g.local != nil {
		c.Note("the harness itself could hold no more: %v", g.local)
	}
	open := len(g.sockets)
	if open == 0 {
		c.Unsupported("no WebSocket is served in the first place (see WS-02)")
	}
	c.Note("%d WebSockets were open; %s", open, g.why())
	for _, a := range g.turnedAway {
		c.Expect(a.fault, "the handshake of a client beyond %d", open).ProvedBy(a.proof).To(match.NoFault("be answered 4xx or 5xx, or the connection be closed, in good time"))
	}
	w.stillConnected(fmt.Sprintf("while there are %d", open))
	c.Expect(g.lost(), "the number of those that lost their connection while there were %d", open).To(gomega.BeZero())
	g.leave(open / 2)
	c.Expect(g.lost(), "the number of those that lost their connection when half of %d left", open).To(gomega.BeZero())
	after, reason := servesAgain(c, 1)
	c.Expect(after, "the number of clients that are served once half of %d have left (%s)", open, reason).To(gomega.Equal(1))
	g.leave(len(g.sockets))
	w.unharmed(fmt.Sprintf("after %d others have left", open))
}

// crowd is a number of clients that are served at the same time.
type crowd struct {
	mu         sync.Mutex
	sockets    []*client.Socket
	turnedAway []arrival
	local      error // why the harness could not go on
	late       bool  // time was up
}

// arrival is what came of one client.
type arrival struct {
	socket *client.Socket // nil if it was turned away
	fault  error          // what was wrong with how it was
	local  error
	proof  client.Exchange
}

// gather lets clients in until they are enough, the gateway takes no more, or time is
// up; in the second case it tries a few more.
func gather(c *spec.C) *crowd {
	ctx, cancel := c.Within(gathering)
	defer cancel()
	g := &crowd{}
	spread(min(most, room()), func(int) bool {
		g.add(enter(c))
		g.mu.Lock()
		defer g.mu.Unlock()
		g.late = ctx.Err() != nil
		return !g.late && g.local == nil && len(g.turnedAway) == 0
	})
	for range beyond {
		if !g.triesOn() || ctx.Err() != nil {
			break
		}
		g.add(enter(c))
	}
	return g
}

// triesOn tells whether to go on beyond the limit: there is one, and it was clean so
// far.
func (g *crowd) triesOn() bool {
	unclean := slices.ContainsFunc(g.turnedAway, func(a arrival) bool { return a.fault != nil })
	return len(g.turnedAway) > 0 && !unclean && g.local == nil
}

func (g *crowd) add(a arrival) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case a.socket != nil:
		g.sockets = append(g.sockets, a.socket)
	case a.local != nil:
		g.local = a.local
	default:
		g.turnedAway = append(g.turnedAway, a)
	}
}

// enter opens a WebSocket and waits for its snapshot, or for the end.
func enter(c *spec.C) arrival {
	ctx, cancel := c.Within(hang)
	defer cancel()
	socket, res := c.Client.Dial(ctx, client.BearerHeader(c.Token()))
	switch {
	case client.IsLocal(res.Err):
		return arrival{local: res.Err}
	case socket == nil:
		return arrival{fault: unclean(res), proof: res.Exchange}
	}
	if _, _, served := socket.Await(ctx, 0, spec.IsSnapshot); served {
		return arrival{socket: socket}
	}
	a := arrival{proof: res.Exchange}
	if socket.Closure() == nil {
		a.fault = fmt.Errorf("it was let in, and then neither served nor closed within %v", hang)
	}
	socket.Drop()
	return a
}

// unclean tells what is wrong with a refusal: nil if the connection was closed, or
// never accepted, or answered with an error.
func unclean(res *client.Response) error {
	switch {
	case errors.Is(res.Err, context.DeadlineExceeded):
		return fmt.Errorf("it was not answered within %v", hang)
	case res.Status != 0 && res.Status/100 != 4 && res.Status/100 != 5:
		return fmt.Errorf("it was answered %s", res)
	}
	return nil
}

// why tells why they are not more.
func (g *crowd) why() string {
	switch {
	case len(g.turnedAway) > 0:
		return "then the gateway took no more"
	case g.local != nil:
		return "then the harness could not go on"
	case g.late:
		return "more could not be opened in " + gathering.String()
	}
	return "the gateway turned nobody away"
}

// lost counts those whose connection has ended.
func (g *crowd) lost() int {
	n := 0
	for _, s := range g.sockets {
		if s.Closure() != nil {
			n++
		}
	}
	return n
}

// slow is how long it may take to close one in order. If it takes longer, the others
// are not closed in order: they are many.
const slow = 500 * time.Millisecond

// leave closes so many of them.
func (g *crowd) leave(n int) {
	leaving := g.sockets[:n]
	g.sockets = g.sockets[n:]
	var hurry sync.Once
	hurried := make(chan struct{})
	spread(n, func(i int) bool {
		select {
		case <-hurried:
			leaving[i].Drop()
			return true
		default:
		}
		began := time.Now()
		if leaving[i].Close(); time.Since(began) > slow {
			hurry.Do(func() { close(hurried) })
		}
		return true
	})
}
