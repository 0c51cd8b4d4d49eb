package spec

import (
	"context"
	"sync"
	"time"
)

const (
	lagTick = 10 * time.Millisecond
	lagSpan = 15 * time.Minute // how far back a lag can be asked for
)

// Lag measures how late the harness itself is: a timer beside the cases that
// notes by how much it wakes up late. What a case saw too late may have been the
// harness, not the gateway, if the lag at that time was as large.
type Lag struct {
	mu    sync.Mutex
	worst map[int64]time.Duration // by second since start
	start time.Time
	due   time.Time // when the timer is to wake up next; zero while nothing is measured
}

// NewLag returns a lag that begins to measure with Run.
func NewLag() *Lag { return &Lag{worst: map[int64]time.Duration{}, start: time.Now()} }

// Run measures until ctx is done.
func (l *Lag) Run(ctx context.Context) {
	timer := time.NewTimer(lagTick)
	defer timer.Stop()
	l.expect(time.Now().Add(lagTick))
	defer l.expect(time.Time{})
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		l.wake(time.Now())
		timer.Reset(lagTick)
	}
}

func (l *Lag) expect(due time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.due = due
}

// wake notes how late the timer is, and when it is due again.
func (l *Lag) wake(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.note(l.due, now.Sub(l.due))
	l.due = now.Add(lagTick)
}

// note is called under the lock.
func (l *Lag) note(at time.Time, late time.Duration) {
	first, last := l.second(at), l.second(at.Add(late))
	for s := first; s <= last; s++ {
		l.worst[s] = max(l.worst[s], late)
	}
	delete(l.worst, last-int64(lagSpan/time.Second))
}

func (l *Lag) second(t time.Time) int64 { return int64(t.Sub(l.start) / time.Second) }

// Between returns the worst lateness from one time to another, to the second. A
// timer that is late just now counts: who asks may have woken up before it.
func (l *Lag) Between(from, to time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if late := time.Since(l.due); !l.due.IsZero() && late > 0 {
		l.note(l.due, late)
	}
	var worst time.Duration
	for s := l.second(from); s <= l.second(to); s++ {
		worst = max(worst, l.worst[s])
	}
	return worst
}
