package discovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

const (
	// startTime is how long after it answers again a gateway may take to probe for
	// its names and to announce itself twice.
	startTime = 9 * time.Second
	// reply is how long after a question what comes may be its answer.
	reply = time.Second
)

// The cases on coming and going. They share one restart.
var lifeCases = []spec.Case{
	{ID: "DISC-19", Needs: []spec.Need{spec.NeedLink, spec.NeedRestart}, Run: announcesItself},
	{ID: "DISC-20", Needs: []spec.Need{spec.NeedLink, spec.NeedRestart}, Run: saysGoodbye},
}

// Restart is what was heard of a gateway while it restarted in good order.
type Restart struct {
	Goodbyes      []mdns.Packet // take its PTR or SRV record back
	Announcements []mdns.Packet // came unasked
	// Asked are packets that could be announcements, but also answers: somebody else
	// on the link had asked.
	Asked []mdns.Packet
}

// restarted restarts the gateway and listens. It is made by the first case that
// judges it: nothing else may run meanwhile.
var restarted = &spec.Probe[Restart]{
	Name:  "a restart of the gateway",
	Takes: func(protocol.Timing) time.Duration { return 0 },
	Run:   observeRestart,
}

func observeRestart(s *spec.Scene) (Restart, error) {
	advert, err := search(s, func(a Advert) bool { return a.Found && a.Service.Resolved() })
	if err != nil {
		return Restart{}, err
	}
	if !advert.Found {
		return Restart{}, spec.Unsupported("the gateway is not found in the first place (see DISC-01)")
	}
	if err := settle(s, advert); err != nil { // or an answer to the search would count
		return Restart{}, err
	}
	a, err := newAsker(s, advert, false)
	if err != nil {
		return Restart{}, err
	}
	ctx, cancel := context.WithCancel(s)
	defer cancel()
	var failed error
	var wait sync.WaitGroup
	wait.Go(func() {
		if failed = s.Restart(); failed != nil {
			cancel()
			return
		}
		s.Waiting("the gateway to announce itself", time.Now().Add(startTime))
		select {
		case <-time.After(startTime):
		case <-ctx.Done():
		}
		cancel()
	})
	seen := a.listen(ctx, cancel)
	wait.Wait()
	if failed == nil && s.Err() != nil {
		failed = context.Cause(s)
	}
	return seen, failed
}

// listen sorts what it hears until ctx ends, or until the gateway said all that is
// looked for.
func (a *asker) listen(ctx context.Context, enough func()) Restart {
	var seen Restart
	var question time.Time // of somebody else for the gateway's records
	for {
		p, err := a.Await(ctx, func(p mdns.Packet) bool { return a.matters(p) || a.othersAsk(p) })
		switch {
		case err != nil:
			return seen
		case !p.Message.Response():
			question = p.At
		case a.isGoodbye(p):
			seen.Goodbyes = append(seen.Goodbyes, p)
		case !p.ToGroup:
		case !announcesAll(p.Message) && p.At.Sub(question) < reply:
			seen.Asked = append(seen.Asked, p)
		default:
			seen.Announcements = append(seen.Announcements, p)
		}
		if len(seen.Goodbyes) > 0 && len(seen.Announcements) > 1 {
			enough()
		}
	}
}

// matters tells whether a packet speaks of the gateway, be it under another name
// than before.
func (a *asker) matters(p mdns.Packet) bool {
	return a.speaks(p) || (p.Message.Response() && a.sentIt(p) && listsAny(p.Message.Answers))
}

func listsAny(records []mdns.Record) bool {
	return slices.ContainsFunc(records, func(r mdns.Record) bool {
		return r.Type == dns.TypePTR && mdns.SameName(r.Name, mdns.ServiceType)
	})
}

func (a *asker) isGoodbye(p mdns.Packet) bool {
	return slices.ContainsFunc(p.Message.Records(), func(r mdns.Record) bool {
		return r.TTL == 0 && a.owns(r) && (r.Type == dns.TypePTR || r.Type == dns.TypeSRV)
	})
}

// announcesAll tells whether PTR and SRV stand in one answer section, as they do in
// an announcement, and in the answer to a search do not.
func announcesAll(m *mdns.Message) bool {
	return listsAny(m.Answers) && slices.ContainsFunc(m.Answers, func(r mdns.Record) bool { return r.Type == dns.TypeSRV })
}

// heard returns what was heard of the restart, which it makes if it is not made yet.
func heard(c *spec.C) Restart {
	_, _ = restarted.Now(c, c.Env)
	return restarted.Of(c)
}

func announcesItself(c *spec.C) {
	r := heard(c)
	if len(r.Announcements) < 2 && len(r.Announcements)+len(r.Asked) >= 2 {
		c.Inconclusive("others on the link asked for the gateway while it came up, so that answers and announcements cannot be told apart")
	}
	var fault error
	if n := len(r.Announcements); n < 2 {
		fault = fmt.Errorf("within %v of answering again it did so %d times", startTime, n)
	}
	c.Expect(fault, "a gateway that came up").ProvedBy(exchanges(r.Announcements...)...).
		To(match.NoFault("announce itself at least twice"))
}

func saysGoodbye(c *spec.C) {
	r := heard(c)
	var fault error
	if len(r.Goodbyes) == 0 {
		fault = errors.New("none came")
	}
	c.Expect(fault, "a goodbye (TTL 0) of a gateway that was restarted in good order").To(match.NoFault("come"))
}
