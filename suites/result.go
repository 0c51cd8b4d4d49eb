package suites

import (
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"ttcheck/report"
	"ttcheck/suites/spec"
)

// resultOf turns what Ginkgo reports of a spec into the case's result.
func resultOf(k spec.Case, r ginkgo.SpecReport, strict bool) report.Result {
	outcome, ran := outcomeOf(r)
	result := report.Result{Requirement: k.Requirement(), Case: k.Name, Duration: outcome.Took.Round(time.Microsecond)}
	switch {
	case r.State.Is(types.SpecStateInterrupted | types.SpecStateAborted):
		result.Verdict, result.Skip, result.Reason = report.Skipped, report.NotReached, "the run was interrupted"
	case r.State.Is(types.SpecStateTimedout):
		result.Verdict, result.Skip, result.Reason = report.Skipped, report.NotReached, "the run reached its time limit (--timeout)"
	case ran:
		result.Verdict, result.Skip, result.Reason = outcome.Verdict, outcome.Skip, outcome.Reason
		result.Findings, result.Notes = outcome.Findings, outcome.Notes
	case r.State.Is(types.SpecStateSkipped | types.SpecStatePending):
		result.Verdict, result.Skip, result.Reason = report.Skipped, report.NotReached, notReached
	default:
		result.Verdict, result.Reason = report.Error, "the case broke: "+r.Failure.Message+" "+r.Failure.ForwardedPanic
	}
	if strict && result.Verdict == report.Warning {
		result.Verdict = report.Fail
	}
	return result
}

func outcomeOf(r ginkgo.SpecReport) (spec.Outcome, bool) {
	for _, entry := range r.ReportEntries {
		if entry.Name == outcomeEntry {
			outcome, ok := entry.GetRawValue().(spec.Outcome)
			return outcome, ok
		}
	}
	return spec.Outcome{}, false
}
