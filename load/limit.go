package load

import (
	"context"
	"time"

	"ttcheck/load/plan"
	"ttcheck/report"
)

// Search says what is raised, step by step, until a threshold breaks.
type Search struct {
	Of   string  // Sockets or Rate
	Step float64 // by how much
	Max  float64 // what is tried last; zero for no end
}

// What a search can raise.
const (
	Sockets = "sockets"
	Rate    = "rate"
)

// maxSteps bounds a search.
const maxSteps = 1000

// FindLimit runs the plan again and again, each time with more sockets or a higher rate,
// until a threshold breaks or the gateway can take no more. It returns what was measured in
// the last run that held, or else in the first, with all steps. An error is as Run's.
func FindLimit(ctx context.Context, cfg Config, search Search) (report.Load, error) {
	var best report.Load
	var steps []report.LoadStep
	listener := &unending{Listener: cfg.Listener}
	if cfg.Listener != nil {
		cfg.Listener = listener
	}
	for p, n := cfg.Plan, 0; n < maxSteps; n++ {
		cfg.Plan = p
		out, err := Run(ctx, cfg)
		if err != nil && len(steps) == 0 {
			return out, err
		}
		step := stepOf(p, out)
		steps = append(steps, step)
		listener.say(step)
		if step.Held || n == 0 {
			best = out
		}
		best.Interrupted = out.Interrupted
		if out.SetupError != "" && !out.Interrupted {
			best.Remarks = append(best.Remarks, "the step after could not begin: "+out.SetupError)
		}
		more, ok := search.next(p)
		if !step.Held || !ok {
			break
		}
		p = more
	}
	best.Steps = steps
	if cfg.Listener != nil {
		listener.Listener.End(best)
	}
	return best, nil
}

// next is the plan of the next step, unless it exceeds the maximum.
func (s Search) next(p plan.Plan) (plan.Plan, bool) {
	if s.Of == Sockets {
		p.Sockets += int(s.Step)
		return p, s.Max == 0 || float64(p.Sockets) <= s.Max
	}
	p.Rate += s.Step
	return p, s.Max == 0 || p.Rate <= s.Max
}

func stepOf(p plan.Plan, out report.Load) report.LoadStep {
	step := report.LoadStep{
		Sockets: p.Sockets, Rate: p.Rate, Thresholds: out.Thresholds,
		Held: out.ExitCode() == report.ExitOK,
	}
	switch {
	case out.Interrupted:
		step.Note = "interrupted"
	case out.SetupError != "":
		step.Note = out.SetupError
	case out.Stopped != "":
		step.Note = out.Stopped
	}
	if h := out.Latencies[report.MetricEventLatency]; h != nil {
		step.P50 = time.Duration(h.ValueAtPercentile(50)) * time.Microsecond
		step.P99 = time.Duration(h.ValueAtPercentile(99)) * time.Microsecond
	}
	return step
}

// unending passes on what happens, but the end of each step.
type unending struct{ Listener }

// End does nothing: the search goes on.
func (*unending) End(report.Load) {}

func (u *unending) say(step report.LoadStep) {
	if u.Listener != nil {
		u.Say(step.Line())
	}
}
