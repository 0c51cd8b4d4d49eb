package plan_test

import (
	"testing"
	"time"

	"ttcheck/load/plan"
)

// busy is a plan that goes on and on.
func busy(arrivals string) plan.Plan {
	p := plan.Default()
	p.Ramp, p.Duration, p.Rate, p.HistoryRate, p.Churn = 0, plan.Span(29*24*time.Hour), 10_000, 1000, 100
	p.Arrivals = arrivals
	return p
}

// TestSteadyState: once a program is on its way, it allocates nothing. Not parallel, for
// allocations are counted over the whole process.
func TestSteadyState(t *testing.T) {
	for _, arrivals := range []string{plan.Constant, plan.Poisson} {
		p := busy(arrivals)
		changes, moves, queries := p.Changes(), p.Moves(), p.Queries()
		next := func() {
			_, ok1 := changes.Next()
			_, ok2 := moves.Next()
			_, ok3 := queries.Next()
			if !ok1 || !ok2 || !ok3 {
				t.Fatal("the program has ended")
			}
		}
		for range 5000 {
			next()
		}
		if n := testing.AllocsPerRun(10_000, next); n != 0 {
			t.Errorf("%s: %v allocations for each", arrivals, n)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	for _, arrivals := range []string{plan.Constant, plan.Poisson} {
		p := busy(arrivals)
		b.Run("changes/"+arrivals, func(b *testing.B) {
			b.ReportAllocs()
			for c := p.Changes(); b.Loop(); {
				c.Next()
			}
		})
		b.Run("moves/"+arrivals, func(b *testing.B) {
			b.ReportAllocs()
			for m := p.Moves(); b.Loop(); {
				m.Next()
			}
		})
		b.Run("queries/"+arrivals, func(b *testing.B) {
			b.ReportAllocs()
			for q := p.Queries(); b.Loop(); {
				q.Next()
			}
		})
	}
}
