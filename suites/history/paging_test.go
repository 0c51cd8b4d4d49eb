package history

import (
	"slices"
	"strings"
	"testing"

	"ttcheck/client"
	"ttcheck/protocol"
)

func TestTile(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		whole string
		pages string // separated by |
		size  int
		fault string
	}{
		"right":               {"abcdefg", "abc|def|g", 3, ""},
		"right, goes on":      {"abcde", "abc|def", 3, ""},
		"one page":            {"abc", "abc", 3, ""},
		"nothing":             {"", "", 3, ""},
		"overlap":             {"abcdef", "abc|cde", 3, "order c at 3 stands at 2 already"},
		"gap":                 {"abcdef", "abc|ef", 3, "order e stands at 3, where the list has d"},
		"offset ignored":      {"abcdef", "abc|abc", 3, "order a at 3 stands at 0 already"},
		"offset times limit":  {"abcdefghijkl", "abc|jkl", 3, "order j stands at 3"},
		"another sequence":    {"abcdef", "bac|def", 3, "order b stands at 0"},
		"page too long":       {"abcdef", "abcd|def", 3, "there are 4 orders, not 3"},
		"page too short":      {"abcdef", "ab|def", 3, "there are 2 orders, though the list goes on with c"},
		"last page too short": {"abcde", "abc|d", 3, "there are 1 orders"},
		"last page empty":     {"abcd", "abc|", 3, "there are 0 orders, though the list goes on with d"},
		"limit one too high":  {"abcdef", "abcd|defg", 4, "order d at 4 stands at 3 already"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var pages [][]string
			for page := range strings.SplitSeq(test.pages, "|") {
				pages = append(pages, letters(page))
			}
			wantError(t, tile(letters(test.whole), pages, test.size), test.fault)
		})
	}
}

func letters(s string) []string { return strings.Split(s, "") }

func TestReordered(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ before, after, fault string }{
		"the same":                {"abcd", "abcd", ""},
		"one more in front":       {"abcd", "xabcd", ""},
		"one gone":                {"abcd", "acd", ""},
		"come and gone":           {"abcd", "xbyd", ""},
		"nothing in common":       {"abcd", "efgh", ""},
		"two changed places":      {"abcd", "acbd", "order c came after order b, and a moment later before it"},
		"turned round":            {"abcd", "dcba", "order d came after order c"},
		"changed beside a new":    {"abcd", "xdab", "order d came after order a"},
		"the first moved to last": {"abcd", "bcda", "order d came after order a"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, reordered(letters(test.before), letters(test.after)), test.fault)
		})
	}
}

func TestUnsteadyAndSame(t *testing.T) {
	t.Parallel()
	steady := [][]string{letters("abc"), letters("abc"), letters("abc")}
	grown := [][]string{letters("abc"), letters("abc"), letters("xab")}
	moved := [][]string{letters("abc"), letters("abc"), letters("acb")}
	if err := unsteady(steady); err != nil || !same(steady) {
		t.Errorf("equal answers: %v, same %t", err, same(steady))
	}
	if err := unsteady(grown); err != nil || same(grown) {
		t.Errorf("an order more: %v, same %t", err, same(grown))
	}
	if err := unsteady(moved); err == nil || same(moved) {
		t.Errorf("orders that changed places: %v, same %t", err, same(moved))
	}
	if !same([][]string{nil, {}}) {
		t.Error("two empty answers are the same")
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	rows := make([]row, 25)
	wantError(t, between(rows, 25, 25), "")
	wantError(t, between(rows, 0, 100), "")
	wantError(t, between(rows, 26, 30), "it holds 25")
	wantError(t, between(rows, 0, 24), "it holds 25")
}

func TestDirection(t *testing.T) {
	t.Parallel()
	up := []row{shown(t, "a", "", "", at(0)), shown(t, "b", "", "", at(0)), shown(t, "c", "", "", at(1))}
	down := slices.Clone(up)
	slices.Reverse(down)
	for want, rows := range map[string][]row{
		"earliest first":                    up,
		"latest first":                      down,
		"neither earliest nor latest first": {up[2], up[0], up[2]},
		"cannot be seen, as no two orders show different dates": up[:2],
	} {
		if got := direction(rows, func(r row) protocol.Datetime { return r.Created }); got != want {
			t.Errorf("direction %q, want %q", got, want)
		}
	}
}

func TestSorting(t *testing.T) {
	t.Parallel()
	dates := func(created, changed int) row {
		r := row{Order: protocol.Order{Created: at(created)}}
		if changed >= 0 {
			r.StateChanged = at(changed)
		}
		return r
	}
	for want, rows := range map[string][]row{
		"created: latest first":                                          {dates(9, 1), dates(5, 8), dates(1, 3)},
		"created: earliest first":                                        {dates(1, 1), dates(5, 8), dates(9, 9)},
		"stateChanged: latest first":                                     {dates(5, 9), dates(6, 8), dates(1, 3)},
		"stateChanged: earliest first":                                   {dates(5, 6), dates(2, 8), dates(3, 9)},
		"neither created nor stateChanged":                               {dates(5, 6), dates(2, 9), dates(3, 8)},
		"created: cannot be seen, as no two orders show different dates": {dates(5, 6)},
	} {
		if got := sorting(rows); got != want {
			t.Errorf("sorting %q, want %q", got, want)
		}
	}
	if got := sorting([]row{dates(5, -1), dates(2, -1), dates(3, -1)}); got != "neither created nor stateChanged" {
		t.Errorf("sorting %q of rows that do not show stateChanged", got)
	}
}

// TestDecidingExchange proves that a fault of paging names the page that is wrong
// first, and the list that it contradicts behind it.
func TestDecidingExchange(t *testing.T) {
	t.Parallel()
	sheet := func(offset int, orders string) leaf {
		p := page(offset, 3)
		var uuids []string
		if orders != "" {
			uuids = letters(orders)
		}
		return leaf{p, uuids, client.Exchange{Sent: p.String()}}
	}
	whole := leaf{page(0, 24), letters("abcdefg"), client.Exchange{Sent: "the list"}}
	check := func(err error, text string, proof ...string) {
		t.Helper()
		wantError(t, err, text)
		var named []string
		for _, x := range proofOf(err) {
			named = append(named, x.Sent)
		}
		if !slices.Equal(named, proof) {
			t.Errorf("proved by %q, want %q", named, proof)
		}
	}
	good := []leaf{sheet(0, "abc"), sheet(3, "def"), sheet(6, "g")}
	bad := []leaf{good[0], sheet(3, "cde"), good[2]}
	wrong, behind := bad[1].proof.Sent, sheet(7, "x")
	check(tiled(whole, good, 3), "")
	check(tiled(whole, bad, 3), "in the answer to "+wrong+", order c", wrong, "the list")
	check(empty(sheet(7, ""), whole), "")
	check(empty(behind, whole), "behind the last order "+behind.proof.Sent+" lists x", behind.proof.Sent, "the list")
	check(both(nil, nil), "")
	check(both(tiled(whole, bad, 3), empty(behind, whole)), "lists x", wrong, "the list", behind.proof.Sent, "the list")
}
