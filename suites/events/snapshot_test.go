package events

import (
	"testing"

	"ttcheck/client"
)

func TestBeginsWithSnapshot(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		messages []string
		want     string
	}{
		{"empty", []string{`{"type":"ACTIVE_ORDERS","items":[]}`}, ""},
		{"with orders", []string{`{"type":"ACTIVE_ORDERS","count":1,"items":[{"uuid":"a"}]}`, `{"type":"ORDER_CREATED"}`}, ""},
		{"nothing", nil, "it brought nothing: why"},
		{"an event first", []string{`{"type":"ORDER_CREATED"}`, `{"type":"ACTIVE_ORDERS","items":[]}`}, "first message is ORDER_CREATED"},
		{"a greeting first", []string{`{"message":"hello"}`, `{"type":"ACTIVE_ORDERS","items":[]}`}, "first message is a message without type"},
		{"null", []string{`{"type":"ACTIVE_ORDERS","items":null}`}, `"items" is null`},
		{"missing", []string{`{"type":"ACTIVE_ORDERS"}`}, `"items" is missing`},
		{"an object", []string{`{"type":"ACTIVE_ORDERS","items":{}}`}, "wrong type"},
		{"an array of names", []string{`{"type":"ACTIVE_ORDERS","items":["9001"]}`}, "wrong type"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			j := joiner{trouble: "why"}
			for _, text := range test.messages {
				j.messages = append(j.messages, message(text))
			}
			check(t, beginsWithSnapshot(j), test.want)
		})
	}
}

func TestNoFurtherSnapshot(t *testing.T) {
	t.Parallel()
	events := told(sound...)
	check(t, noFurtherSnapshot(events), "")
	again := append(append([]client.Message{}, events...), message(`{"type":"ACTIVE_ORDERS","items":[]}`))
	check(t, noFurtherSnapshot(again), "again, after 5 other messages")
}
