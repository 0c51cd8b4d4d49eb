package protocol_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"ttcheck/protocol"
)

const goodOrder = `{"name":"66","uuid":"5f0c2c6e-8d1a-4a53-9a6e-0f6d5c1b7a21","orderType":"TO_GO","locationName":"12",
	"state":"located","created":"2024-05-06T07:08:09","stateChanged":"2024-05-06T07:09:10","paged":true,"elapsedTime":61}`

func TestDecodeOrder(t *testing.T) {
	t.Parallel()
	got, err := protocol.DecodeOrder(object(t, goodOrder))
	want := protocol.Order{
		Name: "66", UUID: "5f0c2c6e-8d1a-4a53-9a6e-0f6d5c1b7a21", Type: protocol.ToGo, Location: "12", State: protocol.Located,
		Created:      protocol.DatetimeOf(time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)),
		StateChanged: protocol.DatetimeOf(time.Date(2024, 5, 6, 7, 9, 10, 0, time.UTC)),
		Paged:        true, Elapsed: 61,
	}
	if err != nil || got != want {
		t.Errorf("DecodeOrder = %+v, %v\nwant %+v", got, err, want)
	}
}

func TestDecodeOrderKeepsUnknownFields(t *testing.T) {
	t.Parallel()
	o := object(t, goodOrder)
	o["colour"] = json.RawMessage(`"red"`)
	before := maps.Clone(o)
	if _, err := protocol.DecodeOrder(o); err != nil {
		t.Errorf("an unknown field is an error: %v", err)
	}
	if !maps.EqualFunc(o, before, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
		t.Errorf("the object became %s", o)
	}
}

func TestDecodeOrderFields(t *testing.T) {
	t.Parallel()
	type problems map[string]protocol.Problem // by value
	tests := []struct {
		key  string
		good []string
		bad  problems
	}{
		{"name", []string{`"0"`, `"0066"`}, problems{
			`66`: protocol.WrongType, `""`: protocol.BadForm, `"6a"`: protocol.BadForm, `" 66"`: protocol.BadForm,
			`"66\n"`: protocol.BadForm, `"-1"`: protocol.BadForm, `"٦٦"`: protocol.BadForm,
		}},
		{"uuid", []string{`"5F0C2C6E-8D1A-4A53-9A6E-0F6D5C1B7A21"`, `"5f0c2c6e8d1a4a539a6e0f6d5c1b7a21"`}, problems{
			`7`: protocol.WrongType, `""`: protocol.BadForm, `"5f0c2c6e-8d1a-4a53-9a6e-0f6d5c1b7a2"`: protocol.BadForm,
			`"{5f0c2c6e-8d1a-4a53-9a6e-0f6d5c1b7a21}"`: protocol.BadForm, `"5f0c2c6g-8d1a-4a53-9a6e-0f6d5c1b7a21"`: protocol.BadForm,
		}},
		{"orderType", []string{`"ON_PREMISE"`, `"ON_PREMISES"`, `"TO_GO"`}, problems{
			`1`: protocol.WrongType, `""`: protocol.BadForm, `"to_go"`: protocol.BadForm, `"TAKEAWAY"`: protocol.BadForm,
		}},
		{"locationName", []string{`""`, `"1"`}, problems{
			`12`: protocol.WrongType, `"T12"`: protocol.BadForm, `" "`: protocol.BadForm,
		}},
		{"state", []string{`"started"`, `"located"`, `"cleared"`}, problems{
			`0`: protocol.WrongType, `""`: protocol.BadForm, `"Started"`: protocol.BadForm, `"lost"`: protocol.BadForm,
		}},
		{"created", []string{`"0001-01-01T00:00:00"`}, problems{
			`1700000000`: protocol.WrongType, `""`: protocol.BadForm, `"2024-05-06T07:08:09Z"`: protocol.BadForm,
		}},
		{"stateChanged", []string{`"9999-12-31T23:59:59"`}, problems{
			`false`: protocol.WrongType, `"2024-05-06 07:08:09"`: protocol.BadForm,
		}},
		{"paged", []string{`false`}, problems{
			`"true"`: protocol.WrongType, `1`: protocol.WrongType,
		}},
		{"elapsedTime", []string{`0`, `86400`}, problems{
			`"61"`: protocol.WrongType, `61.5`: protocol.WrongType, `[]`: protocol.WrongType, `-1`: protocol.BadForm,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.key, func(t *testing.T) {
			t.Parallel()
			for _, value := range tt.good {
				o := object(t, goodOrder)
				o[tt.key] = json.RawMessage(value)
				if _, err := protocol.DecodeOrder(o); err != nil {
					t.Errorf("%s is refused: %v", value, err)
				}
			}
			tt.bad["null"], tt.bad["{}"] = protocol.Null, protocol.WrongType
			for value, problem := range tt.bad {
				o := object(t, goodOrder)
				o[tt.key] = json.RawMessage(value)
				expectProblems(t, o, map[string]protocol.Problem{tt.key: problem})
			}
			o := object(t, goodOrder)
			delete(o, tt.key)
			expectProblems(t, o, map[string]protocol.Problem{tt.key: protocol.Missing})
		})
	}
}

// TestDecodeOrderJoinsProblems also checks that what can be read is read: a bad
// field must not hide those behind it.
func TestDecodeOrderJoinsProblems(t *testing.T) {
	t.Parallel()
	o := object(t, `{"name":66,"uuid":null,"orderType":"LATER","locationName":"12","state":"located",
		"created":"2024-05-06T07:08:09","stateChanged":"soon","paged":true,"elapsedTime":-5}`)
	order := expectProblems(t, o, map[string]protocol.Problem{
		"name": protocol.WrongType, "uuid": protocol.Null, "orderType": protocol.BadForm,
		"stateChanged": protocol.BadForm, "elapsedTime": protocol.BadForm,
	})
	if order.Type != "LATER" || order.Location != "12" || order.State != protocol.Located || order.Created.IsZero() ||
		!order.StateChanged.IsZero() || !order.Paged || order.Elapsed != -5 {
		t.Errorf("of the rest was read %+v", order)
	}

	all := map[string]protocol.Problem{}
	for key := range object(t, goodOrder) {
		all[key] = protocol.Missing
	}
	if order := expectProblems(t, object(t, `{}`), all); order != (protocol.Order{}) {
		t.Errorf("of nothing was read %+v", order)
	}
}

// expectProblems decodes o and compares its problems by field.
func expectProblems(t *testing.T, o protocol.Object, want map[string]protocol.Problem) protocol.Order {
	t.Helper()
	order, err := protocol.DecodeOrder(o)
	got := map[string]protocol.Problem{}
	for _, field := range fieldErrors(t, err) {
		got[field.Key] = field.Problem
		if field.Want == "" {
			t.Errorf("%v does not say what would be right", field)
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("problems of %s\nare  %v\nwant %v", o, got, want)
	}
	return order
}

// fieldErrors takes a joined error apart.
func fieldErrors(t *testing.T, err error) []*protocol.FieldError {
	t.Helper()
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%T is not a joined error", err)
	}
	var fields []*protocol.FieldError
	for _, e := range joined.Unwrap() {
		field, ok := errors.AsType[*protocol.FieldError](e)
		if !ok {
			t.Fatalf("%T among the problems", e)
		}
		fields = append(fields, field)
	}
	return fields
}

// TestOrderAsJSON keeps the names on the wire from drifting: what is written
// must be readable, with every documented member there even when it is empty.
func TestOrderAsJSON(t *testing.T) {
	t.Parallel()
	order, err := protocol.DecodeOrder(object(t, goodOrder))
	if err != nil {
		t.Fatal(err)
	}
	order.Location, order.Paged, order.Elapsed = "", false, 0
	data, err := json.Marshal(protocol.Event{Type: protocol.OrderCreated, Seq: 84, Order: order})
	if err != nil {
		t.Fatal(err)
	}
	o := object(t, string(data))
	if again, err := protocol.DecodeOrder(o); err != nil || again != order {
		t.Errorf("%s reads as %+v, %v", data, again, err)
	}
	if eventType, _ := o.String("type"); eventType != "ORDER_CREATED" {
		t.Errorf("%s has type %q", data, eventType)
	}
	if seq, _ := o.Int("seq"); seq != 84 {
		t.Errorf("%s has seq %d", data, seq)
	}
	want := append(slices.Collect(maps.Keys(object(t, goodOrder))), "type", "seq")
	if got := slices.Sorted(maps.Keys(o)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("members are %v, want %v", got, want)
	}
}

func TestOrderTypeSame(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b protocol.OrderType
		want bool
	}{
		{protocol.OnPremise, protocol.OnPremises, true},
		{protocol.OnPremises, protocol.OnPremise, true},
		{protocol.ToGo, protocol.ToGo, true},
		{protocol.ToGo, protocol.OnPremise, false},
		{"", protocol.OnPremises, false},
	}
	for _, tt := range tests {
		if got := tt.a.Same(tt.b); got != tt.want {
			t.Errorf("%q.Same(%q) = %v", tt.a, tt.b, got)
		}
	}
}
