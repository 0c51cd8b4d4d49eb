package selftest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"ttcheck/report"
)

// Listener is told of trials while they go on, by one goroutine at a time.
type Listener interface {
	// Done is called for each trial that has ended.
	Done(report.Trial)
	// Repeat is called in place of it for one that is to be made again.
	Repeat(report.Trial)
}

// Run makes trials, a number of them at a time. Those for which the machine proved too
// slow are made again once, one after the other. Trials that ctx cut off are not in the
// result.
func Run(ctx context.Context, version string, trials []Trial, atOnce int, listener Listener) report.SelfTest {
	s := report.SelfTest{SuiteVersion: version, Speedup: Speedup, AtOnce: atOnce, Started: time.Now()}
	made := make([]*report.Trial, len(trials))
	all := make([]int, len(trials))
	for i := range all {
		all[i] = i
	}
	// The longest come first, so that none of them is left over at the end.
	slices.SortStableFunc(all, func(a, b int) int { return trials[b].size() - trials[a].size() })
	var (
		mu    sync.Mutex
		again []int
	)
	each(ctx, all, atOnce, func(i int) {
		t := trials[i].make(ctx)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case ctx.Err() != nil:
		case tooSlow(t):
			again = append(again, i)
			listener.Repeat(t)
		default:
			made[i] = &t
			listener.Done(t)
		}
	})
	each(ctx, again, 1, func(i int) {
		if t := trials[i].make(ctx); ctx.Err() == nil {
			t.Again = true
			made[i] = &t
			listener.Done(t)
		}
	})
	for _, t := range made {
		if t != nil {
			s.Trials = append(s.Trials, *t)
		}
	}
	s.Interrupted, s.Duration = ctx.Err() != nil, time.Since(s.Started)
	return s
}

// each calls f for each item, some at a time, until ctx is done.
func each(ctx context.Context, items []int, atOnce int, f func(int)) {
	next := make(chan int)
	var wait sync.WaitGroup
	for range min(atOnce, len(items)) {
		wait.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for _, i := range items {
		if ctx.Err() == nil {
			next <- i
		}
	}
	close(next)
	wait.Wait()
}

// make runs the suites against the trial's gateway and judges what they found.
func (t Trial) make(ctx context.Context) report.Trial {
	began := time.Now()
	outcome, err := t.run(ctx)
	made := t.judge(outcome)
	switch {
	case err != nil:
		made.Error = err.Error()
	case outcome.TimedOut && len(made.Caught) == 0:
		made.Error = fmt.Sprintf("it was cut off after %v", trialLimit)
	}
	made.Duration = time.Since(began)
	return made
}
