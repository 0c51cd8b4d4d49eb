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
		plan.Change{K: 2, At: 20 * ms, Op: plan.Locate, Name: 3, Location: 11},
		plan.Change{K: 3, At: 30 * ms, Op: plan.Create, Name: 4},
		plan.Change{K: 4, At: 40 * ms, Op: plan.Locate, Name: 3, Location: 12},
	)
	for _, tt := range []struct {
		what  string
		name  int
		op    plan.Op
		table string
		after int64
		near  int64
		at    time.Duration
		want  int64
	}{
		{what: "the one that is nearer", name: 3, op: plan.Locate, near: 5, at: 50 * ms, want: 4},
		{what: "the one that is nearer to the other side", name: 3, op: plan.Locate, near: 1, at: 50 * ms, want: 2},
		{what: "the first", name: 3, op: plan.Create, at: 50 * ms, want: 1},
		{what: "one of two", name: 3, op: plan.Locate, at: 50 * ms, want: 2},
		{what: "the other", name: 3, op: plan.Locate, after: 2, at: 50 * ms, want: 4},
		{what: "by its table", name: 3, op: plan.Locate, table: "12", at: 50 * ms, want: 4},
		{what: "by a table of nobody", name: 3, op: plan.Locate, table: "77", at: 50 * ms},
		{what: "before it was due", name: 3, op: plan.Locate, after: 2, at: 35 * ms},
		{what: "heard already", name: 3, op: plan.Create, after: 1, at: 50 * ms},
		{what: "what was not made", name: 3, op: plan.Page, at: 50 * ms},
		{what: "another order", name: 4, op: plan.Create, at: 50 * ms, want: 3},
		{what: "an order without changes", name: 5, op: plan.Create, at: 50 * ms},
	} {
		f := &wire.Fields{Location: []byte(tt.table)}
		if got := l.find(f, tt.op, tt.name, tt.after, tt.near, tt.at); got != tt.want {
			t.Errorf("%s: change %d, want %d", tt.what, got, tt.want)
		}
	}
	if got := l.before(&wire.Fields{}, plan.Locate, 3, 3, 50*ms); got != 2 {
		t.Errorf("the latest up to the third is %d, want 2", got)
	}
	l.strike(2)
	if got := l.find(&wire.Fields{}, plan.Locate, 3, 0, 0, 50*ms); got != 4 {
		t.Errorf("where one was not sent after all, %d is found, want 4", got)
	}
}

// TestLedgerIndex: which order a name is, a string of digits.
func TestLedgerIndex(t *testing.T) {
	t.Parallel()
	l := book(t)
	for name, want := range map[string]int{"9000": 0, "9009": 9, "009005": 5} {
		if got, ok := l.index([]byte(name)); !ok || got != want {
			t.Errorf("%q is %d, %t; want %d", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "8999", "9010", "A9003", "9003 ", "-9003", "99999999999999999999999"} {
		if got, ok := l.index([]byte(name)); ok {
			t.Errorf("%q is %d", name, got)
		}
	}
}

// TestLedgerOfOthers: a change of another shard may be heard of before it is due here, if
// none fits that is.
func TestLedgerOfOthers(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	l := newLedger(protocol.NameRange{First: 9000, Last: 9009}, 100*ms)
	l.enter(plan.Change{K: 1, At: 100 * ms, Op: plan.Create, Name: 3}, false)
	l.enter(plan.Change{K: 2, At: 500 * ms, Op: plan.Create, Name: 3}, false)
	l.enter(plan.Change{K: 3, At: 100 * ms, Op: plan.Create, Name: 4}, true)
	for _, tt := range []struct {
		name  int
		after int64
		at    time.Duration
		want  int64
	}{
		{name: 3, at: 120 * ms, want: 1},
		{name: 3, at: 20 * ms, want: 1},
		{name: 3, after: 1, at: 420 * ms, want: 2},
		{name: 3, after: 1, at: 380 * ms},
		{name: 4, at: 120 * ms}, // our own, and not sent yet
	} {
		if got := l.find(&wire.Fields{}, plan.Create, tt.name, tt.after, 0, tt.at); got != tt.want {
			t.Errorf("order %d, after %d, at %v: change %d, want %d", tt.name, tt.after, tt.at, got, tt.want)
		}
	}
}

// TestLedgerForgets: a change that is too long ago is nobody's.
func TestLedgerForgets(t *testing.T) {
	t.Parallel()
	l := book(t, plan.Change{K: 1, Op: plan.Create, Name: 3}, plan.Change{K: 1 + recentChanges, Op: plan.Create, Name: 4})
	if got := l.find(&wire.Fields{}, plan.Create, 3, 0, 0, 0); got != 0 {
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
	if count, sum := m.since(0); count != 3 || sum != 9 || !silent {
		t.Errorf("%d changes made, sum %d, clearing silent %t; want 1, 3 and 5 made, as nobody heard of a clearing", count, sum, silent)
	}
	if count, sum := m.since(1); count != 2 || sum != 8 {
		t.Errorf("after the first: %d made, sum %d; want 3 and 5", count, sum)
	}
	fate(l, 6, plan.Clear, accepted, heard)
	m, silent = l.fates.made()
	if count, sum := m.since(3); count != 3 || sum != 15 || silent {
		t.Errorf("after the third: %d made, sum %d, clearing silent %t; want 4, 5 and 6", count, sum, silent)
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
