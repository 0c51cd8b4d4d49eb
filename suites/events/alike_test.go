package events

import (
	"slices"
	"testing"
)

func TestToldAlike(t *testing.T) {
	t.Parallel()
	late := told(sound...)
	for i := range late {
		late[i].Object["elapsedTime"], late[i].Object["seq"] = []byte("77"), []byte("99")
	}
	swapped := slices.Clone(sound)
	swapped[1], swapped[2] = swapped[2], swapped[1]
	changed := slices.Clone(sound)
	changed[2] = "PAGED located 10"
	for _, test := range []struct {
		name string
		r    record
		want string
	}{
		{"sound", recorded(told(sound...), told(sound...), told(sound...)), ""},
		{"another age and number", recorded(told(sound...), late), ""},
		{"swapped on one", recorded(told(sound...), told(sound...), told(swapped...)), "ws#3 told"},
		{"another member", recorded(told(sound...), told(changed...)), "ws#2 told"},
		{"lost on one", recorded(told(sound...), without(3)), "ws#2 told"},
		{"lost at the end", recorded(told(sound...), without(4)), "ws#2 told"},
		{"more on one", recorded(without(0), told(sound...)), "ws#2 told"},
		{"nothing on one", recorded(told(sound...), nil), "ws#2 told: nothing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check(t, toldAlike(test.r), test.want)
		})
	}
}

func TestWithoutGap(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		told []string
		want string
	}{
		{"nothing", nil, ""},
		{"from anywhere", []string{"CREATED seq=84", "MODIFIED seq=85", "PAGED seq=86"}, ""},
		{"unknown types between, without number", []string{"CREATED seq=1", "SEEN seq=", "MODIFIED seq=2"}, ""},
		{"unknown types between, numbered", []string{"CREATED seq=1", "SEEN seq=2", "MODIFIED seq=3"}, ""},
		{"unknown types between, with a number of their own", []string{"CREATED seq=1", "SEEN seq=900", "SEEN seq=1", "MODIFIED seq=2"}, ""},
		{"unknown type first", []string{"SEEN seq=900", "CREATED seq=1", "MODIFIED seq=2"}, ""},
		{"gap", []string{"CREATED seq=1", "MODIFIED seq=3"}, "seq 3 behind 1"},
		{"gap that an unknown type does not fill", []string{"CREATED seq=1", "SEEN seq=3", "MODIFIED seq=4"}, "seq 4 behind 1"},
		{"repeat", []string{"CREATED seq=1", "MODIFIED seq=1"}, "seq 1 behind 1"},
		{"back", []string{"CREATED seq=5", "MODIFIED seq=4"}, "seq 4 behind 5"},
		{"missing", []string{"CREATED seq=5", "MODIFIED seq="}, `"seq" is missing`},
		{"text", []string{`CREATED seq="5"`}, `"seq" has the wrong type`},
		{"fraction", []string{`CREATED seq=5.5`}, `"seq" has the wrong type`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check(t, withoutGap(told(test.told...)), test.want)
		})
	}
}

func TestNumberedApart(t *testing.T) {
	t.Parallel()
	if note := numberedApart(recorded(told(sound...), told(sound...))); note != "" {
		t.Errorf("noted: %s", note)
	}
	if numberedApart(recorded(told("CREATED started seq=1"), told("CREATED started seq=2"))) == "" {
		t.Error("nothing noted of different numbers")
	}
}
