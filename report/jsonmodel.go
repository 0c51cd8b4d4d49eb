package report

import (
	"time"

	"ttcheck/protocol"
)

// jsonReport is the JSON report, schema ttcheck.report/v1. It is a model of its
// own, so that the data of this package can change without the files of its
// users. Fields ending in _ms are durations in milliseconds, with a fraction
// where there is one; moments are RFC 3339. Lists are never null. What is
// derived from the results (outcome, conclusion, exit code, certification,
// totals, chapters) is there for readers without ttcheck.
type jsonReport struct {
	Schema string `json:"schema"` // ttcheck.report/v1
	// Outcome is passed, failed, not judged, nothing run or interrupted.
	Outcome       Outcome `json:"outcome"`
	Conclusion    string  `json:"conclusion"` // the outcome in one line, for people
	ExitCode      int     `json:"exit_code"`
	Certified     bool    `json:"certified"`
	Certification string  `json:"certification"` // what the run is worth as a proof

	Head        jsonHead `json:"head"`
	Interrupted bool     `json:"interrupted"` // stopped by a signal
	TimedOut    bool     `json:"timed_out"`   // reached its time limit
	SetupError  string   `json:"setup_error"` // why the run could not begin or go on, or empty

	Totals   tally         `json:"totals"` // the number of results by verdict
	Chapters []jsonChapter `json:"chapters"`
	Coverage jsonCoverage  `json:"coverage"`
	Remarks  []string      `json:"remarks"` // what happened beside the cases
	// Requirements says what became of each requirement of an integration, in the order of
	// the catalogue. It is left out where a gateway was tested.
	Requirements []jsonStanding `json:"requirements,omitempty"`
	Results      []jsonResult   `json:"results"` // one for each case, in the order in which they ended
}

// jsonHead says what was tested and how.
type jsonHead struct {
	Target          string             `json:"target"`   // host:port of the gateway
	Embedded        bool               `json:"embedded"` // the target was ttcheck's own reference gateway
	SuiteVersion    string             `json:"suite_version"`
	Profile         string             `json:"profile"` // quickstart, reference or full
	Chapters        []protocol.Chapter `json:"chapters"`
	LabelFilter     string             `json:"label_filter"`
	Strict          bool               `json:"strict"`  // a SHOULD that does not hold failed
	Allowed         []string           `json:"allowed"` // the permissions that were given
	OrderNames      string             `json:"order_names"`
	Press           string             `json:"press"` // how the button was pressed
	Interface       string             `json:"interface"`
	TokenWindow     millis             `json:"token_window_ms"`
	TokenDeadline   millis             `json:"token_deadline_ms"`
	Retention       millis             `json:"retention_ms"`
	Speedup         float64            `json:"speedup"` // how many times faster than true the gateway's clock ran
	Grace           millis             `json:"grace_ms"`
	Started         time.Time          `json:"started"`
	Duration        millis             `json:"duration_ms"`
	Integration     *jsonIntegration   `json:"integration,omitempty"` // left out where a gateway was tested
	NoCertification []string           `json:"no_certification"`      // the reasons; empty where there is none
	Reproduce       string             `json:"reproduce"`             // the command line
}

// jsonIntegration is the integration that was judged, and how it was driven.
type jsonIntegration struct {
	Name      string   `json:"name"`
	Version   string   `json:"version"`
	Driven    string   `json:"driven"` // command, by hand or embedded
	Acts      []string `json:"acts"`
	Discovery string   `json:"discovery"` // the link on which the gateway was advertised, or empty
	Patience  millis   `json:"patience_ms"`
}

// jsonStanding is what became of a requirement.
type jsonStanding struct {
	ID    string         `json:"id"`
	Level protocol.Level `json:"level"`
	// Verdict is the worst of its cases: a verdict, or for one of which no case was judged
	// the kind of reason, such as "not shown", or "not played".
	Verdict string   `json:"verdict"`
	Cases   []string `json:"cases"` // the names of those that have one
}

// jsonChapter counts the results of one chapter.
type jsonChapter struct {
	Chapter protocol.Chapter `json:"chapter"`
	Counts  tally            `json:"counts"`
}

// jsonCoverage counts requirements, not cases. One ran if it was judged.
type jsonCoverage struct {
	Selected int          `json:"selected"`
	Ran      int          `json:"ran"`
	NotRun   []jsonNotRun `json:"not_run"`
}

type jsonNotRun struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// jsonResult is the verdict on one case, with the requirement as it read then.
type jsonResult struct {
	ID       string           `json:"id"`
	Case     string           `json:"case"` // tells the cases of one requirement apart, or empty
	Verdict  Verdict          `json:"verdict"`
	Chapter  protocol.Chapter `json:"chapter"`
	Level    protocol.Level   `json:"level"`   // MUST, SHOULD or INFO
	Profile  protocol.Profile `json:"profile"` // quickstart, reference or robustness
	Since    string           `json:"since"`
	Sentence string           `json:"sentence"`
	Source   string           `json:"source"`
	Advice   string           `json:"advice"`
	Skip     SkipKind         `json:"skip"`   // the kind of reason, for a skipped case
	Reason   string           `json:"reason"` // why skipped, in error or inconclusive
	Duration millis           `json:"duration_ms"`
	Findings []jsonFinding    `json:"findings"`
	Notes    []string         `json:"notes"`
}

// jsonFinding is one thing that does not hold.
type jsonFinding struct {
	Level    protocol.Level `json:"level"` // SHOULD for one that only warns; empty: that of the requirement
	Expected string         `json:"expected"`
	Actual   string         `json:"actual"`
	Evidence []jsonExchange `json:"evidence"`
}

// jsonExchange is one message, or one request with its response.
type jsonExchange struct {
	At       millis `json:"at_ms"`   // since the start of the run
	Took     millis `json:"took_ms"` // until the answer; 0 where there is no pair
	Channel  string `json:"channel"`
	Sent     string `json:"sent"`     // towards the gateway
	Received string `json:"received"` // from the gateway
	Error    string `json:"error"`
}

// millis is a duration in milliseconds. Up to some days it keeps nanoseconds.
type millis float64

func toMillis(d time.Duration) millis { return millis(d) / millis(time.Millisecond) }

func (m millis) duration() time.Duration {
	ns := float64(m) * float64(time.Millisecond)
	// Conversion of what does not fit is not defined.
	const most = 1 << 62
	ns = min(max(ns, -most), most)
	if ns < 0 {
		return time.Duration(ns - 0.5)
	}
	return time.Duration(ns + 0.5)
}
