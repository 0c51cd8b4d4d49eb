package mdns

import (
	"time"

	"github.com/miekg/dns"
)

// How questions are repeated (RFC 6762 §5.2): after 1 s, then at intervals that
// double up to an hour.
const (
	firstInterval = time.Second
	lastInterval  = time.Hour
	// Nothing is asked twice within minInterval.
	minInterval = time.Second
	// vainTries is how often is asked for what may well not exist.
	vainTries = 3
	// refreshes is how often a record is asked for near its end: at 80, 85, 90 and
	// 95 % of its life.
	refreshes = 4
)

// agenda decides what is asked on one link, and when. Every question asks for a
// multicast answer: a unicast one would go astray where several programs of a machine
// share the port.
type agenda struct {
	browse repeat
	gaps   map[key]*repeat
	asked  map[key]time.Time // what was asked within minInterval
}

// repeat is when a question is asked next.
type repeat struct {
	next     time.Time
	interval time.Duration
	tries    int
}

func newAgenda(first time.Time) *agenda {
	return &agenda{browse: repeat{next: first}, gaps: map[key]*repeat{}, asked: map[key]time.Time{}}
}

// advance notes that the question is asked now.
func (r *repeat) advance(now time.Time) {
	r.tries++
	r.interval = min(max(firstInterval, 2*r.interval), lastInterval)
	r.next = now.Add(r.interval)
}

// due returns the questions to ask now, that for instances first, and when there is
// more to ask; never, if that is zero.
func (a *agenda) due(now time.Time, c *cache) (questions []dns.Question, next time.Time) {
	for k, at := range a.asked {
		if now.Sub(at) >= minInterval {
			delete(a.asked, k)
		}
	}
	t := turn{agenda: a, now: now}
	if t.ask(browseKey, ServiceType, a.browse.next) {
		a.browse.advance(now)
		t.later(a.browse.next)
	}
	a.fill(&t, c)
	for k, set := range c.sets {
		for _, e := range set {
			if e.doom == alive && e.asked < refreshes && t.ask(k, e.name, e.refresh()) {
				e.refreshed(now)
				t.later(now.Add(minInterval)) // look again then
			}
		}
	}
	return t.questions, t.next
}

// fill asks for what is missing.
func (a *agenda) fill(t *turn, c *cache) {
	missing := map[key]bool{}
	for _, g := range c.gaps() {
		missing[g.key] = true
		r := a.gaps[g.key]
		if r == nil {
			r = &repeat{next: t.now}
			a.gaps[g.key] = r
		}
		if (g.needed || r.tries < vainTries) && t.ask(g.key, g.asName, r.next) {
			r.advance(t.now)
			t.later(r.next)
		}
	}
	for k := range a.gaps {
		if !missing[k] {
			delete(a.gaps, k)
		}
	}
}

// turn collects the questions of one moment.
type turn struct {
	*agenda
	now       time.Time
	questions []dns.Question
	next      time.Time
}

// ask tells whether a question that is due at a time is asked now; else it is noted
// for when it is.
func (t *turn) ask(k key, name string, at time.Time) bool {
	asked, lately := t.asked[k]
	switch {
	case at.After(t.now):
		t.later(at)
		return false
	case lately && asked.Equal(t.now):
		return true // another record has this question asked
	case lately:
		t.later(asked.Add(minInterval))
		return false
	}
	t.asked[k] = t.now
	t.questions = append(t.questions, QM(name, k.rtype))
	return true
}

// later notes that there is more to ask at a time.
func (t *turn) later(at time.Time) { t.next = earlier(t.next, at) }

// refresh is when the record is asked for again, before it ends.
func (e *entry) refresh() time.Time {
	part := 0.80 + 0.05*float64(e.asked) + e.spread
	return e.heard.Add(time.Duration(part * float64(e.ttl)))
}

// refreshed notes that it was asked for.
func (e *entry) refreshed(now time.Time) {
	for e.asked < refreshes && !e.refresh().After(now) {
		e.asked++
	}
}
