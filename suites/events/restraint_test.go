package events

import (
	"testing"

	"ttcheck/protocol"
)

func TestPagedInPlace(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		told []string
		want string
	}{
		{"in place", []string{"PAGED located 10 paged"}, ""},
		{"the end of the page", []string{"PAGED located 10 paged", "MODIFIED located 10"}, ""},
		{"an unknown type beside it", []string{"SEEN", "PAGED located 10 paged"}, ""},
		{"beside it", []string{"PAGED located 10 paged", "MODIFIED located 10 paged"}, "ORDER_PAGED located"},
		{"before it", []string{"MODIFIED located 10 paged", "PAGED located 10 paged"}, "ORDER_MODIFIED located"},
		{"instead of it", []string{"MODIFIED located 10 paged"}, "ORDER_MODIFIED located"},
		{"nothing", nil, "nothing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check(t, pagedInPlace(told(test.told...)), test.want)
		})
	}
	withoutMember := told("PAGED paged", "MODIFIED located")
	delete(withoutMember[1].Object, "paged")
	check(t, pagedInPlace(withoutMember), "ORDER_MODIFIED")
}

func TestConcerns(t *testing.T) {
	t.Parallel()
	own := []protocol.Order{{Name: "9001", UUID: "a"}, {Name: "9002"}}
	for text, want := range map[string]bool{
		`{"type":"ORDER_MODIFIED","uuid":"a","name":"9001"}`:            true,
		`{"type":"ORDER_CREATED","uuid":"b","name":"9002"}`:             true,
		`{"type":"ORDER_ODD","uuid":"a","name":"9001","state":"x"}`:     true,
		`{"type":"TRACKER_SEEN","uuid":"a","name":"9001"}`:              false,
		`{"type":"ORDER_CREATED","uuid":"c","name":"9001"}`:             false,
		`{"type":"ORDER_CREATED","uuid":"c","name":"12"}`:               false,
		`{"type":"ACTIVE_ORDERS","items":[{"uuid":"a","name":"9001"}]}`: false,
	} {
		if got := concerns(message(text), own); got != want {
			t.Errorf("concerns(%s) = %t", text, got)
		}
	}
}

func TestTellsOfClear(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`{"type":"ORDER_MODIFIED","uuid":"a","state":"cleared"}`: true,
		`{"type":"ORDER_CLEARED","uuid":"a","state":"cleared"}`:  true,
		`{"type":"ORDER_CLEARED","uuid":"a"}`:                    true,
		`{"type":"ORDER_MODIFIED","uuid":"a","state":"located"}`: false,
		`{"type":"ORDER_MODIFIED","uuid":"a"}`:                   false,
		`{"type":"ORDER_PAGED","uuid":"a","state":"located"}`:    false,
		`{"type":"ORDER_CLEARED"}`:                               false,
	} {
		if got := tellsOfClear(message(text)); got != want {
			t.Errorf("tellsOfClear(%s) = %t", text, got)
		}
	}
}

func TestTelling(t *testing.T) {
	t.Parallel()
	events := told("CREATED started", "MODIFIED started", "MODIFIED located 5", "PAGED located 5", "PAGED located 5 paged")
	for _, test := range []struct {
		how  telling
		want int // the first event that is one
	}{
		{telling{kind: protocol.OrderCreated}, 0},
		{telling{kind: protocol.OrderModified, state: protocol.Located}, 2},
		{telling{kind: protocol.OrderPaged, paged: true}, 4},
		{telling{kind: protocol.OrderModified, state: protocol.Cleared}, -1},
	} {
		got := -1
		for i := range events {
			if got < 0 && test.how.isBy(events[i]) {
				got = i
			}
		}
		if got != test.want {
			t.Errorf("%s is told by event %d, want %d", test.how, got, test.want)
		}
	}
}
