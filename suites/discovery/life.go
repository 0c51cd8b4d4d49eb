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
	// startTime is how long after the first that is heard of it a gateway may take to
	// announce itself twice.
	startTime = 9 * time.Second
	// lateTime is how much longer it may take to be heard of at all: the responder may
	// come up long after the API.
	lateTime = time.Minute
	// downAndUp is longer than a restart is waited for.
	downAndUp = 10 * time.Minute
	// reply is how long after a question what comes may be its answer.
	reply = time.Second
	// apart is how far two announcements lie apart at least; closer ones are one, in
	// several packets.
	apart = 100 * time.Millisecond
)

// The cases on coming and going. They share one restart.
var lifeCases = []spec.Case{
	{ID: "DISC-19", Needs: []spec.Need{spec.NeedLink, spec.NeedRestart}, Run: announcesItself},
	{ID: "DISC-20", Needs: []spec.Need{spec.NeedLink, spec.NeedRestart}, Run: saysGoodbye},
}

// Restart is what was heard of a gateway while it restarted in good order.
type Restart struct {
	WentDown      bool          // the API was seen to go
	Goodbyes      []mdns.Packet // take its PTR record back
	Announcements []mdns.Packet // came unasked, and apart from each other
	// Asked are packets that could be announcements, but also answers: somebody else
	// on the link had asked.
	Asked []mdns.Packet
	// Lost tells that no search finds it any more.
	Lost bool
}

// done tells whether all was heard that is looked for.
func (r Restart) done() bool { return len(r.Goodbyes) > 0 && len(r.Announcements) > 1 }

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
	seen, err := a.listenToRestart()
	if err == nil && len(seen.Announcements)+len(seen.Asked) == 0 {
		again, err := search(s, func(a Advert) bool { return a.Found })
		seen.Lost = !again.Found
		return seen, err
	}
	return seen, err
}

// listenToRestart restarts the gateway, and listens from before until it has said all
// that is looked for, or had the time to.
func (a *asker) listenToRestart() (Restart, error) {
	s := a.scene
	ctx, cancel := context.WithCancel(s)
	defer cancel()
	back := make(chan struct{}) // closed when the API answers again
	var wentDown bool
	var failed error
	var wait sync.WaitGroup
	wait.Go(func() {
		defer close(back)
		if wentDown, failed = s.Restart(ctx); failed != nil {
			cancel()
		}
	})
	first := make(chan struct{}) // closed when the gateway is heard
	wait.Go(func() { a.endInTime(ctx, cancel, back, first) })
	seen := a.listen(ctx, cancel, first)
	cancel()
	wait.Wait()
	seen.WentDown = wentDown
	if failed == nil && s.Err() != nil {
		failed = context.Cause(s)
	}
	return seen, failed
}

// listen sorts what it hears until ctx ends, or the gateway has said all. It closes
// first with the first announcement.
func (a *asker) listen(ctx context.Context, stop func(), first chan<- struct{}) Restart {
	var seen Restart
	var question time.Time // of somebody else for the gateway's records
	for {
		p, err := a.Await(ctx, func(p mdns.Packet) bool { return a.matters(p) || a.othersAsk(p, a.ownNames()...) })
		switch {
		case err != nil:
			return seen
		case a.contests(p) && !p.Message.Response(): // probes as it comes up
			continue
		case !p.Message.Response():
			question = p.At
			continue
		case a.isGoodbye(p):
			seen.Goodbyes = append(seen.Goodbyes, p)
		case !p.ToGroup:
		case !announcesAll(p.Message) && p.At.Sub(question) < reply:
			seen.Asked = append(seen.Asked, p)
		case len(seen.Announcements) == 0 || p.At.Sub(seen.Announcements[len(seen.Announcements)-1].At) >= apart:
			if len(seen.Announcements) == 0 {
				close(first)
			}
			seen.Announcements = append(seen.Announcements, p)
		}
		if seen.done() {
			stop()
		}
	}
}

// endInTime stops the listening once the gateway is back: startTime after it was heard,
// or after that long a silence if it can be found all the same, or at the latest
// lateTime later.
func (a *asker) endInTime(ctx context.Context, stop func(), back, heard <-chan struct{}) {
	defer stop()
	if !closes(ctx, back, downAndUp) {
		return
	}
	a.scene.Waiting("the gateway to announce itself", time.Now().Add(startTime))
	if !closes(ctx, heard, startTime) {
		if found, err := search(a.scene, func(v Advert) bool { return v.Found }); err != nil || found.Found {
			return
		}
		a.scene.Waiting("the gateway to be found again", time.Now().Add(lateTime))
		if !closes(ctx, heard, lateTime) {
			return
		}
	}
	closes(ctx, nil, startTime)
}

// closes waits until something is closed, and tells whether it was before the time was
// over or ctx ended.
func closes(ctx context.Context, what <-chan struct{}, within time.Duration) bool {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-what:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
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
		return r.TTL == 0 && r.Type == dns.TypePTR && a.owns(r)
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
	r.mustHaveBeen(c)
	if r.Lost {
		c.Unsupported("since the restart no search finds the gateway")
	}
	if len(r.Announcements) < 2 && len(r.Announcements)+len(r.Asked) >= 2 {
		c.Inconclusive("others on the link asked for the gateway while it came up, so that answers and announcements cannot be told apart")
	}
	var fault error
	if n := len(r.Announcements); n < 2 {
		fault = fmt.Errorf("it did so %d times", n)
	}
	c.Expect(fault, "a gateway that came up").ProvedBy(exchanges(r.Announcements...)...).
		To(match.NoFault("announce itself at least twice"))
}

// mustHaveBeen ends the case if nothing tells that there was a restart at all.
func (r Restart) mustHaveBeen(c *spec.C) {
	if !r.WentDown && len(r.Goodbyes)+len(r.Announcements) == 0 {
		c.Broken("a restart was ordered, but the gateway was not seen to go down")
	}
}

func saysGoodbye(c *spec.C) {
	r := heard(c)
	r.mustHaveBeen(c)
	var fault error
	if len(r.Goodbyes) == 0 {
		fault = errors.New("none came")
	}
	c.Expect(fault, "a goodbye (TTL 0) for the PTR record of a gateway that was restarted in good order").To(match.NoFault("come"))
}
