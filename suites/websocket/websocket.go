// Package websocket holds the cases on the WebSocket: its handshake, the two ways
// to authenticate, the 20 seconds within which a token must be passed, and the
// frames that RFC 6455 asks for.
package websocket

import (
	"slices"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// Chapter is the chapter on the WebSocket.
var Chapter = spec.Chapter{
	Name:  protocol.WebSocket,
	Cases: slices.Concat(handshakeCases, deadlineCases, rejectionCases, secrecyCases, frameCases, serviceCases, hostileCases),
}

var (
	withToken  = []spec.Need{spec.NeedToken}
	withOrders = []spec.Need{spec.NeedToken, spec.NeedOrders}
	bothModes  = []spec.AuthMode{spec.ByHeader, spec.ByMessage}
)

// openWaiting opens a WebSocket that has passed no token yet. Failing to is trouble
// of the set-up: WS-01 is about that.
func openWaiting(c *spec.C) *client.Socket {
	socket, res := c.Open(nil)
	if socket == nil {
		c.Cite(res.Exchange)
		c.Broken("the set-up failed: open a WebSocket without credentials (see WS-01): %s", res)
	}
	return socket
}

// exchangesOn is what was exchanged on a socket, its beginning and its end.
func exchangesOn(socket *client.Socket, s *spec.Scene) []client.Exchange {
	const most, last = 5, 4
	all := slices.DeleteFunc(s.Client.Transcript().Exchanges(), func(x client.Exchange) bool { return x.Channel != socket.Channel() })
	if len(all) > most {
		all = append(all[:1], all[len(all)-last:]...)
	}
	return all
}

// ordersAllowed tells whether a case that can do without orders may make some.
func ordersAllowed(c *spec.C) bool {
	kind, _ := c.Unmet(withOrders)
	return kind == ""
}
