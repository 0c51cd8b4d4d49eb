package websocket

import (
	"strings"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// judge runs an assertion of a requirement without a gateway. The grace comes to
// 1.25 s: 1 s for the gateway and the rest for the tester.
func judge(t *testing.T, id string, assert func(*spec.C)) spec.Outcome {
	t.Helper()
	env := spec.NewEnv(spec.Target{Address: "127.0.0.1:9"}, spec.Settings{Profile: "reference", Grace: time.Second})
	defer env.Close()
	return spec.Execute(t.Context(), env, spec.Case{ID: id, Run: assert})
}

// lived is a connection whose handshake took 100 ms and that ended a time after it;
// negative for one that did not end.
func lived(seconds float64) Unauthenticated {
	start := time.Now().Add(-time.Minute)
	seen := Unauthenticated{Asked: start, Opened: start.Add(100 * time.Millisecond), GaveUp: start.Add(35 * time.Second)}
	if seconds >= 0 {
		seen.Closure = &client.Closure{At: seen.Opened.Add(time.Duration(seconds * float64(time.Second))), Frame: true, Code: 1008}
	}
	return seen
}

const open = -1

func TestDeadlineIsJudged(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		lived       float64
		late, early report.Verdict
	}{
		"in time":           {20, report.Pass, report.Pass},
		"a second late":     {21, report.Pass, report.Pass},
		"two seconds late":  {22, report.Fail, report.Pass},
		"much too late":     {28, report.Fail, report.Pass},
		"never":             {open, report.Fail, report.Pass},
		"a second early":    {19, report.Pass, report.Pass},
		"two seconds early": {18, report.Pass, report.Fail},
		"much too early":    {12, report.Pass, report.Fail},
		"at once":           {0, report.Pass, report.Fail},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := lived(test.lived)
			late := judge(t, "WS-04", func(c *spec.C) { closedInTime(c, seen, "it", c.Timing.TokenDeadline) })
			early := judge(t, "WS-05", func(c *spec.C) { notClosedEarly(c, seen, "it", c.Timing.TokenDeadline) })
			if late.Verdict != test.late || early.Verdict != test.early {
				t.Errorf("not later: %s, want %s; not earlier: %s, want %s", late.Verdict, test.late, early.Verdict, test.early)
			}
		})
	}
}

func TestDeadlineIsTold(t *testing.T) {
	t.Parallel()
	tests := map[float64]string{
		28:   "the end of it 20s after its beginning, with a grace of 1.25s (it came after 28s), no later than the limit",
		open: "the end of it 20s after its beginning, with a grace of 1.25s (it was still open after 34.9s), no later than the limit",
	}
	for life, want := range tests {
		o := judge(t, "WS-04", func(c *spec.C) { closedInTime(c, lived(life), "it", c.Timing.TokenDeadline) })
		if len(o.Findings) != 1 || o.Findings[0].Expected != want {
			t.Errorf("findings %+v, want %q", o.Findings, want)
		}
	}
}

// TestPingsAreJudgedBesideSilence proves that a deadline that is wrong for all is
// not blamed on the pings.
func TestPingsAreJudgedBesideSilence(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pings, silent float64
		want          report.Verdict
	}{
		"both in time":             {20, 20, report.Pass},
		"pings lengthen it":        {26, 20, report.Fail},
		"pings keep it open":       {open, 20, report.Fail},
		"both too late":            {28, 28, report.Pass},
		"pings lengthen even that": {31, 28, report.Fail},
		"both never end":           {open, open, report.Skipped},
		"only the silent one ends": {open, 12, report.Fail},
		"pings lengthen no 20 s":   {20, 12, report.Pass},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := judge(t, "WS-14", func(c *spec.C) { endLikeSilent(c, lived(test.pings), lived(test.silent)) })
			if got.Verdict != test.want {
				t.Errorf("the verdict is %s, want %s (%s)", got.Verdict, test.want, got.Reason)
			}
		})
	}
}

func TestConnectionsAreTimedApart(t *testing.T) {
	t.Parallel()
	lost := &Kept{Streams: []KeptStream{{Mode: spec.ByHeader, Closure: &client.Closure{Frame: true, Code: 1008}}}}
	there := &Kept{Streams: []KeptStream{{Mode: spec.ByHeader, Answered: true, Alive: true}}}
	tests := map[string]struct {
		lived   []float64
		witness *Kept
		want    report.Verdict
	}{
		"each by itself":           {[]float64{20, 20, 20}, there, report.Pass},
		"without a witness":        {[]float64{20, 20, 20}, nil, report.Pass},
		"one clock for all":        {[]float64{20, 13.3, 6.7}, there, report.Fail},
		"the latest starts it":     {[]float64{33.3, 26.7, 20}, there, report.Fail},
		"the second starts it":     {[]float64{20, 26.7, 20}, there, report.Fail},
		"all too late":             {[]float64{28, 28, 28}, there, report.Pass},
		"all too early":            {[]float64{12, 12, 12}, there, report.Pass},
		"none ends":                {[]float64{open, open, open}, there, report.Pass},
		"only the first ends":      {[]float64{20, open, open}, there, report.Fail},
		"another client is closed": {[]float64{20, 20, 20}, lost, report.Fail},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := Silence{Witness: test.witness}
			for _, life := range test.lived {
				seen.Sockets = append(seen.Sockets, lived(life))
			}
			got := judge(t, "WS-20", func(c *spec.C) { areTimedApart(c, seen) })
			if got.Verdict != test.want {
				t.Errorf("the verdict is %s, want %s (%s)", got.Verdict, test.want, got.Reason)
			}
		})
	}
}

func TestLateTokenIsJudged(t *testing.T) {
	t.Parallel()
	sent := func(seen Unauthenticated, served bool) LateToken {
		return LateToken{Unauthenticated: seen, Sent: seen.Opened.Add(18 * time.Second), Served: served}
	}
	tests := map[string]struct {
		seen LateToken
		want report.Verdict
	}{
		"served":             {sent(lived(open), true), report.Pass},
		"served, then ended": {sent(lived(20), true), report.Pass},
		"closed":             {sent(lived(18.1), false), report.Fail},
		"ignored":            {sent(lived(open), false), report.Fail},
		"ended before":       {LateToken{Unauthenticated: lived(12)}, report.Fail},
		"not sent in time":   {LateToken{Unauthenticated: lived(19.5)}, report.Inconclusive},
		"not even opened":    {LateToken{Unauthenticated: Unauthenticated{Refused: &client.Response{Status: 503}}}, report.Error},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := judge(t, "WS-06", func(c *spec.C) { isServedLate(c, test.seen) })
			if got.Verdict != test.want {
				t.Errorf("the verdict is %s, want %s (%s)", got.Verdict, test.want, got.Reason)
			}
		})
	}
}

func TestKeptConnectionsAreJudged(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stream KeptStream
		want   report.Verdict
		says   string
	}{
		"there":                    {KeptStream{Answered: true, Alive: true, Order: "9001", Told: true}, report.Pass, ""},
		"where no orders are made": {KeptStream{Answered: true, Alive: true}, report.Pass, ""},
		"never answered pings":     {KeptStream{Order: "9001", Told: true}, report.Pass, ""},
		"closed":                   {KeptStream{Answered: true, Closure: &client.Closure{Frame: true, Code: 1001}}, report.Fail, "code 1001"},
		"answers no more":          {KeptStream{Answered: true, Order: "9001", Told: true}, report.Fail, "still answers pings"},
		"tells no more":            {KeptStream{Answered: true, Alive: true, Order: "9001"}, report.Fail, "tells of the new order 9001"},
		"was never served":         {KeptStream{Refused: "no ACTIVE_ORDERS"}, report.Error, "see WS-02, WS-03"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sound := KeptStream{Mode: spec.ByHeader, Answered: true, Alive: true}
			got := judge(t, "WS-28", func(c *spec.C) { stayed(c, Kept{Streams: []KeptStream{sound, test.stream}}, "silent for minutes") })
			text := got.Reason
			for _, f := range got.Findings {
				text += f.Expected + f.Actual
			}
			if got.Verdict != test.want || !strings.Contains(text, test.says) {
				t.Errorf("the verdict is %s (%s), want %s that says %q", got.Verdict, text, test.want, test.says)
			}
		})
	}
}
