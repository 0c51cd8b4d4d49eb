package suites

import (
	"context"
	"fmt"
	"io"
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
		result := specResult(byName[r.LeafNodeText], r, cfg.Strict)
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
			outcome := executed(merged, env, k)
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

// discardFailure is the testing.T that RunSpecs wants: the verdict is in the report.
type discardFailure struct{}

func (discardFailure) Fail() {}
