package plan_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"ttcheck/load/plan"
)

var update = flag.Bool("update", false, "write the golden files anew")

// bound is more items than any program in a test has.
const bound = 3_000_000

// all takes a whole program.
func all[T any](t *testing.T, next func() (T, bool)) []T {
	t.Helper()
	var items []T
	for range bound {
		item, ok := next()
		if !ok {
			if _, ok := next(); ok {
				t.Fatal("the program goes on after its end")
			}
			return items
		}
		items = append(items, item)
	}
	t.Fatal("the program does not end")
	return nil
}

// plans are programs of many shapes.
func plans() map[string]plan.Plan {
	base := plan.Default()
	base.Sockets, base.HistoryRate, base.Churn = 40, 3, 7
	poisson := base
	poisson.Arrivals = plan.Poisson
	staged := base.WithStages(
		plan.Stage{Duration: seconds(3)},
		plan.Stage{Duration: seconds(5), Sockets: 30, Rate: 100},
		plan.Stage{Duration: seconds(1), Sockets: 7, Rate: 0},
		plan.Stage{Duration: seconds(0.3), Sockets: 60, Rate: 1000},
		plan.Stage{Duration: seconds(0.3), Sockets: 3, Rate: 1000},
		plan.Stage{Duration: seconds(0.3), Sockets: 60, Rate: 1},
		plan.Stage{Duration: seconds(4), Sockets: 11, Rate: 33.3},
		plan.Stage{Duration: seconds(4), Sockets: 0, Rate: 5},
	)
	staged.Names = "1-3"
	stagedPoisson := staged
	stagedPoisson.Arrivals, stagedPoisson.Seed = plan.Poisson, 7
	away := base
	away.Sockets, away.Churn, away.Arrivals = 3, 3, plan.Poisson
	few := base
	few.Names, few.Mix, few.Ramp = "5-6", plan.Mix{Create: 1, Page: 5}, 0
	tables := few
	tables.Mix, tables.Rate = plan.Mix{Create: 1, Locate: 1000}, 100
	return map[string]plan.Plan{
		"simple": base, "poisson": poisson, "staged": staged, "staged poisson": stagedPoisson,
		"nearly all away": away, "few names": few, "many tables": tables,
	}
}

// each runs a test for every one of the plans.
func each(t *testing.T, test func(t *testing.T, p plan.Plan)) {
	t.Helper()
	for name, p := range plans() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := p.Validate(); err != nil {
				t.Fatal(err)
			}
			test(t, p)
		})
	}
}

func seconds(s float64) plan.Span { return plan.Span(s * float64(time.Second)) }

// opNames name the changes, for golden files.
var opNames = map[plan.Op]string{plan.Create: "create", plan.Locate: "locate", plan.Page: "page", plan.Clear: "clear"}

// listing writes down the beginning of a program, at most n lines for each of its parts.
func listing(p plan.Plan, n int) string {
	var b strings.Builder
	changes, moves, queries := p.Changes(), p.Moves(), p.Queries()
	for range n {
		if c, ok := changes.Next(); ok {
			fmt.Fprintf(&b, "change %d at %v: %s %d", c.K, c.At, opNames[c.Op], c.Name)
			if c.Op == plan.Locate {
				fmt.Fprintf(&b, " at table %d", c.Location)
			}
			b.WriteByte('\n')
		}
	}
	for range n {
		if m, ok := moves.Next(); ok {
			fmt.Fprintf(&b, "socket %d at %v: %s\n", m.Socket, m.At, map[bool]string{true: "opens", false: "leaves"}[m.Open])
		}
	}
	for range n {
		if q, ok := queries.Next(); ok {
			fmt.Fprintf(&b, "query %d at %v: from %d\n", q.K, q.At, q.Offset)
		}
	}
	return b.String()
}

// oneLine asserts that there is an error of one short line that has the words in it.
func oneLine(t *testing.T, err error, words string) {
	t.Helper()
	switch {
	case err == nil:
		t.Error("no error")
	case strings.Contains(err.Error(), "\n") || len(err.Error()) > 1000: // quoted, 40 characters may be 400
		t.Errorf("not one short line: %q", err)
	case !strings.Contains(err.Error(), words):
		t.Errorf("%q does not say %q", err, words)
	}
}
