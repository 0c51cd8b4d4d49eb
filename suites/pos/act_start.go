package pos

import (
	"cmp"
	"time"

	"ttcheck/fixtures/witness"
)

const (
	// fewPolls is how many polls are waited for before the button is pressed, and pollSpan
	// how long at least they are watched.
	fewPolls, pollSpan = 3, 30 * time.Second
)

// The scenes of the first start.
const (
	searching = "the search" // from the start to the first connection
	polling   = "polling"    // without the button
	pressing  = "the press"  // up to the first socket that is served
)

// playStart has the integration find the gateway, ask for a token, and get one.
func (s *site) playStart() error {
	if err := s.start(); err != nil {
		return err
	}
	s.first(searching, func(*scene) {
		s.await("the integration to find the gateway", s.cfg.Patience, func(r *witness.Record) bool { return s.arrived(r) != nil })
	})
	if s.alive() && !s.came() {
		s.gaveUp = "the integration never connected to the gateway"
	}
	s.first(polling, func(*scene) {
		s.await("the integration to ask for a token", s.cfg.Patience, func(r *witness.Record) bool {
			asked := polls(r, time.Time{})
			return len(asked) >= fewPolls && time.Since(asked[0].At) >= s.env.Real(pollSpan) || len(served(r)) > 0
		})
	})
	s.first(pressing, func(sc *scene) {
		s.press()
		sc.from = s.pressed
		sc.back, sc.polled = s.awaitSocket(s.env.Timing.TokenWindow, time.Time{})
		s.rest(watchSpan)
	})
	over := s.gaveUp != "" || s.Err() != nil
	if !over && !s.connected() {
		// It has another chance, so that not everything is left unjudged.
		if back, _ := s.again(); back == nil {
			s.gaveUp = cmp.Or(s.gaveUp, "the integration never got as far as a WebSocket that is served")
		}
	}
	return nil
}

// first plays a scene of the first start, in which nothing is connected yet.
func (s *site) first(name string, act func(*scene)) {
	sc := &scene{}
	switch {
	case s.gaveUp != "":
		sc.missing = s.gaveUp
	case !s.alive():
		sc.missing = "the integration had ended by itself"
	default:
		s.perform(name, sc, act)
	}
	s.scenes[name] = sc
}

// came tells whether the integration has connected to the gateway.
func (s *site) came() (yes bool) {
	s.watch.Look(func(r *witness.Record) { yes = s.arrived(r) != nil })
	return yes
}

// arrived is the first connection to the gateway since the integration was started that was
// not refused; nil if there is none.
func (s *site) arrived(r *witness.Record) *witness.Connection {
	for _, k := range r.Connections {
		if !k.Refused && !k.At.Before(s.began) {
			return k
		}
	}
	return nil
}
