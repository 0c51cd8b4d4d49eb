// Package report holds what a run found, as data, and the writers that show it:
// console, JSON, JUnit, Markdown and the certificate. It runs nothing and judges
// nothing; engines hand it their results.
package report

import (
	"time"

	"ttcheck/protocol"
)

// Schema names the version of the JSON report. Fields are only ever added
// within a version.
const Schema = "ttcheck.report/v1"

// Run is everything that one run found.
type Run struct {
	Head    Head
	Results []Result
	// Interrupted tells that the run was stopped by a signal, TimedOut that it
	// reached its time limit: what had not run by then is skipped.
	Interrupted bool
	TimedOut    bool
	// SetupError is why the run could not begin, or not go on, in one line;
	// empty where it could. It says nothing of what was tested, unless an
	// integration ended by itself where no case is about it.
	SetupError string
	// Coverage compares the requirements that the selection asked for with those that were judged.
	Coverage Coverage
	// Remarks tell of what happened beside the cases, such as a clean-up that
	// did not succeed.
	Remarks []string
}

// Head says what was tested, how, and what the result is worth.
type Head struct {
	Target       string // host:port of the gateway, also where an integration was judged
	Embedded     bool   // the reference gateway inside this process
	SuiteVersion string
	Profile      string // quickstart, reference or full
	Chapters     []protocol.Chapter
	LabelFilter  string
	Strict       bool
	Allowed      []string // the leave that was given: orders, destructive, …
	OrderNames   string   // the range of order names that the run may use
	Press        string   // how the button is pressed, never with a secret in it
	Interface    string   // the network interface asked for, or empty
	Timing       protocol.Timing
	Speedup      float64       // how many times faster than true the gateway's clock runs
	Grace        time.Duration // what a timing check gives the gateway, at true speed
	Started      time.Time
	Duration     time.Duration
	// Integration is what was judged, where that is a POS and not the gateway; else nil.
	Integration *Integration
	// NoCertification lists why this run certifies nothing; empty if it does.
	NoCertification []string
	// Reproduce is the command line that repeats the run, without secrets.
	Reproduce string
}

// Integration is a POS or kitchen display that was judged, and how it was driven.
type Integration struct {
	// Name and Version are as they were given.
	Name, Version string
	// Driven says how it was started and stopped: "command", "by hand", "embedded".
	Driven string
	// Acts are those that were played.
	Acts []string
	// Discovery is the link on which the gateway was advertised; empty if it was not.
	Discovery string
	// Patience is how long it was waited for, at true speed, where the protocol puts no
	// time on something.
	Patience time.Duration
}

// Result is the verdict on one case.
type Result struct {
	Requirement protocol.Requirement
	// Case tells the cases of one requirement apart; empty where there is one.
	Case     string
	Verdict  Verdict
	Skip     SkipKind // set where Verdict is Skipped
	Reason   string   // why it was skipped, is inconclusive, or ended in an error
	Findings []Finding
	Notes    []string      // what was observed beside the verdict
	Duration time.Duration // 0 if the case took none of its own
}

// Name is the case's unique name: the ID, and the case where there are several.
func (r Result) Name() string {
	if r.Case == "" {
		return r.Requirement.ID
	}
	return r.Requirement.ID + " " + r.Case
}

// Finding is one thing that does not hold, with the proof.
type Finding struct {
	// Level is SHOULD for a finding that only warns.
	Level    protocol.Level
	Expected string
	Actual   string
	Evidence []Exchange
}

// Exchange is one message on the wire, or one pair of request and response, as
// evidence. Secrets are redacted before they come here.
type Exchange struct {
	// At is when it began, measured from the start of the run.
	At time.Duration
	// Took is how long the answer took; zero where there is no pair.
	Took time.Duration
	// Channel names the connection, such as "http" or "ws#3".
	Channel string
	// Sent is what went towards the gateway, whoever was tested, and Received what
	// came from it, as text; one may be empty.
	Sent     string
	Received string
	// Error is why there is no answer, or how the connection ended.
	Error string
}

// Coverage counts requirements, not cases.
type Coverage struct {
	Selected int // requirements in the selected chapters and profile
	Ran      int // of those, how many had at least one case that was judged: neither skipped nor ended by an error
	// NotRun names those that were not judged, each with the reason.
	NotRun []NotRun
}

// NotRun is a selected requirement of which no case was judged.
type NotRun struct {
	ID string
	// Reason is worded so that requirements left out for the same cause share
	// it: reports list them together.
	Reason string
}

// Count returns how many results have the verdict.
func (r Run) Count(v Verdict) int {
	n := 0
	for _, result := range r.Results {
		if result.Verdict == v {
			n++
		}
	}
	return n
}
