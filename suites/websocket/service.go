package websocket

import (
	"sync"

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

// many is how many connections one token must be good for.
const many = 50

func servesManyWithOneToken(c *spec.C) {
	streams := make([]*spec.Stream, many)
	reasons := make([]string, many)
	scenes := make([]*spec.Scene, many)
	var wait sync.WaitGroup
	for i := range many {
		scenes[i] = c.Branch()
		c.Later(scenes[i].CleanUp)
		wait.Go(func() {
			mode := []spec.AuthMode{spec.ByHeader, spec.ByMessage}[i%2]
			streams[i], reasons[i] = scenes[i].Connect(mode)
		})
	}
	wait.Wait()
	for i, stream := range streams {
		c.Expect(stream != nil, "that connection %d of %d with one token is served (%s)", i+1, many, reasons[i]).To(gomega.BeTrue())
	}
	for i, stream := range streams {
		c.Expect(stream.Closure(), "connection %d of %d with one token", i+1, many).To(match.Open())
	}
	if kind, _ := c.Unmet(withOrders); kind != "" {
		return
	}
	order := c.Start(protocol.ToGo)
	for i, stream := range streams {
		_, told := stream.Event(order.UUID, protocol.OrderCreated)
		c.Expect(told, "that connection %d of %d with one token tells of a new order", i+1, many).To(gomega.BeTrue())
	}
}

// survivesFurtherMessages sends what a client has no reason to send, but what
// clients have been seen to send: the token again, and messages of their own.
func survivesFurtherMessages(c *spec.C) {
	for _, mode := range []spec.AuthMode{spec.ByHeader, spec.ByMessage} {
		stream := c.Stream(mode)
		c.Expect(stream.Authenticate(c.Token()), "sending the token again").To(match.OK())
		for _, text := range []string{`{"hello":"gateway"}`, `{}`, `[]`} {
			c.Expect(stream.SendText(text), "sending %s", text).To(match.OK())
		}
		ctx, cancel := c.Within(spec.Patience)
		c.Expect(stream.Ping("after"), "a ping").To(match.OK())
		_, alive := stream.AwaitPong(ctx, "after")
		cancel()
		c.Expect(alive, "that a connection authenticated by %s still answers after further messages", mode).To(gomega.BeTrue())
		if kind, _ := c.Unmet(withOrders); kind == "" {
			c.Fence(stream)
		}
	}
}
