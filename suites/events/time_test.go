package events

import (
	"testing"
	"time"

	"ttcheck/protocol"
)

func TestMovesWithState(t *testing.T) {
	t.Parallel()
	read := func(state protocol.State, second int, idle bool) reading {
		r := reading{where: "somewhere", state: state, idle: idle}
		if second >= 0 {
			r.at = protocol.DatetimeOf(time.Date(2026, 1, 2, 3, 4, second, 0, time.UTC))
		}
		return r
	}
	for _, test := range []struct {
		name     string
		readings []reading
		states   int
		want     string
	}{
		{"none", nil, 0, ""},
		{"sound", []reading{read("started", 1, false), read("started", 1, true), read("located", 2, false), read("located", 2, true), read("cleared", 3, false)}, 3, ""},
		{"moved by a page", []reading{read("located", 2, false), read("located", 3, false)}, 1, ""},
		{"absent here and there", []reading{read("started", 1, false), read("located", -1, false), read("", 9, false), read("cleared", 3, false)}, 2, ""},
		{"absent", []reading{read("started", -1, false), read("located", -1, false)}, 0, ""},
		{"stands still", []reading{read("started", 1, false), read("located", 1, false)}, 2, "stood still"},
		{"back with state", []reading{read("started", 4, false), read("located", 3, false)}, 2, "went back"},
		{"back without", []reading{read("located", 4, false), read("located", 3, false)}, 1, "went back"},
		{"back across a reading without", []reading{read("located", 4, false), read("located", -1, false), read("located", 3, false)}, 1, "went back"},
		{"moves on its own", []reading{read("located", 2, false), read("located", 3, true)}, 1, "while nothing happened"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			states, err := movesWithState(test.readings)
			check(t, err, test.want)
			if states != test.states {
				t.Errorf("judged %d states, want %d", states, test.states)
			}
		})
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	const second = time.Second
	check(t, within(5, 5*second, 5*second), "")
	check(t, within(0, -3*second, 3*second), "")
	check(t, within(5, 5*second+1, 9*second), "it is 5, not between")
	check(t, within(5, 0, 5*second-1), "it is 5, not between")
	check(t, within(1<<62, 0, 9*second), "not between 0.0 and 9.0")
	check(t, within(-1<<62, 0, 9*second), "not between")
}

func TestTardy(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	all := []delivery{
		{what: "prompt", took: 999 * ms}, {what: "at the limit", took: 1000 * ms}, {what: "late", took: 1200 * ms, lag: 150 * ms},
		{what: "late with the harness", took: 1200 * ms, lag: 200 * ms}, {what: "very late", took: 5000 * ms, lag: 300 * ms},
	}
	late, excused := tardy(all)
	if len(late) != 2 || late[0].what != "late" || late[1].what != "very late" || excused != 1 {
		t.Errorf("late %v, excused %d", late, excused)
	}
}
