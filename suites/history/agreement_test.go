package history

import (
	"strings"
	"testing"

	"ttcheck/protocol"
)

func object(t *testing.T, text string) protocol.Object {
	t.Helper()
	o, err := protocol.ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

const said = `{"type":"ORDER_CREATED","uuid":"u","name":"66","orderType":"ON_PREMISE","locationName":"12","created":"2026-03-01T12:00:00","state":"located"}`

func TestContradicts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ old, new, fault string }{
		"finished":          {`"located"`, `"cleared"`, ""},
		"another spelling":  {`"ON_PREMISE"`, `"ON_PREMISES"`, ""},
		"another uuid":      {`"u"`, `"U"`, `uuid is "U", where GET said "u"`},
		"another name":      {`"66"`, `"066"`, `name is "066"`},
		"another type":      {`"ON_PREMISE"`, `"TO_GO"`, `orderType is "TO_GO"`},
		"location lost":     {`"12"`, `""`, `locationName is "", where GET said "12"`},
		"location null":     {`"12"`, `null`, `"locationName" is null`},
		"stamped anew":      {`12:00:00`, `12:00:04`, "created is"},
		"another form":      {`12:00:00`, `12:00:00Z`, "created is"},
		"no date":           {`"created"`, `"made"`, `"created" is missing`},
		"a number for text": {`"66"`, `66`, `"name" has the wrong type`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := object(t, strings.Replace(said, test.old, test.new, 1))
			wantError(t, contradicts(changed, "GET", object(t, said)), test.fault)
		})
	}
	if err := contradicts(object(t, said), "a snapshot", nil); err != nil {
		t.Errorf("who said nothing is contradicted: %v", err)
	}
}

func TestAccountAgrees(t *testing.T) {
	t.Parallel()
	rows, err := rowsOf([]byte("[" + strings.Replace(said, `"12"`, `"7"`, 1) + "," + strings.Replace(said, `"u"`, `"v"`, 1) + "]"))
	if err != nil {
		t.Fatal(err)
	}
	a := account{order: protocol.Order{UUID: "u"}}
	wantError(t, a.agrees(rows), "")
	for source, a := range map[string]account{
		"its last event": {order: a.order, event: object(t, said)},
		"a snapshot":     {order: a.order, snapshot: object(t, said)},
		"GET":            {order: a.order, lookUp: object(t, said)},
	} {
		wantError(t, a.agrees(rows), `locationName is "7", where `+source+` said "12"`)
	}
	wantError(t, account{order: protocol.Order{UUID: "v"}, event: object(t, said)}.agrees(rows), `uuid is "v"`)
}

func TestRenamed(t *testing.T) {
	t.Parallel()
	rows := []row{shown(t, "new", "TO_GO", "", at(0))}
	order := protocol.Order{Name: "1", UUID: "old", Created: at(0)}
	wantError(t, renamed(rows, order), `it lists order "1" (uuid "new"`)
	order.Created = at(1)
	wantError(t, renamed(rows, order), "")
	wantError(t, renamed(rows, protocol.Order{Name: "2", UUID: "old", Created: at(0)}), "")
	wantError(t, renamed(rows, protocol.Order{Name: "1", UUID: "new", Created: at(0)}), "")
}

func TestItemOf(t *testing.T) {
	t.Parallel()
	snapshot := object(t, `{"type":"ACTIVE_ORDERS","items":[{"uuid":"a"},{"uuid":"b","name":"2"}]}`)
	if name, _ := itemOf(snapshot, "b").String("name"); name != "2" {
		t.Errorf("item %v", itemOf(snapshot, "b"))
	}
	if itemOf(snapshot, "c") != nil || itemOf(nil, "a") != nil {
		t.Error("an item that is not there")
	}
}
