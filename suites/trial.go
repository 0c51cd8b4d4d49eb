package suites

import (
	"context"
	"time"

	"ttcheck/report"
	"ttcheck/suites/spec"
)

// Trial is Run without Ginkgo, which holds one suite per process: any number of trials
// can be made at a time. The same cases run in the same order and are judged alike.
func Trial(ctx context.Context, cfg Config) (report.Run, error) {
	return runBy(ctx, cfg, Chapters(), runPlainly)
}

// runPlainly runs the cases one after the other and collects their results.
func runPlainly(ctx context.Context, env *spec.Env, cfg Config, cases []spec.Case, started time.Time) specsRun {
	ctx, cancel := context.WithDeadline(ctx, started.Add(cfg.Timeout))
	defer cancel()
	var outcome specsRun
	for _, k := range inOrder(env, cases) {
		result := k.Result(executed(ctx, env, k), cfg.Strict)
		outcome.results = append(outcome.results, result)
		cfg.Listener.Result(result)
	}
	outcome.timedOut = time.Since(started) >= cfg.Timeout
	return outcome
}

const notReached = "the run ended before it"

// executed runs a case, unless ctx is done; that it could not end for that is not its
// outcome.
func executed(ctx context.Context, env *spec.Env, k spec.Case) spec.Outcome {
	none := spec.Outcome{Verdict: report.Skipped, Skip: report.NotReached, Reason: notReached}
	if ctx.Err() != nil {
		return none
	}
	outcome := spec.Execute(ctx, env, k)
	if ctx.Err() != nil && outcome.Verdict == report.Error {
		return none
	}
	return outcome
}
