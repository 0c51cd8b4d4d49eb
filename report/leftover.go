package report

import (
	"cmp"
	"slices"
)

// leftover is what was not judged, or not reached, for one reason.
type leftover struct {
	verdict Verdict
	reason  string
	cases   []Result
}

// leftovers groups the cases that were not judged although they were tried, and
// those that the run did not reach. Cases that were skipped for another reason
// are no part of them.
func (r Run) leftovers() []leftover {
	var groups []leftover
	for _, result := range r.Results {
		if !result.Verdict.unjudged() && !result.unreached() {
			continue
		}
		reason := inline(result.Reason)
		i := slices.IndexFunc(groups, func(l leftover) bool { return l.verdict == result.Verdict && l.reason == reason })
		if i < 0 {
			i = len(groups)
			groups = append(groups, leftover{verdict: result.Verdict, reason: reason})
		}
		groups[i].cases = append(groups[i].cases, result)
	}
	return groups
}

// unreached tells that the run ended before the case.
func (r Result) unreached() bool { return r.Verdict == Skipped && r.Skip == NotReached }

// told tells whether a result holds more than its verdict and the reason.
func (r Result) told() bool { return len(r.Findings) > 0 || len(r.Notes) > 0 }

// fate says what became of the cases, and why.
func (l leftover) fate() string {
	text := count(len(l.cases), "case")
	switch l.verdict {
	case Skipped:
		if len(l.cases) == 1 {
			text += " was not reached"
		} else {
			text += " were not reached"
		}
	case Error:
		text += " ended in an error"
	case Inconclusive:
		text += " could not be judged"
	default:
		text += " without a verdict"
	}
	if l.reason != "" {
		text += ": " + l.reason
	}
	return text
}

// String says what became of the cases, why, and which requirements they are of,
// each once.
func (l leftover) String() string {
	names := []string{inline(l.cases[0].Name())}
	if len(l.cases) > 1 {
		names = nil
		for _, result := range l.cases {
			if id := inline(result.Requirement.ID); !slices.Contains(names, id) {
				names = append(names, id)
			}
		}
	}
	return l.fate() + " (" + listed(ranged(names), groupNamesAtMost) + ")"
}

// gaps groups the requirements that were not judged, without those of which the
// leftovers tell, or what was not shown.
func (r Run) gaps() []group {
	rest := r.Coverage
	rest.NotRun = slices.DeleteFunc(slices.Clone(rest.NotRun), func(n NotRun) bool { return r.leaves(n.ID) || r.unshown(n.ID) })
	rest.Selected -= len(r.Coverage.NotRun) - len(rest.NotRun)
	return rest.gaps()
}

// leaves tells whether a case of the requirement is among the leftovers.
func (r Run) leaves(id string) bool {
	return slices.ContainsFunc(r.Results, func(result Result) bool {
		return result.Requirement.ID == id && (result.Verdict.unjudged() || result.unreached())
	})
}

// unshown tells that an integration had no occasion for what the case is about, or
// never took it.
func (r Result) unshown() bool { return r.Verdict == Skipped && r.Skip == NotShown }

// unshown tells whether a case of the requirement was not shown.
func (r Run) unshown(id string) bool {
	return slices.ContainsFunc(r.Results, func(result Result) bool { return result.Requirement.ID == id && result.unshown() })
}

// notShown groups what an integration did not show by the reason. A requirement of
// which other cases came to something is named with the case.
func (r Run) notShown() []group {
	var groups []group
	for _, result := range r.Results {
		if !result.unshown() {
			continue
		}
		name := inline(result.Requirement.ID)
		if slices.ContainsFunc(r.Results, func(other Result) bool {
			return other.Requirement.ID == result.Requirement.ID && !other.unshown()
		}) {
			name = inline(result.Name())
		}
		groups = gather(groups, cmp.Or(inline(result.Reason), "no reason is known"), name)
	}
	for i := range groups {
		slices.Sort(groups[i].names)
		groups[i].names = ranged(slices.Compact(groups[i].names))
	}
	return groups
}

// skippedBeside groups the skipped cases of requirements that are no gap: another
// case of theirs was judged, or is among the leftovers.
func (r Run) skippedBeside() []group {
	var beside Run
	for _, result := range r.Results {
		named := func(n NotRun) bool { return n.ID == result.Requirement.ID }
		gap := slices.ContainsFunc(r.Coverage.NotRun, named) && !r.leaves(result.Requirement.ID) && !r.unshown(result.Requirement.ID)
		if !gap && !result.unreached() && !result.unshown() {
			beside.Results = append(beside.Results, result)
		}
	}
	return beside.skips()
}

// skipped tells, one line for each reason, what was not tried.
func (r Run) skipped() []string {
	var lines []string
	for _, l := range r.leftovers() {
		if l.verdict == Skipped {
			lines = append(lines, l.String())
		}
	}
	for _, g := range append(r.gaps(), r.skippedBeside()...) {
		lines = append(lines, g.String())
	}
	return lines
}
