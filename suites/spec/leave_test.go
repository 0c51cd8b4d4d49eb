package spec

import (
	"slices"
	"strings"
	"testing"
)

func TestParseLeaves(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		names []string
		want  []Leave
	}{
		{nil, nil},
		{[]string{"orders"}, []Leave{LeaveOrders}},
		{[]string{"settings", "destructive", "robustness"}, []Leave{LeaveSettings, LeaveDestructive, LeaveRobustness}},
		{[]string{"all"}, Leaves},
	} {
		if got, err := ParseLeaves(x.names); err != nil || !slices.Equal(got, x.want) {
			t.Errorf("%q: %q, %v; want %q", x.names, got, err, x.want)
		}
	}
	all, err := ParseLeaves([]string{"orders", "all"})
	for _, leave := range Leaves {
		if err != nil || !slices.Contains(all, leave) {
			t.Errorf("all beside another: %q, %v", all, err)
		}
	}
}

// TestUnknownLeaves: what is mistyped must not be taken for less, or more, leave
// than was meant.
func TestUnknownLeaves(t *testing.T) {
	t.Parallel()
	for _, names := range [][]string{{"order"}, {""}, {"Orders"}, {"orders", "destructiv"}, {"destructiv", "all"}, {"all", "destructiv"}} {
		got, err := ParseLeaves(names)
		if err == nil || len(got) > 0 {
			t.Errorf("%q: %q, %v; want an error", names, got, err)
		} else if !strings.Contains(err.Error(), "use orders, destructive, robustness, settings or all") {
			t.Errorf("%q: the error does not help: %v", names, err)
		}
	}
	if _, err := ParseLeaves([]string{strings.Repeat("x", 500)}); err == nil || len(err.Error()) > 150 {
		t.Errorf("the error is too long: %v", err)
	}
}

// TestAllLeave is not the list that everybody shares.
func TestAllLeave(t *testing.T) {
	t.Parallel()
	all, err := ParseLeaves([]string{"all"})
	if err != nil {
		t.Fatal(err)
	}
	all[0] = "nothing"
	if Leaves[0] != LeaveOrders {
		t.Error("the list of permissions has been changed")
	}
}
