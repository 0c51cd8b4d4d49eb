package websocket

import (
	"sync"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on how authenticated connections are served.
var serviceCases = []spec.Case{
	{ID: "WS-21", Needs: withToken, Run: servesManyWithOneToken},
	{ID: "WS-26", Needs: withToken, Run: survivesFurtherMessages},
}

const (
	// many is how many connections one token must be good for.
	many = 50
	// together is how many of them are opened at a time: the gateway may be slow,
	// and other cases time it meanwhile.
	together = 2
)

func servesManyWithOneToken(c *spec.C) {
	for _, mode := range bothModes {
		c.Stream(mode) // WS-02 and WS-03 are about the first
	}
	streams, reasons := connectMany(c)
	for i, stream := range streams {
		c.Expect(stream != nil, "that connection %d of %d with one token is served (%s)", i+1, many, reasons[i]).To(gomega.BeTrue())
	}
	for i, stream := range streams {
		c.Expect(stream.Closure(), "connection %d of %d with one token", i+1, many).To(match.Open())
	}
	if !ordersAllowed(c) {
		return
	}
	asked := time.Now()
	order := c.Start(protocol.ToGo)
	for i, stream := range streams {
		c.Expect(tellsOf(c.Scene, stream, order.Name, asked), "that connection %d of %d with one token tells of a new order", i+1, many).To(gomega.BeTrue())
	}
}

// connectMany opens the connections, by both modes in turn, until one is not
// served.
func connectMany(c *spec.C) (streams []*spec.Stream, reasons []string) {
	streams, reasons = make([]*spec.Stream, many), make([]string, many)
	var wait sync.WaitGroup
	for first := range together {
		branch := c.Branch()
		c.Later(branch.CleanUp)
		wait.Go(func() {
			for i := first; i < many; i += together {
				streams[i], reasons[i] = branch.Connect(bothModes[i/together%2])
				if streams[i] == nil {
					return
				}
			}
		})
	}
	wait.Wait()
	return streams, reasons
}

// survivesFurtherMessages sends what a client has no reason to send, but what
// clients have been seen to send: the token again, and messages of their own.
func survivesFurtherMessages(c *spec.C) {
	bystander := c.Stream(spec.ByHeader)
	for _, mode := range bothModes {
		stream := c.Stream(mode)
		c.Expect(stream.Authenticate(c.Token()), "sending the token again").To(match.OK())
		for _, text := range []string{`{"hello":"gateway"}`, `{}`, `[]`, `ttcheck`} {
			c.Expect(stream.SendText(text), "sending %s", text).To(match.OK())
		}
		answers(c.Scene, stream.Socket, "after") // so that an end is seen; WS-16 is about pongs
		c.Expect(stream.Closure(), "a WebSocket authenticated by %s, after further messages,", mode).To(match.Open())
		if ordersAllowed(c) {
			asked := time.Now()
			order := c.Start(protocol.ToGo)
			c.Expect(tellsOf(c.Scene, stream, order.Name, asked), "that a WebSocket authenticated by %s tells of a new order after further messages", mode).
				ProvedBy(exchangesOn(stream.Socket, c.Scene)...).To(gomega.BeTrue())
		}
	}
	c.Expect(bystander.Closure(), "another client's WebSocket").To(match.Open())
}
