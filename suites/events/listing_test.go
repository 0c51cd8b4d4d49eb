package events

import (
	"fmt"
	"strconv"
	"testing"

	"ttcheck/protocol"
)

func orderObject(uuid, rest string) protocol.Object {
	return message(fmt.Sprintf(`{"name":"9001","uuid":%q,"orderType":"ON_PREMISE","locationName":"","state":"started",`+
		`"created":"2026-01-02T03:04:05","stateChanged":"2026-01-02T03:04:05","paged":false,"elapsedTime":3%s}`, uuid, rest)).Object
}

func TestDifference(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, change, want string
	}{
		{"none", ``, ""},
		{"age", `,"elapsedTime":9`, ""},
		{"unknown member", `,"guests":4`, ""},
		{"spelling of the type", `,"orderType":"ON_PREMISES"`, ""},
		{"escapes", `,"state":"\u0073tarted"`, ""},
		{"type", `,"orderType":"TO_GO"`, "orderType"},
		{"null location", `,"locationName":null`, "locationName"},
		{"paged", `,"paged":true`, "paged"},
		{"paged as text", `,"paged":"false"`, "paged"},
		{"object for a name", `,"name":{}`, "name"},
		{"stateChanged", `,"stateChanged":"2026-01-02T03:04:06"`, "stateChanged"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var err error
			if got := difference(orderObject("a", ""), orderObject("a", test.change)); got != "" {
				err = fmt.Errorf("%s", got)
			}
			check(t, err, test.want)
		})
	}
	short := orderObject("a", "")
	delete(short, "paged")
	if difference(orderObject("a", ""), short) == "" {
		t.Error("a missing member makes no difference")
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	a, b, moved := orderObject("a", ""), orderObject("b", ""), orderObject("a", `,"locationName":"5"`)
	nameless := protocol.Object{}
	list := func(items ...protocol.Object) []protocol.Object { return items }
	for _, test := range []struct {
		name                    string
		before, snapshot, after []protocol.Object
		want                    string
	}{
		{"nothing", nil, nil, nil, ""},
		{"same", list(a, b), list(b, a), list(a, b), ""},
		{"made meanwhile", list(a), list(a, b), list(a, b), ""},
		{"made later", list(a), list(a), list(a, b), ""},
		{"changed meanwhile", list(a), list(moved), list(moved), ""},
		{"made and cleared meanwhile, amid other changes", list(a), list(a, b), list(moved), ""},
		{"missing", list(a, b), list(a), list(a, b), "order \"9001\" (b) is listed, and missing"},
		{"stale", list(a), list(a, b), list(a), "is in the snapshot, and not listed"},
		{"different", list(a), list(moved), list(a), "locationName"},
		{"different, amid other changes", list(a), list(moved), list(a, b), "locationName"},
		{"twice", list(a), list(a, a), list(a), "there twice"},
		{"without uuid", list(a), list(a, nameless), list(a), "without uuid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check(t, between(test.before, test.snapshot, test.after), test.want)
		})
	}
}

func TestBetweenNamesAFewOfMany(t *testing.T) {
	t.Parallel()
	listed := make([]protocol.Object, 9)
	for i := range listed {
		listed[i] = orderObject(strconv.Itoa(i), "")
	}
	check(t, between(listed, nil, listed), "and 6 more")
}

func TestShows(t *testing.T) {
	t.Parallel()
	snapshot := message(`{"type":"ACTIVE_ORDERS","items":[{"uuid":"a","state":"located","locationName":"5","paged":true}]}`)
	stands := protocol.Order{Name: "9001", UUID: "a", State: protocol.Located, Location: "5", Paged: true}
	for _, test := range []struct {
		name   string
		change func(*protocol.Order)
		want   string
	}{
		{"as it stands", func(*protocol.Order) {}, ""},
		{"missing", func(o *protocol.Order) { o.UUID = "b" }, "is missing"},
		{"state", func(o *protocol.Order) { o.State = protocol.Started }, `state "located", not "started"`},
		{"location", func(o *protocol.Order) { o.Location = "6" }, "locationName"},
		{"paged", func(o *protocol.Order) { o.Paged = false }, "paged true, not false"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := stands
			test.change(&o)
			check(t, shows(snapshot, o), test.want)
		})
	}
	check(t, showsNot(snapshot, stands), "was cleared")
	check(t, showsNot(snapshot, protocol.Order{UUID: "b"}), "")
}
