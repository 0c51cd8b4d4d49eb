package plan_test

import (
	"math"
	"testing"
	"time"

	"ttcheck/load/plan"
)

// integral is how many changes are planned until a time, worked out stage by stage.
func integral(p plan.Plan, until time.Duration) float64 {
	sum, from := 0.0, 0.0
	for _, s := range p.Phases() {
		length := time.Duration(s.Duration)
		if until < length {
			f := until.Seconds() / length.Seconds()
			return sum + (from+from+(s.Rate-from)*f)/2*until.Seconds()
		}
		sum += (from + s.Rate) / 2 * length.Seconds()
		from = s.Rate
		until -= length
	}
	return sum
}

// TestChangeTimes: they never fall, lie within the plan, and are as many as the rate says
// at every moment: exactly at even intervals, about so if random.
func TestChangeTimes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p plan.Plan) {
		changes := all(t, p.Changes().Next)
		var last time.Duration
		for i, c := range changes {
			if c.K != int64(i)+1 {
				t.Fatalf("change %d has the number %d", i+1, c.K)
			}
			if c.At < last || c.At >= p.Total() {
				t.Fatalf("change %d is at %v, after %v, in a plan of %v", c.K, c.At, last, p.Total())
			}
			last = c.At
			want := integral(p, c.At)
			allowed := 0.501
			if p.Arrivals == plan.Poisson {
				allowed = 1 + 5*math.Sqrt(want)
			}
			if off := math.Abs(float64(c.K) - want); off > allowed {
				t.Fatalf("change %d is at %v, where %.3f were planned", c.K, c.At, want)
			}
		}
		want := integral(p, p.Total())
		allowed := 0.501
		if p.Arrivals == plan.Poisson {
			allowed = 5 * math.Sqrt(want)
		}
		if math.Abs(float64(len(changes))-want) > allowed {
			t.Errorf("%d changes, %.1f planned", len(changes), want)
		}
	})
}

// TestLives: orders are made before they change and are made anew only once cleared, every
// change is of the order that waited the longest, no order is paged twice, and at most half
// of the names are taken at a time.
func TestLives(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p plan.Plan) {
		n := p.NameRange().Len()
		active, paged, taken := make([]bool, n), make([]bool, n), 0
		last := make([]plan.Change, n)
		lastTable := make([]int, n)
		for _, c := range all(t, p.Changes().Next) {
			if c.Name < 0 || c.Name >= n {
				t.Fatalf("change %d is of the name %d of %d", c.K, c.Name, n)
			}
			if active[c.Name] == (c.Op == plan.Create) {
				t.Fatalf("change %d: %s of an order that has active=%v", c.K, opNames[c.Op], active[c.Name])
			}
			for name := range n {
				if active[name] == active[c.Name] && last[name].K < last[c.Name].K {
					t.Fatalf("change %d is of name %d, but name %d waits longer", c.K, c.Name, name)
				}
			}
			switch c.Op {
			case plan.Locate:
				if c.Location < 1 || c.Location > 999 || c.Location == lastTable[c.Name] {
					t.Fatalf("change %d locates at %d, after %d", c.K, c.Location, lastTable[c.Name])
				}
				lastTable[c.Name] = c.Location
			case plan.Page:
				if paged[c.Name] {
					t.Fatalf("change %d pages an order that was paged", c.K)
				}
				paged[c.Name] = true
			case plan.Create, plan.Clear:
				active[c.Name], paged[c.Name] = c.Op == plan.Create, false
				if c.Op == plan.Create {
					taken++
				} else {
					taken--
				}
				if taken > n/2 {
					t.Fatalf("change %d: %d of %d names are taken", c.K, taken, n)
				}
			}
			if c.Op != plan.Locate && c.Location != 0 {
				t.Fatalf("change %d has a table", c.K)
			}
			last[c.Name] = c
		}
	})
}

// TestMixShares: with enough names, and once there are orders enough for each to rest,
// operations come about as often as they weigh, as long as a mix makes as many orders as it
// clears. Some pages become locates: the more, the more there are.
func TestMixShares(t *testing.T) {
	t.Parallel()
	p := plan.Default()
	p.Rate, p.Duration = 1000, seconds(100)
	p.Mix, p.Names = plan.Mix{Create: 3, Locate: 5, Page: 1, Clear: 3}, "1-9999"
	count := map[plan.Op]float64{}
	changes := all(t, p.Changes().Next)
	changes = changes[len(changes)/5:]
	for _, c := range changes {
		count[c.Op] += 12 / float64(len(changes))
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 0.04*want {
			t.Errorf("%s weighs %.3f, not %v", what, got, want)
		}
	}
	near("create", count[plan.Create], 3)
	near("locate and page", count[plan.Locate]+count[plan.Page], 6)
	near("clear", count[plan.Clear], 3)
	if page := count[plan.Page]; page > 1 || page < 0.7 {
		t.Errorf("page weighs %.3f, not a little less than 1", page)
	}
}

// TestRest: with names enough, an order is left alone for a while after each change, from
// the very beginning.
func TestRest(t *testing.T) {
	t.Parallel()
	p := plan.Default()
	p.Rate, p.Names, p.Duration = 100, "1-5000", seconds(60)
	last := map[int]time.Duration{}
	for _, c := range all(t, p.Changes().Next) {
		if before, ok := last[c.Name]; ok && c.At-before < 3*time.Second {
			t.Fatalf("change %d at %v: the order was changed at %v", c.K, c.At, before)
		}
		last[c.Name] = c.At
	}
}

// TestPoisson: the gaps between random arrivals vary as those of independent guests do:
// their variance is the square of their mean, and each is independent of the one before.
func TestPoisson(t *testing.T) {
	t.Parallel()
	p := plan.Default()
	p.Arrivals, p.Rate, p.Duration, p.Seed = plan.Poisson, 1000, seconds(200), 3
	last := time.Duration(p.Ramp)
	var n, sum, squares, products, before float64
	for _, c := range all(t, p.Changes().Next) {
		gap := (c.At - last).Seconds() * p.Rate
		last = c.At
		n++
		sum += gap
		squares += gap * gap
		products += (gap - 1) * (before - 1)
		before = gap
	}
	mean := sum / n
	if math.Abs(mean-1) > 0.01 || math.Abs(squares/n-mean*mean-1) > 0.03 {
		t.Errorf("gaps have mean %.4f and variance %.4f, not 1 and 1", mean, squares/n-mean*mean)
	}
	if math.Abs(products/n) > 0.015 {
		t.Errorf("gaps depend on those before: covariance %.4f", products/n)
	}
}

// TestLongPlan: a plan of a day loses no precision towards its end. Its last stage is
// looked at, after a long one of a low rate.
func TestLongPlan(t *testing.T) {
	t.Parallel()
	const most = 24*time.Hour - 10*time.Second
	p := plan.Default().WithStages(
		plan.Stage{Duration: plan.Span(most), Sockets: 1, Rate: 0.001},
		plan.Stage{Duration: seconds(5), Sockets: 1, Rate: 50_000},
		plan.Stage{Duration: seconds(5), Sockets: 1, Rate: 50_000},
	)
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	changes := all(t, p.Changes().Next)
	if want := integral(p, p.Total()); math.Abs(float64(len(changes))-want) > 0.51 {
		t.Errorf("%d changes, %v planned", len(changes), want)
	}
	for i := len(changes) - 100_000; i < len(changes); i++ {
		if gap := changes[i].At - changes[i-1].At; gap < 19_999 || gap > 20_001 {
			t.Fatalf("the gap before change %d is %v, not 20µs", changes[i].K, gap)
		}
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p plan.Plan) {
		queries := all(t, p.Queries().Next)
		var last time.Duration
		for i, q := range queries {
			if q.K != int64(i)+1 || q.Offset != i%4*25 || q.At < last || q.At >= p.Total() {
				t.Fatalf("query %d: %+v after %v", i+1, q, last)
			}
			last = q.At
		}
		want := p.HistoryRate * p.Total().Seconds()
		if off := math.Abs(float64(len(queries)) - want); off > 0.501 && p.Arrivals == plan.Constant || off > 5*math.Sqrt(want) {
			t.Errorf("%d queries, %v planned", len(queries), want)
		}
	})
	p := plan.Default()
	if got := all(t, p.Queries().Next); len(got) != 0 {
		t.Errorf("%d queries without a rate", len(got))
	}
	p.Rate, p.Mix = 0, plan.Mix{}
	if got := all(t, p.Changes().Next); len(got) != 0 {
		t.Errorf("%d changes without a rate", len(got))
	}
}
