package selftest

import (
	"slices"
	"testing"

	"ttcheck/fixtures/faults"
	"ttcheck/protocol"
	"ttcheck/report"
)

func result(id string, v report.Verdict) report.Result {
	r, ok := protocol.Lookup(id)
	if !ok {
		panic("there is no requirement " + id)
	}
	return report.Result{Requirement: r, Verdict: v}
}

// TestJudge proves what counts as a kill: a named requirement that failed, or was warned
// of if no MUST of it is broken; and that whatever else was found is told.
func TestJudge(t *testing.T) {
	t.Parallel()
	fault := &faults.Fault{
		Name: "f", Breaks: []string{"WS-16", "EVT-11", "AUTH-03"}, Warns: []string{"AUTH-03"},
		Sides: map[string]string{"WS-24": "the reason"},
	}
	tests := []struct {
		name    string
		fault   *faults.Fault
		results []report.Result
		caught  []string
		sides   []report.Side
		outcome report.TrialOutcome
		good    bool
	}{
		{name: "nothing is found", fault: fault, results: []report.Result{result("WS-16", report.Pass)}, outcome: report.Missed},
		{name: "a MUST fails", fault: fault, results: []report.Result{result("WS-16", report.Fail)}, caught: []string{"WS-16"}, outcome: report.Caught, good: true},
		{name: "a MUST only warns", fault: fault, results: []report.Result{result("WS-16", report.Warning)}, outcome: report.Missed},
		{name: "a MUST warns as expected", fault: fault, results: []report.Result{result("AUTH-03", report.Warning)}, caught: []string{"AUTH-03"}, outcome: report.Caught, good: true},
		{name: "a SHOULD warns", fault: fault, results: []report.Result{result("EVT-11", report.Warning)}, caught: []string{"EVT-11"}, outcome: report.Caught, good: true},
		{name: "an error is no kill", fault: fault, results: []report.Result{result("WS-16", report.Error)}, outcome: report.Missed},
		{
			name: "explained besides", fault: fault, results: []report.Result{result("WS-16", report.Fail), result("WS-24", report.Warning)},
			caught: []string{"WS-16"}, sides: []report.Side{{ID: "WS-24", Reason: "the reason"}}, outcome: report.Caught, good: true,
		},
		{
			name: "unexplained besides", fault: fault, results: []report.Result{result("WS-16", report.Fail), result("WS-17", report.Fail)},
			caught: []string{"WS-16"}, sides: []report.Side{{ID: "WS-17"}}, outcome: report.Caught,
		},
		{
			name: "another is found instead", fault: fault, results: []report.Result{result("WS-24", report.Fail)},
			sides: []report.Side{{ID: "WS-24", Reason: "the reason"}}, outcome: report.Missed,
		},
		{name: "a sound gateway", results: []report.Result{result("WS-16", report.Pass), result("TOK-24", report.Info), result("ORD-10", report.Skipped)}, outcome: report.Clean, good: true},
		{name: "a warning on it", results: []report.Result{result("WS-24", report.Warning)}, sides: []report.Side{{ID: "WS-24"}}, outcome: report.FalseAlarm},
		{name: "an error on it", results: []report.Result{result("WS-24", report.Error)}, outcome: report.NoVerdict},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			trial := Trial{Kind: report.Variant}
			if f := test.fault; f != nil {
				trial = Trial{Kind: report.Faulty, Breaks: f.Breaks, Warns: f.Warns, Sides: f.Sides}
			}
			got := trial.judge(report.Run{Results: test.results})
			if !slices.Equal(got.Caught, test.caught) || !slices.Equal(got.Sides, test.sides) || got.Outcome() != test.outcome || got.Good() != test.good {
				t.Errorf("caught %v, sides %v, %s, good %v", got.Caught, got.Sides, got.Outcome(), got.Good())
			}
		})
	}
}

// TestTooSlow proves that a trial is made again only if its result hung on the slowness
// of the machine, and never because the result is unwelcome.
func TestTooSlow(t *testing.T) {
	t.Parallel()
	fault := Trial{Kind: report.Faulty, Breaks: []string{"WS-04"}}
	sound := Trial{Kind: report.Sound}
	tests := []struct {
		name    string
		trial   Trial
		results []report.Result
		want    bool
	}{
		{"missed", fault, []report.Result{result("WS-04", report.Pass)}, false},
		{"the one that breaks is inconclusive", fault, []report.Result{result("WS-04", report.Inconclusive)}, true},
		{"caught all the same", fault, []report.Result{result("WS-04", report.Inconclusive), result("WS-04", report.Fail)}, false},
		{"another one is inconclusive", fault, []report.Result{result("WS-05", report.Inconclusive)}, false},
		{"a false alarm", sound, []report.Result{result("WS-04", report.Fail)}, false},
		{"inconclusive on a sound gateway", sound, []report.Result{result("WS-04", report.Inconclusive)}, true},
	}
	for _, test := range tests {
		if got := tooSlow(test.trial.judge(report.Run{Results: test.results})); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
