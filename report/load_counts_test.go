package report

import (
	"encoding/json"
	"testing"
	"time"
)

func TestLoadCutOff(t *testing.T) {
	t.Parallel()
	const why = ": sockets that are cut off do not come back"
	for name, test := range map[string]struct {
		series []LoadSecond
		want   string
	}{
		"nothing":                  {nil, ""},
		"all is well":              {[]LoadSecond{{At: 0, Sockets: 9}, {At: 1, Sockets: 9}}, ""},
		"all at once":              {[]LoadSecond{{At: 0, Sockets: 9}, {At: 1, Sockets: 9}, {At: 2, Dropped: 9}, {At: 3}}, "no socket was up from 0:03 on" + why},
		"one after the other":      {[]LoadSecond{{At: 0, Sockets: 9}, {At: 1, Sockets: 4, Dropped: 5}, {At: 2, Sockets: 1, Dropped: 3}, {At: 3, Dropped: 1}}, "no socket was up from 0:04 on" + why},
		"in the last second":       {[]LoadSecond{{At: 0, Sockets: 9}, {At: 60, Dropped: 9}}, "no socket was up from 1:01 on" + why},
		"others came after":        {[]LoadSecond{{At: 0, Sockets: 9}, {At: 1, Dropped: 9}, {At: 2, Sockets: 3}}, ""},
		"the plan ends so":         {[]LoadSecond{{At: 0, Sockets: 9}, {At: 1}, {At: 2}}, ""},
		"the plan ends so, nearly": {[]LoadSecond{{At: 0, Sockets: 9, Dropped: 8}, {At: 1, Dropped: 4}}, ""},
		"half of the last":         {[]LoadSecond{{At: 0, Sockets: 9}, {At: 1, Dropped: 5}}, "no socket was up from 0:02 on" + why},
		"never up for long":        {[]LoadSecond{{At: 0, Dropped: 3}, {At: 1, Dropped: 2}}, "no socket was up at the end of any second" + why},
		"none ever came up":        {[]LoadSecond{{At: 0}, {At: 1}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (Load{Series: test.series}).cutOff(); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestLoadKinds(t *testing.T) {
	t.Parallel()
	made := func(creates, locates, pages, clears int) loadLatencies {
		all := loadLatencies{}
		for name, n := range map[string]int{MetricHTTPCreate: creates, MetricHTTPLocate: locates, MetricHTTPPage: pages, MetricHTTPClear: clears} {
			all[name] = evenly(n, time.Millisecond, time.Millisecond)
		}
		return all
	}
	const mixed = `{"mix":{"create":4,"locate":3,"page":1,"clear":2}}`
	for _, test := range []struct {
		plan string
		made loadLatencies
		sent int64
		want string
	}{
		{mixed, nil, 5, ""},
		{mixed, made(0, 0, 0, 0), 0, ""},
		{mixed, made(4000, 3000, 1000, 2000), 10_000, "of those sent 4,000 creates, 3,000 locates, 1,000 pages, 2,000 clears: 40, 30, 10, 20 %, where the mix asks for 40, 30, 10, 20 %"},
		{mixed, made(6, 1, 1, 0), 10, "of those sent 6 creates, 1 locate, 1 page, 0 clears, and 2 whose connection failed: 75, 12, 12, 0 %, where the mix asks for 40, 30, 10, 20 %"},
		{`{}`, made(1, 0, 0, 0), 1, "of those sent 1 create, 0 locates, 0 pages, 0 clears"},
		{`{"mix":{"create":"all","clear":1}}`, made(1, 0, 0, 0), 1, "of those sent 1 create, 0 locates, 0 pages, 0 clears"},
		{`[`, loadLatencies{MetricHTTPClear: evenly(2, 0, 0)}, 2, "of those sent 0 creates, 0 locates, 0 pages, 2 clears"},
	} {
		l := Load{Plan: json.RawMessage(test.plan), Latencies: test.made, Counters: map[string]int64{MetricChangesSent: test.sent}}
		if got := l.kinds(); got != test.want {
			t.Errorf("%s, %d sent:\ngot  %s\nwant %s", test.plan, test.sent, got, test.want)
		}
	}
}
