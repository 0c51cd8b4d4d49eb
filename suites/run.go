package suites

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// cleanUpLimit bounds the clean-up after a run, also after an interrupt.
const cleanUpLimit = 20 * time.Second

// Run tests a gateway and returns what it found. The error is a *UsageError, a
// *NothingError or a *SetupError if the run could not begin; the report then holds
// its head and the reason. Once it has begun there is always a report, even after
// ctx is done. One run at a time: a second one in the same process waits for the
// first.
func Run(ctx context.Context, cfg Config) (report.Run, error) {
	return run(ctx, cfg, Chapters())
}

func run(ctx context.Context, cfg Config, chapters []spec.Chapter) (report.Run, error) {
	return runBy(ctx, cfg, chapters, runSpecs)
}

// executor runs cases and collects their results.
type executor func(ctx context.Context, env *spec.Env, cfg Config, cases []spec.Case, started time.Time) specsRun

func runBy(ctx context.Context, cfg Config, chapters []spec.Chapter, execute executor) (report.Run, error) {
	cfg.fillIn()
	started := time.Now()
	selected, err := choose(cfg, chapters)
	if err != nil {
		return report.Run{}, err
	}
	env := spec.NewEnv(cfg.Target, spec.Settings{
		Profile: cfg.Profile, Allowed: cfg.Allowed, Names: cfg.Names,
		Speedup: cfg.Speedup, Grace: cfg.Grace, Listener: cfg.Listener,
	})
	if cfg.Token != "" {
		env.Secrets().Learn(cfg.Token)
	}
	background, stop := context.WithCancel(ctx)
	defer stop()
	measured := make(chan struct{})
	go func() { defer close(measured); env.Lag.Run(background) }()

	outcome := report.Run{Head: head(cfg, env, started)}
	outcome.Head.NoCertification = beforehand(cfg, selected.partial)
	defer func() { stop(); <-measured }()
	if err := prepare(ctx, cfg, env, selected.cases); err != nil {
		cleanUp(env)
		outcome.Interrupted, outcome.SetupError = ctx.Err() != nil, err.Error()
		return outcome, err
	}
	cfg.Listener.Begin(outcome.Head, len(selected.cases))
	env.StartProbes(background, probesOf(env, selected.cases))
	specs := execute(ctx, env, cfg, selected.cases, started)
	stop()
	env.AwaitProbes()

	outcome.Results = specs.results
	outcome.Interrupted, outcome.TimedOut = specs.interrupted || ctx.Err() != nil, specs.timedOut
	outcome.Remarks = cleanUp(env)
	outcome.Coverage = selected.coverage(outcome.Results)
	outcome.Head.Duration = time.Since(started)
	outcome.Head.NoCertification = whyNot(cfg, selected, outcome)
	cfg.Listener.End(outcome)
	return outcome, nil
}

// probesOf lists the observations that the cases need and may make, in the order
// in which the cases name them.
func probesOf(env *spec.Env, cases []spec.Case) []spec.AnyProbe {
	var probes []spec.AnyProbe
	for _, k := range cases {
		if kind, _ := env.Unmet(k.AllNeeds()); kind != "" {
			continue
		}
		for _, p := range k.Probes {
			if !slices.Contains(probes, p) {
				probes = append(probes, p)
			}
		}
	}
	return probes
}

// cleanUp clears the run's orders and revokes its tokens, and remarks on what is
// left. It has time of its own: the run's may be over.
func cleanUp(env *spec.Env) []string {
	ctx, cancel := context.WithTimeout(context.Background(), cleanUpLimit)
	defer cancel()
	var remarks []string
	for _, err := range []error{env.ClearOrders(ctx), env.RevokeTokens(ctx)} {
		if err != nil {
			remarks = append(remarks, err.Error())
		}
	}
	env.Close()
	return remarks
}

func head(cfg Config, env *spec.Env, started time.Time) report.Head {
	h := report.Head{
		Target: cfg.Target.Address, Embedded: cfg.Target.Embedded, SuiteVersion: cfg.Version,
		Profile: cfg.Profile, Chapters: cfg.Chapters, LabelFilter: cfg.LabelFilter, Strict: cfg.Strict,
		OrderNames: cfg.Names.String(), Press: "none", Interface: cfg.Interface,
		Timing: env.Timing, Speedup: cfg.Speedup, Grace: cfg.Grace, Started: started, Reproduce: cfg.Reproduce,
	}
	if cfg.Target.Press != nil {
		h.Press = cfg.Target.Press.String()
	}
	for _, leave := range cfg.Allowed {
		h.Allowed = append(h.Allowed, string(leave))
	}
	return h
}

// beforehand lists why a run certifies nothing, as far as is known before it.
func beforehand(cfg Config, partial []string) []string {
	var reasons []string
	if cfg.Target.Embedded {
		reasons = append(reasons, "the target is ttcheck's own reference gateway")
	}
	if cfg.Speedup != 1 {
		reasons = append(reasons, fmt.Sprintf("the gateway's clock runs %g times fast", cfg.Speedup))
	}
	return append(reasons, partial...)
}

// whyNot lists why a run certifies nothing; it is empty if it does.
func whyNot(cfg Config, s selection, outcome report.Run) []string {
	reasons := beforehand(cfg, s.partial)
	if outcome.Interrupted || outcome.TimedOut {
		reasons = append(reasons, "the run did not come to its end")
	}
	var missing []string
	for _, left := range outcome.Coverage.NotRun {
		if r, ok := protocol.Lookup(left.ID); ok && r.Level == protocol.Must {
			missing = append(missing, left.ID)
		}
	}
	if len(missing) > 0 {
		reasons = append(reasons, fmt.Sprintf("of the MUST requirements %d were not judged (%s)", len(missing), strings.Join(missing, ", ")))
	}
	return reasons
}
