package report

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ttcheck/protocol"
)

// trials is a self-test with a trial of every outcome.
func trials() SelfTest {
	found := func(id string, v Verdict) Result {
		r, ok := protocol.Lookup(id)
		if !ok {
			panic("no requirement " + id)
		}
		return Result{
			Requirement: r, Verdict: v, Duration: 12 * time.Millisecond,
			Findings: []Finding{{Level: r.Level, Expected: "it to be otherwise", Actual: "it is so"}},
		}
	}
	return SelfTest{
		SuiteVersion: "0.1.0", Speedup: 20, AtOnce: 16, Duration: 4*time.Minute + 12*time.Second,
		Started: time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC),
		Trials: []Trial{
			{Kind: Sound, Name: "sound", What: "does nothing wrong", Duration: 31 * time.Second},
			{
				Kind: Variant, Name: "created-is-201", What: "answers 201 to a new order", Duration: 30 * time.Second,
				Sides: []Side{{ID: "ORD-04"}}, Results: []Result{found("ORD-04", Warning)},
			},
			{
				Kind: Combination, Name: "combination-1", What: "is all of a, b", Duration: 29 * time.Second,
				Unjudged: []string{"WS-04"}, Results: []Result{{Requirement: found("WS-04", Error).Requirement, Verdict: Error, Reason: "no answer"}},
			},
			{
				Kind: Faulty, Name: "pong-without-payload", What: "answers a ping with an empty pong",
				Breaks: []string{"WS-16"}, Caught: []string{"WS-16"}, Results: []Result{found("WS-16", Fail)}, Duration: 13 * time.Second,
			},
			{
				Kind: Faulty, Name: "waits-28s", What: "gives 28 s for the token", Again: true,
				Breaks: []string{"WS-04", "WS-14"}, Caught: []string{"WS-04"}, Duration: 13 * time.Second,
				Sides:   []Side{{ID: "WS-24", Reason: "judged by the same end"}},
				Results: []Result{found("WS-04", Fail), found("WS-24", Warning)},
			},
			{
				Kind: Faulty, Name: "loses-newest", What: "drops the newest order", Breaks: []string{"HIST-02"},
				Sides: []Side{{ID: "HIST-15"}}, Results: []Result{found("HIST-15", Fail)}, Duration: 13 * time.Second,
			},
			{Kind: Faulty, Name: "never-starts", What: "does not start", Breaks: []string{"ONL-01"}, Error: "it \x1b[31mdid not start"},
		},
	}
}

func TestTrialOutcomes(t *testing.T) {
	t.Parallel()
	var outcomes []TrialOutcome
	for _, trial := range trials().Trials {
		outcomes = append(outcomes, trial.Outcome())
	}
	want := []TrialOutcome{Clean, FalseAlarm, NoVerdict, Caught, Caught, Missed, NotMade}
	if !slices.Equal(outcomes, want) {
		t.Errorf("%v, want %v", outcomes, want)
	}
}

func TestSelfTestConclusion(t *testing.T) {
	t.Parallel()
	all := trials()
	clean := all.Trials[0]
	caught := all.Trials[3]
	besides := all.Trials[3]
	besides.Sides = []Side{{ID: "WS-17"}}
	tests := []struct {
		name  string
		test  SelfTest
		code  int
		wants string
	}{
		{"all as it should be", SelfTest{Trials: []Trial{clean, caught}}, ExitOK, "PASSED: 1 of 1 fault caught, no false alarm on 1 sound gateway"},
		{"faults alone", SelfTest{Trials: []Trial{caught, all.Trials[4]}}, ExitOK, "PASSED: 2 of 2 faults caught"},
		{"a side finding that nothing explains", SelfTest{Trials: []Trial{besides}}, ExitFailed, "FAILED: 1 of 1 fault caught, 1 side finding unexplained"},
		{"one missed", SelfTest{Trials: []Trial{{Kind: Faulty}}}, ExitFailed, "FAILED: 0 of 1 fault caught"},
		{"everything wrong", all, ExitFailed, "FAILED: 2 of 4 faults caught, false alarms on 1 of 3 sound gateways, 1 side finding unexplained, 2 trials without a result"},
		{"interrupted", SelfTest{Trials: []Trial{clean}, Interrupted: true}, ExitInterrupted, "INTERRUPTED: no false alarm on 1 sound gateway"},
		{"nothing", SelfTest{}, ExitNothing, "FAILED: nothing was tried"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if code := test.test.ExitCode(); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if text := test.test.Conclusion(); text != test.wants {
				t.Errorf("%q, want %q", text, test.wants)
			}
		})
	}
}

// TestProofs proves that a fault counts for the requirements by which it was caught, and
// is named beside those that it breaks without a word from them.
func TestProofs(t *testing.T) {
	t.Parallel()
	var rows []string
	for _, p := range trials().Proofs() {
		rows = append(rows, p.Requirement.ID+" +"+strings.Join(p.CaughtBy, ",")+" -"+strings.Join(p.Silent, ","))
	}
	want := []string{"ONL-01 + -never-starts", "WS-04 +waits-28s -", "WS-14 + -waits-28s", "WS-16 +pong-without-payload -", "HIST-02 + -loses-newest"}
	if !slices.Equal(rows, want) {
		t.Errorf("%q, want %q", rows, want)
	}
}

func TestSelfTestReports(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(io.Writer, SelfTest) error{
		"selftest.json": WriteSelfTestJSON,
		"selftest.md":   WriteSelfTestMarkdown,
	} {
		var b bytes.Buffer
		if err := write(&b, trials()); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Errorf("%s lets an escape sequence through", name)
		}
		golden(t, name, b.Bytes())
	}
	var b bytes.Buffer
	_ = WriteSelfTestJSON(&b, trials())
	var document struct {
		Faults struct {
			Caught, Tried int
			KillRate      float64 `json:"kill_rate"`
		}
		Trials []struct{ Sides, Unjudged []any }
	}
	if err := json.Unmarshal(b.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	if f := document.Faults; f.Caught != 2 || f.Tried != 4 || f.KillRate != 0.5 {
		t.Errorf("%+v", f)
	}
	if s := document.Trials[0].Sides; s == nil {
		t.Error("an empty list is null")
	}
}

func TestSelfTestConsole(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	s := trials()
	c := NewSelfTestConsole(&b, len(s.Trials), 16)
	c.Repeat(s.Trials[4])
	for _, trial := range s.Trials {
		c.Done(trial)
	}
	c.End(s)
	golden(t, "selftest.txt", b.Bytes())
	for _, want := range []string{
		"7 trials, 16 at a time", "again        waits-28s", "caught       pong-without-payload: WS-16", "besides WS-24 (judged by the same end)",
		"missed       loses-newest", "unexplained: HIST-15", "4 tried: 2 caught, 1 missed, 1 not made (kill rate 50.0 %)", "2 of 4 (50.0 %), 1 of them unexplained",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// TestSelfTestConsoleLive proves that on a terminal good trials only move the bar.
func TestSelfTestConsoleLive(t *testing.T) {
	t.Parallel()
	b := &terminal{}
	c := newSelfTestConsole(screen{out: b, live: true, size: func() (int, int) { return 80, 24 }}, 7, 16)
	s := trials()
	for _, trial := range s.Trials[:5] {
		c.Done(trial)
	}
	c.End(s)
	if strings.Contains(b.String(), "caught       pong") {
		t.Error("a fault that was caught has a line of its own")
	}
	if !regexp.MustCompile(`false alarm +created-is-201`).MatchString(b.String()) {
		t.Error("the false alarm is not told")
	}
}
