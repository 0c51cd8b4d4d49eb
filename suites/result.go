package suites

import (
	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"ttcheck/report"
	"ttcheck/suites/spec"
)

// specResult turns what Ginkgo reports of a spec into the case's result.
func specResult(k spec.Case, r ginkgo.SpecReport, strict bool) report.Result {
	outcome, ran := outcomeOf(r)
	switch {
	case r.State.Is(types.SpecStateInterrupted | types.SpecStateAborted):
		outcome = spec.Outcome{Verdict: report.Skipped, Skip: report.NotReached, Reason: "the run was interrupted"}
	case r.State.Is(types.SpecStateTimedout):
		outcome = spec.Outcome{Verdict: report.Skipped, Skip: report.NotReached, Reason: "the run reached its time limit (--timeout)"}
	case ran:
	case r.State.Is(types.SpecStateSkipped | types.SpecStatePending):
		outcome = spec.Outcome{Verdict: report.Skipped, Skip: report.NotReached, Reason: notReached}
	default:
		outcome = spec.Outcome{Verdict: report.Error, Reason: "the case broke: " + r.Failure.Message + " " + r.Failure.ForwardedPanic}
	}
	return k.Result(outcome, strict)
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
