package events

import (
	"testing"

	"ttcheck/protocol"
)

func TestIdentifiedMessage(t *testing.T) {
	t.Parallel()
	own := protocol.Order{Name: "9001", UUID: "a-b"}
	for _, test := range []struct{ name, text, want string }{
		{"event", `{"type":"ORDER_CREATED","uuid":"a-b"}`, ""},
		{"snapshot", `{"type":"ACTIVE_ORDERS","items":[{"uuid":"x"}]}`, ""},
		{"empty snapshot", `{"type":"ACTIVE_ORDERS","items":[]}`, ""},
		{"unknown type", `{"type":"HEARTBEAT"}`, ""},
		{"no type, about nothing", `{"load":1}`, ""},
		{"not JSON", `hello`, ""},
		{"no type", `{"uuid":"a-b","name":"9001"}`, "has no type"},
		{"no type, another client's order", `{"uuid":"x"}`, "has no type"},
		{"null type", `{"type":null,"uuid":"x"}`, "has no type"},
		{"empty type", `{"type":"","name":"9001"}`, "order 9001 has no type"},
		{"wrapped", `{"event":{"type":"ORDER_CREATED","uuid":"a-b"}}`, "order 9001 has no type"},
		{"wrapped beside the type", `{"type":"ORDER_CREATED","order":{"uuid":"a-b"}}`, `"uuid" is missing`},
		{"no uuid", `{"type":"ORDER_PAGED","name":"9001"}`, `"uuid" is missing`},
		{"null uuid", `{"type":"ORDER_PAGED","uuid":null}`, `"uuid" is null`},
		{"empty uuid", `{"type":"ORDER_MODIFIED","uuid":""}`, "uuid is empty"},
		{"number for a uuid", `{"type":"ORDER_MODIFIED","uuid":7}`, "wrong type"},
		{"unknown type of an order without uuid", `{"type":"ORDER_CLEARED","state":"cleared","orderType":"TO_GO"}`, `"uuid" is missing`},
		{"snapshot without uuid", `{"type":"ACTIVE_ORDERS","items":[{"uuid":"x"},{"name":"9001"}]}`, `"uuid" is missing`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check(t, identifiedMessage(message(test.text), own), test.want)
		})
	}
}

func TestFormed(t *testing.T) {
	t.Parallel()
	const uuid = "8f2b0f3e-5a6c-4d7e-9f80-123456789abc"
	for _, test := range []struct{ name, change, want string }{
		{"sound", ``, ""},
		{"beside a type and a number", `,"type":"ORDER_CREATED","seq":4`, ""},
		{"no location as null", `,"locationName":null`, "locationName"},
		{"name as a number", `,"name":9001`, "name"},
		{"age as text", `,"elapsedTime":"3"`, "elapsedTime"},
		{"date with zone", `,"created":"2026-01-02T03:04:05Z"`, "created"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check(t, formed(orderObject(uuid, test.change)), test.want)
		})
	}
}
