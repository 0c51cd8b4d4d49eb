package report

import (
	"fmt"
	"strings"
	"testing"

	"ttcheck/protocol"
)

func TestConclusion(t *testing.T) {
	t.Parallel()
	with := func(r Run, change func(*Run)) Run {
		change(&r)
		return r
	}
	interrupted := func(r *Run) { r.Interrupted = true }
	timedOut := func(r *Run) { r.TimedOut = true }
	noSetup := func(r *Run) { r.SetupError = "dial 127.0.0.1:1: refused" }
	skip := func(kind SkipKind, reason string) func(*Run) {
		return func(r *Run) {
			for i := range r.Results {
				if r.Results[i].Verdict == Skipped {
					r.Results[i].Skip, r.Results[i].Reason = kind, reason
				}
			}
		}
	}
	for _, c := range []struct {
		name string
		run  Run
		code int
		want string
	}{
		{"all pass", results(Pass, Pass, Info), 0, "PASSED: all 3 requirements hold"},
		{"one passes", results(Pass), 0, "PASSED: the one requirement that was judged holds"},
		{"only observed", results(Info, Info), 0, "PASSED: all 2 requirements hold"},
		{"passes in part", results(Pass, Pass, Skipped), 0, "PASSED: all 2 requirements hold; 1 more not judged"},
		{"a warning", results(Pass, Warning, Pass), 0, "PASSED with 1 warning (X-B): the 2 others hold"},
		{"only warnings", results(Warning, Warning), 0, "PASSED with 2 warnings (X-A, X-B)"},
		{"a failure", results(Pass, Fail), 1, "FAILED: 1 of 2 requirements does not hold (X-B)"},
		{"failures", results(Fail, Pass, Fail, Skipped), 1, "FAILED: 2 of 3 requirements do not hold (X-A, X-C)"},
		{"the only one fails", results(Fail), 1, "FAILED: 1 of 1 requirement does not hold (X-A)"},
		{"failure and error", results(Fail, Error), 1, "FAILED: 1 of 1 requirement does not hold (X-A); 1 requirement ended in an error (X-B)"},
		{"failure, out of time", with(results(Fail, Skipped), func(r *Run) {
			timedOut(r)
			skip(NotReached, "")(r)
		}), 1, "FAILED: 1 of 1 requirement does not hold (X-A); the time limit was reached after 1 of 2 cases"},
		{"failure, then no set-up", with(results(Fail), noSetup), 1, "FAILED: 1 of 1 requirement does not hold (X-A); the set-up failed: dial 127.0.0.1:1: refused"},
		{"error", results(Pass, Error, Error), 3, "NOT JUDGED: 2 requirements ended in an error (X-B, X-C)"},
		{"failure and warnings", results(Fail, Warning, Warning), 1, "FAILED: 1 of 3 requirements does not hold (X-A); 2 warnings (X-B, X-C)"},
		{"error and warning", results(Error, Warning), 3, "NOT JUDGED: 1 requirement ended in an error (X-A); 1 warning (X-B)"},
		{"inconclusive", results(Pass, Inconclusive), 3, "NOT JUDGED: the harness could not tell of 1 requirement (X-B)"},
		{"out of time", with(results(Pass, Pass), timedOut), 3, "NOT JUDGED: the time limit was reached after 2 of 2 cases"},
		{"out of time before all", with(results(), timedOut), 3, "NOT JUDGED: the time limit was reached after 0 of 0 cases"},
		{"no set-up", with(results(), noSetup), 3, "NOT JUDGED: the set-up failed: dial 127.0.0.1:1: refused"},
		{"no set-up, all skipped", with(results(Skipped), noSetup), 3, "NOT JUDGED: the set-up failed: dial 127.0.0.1:1: refused"},
		{"no verdict", results(Pass, ""), 3, "NOT JUDGED: 1 case without a verdict"},
		{"unknown verdict", results(Pass, "maybe", "maybe"), 3, "NOT JUDGED: 2 cases without a verdict"},
		{"no results", results(), 4, "NOTHING RUN: no case was selected"},
		{"one skipped", with(results(Skipped), skip(NotPermitted, "needs --allow orders")), 4,
			"NOTHING RUN: the only case was skipped (not permitted: needs --allow orders)"},
		{"all skipped", with(results(Skipped, Skipped), skip(NotSelected, "")), 4, "NOTHING RUN: all 2 cases were skipped (not selected)"},
		{"all skipped, several reasons", with(results(Skipped, Skipped), func(r *Run) {
			r.Results[0].Reason, r.Results[1].Reason = "one", "another"
		}), 4, "NOTHING RUN: all 2 cases were skipped (one, and 1 other reason)"},
		{"interrupted", with(results(Pass, Warning, Skipped), func(r *Run) {
			interrupted(r)
			skip(NotReached, "")(r)
		}), 130, "INTERRUPTED after 2 of 3 cases: nothing failed so far, which is no verdict"},
		{"interrupted before all", with(results(), interrupted), 130, "INTERRUPTED after 0 of 0 cases: nothing failed so far, which is no verdict"},
		{"interrupted, failed", with(results(Pass, Fail), interrupted), 130, "INTERRUPTED after 2 of 2 cases: so far 1 of 2 requirements does not hold (X-B)"},
		{"interrupted, no set-up, out of time", with(with(with(results(), interrupted), noSetup), timedOut), 130, "INTERRUPTED after 0 of 0 cases: nothing failed so far, which is no verdict"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.run.Conclusion(); got != c.want {
				t.Errorf("%q\nwant %q", got, c.want)
			}
			if got := c.run.ExitCode(); got != c.code {
				t.Errorf("exit code %d, want %d", got, c.code)
			}
			if c.code != 0 && c.run.Certifies() {
				t.Error("certifies without having passed")
			}
		})
	}
}

// The cases of one requirement count as one, and its ID is named once.
func TestConclusionCountsRequirements(t *testing.T) {
	t.Parallel()
	var r Run
	for range 5 {
		r.Results = append(r.Results, Result{Verdict: Fail, Requirement: requirement("AUTH-01", protocol.Authorization, protocol.Must, "Q", "", "")})
	}
	if got, want := r.Conclusion(), "FAILED: 1 of 1 requirement does not hold (AUTH-01)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	r.Results = nil
	for i := range 40 {
		r.Results = append(r.Results, Result{Verdict: Fail, Requirement: requirement(fmt.Sprintf("Y-%02d", 2*i), protocol.Tokens, protocol.Must, "Q", "", "")})
	}
	if got := r.Conclusion(); !strings.HasSuffix(got, "Y-12, Y-14 and 32 more)") {
		t.Errorf("%q", got)
	}
}

func TestCertification(t *testing.T) {
	t.Parallel()
	head := Head{Target: "10.0.0.9:8000", Profile: "reference", SuiteVersion: "0.1.0"}
	sound, partial, bound, failed := results(Pass, Warning), results(Pass, Skipped), results(Pass), results(Fail)
	sound.Head, partial.Head, bound.Head, failed.Head = head, head, head, head
	bound.Head.NoCertification = []string{"sped up", "a part\x1b only"}
	for _, c := range []struct {
		run  Run
		want string
		yes  bool
	}{
		{sound, "CERTIFIES that 10.0.0.9:8000 meets the 2 requirements of profile reference, as ttcheck 0.1.0 tests them", true},
		{partial, "CERTIFIES that 10.0.0.9:8000 meets those 1 of 2 requirements that were judged, no others, of profile reference, as ttcheck 0.1.0 tests them", true},
		{bound, `This is no certification: sped up; a part\x1b only`, false},
		{failed, "This is no certification: the run did not pass", false},
	} {
		if got := c.run.Certification(); got != c.want {
			t.Errorf("%q\nwant %q", got, c.want)
		}
		if c.run.Certifies() != c.yes {
			t.Errorf("%q: certifies %v", c.want, !c.yes)
		}
	}
}

func TestCoverage(t *testing.T) {
	t.Parallel()
	c := Coverage{Selected: 9, Ran: 2, NotRun: []NotRun{
		{"ORD-01", "no orders"}, {"TOK-23", "no operator"}, {"ORD-02", "no orders"}, {"ORD-03", "no orders"}, {"ORD-09", "no orders"},
	}}
	if got, want := c.String(), "2 of 9 selected requirements were judged"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	lines := make([]string, 0, 3)
	for _, g := range c.gaps() {
		lines = append(lines, g.String())
	}
	want := "ORD-01–03, ORD-09 – no orders|TOK-23 – no operator|2 requirements – no reason is known"
	if got := strings.Join(lines, "|"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
