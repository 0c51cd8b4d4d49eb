package mdns

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ttcheck/client"
	"ttcheck/internal/link"
)

const (
	// changesKept is how many changes wait to be taken.
	changesKept = 1024
	// maxTrouble is how many troubles are kept.
	maxTrouble = 16
)

var errClosed = errors.New("the browser was closed")

// BrowserOptions say how to browse. The zero value is good.
type BrowserOptions struct {
	// Transcript takes in the questions that are asked, and the packets that speak of
	// gateways; nil keeps none.
	Transcript *client.Transcript
	// Source is the address to ask from; if it is not set, one that nobody else has
	// where that is to be had, else the first of the link.
	Source netip.Addr
	// Peer is who is looked for, if its address is known: of several addresses of a
	// link the one in its network is asked from.
	Peer netip.Addr
}

// Browser finds the gateways of links as an integration does (RFC 6762 §5.2, RFC 6763
// §4): it asks for instances of the service type, then for what it needs to reach
// them, and keeps all that up to date. It is safe for concurrent use.
type Browser struct {
	watchers []*watcher
	heard    atomic.Int64
	changes  chan Change
	news     chan struct{}
	ran      atomic.Bool

	mu       sync.Mutex
	trouble  []error
	services [][]Service // by watcher
}

// NewBrowser opens sockets on each link. It fails if that works on none; Trouble tells
// on which it does not. The browser must be closed.
func NewBrowser(links []link.Link, opts BrowserOptions) (*Browser, error) {
	if len(links) == 0 {
		return nil, errors.New("there is no network interface to search on")
	}
	b := &Browser{changes: make(chan Change, changesKept), news: make(chan struct{}, 1)}
	for _, l := range links {
		w, err := newWatcher(b, len(b.watchers), l, opts)
		if err != nil {
			b.trouble = append(b.trouble, err)
			continue
		}
		b.watchers = append(b.watchers, w)
	}
	if len(b.watchers) == 0 {
		return nil, errors.Join(b.trouble...)
	}
	b.services = make([][]Service, len(b.watchers))
	return b, nil
}

// Run asks and listens until ctx is done; then it returns nil. It may be called once.
// An error is a flood, from which no sense can be made, or that no link can be spoken
// on.
func (b *Browser) Run(ctx context.Context) error {
	if !b.ran.CompareAndSwap(false, true) {
		return errors.New("the browser has run already")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer close(b.changes)
	ended := make(chan error)
	for _, w := range b.watchers {
		go func() { ended <- w.run(ctx) }()
	}
	var fatal, lost error
	working := len(b.watchers)
	for range b.watchers {
		err := <-ended
		_, flood := errors.AsType[*floodError](err)
		switch {
		case err == nil:
			continue
		case flood:
			fatal = errors.Join(fatal, err)
			cancel()
		default:
			working--
			lost = errors.Join(lost, err)
			b.troubled(err)
		}
	}
	if fatal == nil && working == 0 {
		return lost
	}
	return fatal
}

// Services returns what is known now, resolved or not, sorted by instance and then by
// link. An instance that is heard on two links is two services.
func (b *Browser) Services() []Service {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []Service
	for _, services := range b.services {
		for _, s := range services {
			s.Addresses, s.TXT = slices.Clone(s.Addresses), slices.Clone(s.TXT)
			s.From, s.Remarks = slices.Clone(s.From), slices.Clone(s.Remarks)
			all = append(all, s)
		}
	}
	sortServices(all)
	return all
}

// Changes tells what becomes of the services; it is closed when Run returns. Changes
// that nobody takes are lost once 1,024 wait.
func (b *Browser) Changes() <-chan Change { return b.changes }

// Heard is how many packets of any kind came from others. If there are none on a link
// with other devices, a firewall may stop them.
func (b *Browser) Heard() int { return int(b.heard.Load()) }

// Trouble returns why links cannot be used, or no longer.
func (b *Browser) Trouble() []error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.trouble)
}

func (b *Browser) troubled(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.trouble) < maxTrouble {
		b.trouble = append(b.trouble, err)
	}
}

// Close closes the sockets. A Run that is still going on ends with an error.
func (b *Browser) Close() {
	for _, w := range b.watchers {
		w.close()
	}
}

// publish makes the services of a watcher known.
func (b *Browser) publish(watcher int, services []Service) {
	b.mu.Lock()
	b.services[watcher] = services
	b.mu.Unlock()
	select {
	case b.news <- struct{}{}:
	default:
	}
}

func (b *Browser) changed(change Change) {
	select {
	case b.changes <- change:
	default:
	}
}

// Find browses for a time, or until what was found is enough; nil never is. The
// error is that of NewBrowser or Run, or why ctx ended; what was found until then is
// returned with it.
func Find(ctx context.Context, links []link.Link, wait time.Duration, enough func([]Service) bool, opts BrowserOptions) ([]Service, error) {
	b, err := NewBrowser(links, opts)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	limit, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- b.Run(limit) }()
	for {
		select {
		case <-b.news:
			if enough != nil && enough(b.Services()) {
				cancel()
			}
		case err := <-ended:
			if err == nil && ctx.Err() != nil {
				err = fmt.Errorf("search for gateways: %w", context.Cause(ctx))
			}
			return b.Services(), err
		}
	}
}

// upTo returns a random duration of at least least and less than most.
func upTo(least, most time.Duration) time.Duration {
	return least + rand.N(most-least) //nolint:gosec // no secret
}
