package websocket

import (
	"time"

	"github.com/onsi/gomega"

	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on the 20 seconds within which a token must be passed.
var deadlineCases = []spec.Case{
	{ID: "WS-04", Probes: []spec.AnyProbe{silence}, Run: closesASilentConnection},
	{ID: "WS-05", Probes: []spec.AnyProbe{silence}, Run: givesTheWholeTime},
	{ID: "WS-06", Needs: withToken, Probes: []spec.AnyProbe{lateToken}, Run: acceptsALateToken},
	{ID: "WS-13", Needs: withToken, Probes: []spec.AnyProbe{pastDeadline}, Run: keepsAnAuthenticatedConnection},
	{ID: "WS-14", Probes: []spec.AnyProbe{pinging}, Run: isNotPutOffByPings},
	{ID: "WS-20", Needs: withToken, Probes: []spec.AnyProbe{silence}, Run: timesEachConnectionByItself},
	{ID: "WS-28", Needs: withToken, Probes: []spec.AnyProbe{forMinutes}, Run: keepsASilentClient},
}

func closesASilentConnection(c *spec.C) {
	closedInTime(c, silence.Of(c).Sockets[0], "a silent connection")
}
func givesTheWholeTime(c *spec.C) { notClosedEarly(c, silence.Of(c).Sockets[0], "a silent connection") }
func isNotPutOffByPings(c *spec.C) {
	closedInTime(c, pinging.Of(c), "a connection that only pings")
}

// closedInTime asserts that a connection without a token ended no later than its
// deadline.
func closedInTime(c *spec.C, seen Unauthenticated, what string) {
	opened(c, seen)
	at := seen.GaveUp
	if seen.Closure != nil {
		at = seen.Closure.At
	}
	limit := seen.Opened.Add(c.Real(c.Timing.TokenDeadline) + c.Grace())
	c.Punctual("the end of "+what+after(c, seen), limit, at)
}

// notClosedEarly asserts that it ended no earlier either.
func notClosedEarly(c *spec.C, seen Unauthenticated, what string) {
	opened(c, seen)
	if seen.Closure == nil {
		return
	}
	c.NotBefore("the end of "+what+after(c, seen), seen.Asked.Add(c.Real(c.Timing.TokenDeadline)-c.Grace()), seen.Closure.At)
}

// opened asserts that there was a connection to watch.
func opened(c *spec.C, seen Unauthenticated) {
	if seen.Refused != nil {
		c.Expect(seen.Refused, "a WebSocket handshake without credentials").To(match.Status(101))
	}
	for _, m := range seen.Messages {
		c.Expect(m.Data, "what is sent before authentication").ProvedBy(m.Exchange).NotTo(match.OrderData())
	}
}

// after says in protocol time how long a connection lived.
func after(c *spec.C, seen Unauthenticated) string {
	if seen.Closure == nil {
		return " (it was still open after " + c.Protocol(seen.GaveUp.Sub(seen.Opened)).Round(100*time.Millisecond).String() + ")"
	}
	return " (it came after " + c.Protocol(seen.Closure.At.Sub(seen.Opened)).Round(100*time.Millisecond).String() + ")"
}

func acceptsALateToken(c *spec.C) {
	seen := lateToken.Of(c)
	opened(c, seen.Unauthenticated)
	if seen.Sent.IsZero() {
		notClosedEarly(c, seen.Unauthenticated, "a connection that had not passed its token yet")
	}
	if seen.Served {
		return
	}
	saw := "no " + string(protocol.ActiveOrders)
	if seen.Closure != nil {
		saw += ", " + seen.Closure.String()
	}
	c.Expect(seen.Served, "that a token passed after %v is accepted (%s)",
		c.Protocol(seen.Sent.Sub(seen.Opened)).Round(100*time.Millisecond), saw).To(gomega.BeTrue())
}

func timesEachConnectionByItself(c *spec.C) {
	seen := silence.Of(c)
	for _, socket := range seen.Sockets[1:] {
		notClosedEarly(c, socket, "a connection that began while another was silent")
		closedInTime(c, socket, "a connection that began while another was silent")
	}
	if seen.Witness != nil {
		stayed(c, *seen.Witness, "beside connections that timed out")
	}
}

func keepsAnAuthenticatedConnection(c *spec.C) { stayed(c, pastDeadline.Of(c), "past the deadline") }
func keepsASilentClient(c *spec.C)             { stayed(c, forMinutes.Of(c), "silent for minutes") }

// stayed asserts that authenticated connections are open and answer.
func stayed(c *spec.C, kept Kept, how string) {
	for _, stream := range kept.Streams {
		c.Expect(stream.Refused, "the refusal of a WebSocket authenticated by %s", stream.Mode).To(gomega.BeEmpty())
		c.Expect(stream.Closure, "a WebSocket authenticated by %s, %s,", stream.Mode, how).To(match.Open())
		c.Expect(stream.Alive, "that a WebSocket authenticated by %s, %s, answers a ping", stream.Mode, how).To(gomega.BeTrue())
	}
}
