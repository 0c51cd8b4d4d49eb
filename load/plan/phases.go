package plan

import "time"

// WithStages is the plan with stages in the place of Sockets, Ramp, Duration and Rate.
func (p Plan) WithStages(stages ...Stage) Plan {
	p.Sockets, p.Ramp, p.Duration, p.Rate = 0, 0, 0, 0
	p.Stages = stages
	return p
}

// Phases are the stages as they are run, from no sockets and no rate. One of no length is
// a jump: without Stages, the rate is zero until all sockets are asked to open, and is whole
// from then on.
func (p Plan) Phases() []Stage {
	if len(p.Stages) > 0 {
		return p.Stages
	}
	return []Stage{
		{Duration: p.Ramp, Sockets: p.Sockets},
		{Sockets: p.Sockets, Rate: p.Rate},
		{Duration: p.Duration, Sockets: p.Sockets, Rate: p.Rate},
	}
}

// Total is how long the plan takes.
func (p Plan) Total() time.Duration {
	var total time.Duration
	for _, s := range p.Phases() {
		total += time.Duration(s.Duration)
	}
	return total
}

// PeakSockets is the greatest number of sockets that are planned to be open at a time.
func (p Plan) PeakSockets() int {
	peak := 0
	for _, s := range p.Phases() {
		peak = max(peak, s.Sockets)
	}
	return peak
}

// PeakRate is the greatest rate of changes, per second.
func (p Plan) PeakRate() float64 {
	peak := 0.0
	for _, s := range p.Phases() {
		peak = max(peak, s.Rate)
	}
	return peak
}
