package history

import (
	"testing"
	"time"

	"ttcheck/protocol"
)

func TestStale(t *testing.T) {
	t.Parallel()
	limit := at(0)
	order := func(created, changed protocol.Datetime) []row {
		return []row{{Order: protocol.Order{Name: "9", UUID: "u", Created: created, StateChanged: changed}}}
	}
	tests := map[string]struct {
		rows   []row
		active []string
		fault  string
	}{
		"young":                      {order(at(5), at(6)), nil, ""},
		"at the limit":               {order(at(0), at(0)), nil, ""},
		"old":                        {order(at(-9), at(-5)), nil, `it lists order "9" (uuid "u"`},
		"old, without stateChanged":  {order(at(-9), protocol.Datetime{}), nil, "in its last state since " + at(-9).String()},
		"old, finished long after":   {order(at(-9), at(1)), nil, ""},
		"old, changed before it was": {order(at(-5), at(-9)), nil, "since " + at(-5).String()},
		"old and active":             {order(at(-9), at(-9)), []string{"x", "u"}, ""},
		"without dates":              {order(protocol.Datetime{}, protocol.Datetime{}), nil, ""},
		"one among others":           {append(order(at(5), at(6)), order(at(-9), at(-5))...), nil, "it lists"},
		"none":                       {nil, nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, stale(test.rows, limit, test.active), test.fault)
		})
	}
}

func TestReachesAndOldest(t *testing.T) {
	t.Parallel()
	rows := []row{
		{},
		{Order: protocol.Order{Created: at(-50), StateChanged: at(-10)}},
		{Order: protocol.Order{Created: at(-30)}},
	}
	if !reaches(rows, at(-29)) || reaches(rows, at(-30)) || reaches(nil, at(0)) {
		t.Error("the last date of an order is what counts, and a row without dates does not")
	}
	if got := oldest(rows, at(0)); got != 30*time.Second {
		t.Errorf("oldest %v, want 30s", got)
	}
	if got := oldest(nil, at(0)); got != 0 {
		t.Errorf("oldest of none %v", got)
	}
}

func TestLastUsed(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"token":{"name":"a","last_used":"2026-03-01T12:00:00"}}`:                                               "2026-03-01T12:00:00",
		`{"last_used":"2026-03-01T12:00:00"}`:                                                                    "2026-03-01T12:00:00",
		`{"status":200,"accesstoken":{"creation_date":"2026-03-01T11:00:00","last_used":"2026-03-01T12:00:00"}}`: "2026-03-01T12:00:00",
		`{"token":{"last_used":null}}`:                                                                           "",
		`{"token":{"last_used":"1 March"},"_debug":{}}`:                                                          "",
		`{}`: "",
	} {
		o, err := protocol.ParseObject([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if got := lastUsed(o).String(); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	if got := words(7*time.Hour) + ", " + words(13*day+12*time.Hour); got != "7 hours, 13.5 days" {
		t.Error(got)
	}
}
