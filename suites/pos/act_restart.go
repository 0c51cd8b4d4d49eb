package pos

import (
	"time"

	"ttcheck/fixtures/witness"
)

// The scenes of a restart, and of the end of the day.
const (
	stopping   = "a stop"
	restarting = "a restart"
	crashing   = "a restart after a crash"
	recounting = "the history"
	lastStop   = "the last stop"
)

// playRestart stops the integration and starts it again, and has it crash.
func (s *site) playRestart() error {
	// The crash comes first: a token that is saved at an orderly stop alone is lost by it.
	if s.program.CanKill() {
		s.play(crashing, s.cutOff)
	} else {
		s.scenes[crashing] = &scene{missing: "the operator cannot have it crash"}
	}
	s.play(stopping, s.halt)
	if missing := s.scenes[stopping].missing; missing != "" {
		s.scenes[restarting] = &scene{missing: missing}
		return nil
	}
	s.perform(restarting, &scene{token: s.scenes[stopping].token}, s.anew)
	return nil
}

// cutOff ends the integration as a power cut does, and starts it again.
func (s *site) cutOff(sc *scene) {
	s.watch.Look(func(*witness.Record) { sc.token = tokenOf(sc.sockets[0]) })
	s.stops = append(s.stops, time.Now())
	s.running = false
	if err := s.program.Kill(s); err != nil {
		sc.missing = "it cannot be killed: " + s.env.Secrets().Redact(err.Error())
		return
	}
	s.restUntilClosed(sc)
	s.anew(sc)
}

// halt stops the integration in good order.
func (s *site) halt(sc *scene) {
	s.watch.Look(func(*witness.Record) { sc.token = tokenOf(sc.sockets[0]) })
	var err error
	if sc.forced, err = s.stop(); err != nil {
		sc.missing = "it cannot be stopped: " + s.env.Secrets().Redact(err.Error())
		return
	}
	s.restUntilClosed(sc)
}

// anew starts the integration and waits for it to connect.
func (s *site) anew(sc *scene) {
	at := time.Now()
	if err := s.start(); err != nil {
		sc.missing = err.Error()
		return
	}
	sc.back, sc.polled = s.awaitSocket(s.cfg.Patience, at)
	s.rest(watchSpan)
}

// playEnd has the integration look at what the day brought, and stop.
func (s *site) playEnd() error {
	s.play(recounting, func(sc *scene) {
		if s.cfg.Ask == nil || s.asked() {
			return
		}
		if err := s.cfg.Ask(s, "Have the integration show the finished orders of the day, if it can, and hit Enter; s and Enter skips this."); err != nil {
			return
		}
		s.rest(watchSpan)
	})
	s.play(lastStop, s.halt)
	return nil
}

// asked tells whether the integration has asked for the history.
func (s *site) asked() (yes bool) {
	s.watch.Look(func(r *witness.Record) { yes = len(histories(r)) > 0 })
	return yes
}
