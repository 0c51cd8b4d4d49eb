package plan

import (
	"errors"
	"fmt"
	"time"

	"ttcheck/protocol"
)

// The bounds of a plan.
const (
	maxSockets = 1_000_000
	maxRate    = 100_000.0 // per second
	maxTotal   = 24 * time.Hour
	maxStages  = 1000
	maxWeight  = 1000
	minNames   = 2
)

// Validate sees that the plan can be carried out. The error is one line, which says what
// to write instead.
func (p Plan) Validate() error {
	if err := p.oneForm(); err != nil {
		return err
	}
	if err := p.validPhases(); err != nil {
		return err
	}
	if err := validRate("history_rate", p.HistoryRate); err != nil {
		return err
	}
	if err := validRate("churn", p.Churn); err != nil {
		return err
	}
	if peak := p.PeakSockets(); p.Churn*Away.Seconds() > float64(peak) {
		return fmt.Errorf("churn: %g per second, each away for %v, need as many sockets, and there are %d: use less churn or more sockets",
			p.Churn, Away, peak)
	}
	if p.Auth != ByHeader && p.Auth != ByMessage {
		return fmt.Errorf("auth: %.40q is unknown: use %s or %s", p.Auth, ByHeader, ByMessage)
	}
	if p.Arrivals != Constant && p.Arrivals != Poisson {
		return fmt.Errorf("arrivals: %.40q is unknown: use %s or %s", p.Arrivals, Constant, Poisson)
	}
	return p.validChanges()
}

// oneForm sees that the plan has stages or what stands for two, not both.
func (p Plan) oneForm() error {
	if len(p.Stages) > 0 && (p.Sockets != 0 || p.Ramp != 0 || p.Duration != 0 || p.Rate != 0) {
		return errors.New("stages: they exclude sockets, ramp, duration and rate: give one or the other")
	}
	return nil
}

func (p Plan) validPhases() error {
	if len(p.Stages) > maxStages {
		return fmt.Errorf("stages: %d are too many: use at most %d", len(p.Stages), maxStages)
	}
	if len(p.Stages) == 0 {
		if err := (Stage{Duration: p.Ramp}).valid("ramp", ""); err != nil {
			return err
		}
		if err := (Stage{p.Duration, p.Sockets, p.Rate}).valid("duration", ""); err != nil {
			return err
		}
	}
	for i, s := range p.Stages {
		where := fmt.Sprintf("stage %d: ", i+1)
		if s.Duration == 0 {
			return fmt.Errorf("%sduration: use one above zero, such as 30s", where)
		}
		if err := s.valid("duration", where); err != nil {
			return err
		}
	}
	switch total := p.Total(); { // a thousand times the longest stage is within its type
	case total == 0:
		return errors.New("duration: the plan takes no time: use one such as 1m")
	case total > maxTotal:
		return fmt.Errorf("duration: the plan takes %v in all: use at most %v", Span(total), Span(maxTotal))
	case p.PeakSockets() == 0:
		return errors.New("sockets: the plan has none: use at least 1")
	}
	return nil
}

// valid sees that a stage is within bounds, whose duration goes by the given key.
func (s Stage) valid(duration, where string) error {
	switch {
	case s.Duration < 0 || time.Duration(s.Duration) > maxTotal:
		return fmt.Errorf("%s%s: %v is out of bounds: use 0s to %v", where, duration, s.Duration, Span(maxTotal))
	case s.Sockets < 0 || s.Sockets > maxSockets:
		return fmt.Errorf("%ssockets: %d is out of bounds: use 0 to %d", where, s.Sockets, maxSockets)
	}
	return validRate(where+"rate", s.Rate)
}

// validChanges sees that orders can be changed as planned.
func (p Plan) validChanges() error {
	r, err := protocol.ParseNameRange(p.Names)
	if err != nil {
		return err
	}
	for _, w := range []int{p.Mix.Create, p.Mix.Locate, p.Mix.Page, p.Mix.Clear} {
		if w < 0 || w > maxWeight {
			return fmt.Errorf("mix: a weight of %d is out of bounds: use 0 to %d", w, maxWeight)
		}
	}
	switch {
	case p.PeakRate() == 0:
		return nil
	case p.Mix.Create == 0:
		return fmt.Errorf("mix: %v has no create, and orders must be made before they change: use at least create=1", p.Mix)
	case r.Len() < minNames:
		return fmt.Errorf("order_names: %v is too few names: use at least %d", r, minNames)
	}
	return nil
}

func validRate(key string, rate float64) error {
	if !(rate >= 0 && rate <= maxRate) { // which is never so of what is no number
		return fmt.Errorf("%s: %g is out of bounds: use 0 to %g per second", key, rate, maxRate)
	}
	return nil
}
