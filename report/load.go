package report

import (
	"encoding/json"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// LoadSchema names the version of the JSON report of a load run. Fields are only ever
// added within a version.
const LoadSchema = "ttcheck.load/v1"

// Load is all that a load run measured: of one process, or of several shards merged.
type Load struct {
	Head LoadHead
	// Plan is the plan as it was asked for, as JSON: the same for all shards of a run.
	Plan json.RawMessage
	// Counters has a value for every counting Metric, by its name.
	Counters map[string]int64
	// Latencies has a histogram in microseconds for every lasting Metric, by its name. One
	// without samples may be missing.
	Latencies map[string]*hdrhistogram.Histogram
	// Closes counts how WebSockets ended, by cause, such as "ours" or "close 1001".
	Closes map[string]int64
	// Answers counts HTTP answers by endpoint, such as "POST /activeorders", and then by
	// status or kind of failure, such as "200" or "no answer in time".
	Answers map[string]map[string]int64
	// Errors counts what went wrong, by its text; what exceeds a bound is under "others".
	Errors map[string]int64
	// Series are the seconds of the run, in order, each with its histogram packed.
	Series []LoadSecond
	// Spreads tells of every event when the first and the last socket heard it. Only
	// shards have it, for their merger.
	Spreads    []Spread
	Thresholds []ThresholdResult
	// Steps are what a search for the limit tried; empty where none was asked for.
	Steps []LoadStep
	// Stopped is why the load was ended early for the gateway's sake, in one line.
	Stopped     string
	Interrupted bool
	// SetupError is why the run could not begin, in one line.
	SetupError string
	// Remarks tell of what happened beside the load, such as orders that could not be
	// cleared, or a plan that exceeds what the machine allows.
	Remarks []string
}

// LoadHead says what was loaded, by whom, from where.
type LoadHead struct {
	Target       string // host:port
	Embedded     bool   // the reference gateway, in a process of its own
	Version      string
	Shard        int // from 0
	Shards       int // 1 if the run is not split
	Sources      []string
	Started      time.Time // what the seconds of the series are counted from
	Duration     time.Duration
	Environment  LoadEnvironment
	Reproduce    string // the command line that repeats the run, without secrets
	TimingSource string // how "handling" is measured, or why it is not
}

// LoadEnvironment is the machine that the load came from.
type LoadEnvironment struct {
	System    string // such as linux/amd64
	Go        string
	CPUs      int    // that it may use
	FileLimit uint64 // open files that the process may have
	Host      string
}

// LoadSecond is what happened in one second of the run.
type LoadSecond struct {
	At       int   // whole seconds since the start, at the beginning of this one
	Sockets  int64 // authenticated WebSockets at its end
	Events   int64 // deliveries: an event heard by n sockets counts n times
	Changes  int64 // changes that were sent
	Late     int64 // of those, how many went out late
	Skipped  int64 // changes that were due but not sent
	Errors   int64
	Dropped  int64 // sockets that ended without our doing
	Requests int64 // HTTP answers, the changes' own included
	// Latency is event_latency within this second, in microseconds; nil without samples, or
	// where it is packed.
	Latency *hdrhistogram.Histogram
	// Packed is the same in HdrHistogram's compressed encoding (V2, base64), as the series
	// keeps it: an hour of whole histograms would take hundreds of megabytes. It is empty
	// without samples. Histogram reads it.
	Packed string
}

// Spread is when an event reached the first and the last of a run's sockets.
type Spread struct {
	// ID is the number of the change that made the event; if it was none of the run's, the
	// event's seq, made negative.
	ID          int64
	First, Last time.Duration // since the start
}

// ThresholdResult is what became of one threshold.
type ThresholdResult struct {
	Text    string // as it was given, such as "event_latency.p99<250ms"
	Actual  string // what was measured, or "no samples"
	Broken  bool
	Default bool // it holds unless another is given for the same metric
}

// LoadStep is one step of a search for the limit.
type LoadStep struct {
	Sockets    int
	Rate       float64
	Held       bool
	P50, P99   time.Duration // of event_latency
	Thresholds []ThresholdResult
	Note       string // why the step ended early
}

// Broken tells whether a threshold does not hold.
func (l Load) Broken() bool {
	for _, t := range l.Thresholds {
		if t.Broken {
			return true
		}
	}
	return false
}

// ExitCode is what the run comes to, as a process exit code.
func (l Load) ExitCode() int {
	switch {
	case l.Interrupted:
		return ExitInterrupted
	case l.SetupError != "":
		return ExitSetup
	case l.Stopped != "", l.Broken():
		return ExitThreshold
	}
	return ExitOK
}
