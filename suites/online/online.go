// Package online holds the cases on the online check: GET /api/v2, by which a
// client learns that the gateway is there.
package online

import (
	"sync"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Chapter is the chapter on the online check.
var Chapter = spec.Chapter{Name: protocol.Online, Cases: []spec.Case{
	{ID: "ONL-01", Run: answersWithoutCredentials},
	{ID: "ONL-02", Run: isLabelledJSON},
	{ID: "ONL-03", Needs: []spec.Need{spec.NeedToken}, Run: answersBesideManySockets},
	{ID: "ONL-04", Run: answersWithinASecond},
}}

const (
	// crowd is "hundreds of WebSockets"; a gateway that holds fewer than fewest is
	// too small to show the requirement.
	crowd, fewest = 200, 100
	// atRest is how fast the online check is answered by a gateway at rest.
	atRest = time.Second
)

func check(c *spec.C) *client.Response { return c.Do(client.Request{Path: protocol.Base}) }

func answersWithoutCredentials(c *spec.C) {
	for _, path := range []string{protocol.Base, protocol.Base} { // twice: on a fresh and on a kept connection
		res := c.Do(client.Request{Path: path})
		c.Expect(res, "GET %s without credentials", path).To(match.Success())
		c.Expect(res, "the answer").To(match.JSONObject())
	}
}

func isLabelledJSON(c *spec.C) {
	c.Expect(check(c), "the answer to GET %s", protocol.Base).To(match.JSONType())
}

func answersWithinASecond(c *spec.C) {
	for range 5 {
		res := check(c)
		c.Expect(res, "GET %s", protocol.Base).To(match.Success())
		c.Punctual("the answer", res.Sent.Add(atRest), res.Received, res.Exchange)
	}
}

func answersBesideManySockets(c *spec.C) {
	open := gather(c)
	if open < fewest {
		c.Unsupported("the gateway held %d WebSockets at once, fewer than %d", open, fewest)
	}
	c.Note("%d WebSockets were open", open)
	for range 3 {
		res := check(c)
		c.Expect(res, "GET %s while %d WebSockets are open", protocol.Base, open).To(match.Success())
		c.Expect(res, "the answer").To(match.JSONObject())
	}
}

// gather opens authenticated WebSockets, a few at a time, until there is a crowd
// or the gateway takes no more, and returns how many are open.
func gather(c *spec.C) int {
	var (
		wait    sync.WaitGroup
		mu      sync.Mutex
		sockets []*client.Socket
		seats   = make(chan struct{}, crowd)
	)
	for range crowd {
		seats <- struct{}{}
	}
	close(seats)
	for range 8 {
		wait.Go(func() {
			for range seats {
				socket, res := c.Client.Dial(c, client.BearerHeader(c.Token()))
				if socket == nil {
					c.Note("a handshake was not accepted: %s", res)
					return
				}
				mu.Lock()
				sockets = append(sockets, socket)
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	c.Later(func() { leave(sockets) })
	open := 0
	for _, s := range sockets {
		if s.Closure() == nil {
			open++
		}
	}
	return open
}

// leave closes the sockets in order, all at once.
func leave(sockets []*client.Socket) {
	var wait sync.WaitGroup
	for _, s := range sockets {
		wait.Go(s.Close)
	}
	wait.Wait()
}
