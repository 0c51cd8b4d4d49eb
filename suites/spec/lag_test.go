package spec

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// noted returns a lag in which the timer woke up late, as told in milliseconds:
// when it was due, and by how much it was late.
func noted(pairs ...[2]int) *Lag {
	l := NewLag()
	for _, p := range pairs {
		l.note(l.start.Add(time.Duration(p[0])*time.Millisecond), time.Duration(p[1])*time.Millisecond)
	}
	return l
}

func TestBetween(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name     string
		lag      *Lag
		from, to int // milliseconds
		want     time.Duration
	}{
		{"nothing", noted(), 0, 10_000, 0},
		{"in the second", noted([2]int{1500, 80}), 1000, 1999, 80 * time.Millisecond},
		{"in the second, before the time asked for", noted([2]int{1500, 80}), 1900, 1950, 80 * time.Millisecond},
		{"the worst", noted([2]int{1500, 80}, [2]int{1600, 20}, [2]int{2600, 70}), 0, 9000, 80 * time.Millisecond},
		{"before", noted([2]int{1500, 80}), 2000, 9000, 0},
		{"after", noted([2]int{1500, 80}), 0, 999, 0},
		{"into the second", noted([2]int{1500, 3000}), 4200, 4900, 3 * time.Second},
		{"through the second", noted([2]int{1500, 3000}), 2200, 2300, 3 * time.Second},
		{"over the second", noted([2]int{1500, 3000}), 5000, 6000, 0},
		{"the other way round", noted([2]int{1500, 80}), 9000, 0, 0},
	} {
		at := func(ms int) time.Time { return x.lag.start.Add(time.Duration(ms) * time.Millisecond) }
		if got := x.lag.Between(at(x.from), at(x.to)); got != x.want {
			t.Errorf("%s: %v, want %v", x.name, got, x.want)
		}
	}
}

// TestLagForgets what nobody asks for any more.
func TestLagForgets(t *testing.T) {
	t.Parallel()
	l := NewLag()
	const seconds = 3 * int(lagSpan/time.Second)
	for s := range seconds {
		l.note(l.start.Add(time.Duration(s)*time.Second), time.Millisecond)
	}
	if len(l.worst) > int(lagSpan/time.Second)+1 {
		t.Errorf("%d seconds are kept", len(l.worst))
	}
	end := l.start.Add(time.Duration(seconds-1) * time.Second)
	if l.Between(end.Add(-lagSpan+time.Second), end.Add(-lagSpan+time.Second)) != time.Millisecond || l.Between(l.start, l.start) != 0 {
		t.Error("what is kept are not the latest")
	}
}

// TestLagAtRest: where nothing is late, no lateness is measured.
func TestLagAtRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLag()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); l.Run(ctx) }()
		time.Sleep(time.Minute)
		synctest.Wait()
		if due := time.Until(l.due); due <= 0 || due > lagTick {
			t.Errorf("the timer is due in %v", due)
		}
		cancel()
		<-ended
		time.Sleep(time.Minute) // what is not measured is not late
		if late := l.Between(l.start, time.Now()); late != 0 {
			t.Errorf("%v late", late)
		}
	})
}

// TestWakeUpLate: a timer that wakes up late notes it, and is due a tick later.
func TestWakeUpLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLag()
		due := time.Now().Add(lagTick)
		l.expect(due)
		time.Sleep(lagTick)
		l.wake(due.Add(300 * time.Millisecond))
		if late := l.Between(due, due); late != 300*time.Millisecond {
			t.Errorf("%v late", late)
		}
		if want := due.Add(300*time.Millisecond + lagTick); !l.due.Equal(want) {
			t.Errorf("due %v after it should be", l.due.Sub(want))
		}
	})
}

// TestLateJustNow: a case that wakes up before the timer sees that it is late.
func TestLateJustNow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLag()
		l.expect(time.Now().Add(lagTick))
		time.Sleep(2 * time.Second) // and nobody wakes the timer
		late := 2*time.Second - lagTick
		if got := l.Between(l.start.Add(time.Second), time.Now()); got != late {
			t.Errorf("%v late, want %v", got, late)
		}
		if got := l.Between(l.start.Add(-time.Minute), l.start.Add(-time.Second)); got != 0 {
			t.Errorf("%v late before the start", got)
		}
	})
}
