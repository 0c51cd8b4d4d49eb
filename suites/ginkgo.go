package suites

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/gomega/format"

	"ttcheck/report"
	"ttcheck/suites/spec"
)

// outcomeEntry names the report entry with which a spec hands on its outcome.
const outcomeEntry = "ttcheck outcome"

// ginkgoLock keeps runs apart: Ginkgo holds one suite per process.
var ginkgoLock sync.Mutex

// specsRun is what came of the specs.
type specsRun struct {
	results     []report.Result
	interrupted bool
	timedOut    bool
}

// runSpecs registers the cases with Ginkgo, runs them, and collects their
// results.
func runSpecs(ctx context.Context, env *spec.Env, cfg Config, cases []spec.Case, started time.Time) specsRun {
	ginkgoLock.Lock()
	defer ginkgoLock.Unlock()
	globals.Reset()
	formatter.ColorableStdOut, formatter.ColorableStdErr = io.Discard, io.Discard
	format.UseStringerRepresentation = true

	byName := map[string]spec.Case{}
	for i, k := range inOrder(env, cases) {
		byName[k.FullName()] = k
		register(ctx, env, k, ginkgo.SpecPriority(-i))
	}
	var outcome specsRun
	ginkgo.ReportAfterEach(func(r ginkgo.SpecReport) {
		result := resultOf(byName[r.LeafNodeText], r, cfg.Strict)
		outcome.results = append(outcome.results, result)
		cfg.Listener.Result(result)
	})
	ginkgo.ReportAfterSuite("verdict", func(r ginkgo.Report) {
		for _, reason := range r.SpecialSuiteFailureReasons {
			outcome.interrupted = outcome.interrupted || strings.Contains(reason, "Interrupted by User")
			outcome.timedOut = outcome.timedOut || strings.Contains(reason, "Timeout")
		}
	})
	suiteConfig, reporterConfig := ginkgo.GinkgoConfiguration()
	suiteConfig.RandomSeed, suiteConfig.LabelFilter = 1, ""
	suiteConfig.GracePeriod = 5 * time.Second
	suiteConfig.Timeout = max(time.Millisecond, cfg.Timeout-time.Since(started))
	reporterConfig.Succinct, reporterConfig.NoColor = true, true
	ginkgo.RunSpecs(discardFailure{}, "ttcheck", suiteConfig, reporterConfig)
	return outcome
}

// register makes a spec of a case. The verdict is the outcome that the spec
// hands on; that Ginkgo calls it failed or skipped only mirrors it.
func register(ctx context.Context, env *spec.Env, k spec.Case, priority ginkgo.SpecPriority) {
	container := string(k.Requirement().Chapter)
	ginkgo.Describe(container, priority, ginkgo.Label(k.Labels()...), func() {
		ginkgo.It(k.FullName(), func(specCtx ginkgo.SpecContext) {
			merged, cancel := context.WithCancelCause(specCtx)
			defer cancel(nil)
			defer context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })()
			if ctx.Err() != nil {
				ginkgo.Skip(notReached)
			}
			outcome := spec.Execute(merged, env, k)
			if ctx.Err() != nil && outcome.Verdict == report.Error {
				outcome.Verdict, outcome.Skip, outcome.Reason = report.Skipped, report.NotReached, notReached
			}
			ginkgo.AddReportEntry(outcomeEntry, outcome, ginkgo.ReportEntryVisibilityNever)
			switch outcome.Verdict {
			case report.Fail, report.Warning, report.Error, report.Inconclusive:
				ginkgo.Fail(fmt.Sprintf("%s: %s", outcome.Verdict, outcome.Reason))
			case report.Skipped:
				ginkgo.Skip(outcome.Reason)
			}
		})
	})
}

const notReached = "the run ended before it"

// inOrder sorts the cases: quick ones first, in the order of the catalogue, then
// those that wait for a probe or for the end of its lane, the longest wait last,
// and at the very end those that restart the gateway, the last of them those after
// which it has another address.
func inOrder(env *spec.Env, cases []spec.Case) []spec.Case {
	sorted := slices.Clone(cases)
	slices.SortStableFunc(sorted, func(a, b spec.Case) int {
		return cmp.Compare(wait(env, a, cases), wait(env, b, cases))
	})
	return sorted
}

// wait is the protocol time that passes before a case can run.
func wait(env *spec.Env, k spec.Case, cases []spec.Case) time.Duration {
	var longest time.Duration
	for _, p := range k.Probes {
		longest = max(longest, p.Duration(env.Timing))
	}
	for _, other := range cases {
		for _, p := range other.Probes {
			if p.LaneName() == k.LaneName() {
				longest = max(longest, p.Duration(env.Timing))
			}
		}
	}
	switch needs := k.AllNeeds(); {
	case slices.Contains(needs, spec.NeedReaddress):
		longest += 2 * math.MaxInt32 * time.Second
	case slices.Contains(needs, spec.NeedRestart):
		longest += math.MaxInt32 * time.Second
	}
	return longest
}

// discardFailure is the testing.T that RunSpecs wants: the verdict is in the report.
type discardFailure struct{}

func (discardFailure) Fail() {}
