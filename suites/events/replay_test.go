package events

import (
	"errors"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
)

func TestReplay(t *testing.T) {
	t.Parallel()
	before := time.Now()
	cleared := before.Add(time.Second)
	empty := `{"type":"ACTIVE_ORDERS","items":[]}`
	held := `{"type":"ACTIVE_ORDERS","items":[{"uuid":"u","state":"started","locationName":""}]}`
	created := `{"type":"ORDER_CREATED","uuid":"u","state":"started","locationName":""}`
	located := `{"type":"ORDER_MODIFIED","uuid":"u","state":"located","locationName":"5"}`
	for _, test := range []struct {
		name     string
		snapshot string
		events   []string
		late     bool // whether the last event came after the clearing was asked for
		orders   own
		list     []string
		want     string
	}{
		{"nothing", empty, nil, false, own{"u": cleared}, nil, ""},
		{"created", empty, []string{created}, false, own{"u": {}}, []string{`{"uuid":"u","state":"started","locationName":""}`}, ""},
		{"held and located", held, []string{located}, false, own{"u": {}}, []string{`{"uuid":"u","state":"located","locationName":"5"}`}, ""},
		{"members that did not change left out", held, []string{`{"type":"ORDER_MODIFIED","uuid":"u","state":"located"}`}, false, own{"u": {}}, []string{`{"uuid":"u","state":"located","locationName":""}`}, ""},
		{"cleared", held, []string{`{"type":"ORDER_MODIFIED","uuid":"u","state":"cleared"}`}, false, own{"u": cleared}, nil, ""},
		{"cleared by another type with state", held, []string{`{"type":"GONE","uuid":"u","state":"cleared"}`}, false, own{"u": cleared}, nil, ""},
		{"cleared by another type without", held, []string{`{"type":"GONE","uuid":"u"}`}, true, own{"u": cleared}, nil, ""},
		{"other orders", held, []string{`{"type":"ORDER_CREATED","uuid":"x","state":"started"}`}, false, own{}, nil, ""},
		{"created, not told", empty, nil, false, own{"u": {}}, []string{`{"uuid":"u","state":"started"}`}, "not known from snapshot and events"},
		{"located, not told", held, nil, false, own{"u": {}}, []string{`{"uuid":"u","state":"located","locationName":""}`}, "state is"},
		{"located, told by another type", held, []string{`{"type":"MOVED","uuid":"u","state":"located"}`}, false, own{"u": {}}, []string{`{"uuid":"u","state":"located","locationName":""}`}, "state is"},
		{"cleared, not told", held, nil, false, own{"u": cleared}, nil, "no event told of its end"},
		{"cleared, another type told before", held, []string{`{"type":"SEEN","uuid":"u"}`}, false, own{"u": cleared}, nil, "no event told of its end"},
		{"told as cleared, but active", held, []string{`{"type":"ORDER_MODIFIED","uuid":"u","state":"cleared"}`}, false, own{"u": {}}, []string{`{"uuid":"u","state":"started"}`}, "not known"},
		{"never cleared, gone from the list", held, nil, false, own{"u": {}}, nil, "is over"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newReplica(message(test.snapshot))
			for i, text := range test.events {
				m := message(text)
				m.At = before
				if test.late && i == len(test.events)-1 {
					m.At = cleared.Add(time.Millisecond)
				}
				r.hear(m)
			}
			var list []protocol.Object
			for _, text := range test.list {
				list = append(list, message(text).Object)
			}
			var err error
			if _, problem := r.differs(test.orders, list); problem != "" {
				err = errors.New(problem)
			}
			check(t, err, test.want)
		})
	}
}

func TestRegister(t *testing.T) {
	t.Parallel()
	r := register{}
	check(t, r.enter("0A", "the first", client.Exchange{}), "")
	check(t, r.enter("0B", "the second", client.Exchange{}), "")
	check(t, r.enter("0a", "the third", client.Exchange{}), "which the first has too")
}

func TestMissed(t *testing.T) {
	t.Parallel()
	shown := message(`{"type":"ACTIVE_ORDERS","items":[{"uuid":"a"}]}`)
	other := message(`{"type":"ACTIVE_ORDERS","items":[]}`)
	created := message(`{"type":"ORDER_CREATED","uuid":"a"}`)
	cleared := message(`{"type":"ORDER_MODIFIED","uuid":"a","state":"cleared"}`)
	for _, test := range []struct {
		name string
		join joiner
		want string
	}{
		{"in the snapshot", joiner{messages: []client.Message{shown}}, ""},
		{"in the stream", joiner{messages: []client.Message{other, created}}, ""},
		{"in both", joiner{messages: []client.Message{shown, created}}, ""},
		{"in neither", joiner{messages: []client.Message{other}}, "order 9001 was neither"},
		{"told only at its end", joiner{messages: []client.Message{other, cleared}}, "order 9001 was neither"},
		{"not served", joiner{trouble: "no ACTIVE_ORDERS"}, "was not served"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			sound := joiner{messages: []client.Message{shown}}
			check(t, missed(round{made: map[string]string{"a": "9001"}, joins: []joiner{sound, test.join}}), test.want)
		})
	}
}
