package history

import (
	"fmt"
	"slices"
	"testing"

	"ttcheck/protocol"
)

func TestFilterAdmits(t *testing.T) {
	t.Parallel()
	r := shown(t, "u", protocol.OnPremises, "12", at(10))
	tests := map[string]struct {
		filter filter
		want   admission
	}{
		"no filter":              {filter{}, included},
		"after an earlier date":  {filter{after: at(9)}, included},
		"after its own date":     {filter{after: at(10)}, either},
		"after a later date":     {filter{after: at(11)}, excluded},
		"before a later date":    {filter{before: at(11)}, included},
		"before its own date":    {filter{before: at(10)}, either},
		"before an earlier date": {filter{before: at(9)}, excluded},
		"between":                {filter{after: at(9), before: at(11)}, included},
		"at one bound of two":    {filter{after: at(10), before: at(11)}, either},
		"out by one bound":       {filter{after: at(11), before: at(10)}, excluded},
		"its type":               {filter{kind: protocol.OnPremise}, included},
		"its type as shown":      {filter{kind: protocol.OnPremises}, included},
		"another type":           {filter{kind: protocol.ToGo}, excluded},
		"its location":           {filter{location: "12"}, included},
		"part of its location":   {filter{location: "1"}, excluded},
		"a longer location":      {filter{location: "112"}, excluded},
		"at a bound, wrong type": {filter{after: at(10), kind: protocol.ToGo}, excluded},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.filter.admits(r); got != test.want {
				t.Errorf("admission %v, want %v", got, test.want)
			}
		})
	}
}

func TestFilterJudges(t *testing.T) {
	t.Parallel()
	in, bound, out := shown(t, "in", "TO_GO", "12", at(5)), shown(t, "bound", "TO_GO", "12", at(0)), shown(t, "out", "TO_GO", "12", at(-5))
	f := filter{after: at(0)}
	wantError(t, f.sound([]row{in, bound}), "")
	wantError(t, f.sound([]row{in, out, bound}), `it lists order "1" (uuid "out"`)
	wantError(t, f.complete([]row{in}, []row{in, bound, out}), "")
	wantError(t, f.complete([]row{bound}, []row{in, bound, out}), `it leaves out order "1" (uuid "in"`)

	for body, fault := range map[string]string{
		`[{"uuid":"a","orderType":"TO_GO","locationName":"7"}]`:                                  `"created" is missing`,
		`[{"uuid":"a","created":"2026-03-01 12:00:09","orderType":"TO_GO","locationName":"7"}]`:  `"created" has the wrong form`,
		`[{"uuid":"a","created":"2026-03-01T12:00:09","orderType":null,"locationName":"7"}]`:     `"orderType" is null`,
		`[{"uuid":"a","created":"2026-03-01T12:00:09","orderType":"TO_GO","locationName":7}]`:    `"locationName" has the wrong type`,
		`[{"uuid":"a","created":"2026-03-01T12:00:09","orderType":"TO_GO","locationName":"7"}]`:  "",
		`[{"uuid":"a","created":"2026-03-01T12:00:09","orderType":"TO_GO","locationName":"07"}]`: "it lists",
	} {
		rows, err := rowsOf([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, filter{after: at(0), kind: protocol.ToGo, location: "7"}.sound(rows), fault)
		if fault != "it lists" {
			wantError(t, filter{}.sound(rows), "")
		}
	}
}

func TestConjunctions(t *testing.T) {
	t.Parallel()
	all := filter{after: at(0), before: at(9), kind: protocol.ToGo, location: "12"}.conjunctions()
	if len(all) != 6+4+1 {
		t.Errorf("%d conjunctions of 4 parts, want 11", len(all))
	}
	seen := map[filter]bool{}
	for _, f := range all {
		if len(f.params()) < 2 || seen[f] {
			t.Errorf("%v is no new conjunction", f.params())
		}
		seen[f] = true
	}
	if got := (filter{kind: protocol.ToGo}).conjunctions(); len(got) != 0 {
		t.Errorf("conjunctions of one part: %v", got)
	}
}

// ownRows are the run's own orders as the history shows them if the groups were
// made the given number of seconds apart, and the orders of one the given number.
func ownRows(t *testing.T, groupsApart, ordersApart int) []row {
	t.Helper()
	var rows []row
	for group := range groups {
		for i, course := range courses {
			uuid := fmt.Sprintf("%d-%d", group, i)
			rows = append(rows, shown(t, uuid, course.kind, course.location, at(group*groupsApart+i*ordersApart)))
		}
	}
	return rows
}

// TestOwnOrdersTellFiltersApart proves that each part of each combination shows
// when it is overlooked, however fast the orders were made.
func TestOwnOrdersTellFiltersApart(t *testing.T) {
	t.Parallel()
	for _, pace := range []struct{ groups, orders int }{{2, 0}, {3, 0}, {7, 1}, {40, 9}} {
		rows := ownRows(t, pace.groups, pace.orders)
		slices.Reverse(rows)
		f, ok := middle(rows)
		if !ok {
			t.Fatalf("%+v: no filter", pace)
		}
		if n := f.telling(rows); n != 4 {
			t.Errorf("%+v: %d parts of %v tell orders apart, want 4", pace, n, f.params())
		}
		for _, g := range f.conjunctions() {
			if got := g.telling(rows); got != len(g.params()) {
				t.Errorf("%+v: %d parts of %v tell orders apart, want all", pace, got, g.params())
			}
		}
	}
}

func TestMiddle(t *testing.T) {
	t.Parallel()
	if _, ok := middle(ownRows(t, 2, 0)[:2]); ok {
		t.Error("a filter around two orders")
	}
	undated := []row{{}, {}, {}, {}}
	if _, ok := middle(undated); ok {
		t.Error("a filter around orders without dates")
	}
	odd := []row{shown(t, "a", "TO_GO", "1", at(0)), shown(t, "b", "EAT_HERE", "1", at(5)), shown(t, "c", "TO_GO", "1", at(9))}
	if f, ok := middle(odd); ok {
		t.Errorf("a filter %v by a type that nobody documents", f.params())
	}
	f, ok := middle([]row{shown(t, "a", "TO_GO", "1", at(0)), shown(t, "b", "ON_PREMISES", "1", at(5)), shown(t, "c", "TO_GO", "1", at(9))})
	want := filter{after: at(2), before: at(7), kind: protocol.OnPremise, location: "1"}
	if !ok || f != want {
		t.Errorf("filter %v, want %v", f.params(), want.params())
	}
}

func TestBoundsOf(t *testing.T) {
	t.Parallel()
	var rows []row
	for _, seconds := range []int{20, 0, 0, 1, 10, 20} {
		rows = append(rows, shown(t, "u", "TO_GO", "1", at(seconds)))
	}
	rows = append(rows, row{})
	got := boundsOf(rows)
	want := []protocol.Datetime{at(0), at(2), at(10), at(11), at(19), at(20)} // a second from an order, where there is room
	if !slices.Equal(got, want) {
		t.Errorf("bounds %v, want %v", got, want)
	}
	if got := boundsOf([]row{{}}); len(got) != 0 {
		t.Errorf("bounds without dates %v", got)
	}
	var many []row
	for i := range 50 {
		many = append(many, shown(t, "u", "TO_GO", "1", at(10*i)))
	}
	if got := boundsOf(many); len(got) != 2*maxBounds {
		t.Errorf("%d bounds of 50 dates, want %d", len(got), 2*maxBounds)
	}
}

func TestLocationsOf(t *testing.T) {
	t.Parallel()
	if got := locationsOf(ownRows(t, 2, 0)); !slices.Equal(got, []string{"12", "112", "121"}) {
		t.Errorf("locations %q", got)
	}
}
