package report

import (
	"bytes"
	"strings"
	"testing"
)

func TestLoadLastLinesHostile(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	NewLoadConsole(&b).End(Load{Stopped: hostile, Head: LoadHead{Reproduce: hostile}})
	if bytes.ContainsAny(b.Bytes(), "\x1b\x07\x00\r") {
		t.Errorf("%q", b.String())
	}
}

func TestLoadSummaryOfNothing(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	NewLoadConsole(&b).End(Load{Head: LoadHead{Target: "192.0.2.10:8000"}})
	for _, want := range []string{"target     192.0.2.10:8000", "there are no samples", "no event was heard, so nothing could be checked", "0 opened"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing:\n%s", want, b.String())
		}
	}
	b.Reset()
	NewLoadConsole(&b).End(Load{SetupError: "no token"})
	if got := b.String(); strings.Contains(got, "sockets") || strings.Contains(got, "exactness") || lastLine(got) != "NOT RUN: no token" {
		t.Errorf("a run that did not begin shows:\n%s", got)
	}
}

func TestLoadExactness(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		counters map[string]int64
		want     string
	}{
		{map[string]int64{MetricEvents: 9, MetricChangesSent: 3}, "exact 0 lost, 0 repeated, 0 out of order, 0 left out of seq"},
		{map[string]int64{MetricEvents: 9}, "exact 0 repeated, 0 out of order, 0 left out of seq"},
		{map[string]int64{MetricChangesSent: 3}, "? no event was heard, so nothing could be checked"},
		{map[string]int64{MetricChangesSent: 3, MetricLost: 3}, "wrong 3 lost, 0 repeated, 0 out of order, 0 left out of seq"},
		{map[string]int64{MetricEvents: 9, MetricRepeated: 1}, "wrong 1 repeated, 0 out of order, 0 left out of seq"},
		{map[string]int64{MetricEvents: 9, MetricOutOfOrder: 1}, "wrong 0 repeated, 1 out of order, 0 left out of seq"},
		{map[string]int64{MetricEvents: 9, MetricSeqGaps: 1}, "wrong 0 repeated, 0 out of order, 1 left out of seq"},
	} {
		p := &page{}
		p.exactness(Load{Counters: test.counters})
		if got := strings.Join(strings.Fields(p.String()), " "); got != "exactness "+test.want {
			t.Errorf("%v: %q, want %q", test.counters, got, test.want)
		}
	}
}

func TestLoadPlannedSockets(t *testing.T) {
	t.Parallel()
	for plan, want := range map[string]int64{
		`{"sockets":500}`: 500, `{"stages":[{"sockets":20},{"sockets":80},{"sockets":0}]}`: 80, `{}`: 0, ``: 0, `[`: 0, `{"sockets":"many"}`: 0,
	} {
		if got := (Load{Plan: []byte(plan)}).plannedSockets(); got != want {
			t.Errorf("%s plans %d, want %d", plan, got, want)
		}
	}
	if got := (Load{Plan: []byte(`{"sockets":500}`), Steps: []LoadStep{{}}}).plannedSockets(); got != 0 {
		t.Errorf("a search plans %d sockets", got)
	}
}

func TestLoadSummaryBounds(t *testing.T) {
	t.Parallel()
	l := soundLoad()
	l.Interrupted, l.Stopped = true, "the gateway was silent for 10 s"
	l.Errors, l.Closes = map[string]int64{}, map[string]int64{}
	l.Answers = map[string]map[string]int64{"A": {}}
	for i := range 1200 {
		l.Errors["x"+strings.Repeat("e", i)] = 1
	}
	for i := range 12 {
		l.Errors[strings.Repeat("e", i+1)] = 1
		l.Closes[strings.Repeat("c", i+1)] = 1
		l.Answers["A"][strings.Repeat("s", i+1)] = 1
	}
	for i := range 22 {
		l.Answers["B"+strings.Repeat("b", i)] = map[string]int64{"200": 1}
	}
	l.Errors[strings.Repeat("long ", 1000)] = 2
	var b bytes.Buffer
	NewLoadConsole(&b).End(l)
	text := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{
		"and 1,203 other errors", "and 2 other causes", "and 2 other answers", "and 3 other endpoints", "long…",
		"stopped by a signal; the gateway was silent for 10 s duration",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, b.String())
		}
	}
	if b.Len() > 10_000 {
		t.Errorf("%d bytes are no summary", b.Len())
	}
}
