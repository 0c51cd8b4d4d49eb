package pos

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"ttcheck/fixtures/witness"
)

// maxPresses is how often the button is pressed for one connection.
const maxPresses = 2

// connect sees to it that the integration is connected: it waits for that, presses the
// button if it asks for a token, and starts it again if it does not come back by itself.
// It returns why that was in vain.
func (s *site) connect() (missing string) {
	if s.gaveUp != "" || s.Err() != nil {
		return cmp.Or(s.gaveUp, "the run ended before it")
	}
	if s.connected() {
		return ""
	}
	if s.alive() && !s.homebody {
		if back, _ := s.awaitSocket(s.cfg.Patience, time.Time{}); back != nil {
			return ""
		}
		s.homebody = s.alive()
	}
	if back, _ := s.again(); s.Err() == nil && back == nil {
		s.gaveUp = cmp.Or(s.gaveUp, "the integration did not connect any more, not even after a restart")
	}
	if s.Err() != nil {
		return "the run ended before it"
	}
	return s.gaveUp
}

// connected tells whether a socket is served.
func (s *site) connected() (ok bool) {
	s.watch.Look(func(r *witness.Record) { ok = len(served(r)) > 0 })
	return ok
}

// again restarts the integration. It returns the socket with which it came back, nil if it
// did not, and when it asked for a token before.
func (s *site) again() (back *witness.Socket, polled time.Time) {
	const during = "the wait for it to connect"
	if len(s.crashes) >= maxCrashes {
		s.gaveUp = fmt.Sprintf("the integration ended by itself %d times", len(s.crashes))
		return nil, polled
	}
	if s.ended() {
		s.crashed(during)
	}
	if _, err := s.stop(); err != nil {
		s.gaveUp = "the integration cannot be stopped: " + s.env.Secrets().Redact(err.Error())
		return nil, polled
	}
	at := time.Now()
	if err := s.start(); err != nil {
		s.gaveUp = err.Error()
		return nil, polled
	}
	back, polled = s.awaitSocket(s.cfg.Patience, at)
	if s.ended() {
		s.crashed(during)
	}
	return back, polled
}

// awaitSocket waits for a socket that was opened after a time to be served, and presses the
// button whenever a token is asked for. It tells when that was first.
func (s *site) awaitSocket(limit time.Duration, after time.Time) (back *witness.Socket, polled time.Time) {
	began := time.Now()
	until := began.Add(s.real(limit))
	for presses := 0; ; presses++ {
		var asked time.Time
		end := s.awaitReal("the integration to connect", time.Until(until), func(r *witness.Record) bool {
			if back = servedSince(r, after); back != nil {
				return true
			}
			all := polls(r, began)
			if len(all) > 0 && polled.IsZero() {
				polled = all[0].At
			}
			// One under way may get its token from the press before.
			if n := len(all); n > 0 && all[n-1].Status != 0 && all[n-1].Status != http.StatusCreated && presses < maxPresses && !s.window(r) {
				asked = all[n-1].At
			}
			return !asked.IsZero()
		})
		if end != met || back != nil {
			return back, polled
		}
		s.press()
		until = time.Now().Add(s.real(limit))
	}
}

// reopen ends the scene's sockets in some way while nothing else is served, and waits until
// the integration is back: by itself, or restarted if it is known to stay away.
func (s *site) reopen(sc *scene, end func(k *witness.Socket)) {
	at := time.Now()
	for _, k := range sc.sockets {
		end(k)
	}
	s.restUntilClosed(sc)
	s.comeBack(sc, at)
}

// comeBack waits until the integration is served by a socket that is younger than a time,
// unless it is known to stay away.
func (s *site) comeBack(sc *scene, at time.Time) {
	if s.homebody {
		return
	}
	sc.back, sc.polled = s.awaitSocket(s.cfg.Patience, at)
	s.returned = s.returned || sc.back != nil
	s.homebody = sc.back == nil && s.alive()
}

// follow makes the socket with which the integration came back the scene's own. One that
// stays away is restarted for it.
func (s *site) follow(sc *scene) {
	if sc.back == nil && s.homebody && s.Err() == nil {
		sc.restarted = true
		sc.back, _ = s.again()
	}
	sc.sockets = nil
	if sc.back != nil {
		sc.sockets = []*witness.Socket{sc.back}
	}
}
