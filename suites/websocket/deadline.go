package websocket

import (
	"fmt"
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
	{ID: "WS-13", Name: "after a late token", Needs: withToken, Probes: []spec.AnyProbe{lateToken}, Run: keepsALateConnection},
	{ID: "WS-14", Probes: []spec.AnyProbe{silence, pinging}, Run: isNotPutOffByPings},
	{ID: "WS-20", Needs: withToken, Probes: []spec.AnyProbe{silence}, Run: timesEachConnectionByItself},
	{ID: "WS-28", Needs: withToken, Probes: []spec.AnyProbe{forMinutes}, Run: keepsASilentClient},
}

func closesASilentConnection(c *spec.C) {
	closedInTime(c, silence.Of(c).Sockets[0], "a silent connection", c.Timing.TokenDeadline)
}

func givesTheWholeTime(c *spec.C) {
	notClosedEarly(c, silence.Of(c).Sockets[0], "a silent connection", c.Timing.TokenDeadline)
}

func isNotPutOffByPings(c *spec.C) { endLikeSilent(c, pinging.Of(c), silence.Of(c).Sockets[0]) }

// endLikeSilent compares a connection that pings with one that does not, should
// that one end at another time than after the 20 s.
func endLikeSilent(c *spec.C, pings, silent Unauthenticated) {
	due, known := endsAtLatest(c, silent)
	if !known {
		c.Unsupported("a connection that does not even ping is not closed in time either (see WS-04)")
	}
	closedInTime(c, pings, "a connection that only pings and pongs", due)
}

// dueLike is when connections without a token are due to end by what was seen of
// one: after the protocol's time if that one did, or else after as much time as
// that one had. It is not known if it did not end at all. Whether the time itself
// is right is for WS-04 and WS-05 to say.
func dueLike(c *spec.C, seen Unauthenticated) (due time.Duration, known bool) {
	mustBeOpened(c, seen)
	if seen.Closure == nil {
		return 0, false
	}
	life := c.Protocol(seen.Closure.At.Sub(seen.Opened))
	if off := (life - c.Timing.TokenDeadline).Abs(); off <= c.Protocol(c.Grace()) {
		return c.Timing.TokenDeadline, true
	}
	return life, true
}

// endsAtLatest is dueLike for what may not lengthen the 20 s: one that ends later than
// another, but within them, has lengthened nothing.
func endsAtLatest(c *spec.C, seen Unauthenticated) (due time.Duration, known bool) {
	due, known = dueLike(c, seen)
	return max(due, c.Timing.TokenDeadline), known
}

// closedInTime asserts that a connection without a token ended no later than it
// was due.
func closedInTime(c *spec.C, seen Unauthenticated, what string, due time.Duration) {
	mustBeOpened(c, seen)
	at := seen.GaveUp
	if seen.Closure != nil {
		at = seen.Closure.At
	}
	c.Punctual(endOf(c, seen, what, due), seen.Opened.Add(c.Real(due)+c.Grace()), at, seen.Proof...)
}

// notClosedEarly asserts that it ended no earlier either.
func notClosedEarly(c *spec.C, seen Unauthenticated, what string, due time.Duration) {
	mustBeOpened(c, seen)
	if seen.Closure == nil {
		return
	}
	c.NotBefore(endOf(c, seen, what, due), seen.Asked.Add(c.Real(due)-c.Grace()), seen.Closure.At, seen.Proof...)
}

// mustBeOpened ends the case if there was no connection to watch: WS-01 is about
// that.
func mustBeOpened(c *spec.C, seen Unauthenticated) {
	if seen.Refused != nil {
		c.Broken("the set-up failed: open a WebSocket without credentials (see WS-01): %s", seen.Refused)
	}
}

// endOf says, in protocol time, when a connection was due to end and when it did.
func endOf(c *spec.C, seen Unauthenticated, what string, due time.Duration) string {
	shown := func(d time.Duration) time.Duration { return c.Protocol(d).Round(time.Second / 10) }
	came := "it was still open after"
	at := seen.GaveUp
	if seen.Closure != nil {
		came, at = "it came after", seen.Closure.At
	}
	return fmt.Sprintf("the end of %s %v after its beginning, with a grace of %v (%s %v),",
		what, due.Round(time.Second/10), c.Protocol(c.Grace()).Round(10*time.Millisecond), came, shown(at.Sub(seen.Opened)))
}

func acceptsALateToken(c *spec.C) {
	seen := lateToken.Of(c)
	if !seen.Served && !seen.Sent.IsZero() {
		c.Stream(spec.ByMessage) // a token at once must do: WS-03 is about that
	}
	isServedLate(c, seen)
}

func isServedLate(c *spec.C, seen LateToken) {
	mustBeOpened(c, seen.Unauthenticated)
	if seen.Sent.IsZero() {
		notClosedEarly(c, seen.Unauthenticated, "a connection that had not passed its token yet", c.Timing.TokenDeadline)
		c.Inconclusive("the token just before the deadline was not sent in time")
	}
	saw := "no " + string(protocol.ActiveOrders)
	if seen.Closure != nil {
		saw += ", " + seen.Closure.String()
	}
	c.Expect(seen.Served, "that a token passed after %v is accepted (%s)",
		c.Protocol(seen.Sent.Sub(seen.Opened)).Round(100*time.Millisecond), saw).ProvedBy(seen.Proof...).To(gomega.BeTrue())
}

// keepsALateConnection judges the connection whose token came just before the deadline,
// past which it stays.
func keepsALateConnection(c *spec.C) {
	seen := lateToken.Of(c)
	mustBeOpened(c, seen.Unauthenticated)
	if !seen.Served {
		c.Unsupported("a late token is not accepted (see WS-06)")
	}
	c.Expect(seen.Ended, "a WebSocket that passed its token just before the deadline, when that is over,").
		ProvedBy(seen.Proof...).To(match.Open())
}

func timesEachConnectionByItself(c *spec.C) { areTimedApart(c, silence.Of(c)) }

// areTimedApart judges connections that began at different times: all of them have
// the same time from their own beginning.
func areTimedApart(c *spec.C, seen Silence) {
	if due, known := dueLike(c, seen.Sockets[0]); known {
		for _, socket := range seen.Sockets[1:] {
			notClosedEarly(c, socket, "a connection that began while another was silent", due)
			closedInTime(c, socket, "a connection that began while another was silent", due)
		}
	} else {
		c.Note("silent connections were not closed in time (see WS-04), so that their times cannot be compared")
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
		if stream.Refused != "" {
			c.Broken("the set-up failed: open a WebSocket by %s (see WS-02, WS-03): %s", stream.Mode, stream.Refused)
		}
		c.Expect(stream.Closure, "a WebSocket authenticated by %s, %s,", stream.Mode, how).ProvedBy(stream.Proof...).To(match.Open())
		if stream.Answered { // else WS-16 is about that
			c.Expect(stream.Alive, "that a WebSocket authenticated by %s, %s, still answers pings", stream.Mode, how).ProvedBy(stream.Proof...).To(gomega.BeTrue())
		}
		if stream.Order != "" {
			c.Expect(stream.Told, "that a WebSocket authenticated by %s, %s, tells of the new order %s", stream.Mode, how, stream.Order).
				ProvedBy(stream.Proof...).To(gomega.BeTrue())
		}
	}
}
