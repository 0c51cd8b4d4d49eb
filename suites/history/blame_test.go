package history

import (
	"testing"

	"ttcheck/protocol"
)

// TestAltered proves that what two answers say differently of a finished order is found,
// and that an active order may change.
func TestAltered(t *testing.T) {
	t.Parallel()
	rows := func(body string) []row {
		rows, err := rowsOf([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	const was = `[{"uuid":"a","name":"1","state":"cleared","created":"2026-03-01T12:00:00","elapsedTime":9}]`
	for now, fault := range map[string]string{
		was: "",
		`[{"uuid":"a","name":"1","state":"cleared","created":"2026-03-01T12:00:00","elapsedTime":10}]`: "",
		`[{"uuid":"a","name":"1","state":"cleared","created":"2026-03-01T12:00:01"}]`:                  `said "created" is`,
		`[{"uuid":"a","name":"1","state":"started","created":"2026-03-01T12:00:01"}]`:                  "",
		`[{"uuid":"b","name":"2","state":"cleared","created":"2026-03-01T12:00:01"}]`:                  "",
	} {
		wantError(t, altered([][]row{rows(was), rows(now)}), fault)
	}
}

// TestUnderOtherUUIDs proves that an order counts as listed under another UUID only if a
// new row that is nobody else's shows it.
func TestUnderOtherUUIDs(t *testing.T) {
	t.Parallel()
	order := func(uuid string) protocol.Order {
		return protocol.Order{UUID: uuid, Name: "1", Created: at(0)}
	}
	shows := func(uuid string) row { return shown(t, uuid, protocol.ToGo, "", at(0)) }
	lost := finds{missing: []protocol.Order{order("a"), order("b")}}
	orders := []protocol.Order{order("a"), order("b"), order("c")}
	for name, test := range map[string]struct {
		rows, before []row
		want         bool
	}{
		"both":                      {[]row{shows("A"), shows("B"), shows("c")}, nil, true},
		"one of them":               {[]row{shows("A"), shows("c")}, nil, false},
		"one was there before":      {[]row{shows("A"), shows("B")}, []row{shows("B")}, false},
		"none":                      {[]row{shows("c")}, nil, false},
		"one of the name, but late": {[]row{shows("A"), shown(t, "B", protocol.ToGo, "", at(9))}, nil, false},
	} {
		if got := underOtherUUIDs(test.rows, test.before, lost, orders); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}
