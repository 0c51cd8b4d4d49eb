package report

import (
	"fmt"
	"slices"
	"strings"
)

// namedAtMost bounds how many requirements a line names.
const namedAtMost = 8

// Conclusion is the run's result in one line, for a person to act on.
func (r Run) Conclusion() string {
	switch r.Outcome() {
	case Interrupted:
		return fmt.Sprintf("INTERRUPTED after %s: %s", r.progress(), r.soFar())
	case Failed:
		return "FAILED: " + strings.Join(append([]string{r.failing(namedAtMost)}, r.shortcomings()...), "; ")
	case NotJudged:
		return "NOT JUDGED: " + strings.Join(r.shortcomings(), "; ")
	case NothingRun:
		return "NOTHING RUN: " + r.idle()
	}
	return r.success()
}

// Certification says what the run is worth as a proof, in one line.
func (r Run) Certification() string {
	head := r.Head
	switch {
	case head.Integration != nil:
		return r.certified()
	case len(head.NoCertification) > 0:
		return "This is no certification: " + strings.Join(cleaned(head.NoCertification), "; ")
	case r.Outcome() != Passed:
		return "This is no certification: the run did not pass"
	}
	scope := fmt.Sprintf("the %d requirements", r.Coverage.Ran)
	if r.Coverage.Ran < r.Coverage.Selected {
		scope = fmt.Sprintf("those %d of %d requirements that were judged, no others,", r.Coverage.Ran, r.Coverage.Selected)
	}
	return fmt.Sprintf("CERTIFIES that %s meets %s of profile %s, as ttcheck %s tests them",
		inline(head.Target), scope, inline(head.Profile), inline(head.SuiteVersion))
}

// Certifies tells whether Certification certifies anything.
func (r Run) Certifies() bool {
	if r.Head.Integration != nil {
		return len(r.objections()) == 0
	}
	return len(r.Head.NoCertification) == 0 && r.Outcome() == Passed
}

// ids lists the requirements with a case of the verdict, each once.
func (r Run) ids(v Verdict) []string {
	var ids []string
	for _, result := range r.Results {
		if result.Verdict == v && !slices.Contains(ids, result.Requirement.ID) {
			ids = append(ids, result.Requirement.ID)
		}
	}
	return ids
}

// judged counts the requirements with a case that was judged.
func (r Run) judged() int {
	judged := map[string]bool{}
	for _, result := range r.Results {
		if result.Verdict != Skipped && !result.Verdict.unjudged() {
			judged[result.Requirement.ID] = true
		}
	}
	return len(judged)
}

// progress says how far a run that was cut short got.
func (r Run) progress() string {
	reached := 0
	for _, result := range r.Results {
		if result.Verdict != Skipped || result.Skip != NotReached {
			reached++
		}
	}
	return fmt.Sprintf("%d of %s", reached, count(len(r.Results), "case"))
}

// failing names at most limit of the requirements that do not hold.
func (r Run) failing(limit int) string {
	ids := r.ids(Fail)
	verb := "do"
	if len(ids) == 1 {
		verb = "does"
	}
	return fmt.Sprintf("%d of %s %s not hold (%s)",
		len(ids), count(r.judged(), "requirement"), verb, listed(ids, limit))
}

func (r Run) soFar() string {
	if r.Count(Fail) > 0 {
		return "so far " + r.failing(namedAtMost)
	}
	return "nothing failed so far, which is no verdict"
}

// shortcomings says what kept the run from judging everything, and what it warns
// of beside.
func (r Run) shortcomings() []string {
	parts := r.hindrances()
	if len(r.ids(Warning)) > 0 {
		parts = append(parts, r.warnings())
	}
	return parts
}

// hindrances says what kept the run from judging everything.
func (r Run) hindrances() []string {
	var parts []string
	if r.SetupError != "" {
		said := inline(r.SetupError)
		if r.Head.Integration == nil || r.judged() == 0 {
			said = "the set-up failed: " + said
		}
		parts = append(parts, said)
	}
	if r.TimedOut {
		parts = append(parts, "the time limit was reached after "+r.progress())
	}
	if ids := r.ids(Error); len(ids) > 0 {
		parts = append(parts, fmt.Sprintf("%s ended in an error (%s)", count(len(ids), "requirement"), listed(ids, namedAtMost)))
	}
	if ids := r.ids(Inconclusive); len(ids) > 0 {
		parts = append(parts, fmt.Sprintf("the harness could not tell of %s (%s)", count(len(ids), "requirement"), listed(ids, namedAtMost)))
	}
	unknown := 0
	for _, result := range r.Results {
		if !slices.Contains(Verdicts, result.Verdict) {
			unknown++
		}
	}
	if unknown > 0 {
		parts = append(parts, count(unknown, "case")+" without a verdict")
	}
	return parts
}

func (r Run) warnings() string {
	ids := r.ids(Warning)
	return fmt.Sprintf("%s (%s)", count(len(ids), "warning"), listed(ids, namedAtMost))
}

func (r Run) idle() string {
	if len(r.Results) == 0 {
		return "no case was selected"
	}
	groups := r.skips()
	text := fmt.Sprintf("all %s were skipped (%s", count(len(r.Results), "case"), groups[0].reason)
	if len(r.Results) == 1 {
		text = "the only case was skipped (" + groups[0].reason
	}
	if more := len(groups) - 1; more > 0 {
		text += ", and " + count(more, "other reason")
	}
	return text + ")"
}

func (r Run) success() string {
	judged, warned := r.judged(), r.ids(Warning)
	var text string
	switch others := judged - len(warned); {
	case len(warned) == 0 && judged == 1:
		text = "PASSED: the one requirement that was judged holds"
	case len(warned) == 0:
		text = fmt.Sprintf("PASSED: all %d requirements hold", judged)
	default:
		text = "PASSED with " + r.warnings()
		if others > 0 {
			text += fmt.Sprintf(": the %d others hold", others)
		}
	}
	if left := r.Coverage.Selected - r.Coverage.Ran; left > 0 {
		text += fmt.Sprintf("; %d more not %s", left, r.leftWord())
	}
	return text
}

// leftWord completes "not …" for what was not judged without anything being wrong: an
// integration shows what it does, of itself or never.
func (r Run) leftWord() string {
	if r.Head.Integration != nil {
		return "shown"
	}
	return "judged"
}
