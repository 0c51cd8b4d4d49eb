package events

import (
	"slices"
	"testing"

	"ttcheck/client"
)

// without leaves one event of the sound life out.
func without(i int) []client.Message { return told(slices.Delete(slices.Clone(sound), i, i+1)...) }

func TestNothingLost(t *testing.T) {
	t.Parallel()
	closed := recorded(told(sound...), told(sound...))
	closed.witnesses[1].closure = &client.Closure{Frame: true, Code: 1008}
	silentOnMoves := []string{"CREATED started", "MODIFIED located 10", "PAGED located 10 paged", "MODIFIED cleared 60 paged"}
	silentOnClears := sound[:4]
	for _, test := range []struct {
		name string
		r    record
		want string
	}{
		{"sound", recorded(told(sound...), told(sound...)), ""},
		{"moves told by nobody", recorded(told(silentOnMoves...), told(silentOnMoves...)), ""},
		{"clears told by nobody", recorded(told(silentOnClears...), told(silentOnClears...)), ""},
		{"cleared by another type", recorded(told("CREATED started", "MODIFIED located 10", "PAGED located 10 paged", "MODIFIED located 60", "CLEARED cleared")), ""},
		{"a swap", recorded(told("CREATED started", "PAGED located 10 paged", "MODIFIED located 10", "MODIFIED located 60")), ""},
		{"nothing told", recorded(nil), "ORDER_CREATED is missing"},
		{"created lost", recorded(told(sound...), without(0)), "ORDER_CREATED is missing"},
		{"locating lost", recorded(told(sound...), without(1)), "ORDER_MODIFIED came 1 times"},
		{"page lost", recorded(told(sound...), without(2)), "ORDER_PAGED is missing"},
		{"move lost", recorded(told(sound...), without(3)), "ORDER_MODIFIED came 1 times"},
		{"clear lost", recorded(told(sound...), without(4)), "of this one not"},
		{"all changes lost", recorded(told("CREATED started", "PAGED located 10 paged", "MODIFIED cleared")), "came 0 times, cleared aside, for 1"},
		{"closed", closed, "ws#2 ended: close frame, code 1008"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check(t, nothingLost(test.r), test.want)
		})
	}
}

func TestNothingLostCountsWhatWasObeyed(t *testing.T) {
	t.Parallel()
	r := recorded(told("CREATED started", "MODIFIED located 10", "MODIFIED cleared 10"))
	r.lives[0].paged, r.lives[0].moved = false, false
	check(t, nothingLost(r), "")
}

func TestNothingRepeated(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		told []string
		want string
	}{
		{"sound", sound, ""},
		{"two changes, sent late", []string{"CREATED started", "MODIFIED located 60 paged", "MODIFIED located 60 paged"}, ""},
		{"page that ends", []string{"CREATED started", "MODIFIED located 10", "PAGED located 10 paged", "MODIFIED located 10"}, ""},
		{"unknown types", []string{"CREATED started", "SEEN located 10", "SEEN located 10"}, ""},
		{"created twice", []string{"CREATED started", "CREATED located 10"}, "ORDER_CREATED came 2 times"},
		{"paged twice", []string{"CREATED started", "PAGED started paged", "PAGED started paged"}, "ORDER_PAGED came 2 times"},
		{"locating twice", []string{"CREATED started", "MODIFIED located 10", "MODIFIED located 10"}, "came twice"},
		{"move twice", append(slices.Clone(sound), "MODIFIED located 60 paged"), "came twice"},
		{"clearing twice", append(slices.Clone(sound), "MODIFIED cleared 60 paged"), "came twice"},
		{"the very same event", []string{"CREATED started", "MODIFIED located 60 seq=7", "PAGED located 60 paged", "MODIFIED located 60 seq=7"}, "came twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check(t, nothingRepeated(aLife, told(test.told...)), test.want)
		})
	}
}
