package websocket

import (
	"time"

	"github.com/onsi/gomega"

	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Frames that announce more than any gateway can hold. RFC 6455 §10.4 has a server
// protect itself against them, and names closing as an example of how. One that
// reads on, keeps nothing and waits for the rest protects itself, too; so what must
// not be is harm to others, and a stranger who is kept past the 20 s: a frame that
// never ends is no token. Whether a client that passed its token is closed is
// reported.

// announced is a length, and how much of it is really sent.
type announced struct {
	what   string
	length uint64
	sent   int
}

var lengths = []announced{
	{"1 TiB", 1 << 40, 64 << 10},
	{"64 MiB", 64 << 20, 1 << 20},
}

// failsOnOversizedFrames lets strangers and clients begin such frames. It is no probe:
// what takes harm from them is to be found here, and not by whatever runs beside.
func failsOnOversizedFrames(c *spec.C) {
	others := gather(c)
	var strangers, clients []*wire
	for _, frame := range lengths {
		strangers = append(strangers, openUnserved(c))
		strangers[len(strangers)-1].announce(frame)
		clients = append(clients, openServed(c))
		clients[len(clients)-1].announce(frame)
	}
	due, known := endsAtLatest(c, silence.Of(c).Sockets[0])
	if !known {
		c.Note("silent connections were not closed in time (see WS-04), and so those that began huge frames were not awaited")
	}
	for i, w := range strangers {
		if known {
			closedInTime(c, w.watch(c.Scene), "a connection that passed no token and began a frame of "+lengths[i].what, due)
		}
	}
	for i, w := range clients {
		came := "the connection stays open"
		if closure := w.awaitClosure(w.opened.Add(spec.Patience)); closure != nil {
			came = closure.String()
		}
		c.Note("after a client began a frame of %s: %s", lengths[i].what, came)
	}
	others.areUnharmed(c, "clients that began huge frames")
}

// watch waits for the end of a connection that passes no token.
func (w *wire) watch(s *spec.Scene) Unauthenticated {
	give := w.opened.Add(s.Real(s.Timing.TokenDeadline*3/2) + 2*s.Grace())
	seen := Unauthenticated{Asked: w.asked, Opened: w.opened, Closure: w.awaitClosure(give)}
	seen.GaveUp = time.Now()
	return seen
}

func openUnserved(c *spec.C) *wire {
	w, err := openWire(c.Scene, "")
	c.Expect(err, "a further WebSocket").To(match.NoFault("be opened"))
	return w
}

// openServed opens a wire under the run's token, as the bystanders could.
func openServed(c *spec.C) *wire {
	w, err := openWire(c.Scene, c.Token())
	c.Expect(err, "a further WebSocket").To(match.NoFault("be opened"))
	c.Expect(w.isServed(), "that a further WebSocket is served").To(gomega.BeTrue())
	return w
}
