package mdns

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client"
	"ttcheck/internal/link"
)

const (
	// The first question waits this long, at random, so that the many that start
	// together do not ask together (RFC 6762 §5.2).
	leastDelay, mostDelay = 20 * time.Millisecond, 120 * time.Millisecond
	// patience is how long an instance is held back before it appears unresolved.
	patience = 3 * time.Second
	// The networks of a link are taken as known for prefixesFor.
	prefixesFor = time.Second
)

// watcher browses one link. All but close belongs to the goroutine of run.
type watcher struct {
	browser    *Browser
	number     int
	link       link.Link
	opts       link.Options
	transcript *client.Transcript
	cache      *cache
	agenda     *agenda
	services   []Service
	told       map[string]Service // those that appeared, as they were last told of
	prefixes   []netip.Prefix
	prefixesAt time.Time

	opened []netip.Prefix // the link's addresses when the sockets were opened
	spoke  bool           // a question went out
	silent bool           // the last one did not

	mu     sync.Mutex
	conn   link.Conn
	closed bool
}

func newWatcher(b *Browser, number int, l link.Link, opts BrowserOptions) (*watcher, error) {
	w := &watcher{
		browser: b, number: number, link: l, opts: link.Options{Source: opts.Source, Peer: opts.Peer, Alone: true},
		transcript: opts.Transcript, told: map[string]Service{},
		cache: newCache(l.Name(), func() float64 { return rand.Float64() / 50 }), //nolint:gosec // no secret
	}
	var err error
	if w.opened, err = l.Prefixes(); err != nil {
		return nil, err
	}
	w.conn, err = l.Listen(w.opts)
	return w, err
}

func (w *watcher) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	_ = w.conn.Close()
}

// run browses until ctx is done.
func (w *watcher) run(ctx context.Context) error {
	w.agenda = newAgenda(time.Now().Add(upTo(leastDelay, mostDelay)))
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		next, err := w.act(time.Now())
		if err != nil {
			return err
		}
		timer.Reset(time.Until(next))
		select {
		case <-ctx.Done():
		case <-timer.C:
		case d, open := <-w.conn.Packets():
			if !open {
				return errClosed
			}
			if err := w.receive(d); err != nil {
				w.publish(d.At)
				return err
			}
		}
	}
	return nil
}

// act does what is due now, and returns when there is more to do.
func (w *watcher) act(now time.Time) (next time.Time, err error) {
	w.cache.expire(now)
	next = w.publish(now)
	questions, more := w.agenda.due(now, w.cache)
	if err := w.ask(now, questions); err != nil {
		return time.Time{}, err
	}
	return earlier(next, earlier(more, w.cache.ends())), nil
}

// publish makes known what changed, and returns when something that was held back is
// to be told; never, if that is zero.
func (w *watcher) publish(now time.Time) (next time.Time) {
	if w.cache.dirty {
		w.services = w.cache.services()
		w.browser.publish(w.number, w.services)
	}
	here := map[string]bool{}
	for _, s := range w.services {
		name := fold(s.Name)
		here[name] = true
		before, told := w.told[name]
		ripe := s.Seen.Add(patience)
		switch {
		case !told && !s.Resolved() && ripe.After(now):
			next = earlier(next, ripe)
			continue
		case !told:
			w.browser.changed(Change{Kind: Appeared, At: now, Service: s})
		case before.same(s) || !w.cache.settled(s):
			continue
		default:
			w.browser.changed(Change{Kind: Changed, At: now, Service: s, Before: before})
		}
		w.told[name] = s
	}
	w.part(now, here)
	return next
}

// part tells of those that are no longer here.
func (w *watcher) part(now time.Time, here map[string]bool) {
	departed := w.cache.departed()
	for name, s := range w.told {
		if !here[name] {
			delete(w.told, name)
			w.browser.changed(Change{Kind: Left, At: now, Service: s, Goodbye: departed[name]})
		}
	}
}

// ask sends questions to the group.
func (w *watcher) ask(now time.Time, questions []dns.Question) error {
	var known []dns.RR
	if len(questions) > 0 && fold(questions[0].Name) == browseKey.name {
		known = w.cache.known(now)
	}
	packets, err := queries(questions, known)
	if err != nil {
		return err
	}
	for _, packet := range packets {
		if w.transcript != nil {
			w.record(now, client.Exchange{Sent: "to the group: " + dump(packet)})
		}
		if err := w.multicast(packet); err != nil {
			return err
		}
	}
	return nil
}

// multicast sends a packet, by new sockets if the link's addresses changed. A failure
// is fatal only before anything was sent: a machine may be without an address for a
// moment.
func (w *watcher) multicast(packet []byte) error {
	var failed error
	if now, err := w.link.Prefixes(); err == nil && !slices.Equal(now, w.opened) {
		failed = w.reopen(now)
	}
	err := w.conn.Multicast(packet)
	switch {
	case err == nil:
		w.spoke = true
	case w.spoke && !errors.Is(failed, errClosed):
		if !w.silent {
			w.browser.troubled(errors.Join(err, failed))
		}
	default:
		return errors.Join(err, failed)
	}
	w.silent = err != nil
	return nil
}

// reopen replaces the sockets; the old ones stay if that fails.
func (w *watcher) reopen(now []netip.Prefix) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errClosed
	}
	anew, err := w.link.Listen(w.opts)
	if err != nil {
		return err
	}
	_ = w.conn.Close()
	w.conn, w.opened = anew, now
	return nil
}
