package load

import (
	"testing"
	"time"

	"ttcheck/load/plan"
	"ttcheck/load/wire"
	"ttcheck/protocol"
)

func book(t *testing.T, changes ...plan.Change) *ledger {
	t.Helper()
	l := newLedger(protocol.NameRange{First: 9000, Last: 9009}, 0)
	for _, c := range changes {
		l.enter(c, true)
		l.send(c.K, c.Op, c.At)
	}
	return l
}

func TestLedgerFind(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	l := book(
		t,
		plan.Change{K: 1, At: 10 * ms, Op: plan.Create, Name: 3},
		plan.Change{K: 2, At: 20 * ms, Op: plan.Locate, Name: 3},
		plan.Change{K: 3, At: 30 * ms, Op: plan.Create, Name: 4},
		plan.Change{K: 4, At: 40 * ms, Op: plan.Locate, Name: 3},
	)
	for _, tt := range []struct {
		name   string
		op     plan.Op
		seq    int64
		hasSeq bool
		at     time.Duration
		want   int64
	}{
		{name: "9003", op: plan.Create, at: 50 * ms, want: 1},
		{name: "9003", op: plan.Locate, at: 50 * ms, want: 4},
		{name: "9003", op: plan.Locate, at: 35 * ms, want: 2}, // before the other was due
		{name: "9003", op: plan.Locate, at: 50 * ms, seq: 90, hasSeq: true, want: 4},
		{name: "9003", op: plan.Locate, at: 50 * ms, seq: 90, hasSeq: true, want: 4}, // the same event
		{name: "9003", op: plan.Locate, at: 50 * ms, seq: 89, hasSeq: true, want: 2}, // another
		{name: "9003", op: plan.Page, at: 50 * ms},
		{name: "9004", op: plan.Create, at: 50 * ms, want: 3},
		{name: "9005", op: plan.Create, at: 50 * ms},
		{name: "8999", op: plan.Create, at: 50 * ms},
		{name: "9010", op: plan.Create, at: 50 * ms},
		{name: "", op: plan.Create, at: 50 * ms},
		{name: "A9003", op: plan.Create, at: 50 * ms},
		{name: "99999999999999999999999", op: plan.Create, at: 50 * ms},
	} {
		if got := l.find(&wire.Fields{Name: []byte(tt.name), Seq: tt.seq}, tt.op, tt.hasSeq, tt.at); got != tt.want {
			t.Errorf("order %q, op %d, seq %d at %v: change %d, want %d", tt.name, tt.op, tt.seq, tt.at, got, tt.want)
		}
	}
	l.strike(4)
	if got := l.find(&wire.Fields{Name: []byte("9003")}, plan.Locate, false, 50*ms); got != 2 {
		t.Errorf("a change that was not sent after all is found as %d, want 2", got)
	}
}

// TestLedgerForgets: a change that is too long ago is nobody's.
func TestLedgerForgets(t *testing.T) {
	t.Parallel()
	l := book(t, plan.Change{K: 1, Op: plan.Create, Name: 3}, plan.Change{K: 1 + recentChanges, Op: plan.Create, Name: 4})
	if got := l.find(&wire.Fields{Name: []byte("9003")}, plan.Create, false, 0); got != 0 {
		t.Errorf("change %d is found", got)
	}
}

func TestFates(t *testing.T) {
	t.Parallel()
	fate := func(l *ledger, k int64, op plan.Op, what ...uint32) {
		l.enter(plan.Change{K: k, Op: op}, true)
		l.send(k, op, 0)
		for _, w := range what {
			l.fates.is(k, w)
		}
	}
	l := book(t)
	fate(l, 1, plan.Create, accepted)
	fate(l, 2, plan.Locate) // refused
	fate(l, 3, plan.Page, heard)
	fate(l, 4, plan.Clear, accepted)
	l.enter(plan.Change{K: 5}, false)
	l.fates.is(5, heard)
	m, silent := l.fates.made()
	if count, sum := m.since(0); count != 2 || sum != 4 || !silent {
		t.Errorf("%d changes made, sum %d, clearing silent %t; want 1 and 3 made, as nobody heard of a clearing", count, sum, silent)
	}
	if count, sum := m.since(1); count != 1 || sum != 3 {
		t.Errorf("after the first: %d made, sum %d; want 3 alone", count, sum)
	}
	fate(l, 6, plan.Clear, accepted, heard)
	m, silent = l.fates.made()
	if count, sum := m.since(3); count != 2 || sum != 10 || silent {
		t.Errorf("after the third: %d made, sum %d, clearing silent %t; want 4 and 6", count, sum, silent)
	}
}

// TestFatesGrow: a long run keeps every change.
func TestFatesGrow(t *testing.T) {
	t.Parallel()
	l := book(t)
	for k := int64(1); k <= 3*fateChunk; k++ {
		l.enter(plan.Change{K: k, Op: plan.Create}, true)
		l.send(k, plan.Create, 0)
		l.fates.is(k, accepted)
	}
	m, _ := l.fates.made()
	if count, _ := m.since(0); count != 3*fateChunk {
		t.Errorf("%d made, want %d", count, 3*fateChunk)
	}
}
