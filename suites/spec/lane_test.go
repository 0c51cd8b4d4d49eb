package spec

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/protocol"
	"ttcheck/report"
)

// diary notes who was in a lane and when, in seconds from its start.
type diary struct {
	mu      sync.Mutex
	start   time.Time
	entries []entry
}

type entry struct {
	who      string
	from, to int
}

func (d *diary) stay(who string, seconds int) {
	from := time.Since(d.start)
	time.Sleep(time.Duration(seconds) * time.Second)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries = append(d.entries, entry{who, int(from / time.Second), int(time.Since(d.start) / time.Second)})
}

// visitor is a probe that stays for some seconds.
func (d *diary) visitor(name, lane string, seconds int) AnyProbe {
	return &Probe[struct{}]{Name: name, Lane: lane, Run: func(*Scene) (struct{}, error) {
		d.stay(name, seconds)
		return struct{}{}, nil
	}}
}

func (d *diary) want(t *testing.T, want ...entry) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.entries, want) {
		t.Errorf("who, from, to: %v, want %v", d.entries, want)
	}
}

// TestLanes: the probes of one lane come one after the other, in the order given;
// those of different lanes, and those without one, at the same time.
func TestLanes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, d := nowhere(t), &diary{start: time.Now()}
		e.StartProbes(t.Context(), []AnyProbe{
			d.visitor("a1", "a", 6), d.visitor("b1", "b", 1), d.visitor("alone", "", 5),
			d.visitor("a2", "a", 1), d.visitor("a3", "a", 2), d.visitor("b2", "b", 3), d.visitor("also alone", "", 2),
		})
		e.AwaitProbes()
		d.want(t,
			entry{"b1", 0, 1}, entry{"also alone", 0, 2}, entry{"b2", 1, 4}, entry{"alone", 0, 5},
			entry{"a1", 0, 6}, entry{"a2", 6, 7}, entry{"a3", 7, 9},
		)
	})
}

// TestCaseInLane: a case with a lane waits for its turn, and whoever comes then
// waits for the case.
func TestCaseInLane(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, d := nowhere(t), &diary{start: time.Now()}
		e.StartProbes(t.Context(), []AnyProbe{d.visitor("probe", "a", 4), d.visitor("beside", "b", 5)})
		synctest.Wait()
		var wait sync.WaitGroup
		for _, name := range []string{"first case", "second case"} {
			wait.Go(func() {
				k := Case{ID: idOf(protocol.Must), Lane: "a", Run: func(c *C) {
					d.stay(name, 2)
					if name == "first case" {
						panicking() // the lane is free again after any end
					}
				}}
				Execute(t.Context(), e, k)
			})
			synctest.Wait()
		}
		wait.Wait()
		_, err := d.visitor("later probe", "a", 1).(*Probe[struct{}]).Now(t.Context(), e)
		if err != nil {
			t.Error(err)
		}
		e.AwaitProbes()
		d.want(t,
			entry{"probe", 0, 4}, entry{"beside", 0, 5}, entry{"first case", 4, 6}, entry{"second case", 6, 8}, entry{"later probe", 8, 9},
		)
	})
}

// TestCaseJudgesItsOwnLane: a case may have both the probe and its lane.
func TestCaseJudgesItsOwnLane(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, d := nowhere(t), &diary{start: time.Now()}
		p := d.visitor("probe", "a", 3)
		e.StartProbes(t.Context(), []AnyProbe{p})
		k := Case{ID: idOf(protocol.Must), Lane: "a", Probes: []AnyProbe{p}, Run: func(*C) { d.stay("case", 1) }}
		wantVerdict(t, Execute(t.Context(), e, k), report.Pass, "")
		d.want(t, entry{"probe", 0, 3}, entry{"case", 3, 4})
	})
}

// TestLaneIsNotFree: who waits for a lane is let go with ctx.
func TestLaneIsNotFree(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := nowhere(t)
		leave, err := e.enterLane(t.Context(), "the button")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errors.New("enough"))
		defer cancel()
		started := time.Now()
		k := Case{ID: idOf(protocol.Must), Lane: "the button", Run: func(*C) { t.Error("the case ran") }}
		wantVerdict(t, Execute(ctx, e, k), report.Error, "wait for the button: enough")
		if took := time.Since(started); took != time.Minute {
			t.Errorf("it took %v", took)
		}
		leave()
		k.Run = func(*C) {}
		wantVerdict(t, Execute(t.Context(), e, k), report.Pass, "")
	})
}
