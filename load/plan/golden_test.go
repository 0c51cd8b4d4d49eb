package plan_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"ttcheck/load/plan"
)

// TestSmallProgram: what can be worked out by hand.
func TestSmallProgram(t *testing.T) {
	t.Parallel()
	p := plan.Default()
	p.Sockets, p.Ramp, p.Duration, p.Rate = 2, seconds(2), seconds(1), 4
	p.Names, p.Mix, p.HistoryRate = "1-2", plan.Mix{Create: 1}, 1
	const want = `change 1 at 2.125s: create 0
change 2 at 2.375s: clear 0
change 3 at 2.625s: create 1
change 4 at 2.875s: clear 1
socket 0 at 0s: opens
socket 1 at 1s: opens
query 1 at 500ms: from 0
query 2 at 1.5s: from 25
query 3 at 2.5s: from 50
`
	if got := listing(p, 10); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// TestSlopes: in a stage the rate leads evenly from one value to the next, so that the
// integral is a parabola: 2t² when it reaches 8/s in 2 s.
func TestSlopes(t *testing.T) {
	t.Parallel()
	p := plan.Default().WithStages(
		plan.Stage{Duration: seconds(2), Sockets: 4, Rate: 8},
		plan.Stage{Duration: seconds(2), Sockets: 2, Rate: 0},
	)
	p.Mix = plan.Mix{Create: 1}
	const want = `change 1 at 500ms: create 0
change 2 at 866.025404ms: create 1
change 3 at 1.118033989s: create 2
change 4 at 1.322875656s: create 3
change 5 at 1.5s: create 4
change 6 at 1.658312395s: create 5
change 7 at 1.802775638s: create 6
change 8 at 1.936491673s: create 7
change 9 at 2.063508327s: create 8
change 10 at 2.197224362s: create 9
change 11 at 2.341687605s: create 10
change 12 at 2.5s: create 11
change 13 at 2.677124344s: create 12
change 14 at 2.881966011s: create 13
change 15 at 3.133974596s: create 14
change 16 at 3.5s: create 15
socket 0 at 0s: opens
socket 1 at 500ms: opens
socket 2 at 1s: opens
socket 3 at 1.5s: opens
socket 3 at 2s: leaves
socket 2 at 3s: leaves
`
	if got := listing(p, 20); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// TestLife: an order is paged once; what would page it again locates it.
func TestLife(t *testing.T) {
	t.Parallel()
	p := plan.Default()
	p.Sockets, p.Ramp, p.Duration, p.Rate = 1, 0, seconds(6), 1
	p.Names, p.Mix, p.Seed = "1-2", plan.Mix{Create: 1, Page: 1000}, 1
	const want = `change 1 at 500ms: create 0
change 2 at 1.5s: page 0
change 3 at 2.5s: locate 0 at table 1
change 4 at 3.5s: locate 0 at table 2
change 5 at 4.5s: locate 0 at table 3
change 6 at 5.5s: locate 0 at table 4
socket 0 at 0s: opens
`
	if got := listing(p, 20); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// TestLoadSeedStability: a plan and its seed make the same program in every version, for
// the shards of a run may be of several, and results of one plan are compared. A change of
// these files is a change of what users rely on: it needs a new name, not -update.
func TestLoadSeedStability(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p plan.Plan) {
		file := filepath.Join("testdata", filepath.Base(t.Name())+".golden")
		got := listing(p, 60)
		if got != listing(p, 60) {
			t.Fatal("two listings of one plan differ")
		}
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("got\n%s, want\n%s", got, want)
		}
	})
}

// TestSeeds: another seed makes another program; even intervals do not depend on it.
func TestSeeds(t *testing.T) {
	t.Parallel()
	for arrivals, sameTimes := range map[string]bool{plan.Constant: true, plan.Poisson: false} {
		a := plan.Default()
		a.Arrivals = arrivals
		b := a
		b.Seed = 2
		first, second := all(t, a.Changes().Next), all(t, b.Changes().Next)
		ops, times := true, true
		for i := range min(len(first), len(second)) {
			ops = ops && first[i].Op == second[i].Op
			times = times && first[i].At == second[i].At
		}
		if ops || times != sameTimes {
			t.Errorf("%s: with another seed, same operations %v, same times %v", arrivals, ops, times)
		}
	}
}

func TestPhases(t *testing.T) {
	t.Parallel()
	p := plan.Default()
	if got := p.Total(); got != 70*time.Second {
		t.Errorf("Total = %v", got)
	}
	if p.PeakSockets() != 500 || p.PeakRate() != 20 {
		t.Errorf("peaks of %d sockets and %v/s", p.PeakSockets(), p.PeakRate())
	}
	p = plans()["staged"]
	if p.Total() != 17900*time.Millisecond || p.PeakSockets() != 60 || p.PeakRate() != 1000 {
		t.Errorf("staged: %v, %d sockets, %v/s", p.Total(), p.PeakSockets(), p.PeakRate())
	}
	if got := len(p.Phases()); got != 8 {
		t.Errorf("%d phases", got)
	}
}
