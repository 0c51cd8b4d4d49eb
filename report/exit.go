package report

import "slices"

// The exit codes of ttcheck. They are part of its API.
const (
	ExitOK          = 0   // all selected requirements hold; warnings are allowed unless strict
	ExitFailed      = 1   // at least one requirement does not hold
	ExitUsage       = 2   // usage or configuration
	ExitSetup       = 3   // the target is unreachable, or the set-up or the harness failed
	ExitNothing     = 4   // nothing was run
	ExitThreshold   = 5   // a threshold was broken (load, soak)
	ExitInterrupted = 130 // stopped by a signal; reports are still written
)

// Outcome is what a whole run comes to, in one word or two.
type Outcome string

// The outcomes. Where several would fit, the one that stands first here is
// taken.
const (
	Interrupted Outcome = "interrupted"
	Failed      Outcome = "failed"
	NotJudged   Outcome = "not judged" // something kept the run from a verdict
	NothingRun  Outcome = "nothing run"
	Passed      Outcome = "passed" // warnings are possible
)

// Outcome says what the run comes to. A run with cases that ended in an error,
// that could not be judged, or that carry no verdict at all is no success even
// if nothing failed.
func (r Run) Outcome() Outcome {
	unjudged := func(result Result) bool { return result.Verdict.unjudged() }
	switch {
	case r.Interrupted:
		return Interrupted
	case r.Count(Fail) > 0:
		return Failed
	case r.SetupError != "" || r.TimedOut || slices.ContainsFunc(r.Results, unjudged):
		return NotJudged
	case r.Count(Skipped) == len(r.Results):
		return NothingRun
	}
	return Passed
}

// ExitCode is the outcome as a process exit code.
func (r Run) ExitCode() int {
	switch r.Outcome() {
	case Interrupted:
		return ExitInterrupted
	case Failed:
		return ExitFailed
	case NotJudged:
		return ExitSetup
	case NothingRun:
		return ExitNothing
	}
	return ExitOK
}
