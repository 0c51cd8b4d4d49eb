package report

import (
	"io"
	"time"

	"ttcheck/protocol"
)

// SelfTestSchema names the version of the JSON report of a self-test.
const SelfTestSchema = "ttcheck.selftest/v1"

// jsonSelfTest is the JSON report of a self-test. Fields ending in _ms are durations in
// milliseconds; lists are never null.
type jsonSelfTest struct {
	Schema       string        `json:"schema"`
	Passed       bool          `json:"passed"`
	Conclusion   string        `json:"conclusion"`
	ExitCode     int           `json:"exit_code"`
	SuiteVersion string        `json:"suite_version"`
	Speedup      float64       `json:"speedup"`
	AtOnce       int           `json:"at_once"`
	Started      time.Time     `json:"started"`
	Duration     millis        `json:"duration_ms"`
	Faults       jsonKills     `json:"faults"`
	Conforming   jsonAlarms    `json:"conforming"`
	Sides        jsonSideCount `json:"side_findings"`
	Requirements []jsonProof   `json:"requirements"`
	Trials       []jsonTrial   `json:"trials"`
}

type jsonKills struct {
	Tried    int     `json:"tried"`
	Caught   int     `json:"caught"`
	KillRate float64 `json:"kill_rate"` // 0 to 1
}

type jsonAlarms struct {
	Tried       int `json:"tried"`
	FalseAlarms int `json:"false_alarms"`
}

type jsonSideCount struct {
	Findings    int `json:"findings"` // of all requirements found broken where something errs
	Sides       int `json:"sides"`
	Unexplained int `json:"unexplained"`
}

type jsonProof struct {
	ID       string         `json:"id"`
	Level    protocol.Level `json:"level"`
	CaughtBy []string       `json:"caught_by"`
	Silent   []string       `json:"silent"` // break it and were not caught by it
}

type jsonTrial struct {
	Kind     TrialKind    `json:"kind"`
	Subject  Subject      `json:"subject"` // gateway or integration
	Name     string       `json:"name"`
	What     string       `json:"what"`
	Outcome  TrialOutcome `json:"outcome"`
	Breaks   []string     `json:"breaks"`
	Caught   []string     `json:"caught"`
	Sides    []jsonSide   `json:"sides"`
	Unjudged []string     `json:"unjudged"`
	Again    bool         `json:"again"`
	Error    string       `json:"error"`
	Duration millis       `json:"duration_ms"`
	Results  []jsonResult `json:"results"`
}

type jsonSide struct {
	ID     string `json:"id"`
	Reason string `json:"reason"` // empty if nothing explains it
}

// WriteSelfTestJSON writes all of a self-test in the form of SelfTestSchema, cleaned as
// WriteJSON does it.
func WriteSelfTestJSON(w io.Writer, s SelfTest) error {
	d := jsonSelfTest{
		Schema: SelfTestSchema, Passed: s.Passed(), Conclusion: s.Conclusion(), ExitCode: s.ExitCode(),
		SuiteVersion: bounded(s.SuiteVersion), Speedup: s.Speedup, AtOnce: s.AtOnce,
		Started: s.Started, Duration: toMillis(s.Duration),
		Requirements: each(s.Proofs(), func(p Proof) jsonProof {
			return jsonProof{p.Requirement.ID, p.Requirement.Level, each(p.CaughtBy, bounded), each(p.Silent, bounded)}
		}),
		Trials: each(s.Trials, modelTrial),
	}
	d.Faults.Caught, d.Faults.Tried = s.Kills()
	if d.Faults.Tried > 0 {
		d.Faults.KillRate = float64(d.Faults.Caught) / float64(d.Faults.Tried)
	}
	d.Conforming.FalseAlarms, d.Conforming.Tried = s.Alarms()
	d.Sides.Sides, d.Sides.Unexplained, d.Sides.Findings = s.SideFindings()
	return writeDocument(w, d)
}

func modelTrial(t Trial) jsonTrial {
	return jsonTrial{
		Kind: t.Kind, Subject: t.subject(), Name: bounded(t.Name), What: bounded(t.What), Outcome: t.Outcome(),
		Breaks: each(t.Breaks, bounded), Caught: each(t.Caught, bounded),
		Sides:    each(t.Sides, func(s Side) jsonSide { return jsonSide{bounded(s.ID), bounded(s.Reason)} }),
		Unjudged: each(t.Unjudged, bounded), Again: t.Again, Error: bounded(t.Error),
		Duration: toMillis(t.Duration), Results: each(t.Results, modelResult),
	}
}
