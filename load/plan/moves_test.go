package plan_test

import (
	"math"
	"testing"
	"time"

	"ttcheck/load/plan"
)

// planned is how many sockets the stages have asked to be open at a time: in a ramp the
// first move is at its beginning, the others follow evenly.
func planned(p plan.Plan, at time.Duration) int {
	from := 0
	for _, s := range p.Phases() {
		length := time.Duration(s.Duration)
		n := max(s.Sockets-from, from-s.Sockets)
		if at < length {
			moved := 0
			for moved < n && int64(length)*int64(moved)/int64(n) <= int64(at) {
				moved++
			}
			if s.Sockets < from {
				moved = -moved
			}
			return from + moved
		}
		at -= length
		from = s.Sockets
	}
	return from
}

// TestMoves: sockets open and leave in turn, are never more than planned, and fewer only by
// those that are away, which come back in time.
func TestMoves(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p plan.Plan) {
		open := make([]bool, p.PeakSockets())
		left := map[int]time.Duration{} // who left by churn, and when
		var last time.Duration
		up := 0
		moves := all(t, p.Moves().Next)
		for i, m := range moves {
			if m.At < last || m.At >= p.Total() {
				t.Fatalf("move %d is at %v, after %v, in a plan of %v", i, m.At, last, p.Total())
			}
			if open[m.Socket] == m.Open {
				t.Fatalf("move %d at %v: socket %d has open=%v already", i, m.At, m.Socket, m.Open)
			}
			last = m.At
			open[m.Socket] = m.Open
			goal := planned(p, m.At)
			for j, at := range left { // whom the plan has closed need not come back
				if j >= goal {
					delete(left, j)
				} else if j != m.Socket && at+plan.Away < m.At {
					t.Fatalf("socket %d left at %v and is not back at %v", j, at, m.At)
				}
			}
			if m.Open {
				up++
				delete(left, m.Socket)
			} else {
				up--
				if m.Socket < goal {
					left[m.Socket] = m.At
				}
			}
			if i+1 < len(moves) && moves[i+1].At == m.At {
				continue // not all of this moment yet
			}
			if up+len(left) != goal {
				t.Fatalf("at %v %d sockets are open and %d away, %d planned", m.At, up, len(left), goal)
			}
		}
	})
}

// TestMovesWithoutChurn: nothing but the stages.
func TestMovesWithoutChurn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p plan.Plan) {
		p.Churn = 0
		want, from := 0, 0
		for _, s := range p.Phases() {
			want += max(s.Sockets-from, from-s.Sockets)
			from = s.Sockets
		}
		if got := all(t, p.Moves().Next); len(got) != want {
			t.Errorf("%d moves, want %d", len(got), want)
		}
	})
}

// TestChurnRate: as many leave as the rate says, each as likely as another, and each is
// away for as long as it should be.
func TestChurnRate(t *testing.T) {
	t.Parallel()
	for _, arrivals := range []string{plan.Constant, plan.Poisson} {
		p := plan.Default()
		p.Sockets, p.Ramp, p.Duration, p.Churn, p.Arrivals = 50, 0, seconds(1000), 20, arrivals
		leaves := make([]float64, p.Sockets)
		since := make([]time.Duration, p.Sockets)
		total := 0.0
		for _, m := range all(t, p.Moves().Next) {
			switch {
			case !m.Open:
				leaves[m.Socket]++
				since[m.Socket] = m.At
				total++
			case m.At > 0 && m.At-since[m.Socket] != plan.Away:
				t.Fatalf("%s: socket %d left at %v and came back at %v", arrivals, m.Socket, since[m.Socket], m.At)
			}
		}
		if math.Abs(total-20_000) > 600 || arrivals == plan.Constant && total != 20_000 {
			t.Errorf("%s: %v sockets left, want 20000", arrivals, total)
		}
		for j, n := range leaves {
			if math.Abs(n-total/50) > 0.25*total/50 {
				t.Errorf("%s: socket %d left %v times of %v", arrivals, j, n, total)
			}
		}
	}
}

// TestClosedWhileAway: a socket that the plan closes while it is away does not come back,
// but by the plan, and then does not come back once more. Churn rests while no sockets are
// planned, so that the second one leaves at 1.5 s and 0.2 s.
func TestClosedWhileAway(t *testing.T) {
	t.Parallel()
	p := plan.Default().WithStages(
		plan.Stage{Duration: 1, Sockets: 1},
		plan.Stage{Duration: seconds(0.6), Sockets: 1},
		plan.Stage{Duration: 1, Sockets: 0},
		plan.Stage{Duration: seconds(0.2)},
		plan.Stage{Duration: 1, Sockets: 1},
		plan.Stage{Duration: seconds(1.1), Sockets: 1},
	)
	p.Churn = 1
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	const want = `socket 0 at 0s: opens
socket 0 at 500ms: leaves
socket 0 at 800.000002ms: opens
socket 0 at 1.700000001s: leaves
`
	p.Rate = 0
	if got := listing(p, 10); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// TestAwayAgain: a socket that is closed and opened by the plan while it is away, and then
// leaves again, stays away as long as any other: not until its first absence had ended.
func TestAwayAgain(t *testing.T) {
	t.Parallel()
	const ms = plan.Span(time.Millisecond)
	p := plan.Default().WithStages(
		plan.Stage{Duration: 150 * ms, Sockets: 1}, // leaves at 100 ms
		plan.Stage{Duration: 10 * ms},
		plan.Stage{Duration: 40 * ms, Sockets: 1}, // opens at 160 ms
		plan.Stage{Duration: 1400 * ms, Sockets: 1},
		plan.Stage{Duration: 1 * ms, Sockets: 5},
	)
	p.Churn, p.Rate = 5, 0
	const want = `socket 0 at 0s: opens
socket 0 at 100ms: leaves
socket 0 at 160ms: opens
socket 0 at 310ms: leaves
socket 0 at 1.31s: opens
socket 0 at 1.31s: leaves
`
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	if got := listing(p, 6); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// TestEndOfMoves: who would come back at the very end stays away.
func TestEndOfMoves(t *testing.T) {
	t.Parallel()
	p := plan.Default()
	p.Sockets, p.Ramp, p.Duration, p.Churn, p.Rate = 1, 0, seconds(1.5), 1, 0
	const want = "socket 0 at 0s: opens\nsocket 0 at 500ms: leaves\n"
	if got := listing(p, 10); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// TestChurnRests: a plan without sockets for a long time is not searched for somebody to
// leave, which would be more than a lifetime's work here.
func TestChurnRests(t *testing.T) {
	t.Parallel()
	const long = plan.Span(7 * time.Hour)
	p := plan.Default().WithStages(
		plan.Stage{Duration: long},
		plan.Stage{Duration: 1, Sockets: 100_000},
		plan.Stage{Duration: 1, Sockets: 1},
		plan.Stage{Duration: long},
		plan.Stage{Duration: long},
	)
	p.Churn = 100_000
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	if got := len(all(t, p.Moves().Next)); got != 200_000 {
		t.Errorf("%d moves, want each of 100,000 sockets to open and to leave", got)
	}
}

// TestManySockets: a long ramp of many sockets is even to the nanosecond.
func TestManySockets(t *testing.T) {
	t.Parallel()
	p := plan.Default()
	p.Sockets, p.Ramp = 1_000_000, plan.Span(20*time.Hour)
	for i, m := range all(t, p.Moves().Next) {
		if want := time.Duration(i) * 72_000_000; m.At != want || m.Socket != i || !m.Open {
			t.Fatalf("move %d is %+v, want it at %v", i, m, want)
		}
	}
}
