package websocket

import (
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on what a client is shown that passed no token, or a bad one.
var secrecyCases = []spec.Case{
	{ID: "WS-10", Name: "while orders change", Needs: withOrders, Run: showsNothingWhileOrdersChange},
	{ID: "WS-10", Name: "after a bad attempt", Run: showsNothingAfterABadAttempt},
	{ID: "WS-10", Name: "in the 20 seconds", Probes: []spec.AnyProbe{silence, pinging}, Run: showsNothingInSilence},
}

// showsNothingWhileOrdersChange lets orders change while two connections wait that
// passed no token, one of them pinging.
func showsNothingWhileOrdersChange(c *spec.C) {
	witness := c.Stream(spec.ByHeader)
	silent := []*client.Socket{openWaiting(c), openWaiting(c)}
	c.Expect(silent[1].Ping("nothing yet"), "a ping").To(match.OK())
	order := c.Start(protocol.OnPremise)
	c.Locate(order, "7")
	c.Post(protocol.PathPage(order.Name), map[string]any{"tracking": true}) // what comes of it is for others to say
	c.Clear(order)
	asked := time.Now()
	if marker := c.Start(protocol.ToGo); !tellsOf(c.Scene, witness, marker.Name, asked) {
		c.Broken("the set-up failed: %s did not tell of a new order within %v", witness.Channel(), spec.Patience)
	}
	for _, socket := range silent {
		// What was sent before a ping has come when its pong has.
		answers(c.Scene, socket, "nothing still")
		showsNoOrders(c, socket.Messages(), "a connection that passed no token")
	}
}

func showsNothingAfterABadAttempt(c *spec.C) {
	if ordersAllowed(c) {
		c.Start(protocol.ToGo) // so that there is something to show
	}
	for _, text := range []string{wrongToken, "ttcheck", "{}"} {
		showsNoOrders(c, messagesAfter(c, text), "a connection after "+text)
	}
}

func showsNothingInSilence(c *spec.C) {
	for _, seen := range append(silence.Of(c).Sockets, pinging.Of(c)) {
		showsNoOrders(c, seen.Messages, "a connection that passes no token")
	}
}

// showsNoOrders asserts that no message holds data of an order.
func showsNoOrders(c *spec.C, messages []client.Message, where string) {
	for _, m := range messages {
		c.Expect(m.Data, "what is sent on %s", where).ProvedBy(m.Exchange).NotTo(match.OrderData())
	}
}
