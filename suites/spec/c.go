package spec

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
)

const (
	// caseLimit bounds a case once its observations are made, in real time, and
	// restartLimit one that has the gateway restarted.
	caseLimit    = 90 * time.Second
	restartLimit = 10 * time.Minute
	// maxEvidence is how many exchanges a finding shows.
	maxEvidence = 6
	// maxWords bounds each text of a finding, in bytes: it may quote the gateway.
	maxWords = 2048
)

// C is the context of one run of one case: the scene in which it acts, and the
// means to judge.
type C struct {
	*Scene
	requirement protocol.Requirement

	findings []report.Finding
	cited    []client.Exchange
	judged   map[*observation]bool // whose exchanges are cited

	mu    sync.Mutex
	notes []string
}

// Outcome is what came of a case.
type Outcome struct {
	Verdict  report.Verdict
	Skip     report.SkipKind
	Reason   string
	Findings []report.Finding
	Notes    []string
	Took     time.Duration // the case itself, without what it waited for
}

// Execute runs a case: it checks its needs, waits for its observations, calls
// it, and cleans up. A case that the harness was too slow to judge is tried again
// once, with new observations.
func Execute(ctx context.Context, e *Env, k Case) Outcome {
	if kind, reason := e.Unmet(k.AllNeeds()); kind != "" {
		return Outcome{Verdict: report.Skipped, Skip: kind, Reason: reason}
	}
	outcome := attempt(ctx, e, k)
	if outcome.Verdict == report.Inconclusive && !k.Once && ctx.Err() == nil {
		e.Repeat(ctx, k.Probes)
		first := outcome.Reason
		outcome = attempt(ctx, e, k)
		outcome.Notes = append(outcome.Notes, "tried again, as the first try was inconclusive: "+first)
	}
	return outcome
}

func attempt(ctx context.Context, e *Env, k Case) (outcome Outcome) {
	if err := e.Await(ctx, k.Probes); err != nil {
		return Outcome{Verdict: report.Error, Reason: err.Error()}
	}
	if lane := k.LaneName(); lane != "" {
		leave, err := e.enterLane(ctx, lane)
		if err != nil {
			return Outcome{Verdict: report.Error, Reason: err.Error()}
		}
		defer leave()
	}
	limit := caseLimit
	if k.restarts() {
		limit = restartLimit
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it took longer than %v", limit))
	defer cancel()
	c := &C{Scene: e.Scene(ctx), requirement: k.Requirement()}
	c.lane = k.LaneName()
	defer func() {
		if r := recover(); r != nil {
			outcome.Notes = append(outcome.Notes, c.Secrets().Redact(fmt.Sprintf("the clean-up broke: %v", r)))
		}
	}()
	defer c.CleanUp()
	began := time.Now()
	defer func() {
		outcome = c.outcome(recover())
		outcome.Took = time.Since(began)
	}()
	k.Run(c)
	return outcome
}

// outcome is what came of a case that ended with the panic r, or with its last
// line if r is nil. That it did not complain counts for nothing if it was cut off.
func (c *C) outcome(r any) Outcome {
	e, ended := r.(ending)
	spoilt := c.spoilt()
	switch {
	case r != nil && !ended:
		e = ending{verdict: report.Error, reason: fmt.Sprintf("the case broke: %v\n%s", r, debug.Stack())}
	case e.verdict == report.Fail || e.verdict == report.Warning || e.verdict == report.Error:
	case spoilt != nil:
		e = endingOf(spoilt)
	case !ended:
		e.verdict = c.verdict()
	}
	return Outcome{
		Verdict: e.verdict, Skip: e.skip, Reason: c.Secrets().Redact(e.reason),
		Findings: c.findings, Notes: c.notes,
	}
}

// verdict is that of a case that came to its last line.
func (c *C) verdict() report.Verdict {
	switch {
	case len(c.findings) > 0:
		return report.Warning
	case c.requirement.Level == protocol.Info:
		return report.Info
	}
	return report.Pass
}

func (c *C) end(e ending) { panic(e) }

// Note reports something seen beside the verdict. Goroutines of a case may call it.
func (c *C) Note(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.notes = append(c.notes, c.Secrets().Redact(fmt.Sprintf(format, args...)))
}

// Unsupported ends the case as skipped, because the gateway lacks what the case
// builds on.
func (c *C) Unsupported(format string, args ...any) { c.end(endingOf(Unsupported(format, args...))) }

// NotShown ends the case as skipped, because what it judges never came to pass.
func (c *C) NotShown(format string, args ...any) {
	c.end(ending{report.Skipped, report.NotShown, c.Secrets().Redact(fmt.Sprintf(format, args...))})
}

// Inconclusive ends the case without a verdict, because the harness was too slow.
func (c *C) Inconclusive(format string, args ...any) {
	c.end(endingOf(Inconclusive(format, args...)))
}

// Broken ends the case with an error: the set-up failed, and nothing is said of
// the requirement.
func (c *C) Broken(format string, args ...any) {
	c.end(ending{verdict: report.Error, reason: c.Secrets().Redact(fmt.Sprintf(format, args...))})
}

// Must ends the case if something that it builds on failed.
func (c *C) Must(err error) {
	if err != nil {
		c.end(endingOf(err))
	}
}

// Cite adds exchanges to the evidence of later findings.
func (c *C) Cite(exchanges ...client.Exchange) { c.cited = append(c.cited, exchanges...) }

// citeOnce cites an observation, unless it was judged before.
func (c *C) citeOnce(o *observation) {
	if c.judged[o] {
		return
	}
	if c.judged == nil {
		c.judged = map[*observation]bool{}
	}
	c.judged[o] = true
	c.Cite(o.exchanges...)
}

// find notes a finding, and ends the case unless it may go on.
func (c *C) find(level protocol.Level, goOn bool, expected, actual string, proof []client.Exchange) {
	if err := c.spoilt(); err != nil {
		c.end(endingOf(err))
	}
	redact := c.Secrets().Redact
	c.findings = append(c.findings, report.Finding{
		Level: level, Expected: shorten(redact(expected)), Actual: shorten(redact(actual)), Evidence: c.evidence(proof),
	})
	switch {
	case goOn:
	case level == protocol.Must:
		c.end(ending{verdict: report.Fail})
	case level == protocol.Info:
		c.end(ending{verdict: report.Info})
	default:
		c.end(ending{verdict: report.Warning})
	}
}

// Wrong ends the case with the finding that the requirement does not hold.
func (c *C) Wrong(expected, actual string, proof ...client.Exchange) {
	c.find(c.requirement.Level, false, expected, actual, proof)
}

// evidence is the proof that was named, or else the latest of what the case and
// its probes exchanged.
func (c *C) evidence(proof []client.Exchange) []report.Exchange {
	if len(proof) == 0 {
		proof = append(slices.Clone(c.cited), c.Client.Transcript().Exchanges()...)
		slices.SortStableFunc(proof, func(a, b client.Exchange) int { return cmp.Compare(a.At, b.At) })
	}
	if len(proof) > maxEvidence {
		proof = proof[len(proof)-maxEvidence:]
	}
	shown := make([]report.Exchange, len(proof))
	for i, x := range proof {
		shown[i] = report.Exchange(x)
	}
	return shown
}

// Expect begins an assertion that the requirement rests on: if it does not hold,
// the case ends. The subject says in words what actual is.
func (c *C) Expect(actual any, subject ...any) Assertion {
	return Assertion{c: c, level: c.requirement.Level, subject: describe(subject), actual: actual}
}

// Should begins an assertion that only warns; the case goes on.
func (c *C) Should(actual any, subject ...any) Assertion {
	return Assertion{c: c, level: protocol.Should, goOn: true, subject: describe(subject), actual: actual}
}

func describe(subject []any) string {
	if len(subject) == 0 {
		return ""
	}
	format, ok := subject[0].(string)
	if !ok {
		panic(fmt.Sprintf("the subject of an assertion is text, not %v: a second value is not asserted", subject[0]))
	}
	if len(subject) == 1 {
		return format
	}
	return fmt.Sprintf(format, subject[1:]...)
}
