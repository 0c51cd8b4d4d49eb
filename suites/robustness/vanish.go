package robustness

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// Clients that vanish, one after the other, hundreds of times.

var vanishCases = []spec.Case{
	{ID: "ROB-03", Needs: needs, Run: freesWhatVanishedClientsHeld},
}

const (
	vanished = 300 // clients in all
	batch    = 30  // of them there at the same time
	// able is how many are served at once before and after.
	able = 20
)

var (
	// vanishing bounds the time that it may take.
	vanishing = 30 * time.Second
	// notice is how long, beyond the deadline of an unauthenticated connection, the
	// gateway may take to find that its clients are gone.
	notice = spec.Patience
)

func freesWhatVanishedClientsHeld(c *spec.C) {
	w := watch(c)
	before, reason := serves(c, able)
	if before == 0 {
		c.Unsupported("no WebSocket is served in the first place (see WS-02): %s", reason)
	}
	n := vanish(c, w)
	when := fmt.Sprintf("after %d clients came and vanished", n)
	c.Note("%d clients came and vanished", n)
	began := time.Now()
	after, reason := servesAgain(c, before)
	w.fair(began, after >= before)
	c.Expect(after >= before, "that %s %d WebSockets are served at once, as before (%d were; then: %s)", when, before, after, reason).
		To(gomega.BeTrue())
	w.unharmed(when)
}

// vanish has clients come and vanish in batches, and tells how many came. It ends
// early when the gateway takes no more: what it does then is judged later.
func vanish(c *spec.C, w *witness) int {
	ctx, cancel := c.Within(vanishing)
	defer cancel()
	came, looked := 0, false
	for came < vanished && ctx.Err() == nil {
		there := arrive(ctx, c, batch)
		for _, leave := range there {
			leave()
		}
		if came += len(there); len(there) < batch/2 {
			return came
		}
		if !looked && came >= vanished/2 {
			looked = true
			w.unharmed(fmt.Sprintf("after %d clients came and vanished", came))
		}
	}
	return came
}

// arrive opens connections of every kind, and returns how they vanish. It opens no
// more once the gateway does not answer, or ctx is done.
func arrive(ctx context.Context, c *spec.C, n int) []func() {
	leave, errs := make([]func(), n), make([]error, n)
	spread(n, func(i int) bool {
		leave[i], errs[i] = kinds[i%len(kinds)](ctx, c, i/len(kinds)%2 == 0)
		return !client.IsLocal(errs[i]) && !errors.Is(errs[i], context.DeadlineExceeded)
	})
	there := slices.DeleteFunc(leave, func(f func()) bool { return f == nil })
	for _, err := range errs {
		if client.IsLocal(err) {
			for _, f := range there {
				f()
			}
			c.Broken("the harness could not open more connections: %v", err)
		}
	}
	return there
}

// kinds are the clients that vanish: by a reset, or else by an end without a close
// frame.
var kinds = []func(ctx context.Context, c *spec.C, reset bool) (leave func(), err error){
	arriveServed, arriveByMessage, arriveSilent, arriveHalf,
}

// arriveServed is there when it has its snapshot.
func arriveServed(ctx context.Context, c *spec.C, reset bool) (func(), error) {
	return arriveAs(ctx, c, reset, client.BearerHeader(c.Token()), func(s *client.Socket) {
		ctx, cancel := context.WithTimeout(ctx, spec.Patience)
		defer cancel()
		s.Await(ctx, 0, spec.IsSnapshot)
	})
}

// arriveByMessage does not wait for its snapshot.
func arriveByMessage(ctx context.Context, c *spec.C, reset bool) (func(), error) {
	return arriveAs(ctx, c, reset, nil, func(s *client.Socket) { _ = s.Authenticate(c.Token()) })
}

func arriveSilent(ctx context.Context, c *spec.C, reset bool) (func(), error) {
	return arriveAs(ctx, c, reset, nil, func(*client.Socket) {})
}

func arriveAs(ctx context.Context, c *spec.C, reset bool, header http.Header, then func(*client.Socket)) (func(), error) {
	socket, res := c.Client.Dial(ctx, header)
	if socket == nil {
		return nil, res.Err
	}
	then(socket)
	if reset {
		return socket.Reset, nil
	}
	return socket.Drop, nil
}

// arriveHalf leaves amid its handshake.
func arriveHalf(ctx context.Context, c *spec.C, reset bool) (func(), error) {
	conn, err := c.Client.Connect(ctx)
	if err != nil {
		return nil, err
	}
	half := address{host: c.Client.Address()}.head("GET", protocol.PathWebSocket) + "Upgrade: websocket\r\n"
	_ = conn.Send(ctx, []byte(half)) // it may be refused, which is fine
	if reset {
		return conn.Reset, nil
	}
	return conn.Close, nil
}

// servesAgain asks until so many are served at once as have to be, or the gateway had
// time enough to notice who is gone.
func servesAgain(c *spec.C, wanted int) (served int, reason string) {
	const pace = time.Second
	until := time.Now().Add(c.Real(c.Timing.TokenDeadline) + c.Grace() + notice)
	for {
		served, reason = serves(c, wanted)
		if served >= wanted || time.Now().After(until) || c.Until(time.Now().Add(pace)) != nil {
			return served, reason
		}
	}
}

// serves opens so many WebSockets at once, tells how many were served their snapshot,
// and closes them again. The reason is why one was not.
func serves(c *spec.C, wanted int) (served int, reason string) {
	var n atomic.Int64
	var why atomic.Value
	scenes := make([]*spec.Scene, wanted)
	spread(wanted, func(i int) bool {
		scenes[i] = c.Branch()
		stream, reason := scenes[i].Connect(spec.ByHeader)
		if stream == nil {
			why.Store(reason)
			return false
		}
		n.Add(1)
		return true
	})
	spread(wanted, func(i int) bool {
		if scenes[i] != nil {
			scenes[i].CleanUp()
		}
		return true
	})
	reason, _ = why.Load().(string)
	return int(n.Load()), reason
}
