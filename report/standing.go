package report

import (
	"slices"

	"ttcheck/protocol"
)

// standing is a requirement of an integration, and what became of it.
type standing struct {
	requirement protocol.Requirement
	results     []Result
}

// standings lists every requirement that an integration owes, in the order of the
// catalogue, then any other that a result names.
func (r Run) standings() []standing {
	var all []standing
	for _, q := range protocol.Catalogue {
		if q.Chapter == protocol.POS {
			all = append(all, standing{requirement: q})
		}
	}
	for _, result := range r.Results {
		i := slices.IndexFunc(all, func(s standing) bool { return s.requirement.ID == result.Requirement.ID })
		if i < 0 {
			i = len(all)
			all = append(all, standing{})
		}
		// The requirement as it read when it was judged.
		all[i].requirement = result.Requirement
		all[i].results = append(all[i].results, result)
	}
	return all
}

// worsening is the order in which one case outweighs another of the same requirement. What
// was skipped says nothing as long as another case was judged.
var worsening = []Verdict{Skipped, Info, Pass, Warning, Inconclusive, Error, Fail}

// severity is the verdict's place in that order; an unknown one is an error.
func (v Verdict) severity() int {
	if i := slices.Index(worsening, v); i >= 0 {
		return i
	}
	return slices.Index(worsening, Error)
}

// worst is the verdict that stands for the requirement. It is Skipped where there is no
// result.
func (s standing) worst() Verdict {
	worst := Skipped
	for _, result := range s.results {
		if result.Verdict.severity() > worst.severity() {
			worst = result.Verdict
		}
	}
	return worst
}

// judged tells whether a case of the requirement was judged.
func (s standing) judged() bool {
	return slices.ContainsFunc(s.results, func(result Result) bool {
		return result.Verdict != Skipped && !result.Verdict.unjudged()
	})
}

// unshown names the requirement if it was not judged, or else those of its cases that were
// not shown.
func (s standing) unshown() []string {
	if !s.judged() {
		return []string{s.requirement.ID}
	}
	var names []string
	for _, result := range s.results {
		if result.unshown() {
			names = append(names, result.Name())
		}
	}
	return names
}

// word says what became of the requirement: the verdict, or how it came that there is none.
func (s standing) word() string {
	switch {
	case len(s.results) == 0:
		return "not played"
	case s.worst() != Skipped:
		return s.worst().word("")
	case slices.ContainsFunc(s.results, Result.unshown):
		return string(NotShown)
	}
	return Skipped.word(s.results[0].Skip)
}

// word is the verdict in a table; of what was skipped it is the kind of reason.
func (v Verdict) word(skip SkipKind) string {
	switch {
	case v == "":
		return "no verdict"
	case v == Skipped && skip != "":
		return string(skip)
	}
	return string(v)
}

// cases names the cases that have a name, each with its verdict where that is not the
// requirement's.
func (s standing) cases() []string {
	var names []string
	for _, result := range s.results {
		if result.Case == "" {
			continue
		}
		name := inline(result.Case)
		if word := result.Verdict.word(result.Skip); word != s.word() {
			name += " (" + inline(word) + ")"
		}
		names = append(names, name)
	}
	return names
}
