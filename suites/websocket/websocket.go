// Package websocket holds the cases on the WebSocket: its handshake, the two ways
// to authenticate, the 20 seconds within which a token must be passed, and the
// frames that RFC 6455 asks for.
package websocket

import (
	"slices"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// Chapter is the chapter on the WebSocket.
var Chapter = spec.Chapter{
	Name:  protocol.WebSocket,
	Cases: slices.Concat(handshakeCases, deadlineCases, rejectionCases, frameCases, serviceCases),
}

var (
	withToken  = []spec.Need{spec.NeedToken}
	withOrders = []spec.Need{spec.NeedToken, spec.NeedOrders}
)
