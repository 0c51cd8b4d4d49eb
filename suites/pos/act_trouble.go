package pos

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/witness"
	"ttcheck/protocol"
	"ttcheck/suites"
)

// The scenes of trouble.
const (
	closing         = "a connection that the gateway closes"
	closingNormally = "a connection that the gateway closes as done with"
	dropping        = "a connection that breaks"
	complaining     = "an error message"
	contradicting   = "a snapshot that contradicts what was known"
	silence         = "a gateway that is silent"
	absence         = "a gateway that is gone"
	returning       = "a gateway that is back"
	moving          = "a gateway that is back elsewhere"
	revoking        = "a token that is revoked"
)

const (
	// absent is how long the gateway is gone at least, and absentMost at most: until there
	// were fewAttempts.
	absent, absentMost, fewAttempts = 45 * time.Second, 90 * time.Second, 4
	// useSpan is how long it is watched what becomes of a token that was revoked.
	useSpan = 15 * time.Second
	// floodSpan is how long a silent gateway is watched on for a flood, once the integration
	// has noticed.
	floodSpan = 20 * time.Second
)

// playTrouble has things go wrong, as they do.
func (s *site) playTrouble() error {
	s.play(complaining, func(sc *scene) {
		if !s.heard {
			s.deaf, s.heard = s.ping(sc.sockets[0], "ttcheck").pong.IsZero(), true
		}
		sc.from = time.Now()
		for _, k := range sc.sockets {
			s.watch.Send(k.Number, decorate.Message(decorate.Object{
				"status": http.StatusInternalServerError, "returnCode": protocol.CodeUnavailable, "message": "the tracker network is busy",
			}))
		}
		s.prove(sc)
		if endedOne(sc) { // to leave and to come back is as good
			s.restUntilClosed(sc)
			s.comeBack(sc, sc.from)
		}
	})
	s.play(closing, func(sc *scene) { s.part(sc, s.bye) })
	s.play(closingNormally, func(sc *scene) {
		s.part(sc, func(k *witness.Socket) { s.watch.CloseSocket(k.Number, 1000, "", s.real(closeLimit)) })
	})
	s.play(dropping, func(sc *scene) { s.part(sc, s.reset) })
	s.play(contradicting, func(sc *scene) {
		s.contradict(sc)
		sc.sockets = nil
		if sc.back != nil {
			sc.sockets = []*witness.Socket{sc.back}
			s.prove(sc)
		}
	})
	s.play(silence, s.fallSilent)
	s.play(absence, s.vanish)
	if err := s.reappear(); err != nil {
		return err
	}
	s.play(revoking, s.revoke)
	return nil
}

// part ends the connection. One that stayed away at another time may come back from this.
func (s *site) part(sc *scene, end func(*witness.Socket)) {
	s.homebody = false
	s.reopen(sc, end)
	s.rest(watchSpan)
}

// contradict changes everything while the integration is away: orders are gone, others have
// their names, and some have gone back to where they began.
func (s *site) contradict(sc *scene) {
	for i := range 6 {
		s.order(strconv.Itoa(8200+i), string(protocol.OnPremise), strconv.Itoa(20+i))
	}
	s.rest(watchSpan) // for it to hear of them
	s.whileAway(sc, func() {
		s.staff(http.MethodDelete, protocol.PathActiveOrders, nil)
		for i := range 3 { // the same names for other orders, which are not located
			s.order(strconv.Itoa(8200+i), string(protocol.ToGo), "")
		}
		s.order("8300", string(protocol.OnPremise), "31")
	})
}

// fallSilent takes everything and answers nothing, until the integration shows that it
// noticed, and a while longer.
func (s *site) fallSilent(sc *scene) {
	s.watch.Silent(true)
	seen := s.await("the integration to notice that the gateway is silent", s.cfg.Patience, func(r *witness.Record) bool {
		return !noticed(r, sc).IsZero()
	})
	if seen == met {
		s.awaitReal("", s.real(floodSpan), func(*witness.Record) bool { return false })
	}
	sc.to = time.Now()
	s.watch.Silent(false)
	s.comeBack(sc, sc.to)
}

// vanish takes the gateway away and watches the integration look for it.
func (s *site) vanish(sc *scene) {
	s.watch.Gone(true)
	s.awaitReal("the integration's attempts to reach a gateway that is gone", s.env.Real(absentMost), func(r *witness.Record) bool {
		return time.Since(sc.from) >= s.env.Real(absent) && len(attempts(r, sc, s.env.Real(together))) >= fewAttempts
	})
}

// reappear brings the gateway back: elsewhere, if it can be found there.
func (s *site) reappear() error {
	sc := &scene{gateway: s.watch.Addr()}
	name, address := returning, "" // one that does not search would never find it elsewhere
	if s.searches() {
		name, address = moving, s.cfg.Away
	}
	if sc.missing = cmp.Or(s.scenes[absence].missing, s.gaveUp); sc.missing != "" {
		s.scenes[name] = sc
		s.watch.Gone(false)
		return nil
	}
	at := time.Now()
	// It was cut off: nobody heard a goodbye.
	if err := s.watch.PowerCycle(address); err != nil {
		// Not every machine has a second address; another port is another place, too.
		s.notes = append(s.notes, fmt.Sprintf("the gateway could not move to %s, and took another port instead: %v", address, err))
		host, _, _ := net.SplitHostPort(s.watch.Addr())
		if err := s.watch.PowerCycle(net.JoinHostPort(host, "0")); err != nil {
			return &suites.SetupError{Reason: "move the gateway: " + err.Error()}
		}
	}
	s.pressed = time.Time{} // a gateway that was off knows of no press
	sc.gateway = s.watch.Addr()
	s.watch.Gone(false)
	s.perform(name, sc, func(sc *scene) {
		sc.from = at
		if !s.alive() {
			sc.missing = "the integration had ended by itself"
			return
		}
		if s.homebody && !s.returned {
			sc.missing = "the integration does not come back by itself"
			return
		}
		sc.back, sc.polled = s.awaitSocket(s.cfg.Patience, at)
	})
	if sc.back == nil && s.Err() == nil {
		_, _ = s.again() // it is told where the gateway is: what follows is about other things
	}
	return nil
}

// searches tells whether the integration looks for the gateway by itself.
func (s *site) searches() (yes bool) {
	s.watch.Look(func(r *witness.Record) { yes = s.cfg.Link != nil && s.browsed(r) != nil })
	return yes
}

// revoke ends the integration's token, and presses the button once it asks for another.
func (s *site) revoke(sc *scene) {
	at := time.Now()
	tokens := map[string]bool{}
	s.watch.Look(func(*witness.Record) {
		for _, k := range sc.sockets {
			tokens[tokenOf(k)] = true
			sc.token = tokenOf(k)
		}
	})
	for token := range tokens {
		s.watch.Revoke(token)
	}
	s.restUntilClosed(sc)
	s.comeBack(sc, at)
	if sc.back == nil && s.homebody && s.Err() == nil { // it learns of it when it is started again
		sc.restarted = true
		sc.back, sc.polled = s.again()
	}
	s.rest(useSpan)
}
