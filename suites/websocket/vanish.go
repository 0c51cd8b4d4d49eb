package websocket

import (
	"strconv"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Clients that vanish without a close frame (WS-25).

const (
	// vanishings is how often clients vanish amid events: each time some whose
	// connection ends, and some whose machine has forgotten it.
	vanishings = 4
	eachTime   = 2
)

// isNotHarmedByWhoVanishes has clients vanish just before an order starts and again
// before it is located: the gateway then writes to a connection that is gone, and
// learns of it once from the answer, once from the write. Every event must reach the
// others, and no request may fail for it.
func isNotHarmedByWhoVanishes(c *spec.C) {
	others := gather(c)
	c.Clear(c.Start(protocol.ToGo)) // so that a failure below is not that of the set-up
	for i := range vanishings {
		first, second := crowd(c), crowd(c)
		name, began := c.OrderName(), time.Now()
		first.vanish()
		succeeds(c, c.PostOrder(name, protocol.OnPremise, ""), "start")
		others.tellOf(c, name, began)
		began = time.Now()
		second.vanish()
		succeeds(c, c.PostOrder(name, protocol.OnPremise, strconv.Itoa(31+i)), "locate")
		others.tellOf(c, name, began)
	}
	others.areUnharmed(c, "clients that vanished")
}

func succeeds(c *spec.C, res *client.Response, what string) {
	c.Expect(res, "the request to %s an order after clients vanished", what).To(match.Success())
}

// leavers are clients that are served and are about to vanish.
type leavers struct {
	ends   []*client.Socket
	resets []*wire
}

func crowd(c *spec.C) leavers {
	var l leavers
	for i := range eachTime {
		l.ends = append(l.ends, enter(c, bothModes[i%len(bothModes)]))
		l.resets = append(l.resets, openServed(c))
	}
	return l
}

func (l leavers) vanish() {
	for i := range l.ends {
		l.ends[i].Drop()
		l.resets[i].reset()
	}
}

// tellOf asserts that each bystander tells of an order by a message that is later
// than a request to change it.
func (b *bystanders) tellOf(c *spec.C, name string, since time.Time) {
	for _, stream := range b.streams {
		c.Expect(tellsOf(c.Scene, stream, name, since), "that a client tells of a change of order %s after others vanished", name).
			ProvedBy(exchangesOn(stream.Socket, c.Scene)...).To(gomega.BeTrue())
	}
}
