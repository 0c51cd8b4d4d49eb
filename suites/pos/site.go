package pos

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/fixtures/witness"
	"ttcheck/protocol"
	"ttcheck/suites"
	"ttcheck/suites/pos/drive"
	"ttcheck/suites/spec"
)

const (
	// seededOrders is how many finished orders the gateway has from the start: more than
	// fit into the largest page, so that there is something to page through.
	seededOrders, seed = 120, 1
	// processSlack is the real time that a process takes to start and a search to find,
	// whatever the gateway's clock does.
	processSlack = 4 * time.Second
	// maxCrashes is after how many ends of its own an integration is given up.
	maxCrashes = 6
)

// site is the restaurant: a gateway under watch, and the integration that is led through
// its life. One goroutine plays.
type site struct {
	context.Context //nolint:containedctx // a site lives as long as its context

	cfg     Config
	env     *spec.Env
	watch   *witness.Witness
	program drive.Integration

	scenes  map[string]*scene
	began   time.Time // when it was started for the first time
	running bool      // it was started, and neither stopped nor seen to end
	pressed time.Time // the last press of the button
	stops   []time.Time
	crashes []crash
	// homebody tells that the integration does not come back by itself: it is restarted
	// where others are waited for.
	homebody bool
	// returned tells that it has come back by itself at least once: where it does not, that
	// is not its way but what happened.
	returned bool
	// deaf tells that it answers no pings: what it lives through is told otherwise.
	deaf bool
	// heard tells that this is known.
	heard bool
	notes []string // remarks of the run
	// gaveUp is why nothing more can be shown; empty while things can.
	gaveUp string
}

// crash is an end of the integration that nobody asked for.
type crash struct {
	at   time.Time
	how  string
	what string // the scene during which it was
	code int    // the exit code of its process, where it has one
}

// open turns on the gateway.
func open(ctx context.Context, cfg Config, env *spec.Env) (*site, error) {
	opts := gateway.Options{Listen: cfg.Home, Speedup: cfg.Speedup, History: seededOrders, Seed: seed}
	if cfg.Link != nil {
		opts.Advertise = &gateway.Advertise{Link: cfg.Link}
	}
	if cfg.network != nil {
		opts.Listener = cfg.network
	}
	w, err := witness.Start(witness.Options{Gateway: opts, Learn: env.Secrets().Learn})
	if err != nil {
		return nil, &suites.SetupError{Reason: err.Error()}
	}
	s := &site{Context: ctx, cfg: cfg, env: env, watch: w, program: cfg.Integration, scenes: map[string]*scene{}}
	if at, err := netip.ParseAddrPort(w.Addr()); err == nil && cfg.Decoy && at.Port() != protocol.DefaultPort {
		if err := w.Decoy(netip.AddrPortFrom(at.Addr(), protocol.DefaultPort)); err != nil {
			s.notes = append(s.notes, fmt.Sprintf("an integration that goes to port %d whatever is advertised would not be noticed: %v", protocol.DefaultPort, err))
		}
	}
	if cfg.Link != nil {
		limit, cancel := context.WithTimeout(ctx, 2*processSlack)
		defer cancel()
		select {
		case <-w.Advertised():
		case <-limit.Done():
			s.close()
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			return nil, &suites.SetupError{Reason: "the gateway cannot be advertised on " + cfg.Link.Name()}
		}
	}
	return s, nil
}

// close ends the integration and the gateway.
func (s *site) close() {
	s.program.Close()
	_ = s.watch.Close()
}

// real is the real time that protocol time d takes, and what a process and a search need
// besides where the clock runs fast.
func (s *site) real(d time.Duration) time.Duration {
	if s.cfg.Speedup == 1 {
		return d
	}
	return s.env.Real(d) + processSlack
}

// outcome is how a wait ended.
type outcome int

const (
	met outcome = iota
	late
	exited // the integration ended by itself
	cut    // the run did
)

// await waits for something that the record is to show, at most a limit of protocol time.
// It gives up when the integration ends.
func (s *site) await(what string, limit time.Duration, shown func(*witness.Record) bool) outcome {
	return s.awaitReal(what, s.real(limit), shown)
}

func (s *site) awaitReal(what string, limit time.Duration, shown func(*witness.Record) bool) outcome {
	until := time.Now().Add(limit)
	if what != "" {
		s.cfg.Listener.Waiting(what, until)
		defer func() { s.cfg.Listener.Waiting(what, time.Now()) }()
	}
	ctx, cancel := context.WithDeadline(s, until)
	defer cancel()
	var end <-chan struct{}
	if s.running {
		end = s.program.Ended()
	}
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		select {
		case <-end:
			cancel()
		case <-ctx.Done():
		}
	}()
	seen := s.watch.Await(ctx, shown)
	cancel()
	<-watching
	switch {
	case seen:
		return met
	case s.Err() != nil:
		return cut
	case s.ended():
		return exited
	}
	return late
}

// rest lets protocol time pass, unless the run or the integration ends.
func (s *site) rest(d time.Duration) {
	s.awaitReal("", s.env.Real(d), func(*witness.Record) bool { return false })
}

// alive tells whether the integration runs, as far as anybody can tell.
func (s *site) alive() bool { return s.running && !s.ended() }

// ended tells whether it ended by itself, which was not noted yet.
func (s *site) ended() bool {
	if !s.running {
		return false
	}
	select {
	case <-s.program.Ended():
		return true
	default:
		return false
	}
}

// start starts the integration.
func (s *site) start() error {
	if s.began.IsZero() {
		s.began = time.Now()
	}
	told := drive.Site{Gateway: s.watch.Addr(), Speedup: s.cfg.Speedup, State: s.cfg.State}
	if s.cfg.Link != nil {
		told.Link = s.cfg.Link.Name()
	}
	if err := s.program.Start(s, told); err != nil {
		return &suites.SetupError{Reason: s.env.Secrets().Redact(err.Error())}
	}
	s.running = true
	return nil
}

// stop stops it in good order, and tells whether that took force.
func (s *site) stop() (forced bool, err error) {
	s.stops = append(s.stops, time.Now())
	s.running = false
	return s.program.Stop(s, s.cfg.StopGrace)
}

// press presses the button.
func (s *site) press() {
	s.pressed = time.Now()
	s.watch.Press()
}

// window tells whether a token may still be had by the last press of the button: one that
// was generated has closed it (R).
func (s *site) window(r *witness.Record) bool {
	if s.pressed.IsZero() || time.Since(s.pressed) >= s.env.Real(s.env.Timing.TokenWindow) {
		return false
	}
	return !slices.ContainsFunc(polls(r, time.Time{}), func(q *witness.Request) bool {
		return q.Status == http.StatusCreated && q.Answered.After(s.pressed)
	})
}

// staff has the house do something with an order.
func (s *site) staff(method, path string, body any) {
	// An integration may be faster: what it has cleared is gone already.
	if answer := s.watch.Staff(method, path, body); !answer.OK() && answer.Status != http.StatusNotFound {
		panic(fmt.Sprintf("the witness refuses its own house: %s %s: %d %.200s", method, path, answer.Status, answer.Body))
	}
}

// order starts, locates or changes an order.
func (s *site) order(name, kind, place string) {
	body := map[string]string{"name": name, "orderType": kind}
	if place != "" {
		body["locationName"] = place
	}
	s.staff(http.MethodPost, protocol.PathActiveOrders, body)
}

// served returns the sockets that are open and served, and not about to be closed.
func served(r *witness.Record) []*witness.Socket {
	var open []*witness.Socket
	for _, k := range r.Sockets {
		if k.Open() && goodbye(k) == nil {
			open = append(open, k)
		}
	}
	return open
}

// servedSince returns the first socket that was asked for since a time, and is served.
func servedSince(r *witness.Record, at time.Time) *witness.Socket {
	for _, k := range r.Sockets {
		if !k.Request.At.Before(at) && k.Open() && goodbye(k) == nil {
			return k
		}
	}
	return nil
}

// polls are the requests for a token after a time.
func polls(r *witness.Record, after time.Time) []*witness.Request {
	var all []*witness.Request
	for _, q := range r.Requests {
		if q.Method == http.MethodGet && path(q) == protocol.PathGenerate && q.At.After(after) {
			all = append(all, q)
		}
	}
	return all
}

// path is the path of a request, without its query.
func path(q *witness.Request) string {
	p, _, _ := strings.Cut(q.Target, "?")
	if rest, absolute := strings.CutPrefix(p, "http://"); absolute { // RFC 9112 §3.2.2
		if slash := strings.IndexByte(rest, '/'); slash >= 0 {
			return rest[slash:]
		}
	}
	return p
}
