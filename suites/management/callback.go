package management

import (
	"net"
	"net/http"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The callback on order changes. What its body looks like is not documented: it
// must name the order, and that is all.

var callbackCases = []spec.Case{
	{ID: "MGMT-05", Needs: []spec.Need{spec.NeedToken, spec.NeedSettings, spec.NeedOrders}, Run: callsBack},
}

// callPatience is how long a call may take. The gateway may have other listeners to
// call first, and some of them may be gone.
var callPatience = 2 * spec.Patience

func callsBack(c *spec.C) {
	l := listenForCalls(c)
	registered := c.Post(protocol.PathRegister, map[string]any{"http_client": l.url})
	c.Expect(registered, "POST %s", protocol.PathRegister).To(match.Success())
	c.Note("the gateway was given the callback %s, which it may go on calling: there is no documented way to take it back", l.url)
	name := c.OrderName()
	var order protocol.Order
	expectCall(c, l, "started", func() protocol.Order { order = c.StartNamed(name, protocol.ToGo, ""); return order })
	expectCall(c, l, "located", func() protocol.Order { order = c.Locate(order, "7"); return order })
	expectCall(c, l, "cleared", func() protocol.Order { c.Clear(order); return order })
}

// expectCall asserts that a change of an order is followed by a call about it.
func expectCall(c *spec.C, l *listener, what string, change func() protocol.Order) {
	asked := time.Now()
	order := change()
	ctx, cancel := c.Within(callPatience)
	defer cancel()
	called := l.await(ctx, func(call call) bool {
		return call.At.After(asked) && call.Method == http.MethodPost && call.names(order)
	})
	c.Expect(called, "that the gateway POSTs to %s within %v of an order being %s (%s)", l.url, callPatience, what, l.sum(asked)).
		To(gomega.BeTrue())
}

// facing is the address of this machine that the gateway sees.
func facing(c *spec.C) net.IP {
	res := c.Do(client.Request{Path: protocol.Base})
	if res.LocalIP == nil {
		c.Broken("which address of this machine faces the gateway is not known: %s", res)
	}
	return res.LocalIP
}
