package selftest

import (
	"context"
	"sync"
	"time"

	"ttcheck/report"
)

// Made is a trial that was made.
type Made struct {
	Trial
	Judgement
	Outcome report.Run
	Err     error // why there is no outcome
	Took    time.Duration
}

// Run makes trials, a number of them at a time, and tells done of each as it ends, one
// after the other. It returns them in the order given; those that ctx cut off have it as
// their error.
func Run(ctx context.Context, trials []Trial, atOnce int, done func(Made)) []Made {
	made := make([]Made, len(trials))
	next := make(chan int)
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
	)
	for range min(atOnce, len(trials)) {
		wait.Go(func() {
			for i := range next {
				m := trials[i].make(ctx)
				mu.Lock()
				made[i] = m
				done(m)
				mu.Unlock()
			}
		})
	}
	for i := range trials {
		next <- i
	}
	close(next)
	wait.Wait()
	return made
}

func (t Trial) make(ctx context.Context) Made {
	m := Made{Trial: t}
	began := time.Now()
	if m.Err = context.Cause(ctx); m.Err == nil {
		m.Outcome, m.Err = t.Run(ctx, nil)
	}
	m.Took = time.Since(began)
	m.Judgement = t.Judge(m.Outcome)
	return m
}
