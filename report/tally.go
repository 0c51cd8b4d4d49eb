package report

import (
	"fmt"
	"slices"
	"strings"

	"ttcheck/protocol"
)

// tally counts the verdicts of one chapter, or of all.
type tally map[Verdict]int

// String names the verdicts that there are, with their numbers.
func (t tally) String() string {
	var parts []string
	for _, v := range Verdicts {
		if t[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", t[v], v))
		}
	}
	return strings.Join(parts, " · ")
}

// chapters lists the chapters of the run: those selected, in their order, then
// any other that a result names.
func (r Run) chapters() []protocol.Chapter {
	var chapters []protocol.Chapter
	add := func(c protocol.Chapter) {
		if !slices.Contains(chapters, c) {
			chapters = append(chapters, c)
		}
	}
	for _, c := range r.Head.Chapters {
		add(c)
	}
	for _, result := range r.Results {
		add(result.Requirement.Chapter)
	}
	return chapters
}

// tallies counts the verdicts of each chapter that has results, and of all.
func (r Run) tallies() (byChapter map[protocol.Chapter]tally, all tally) {
	byChapter, all = map[protocol.Chapter]tally{}, tally{}
	for _, result := range r.Results {
		c := result.Requirement.Chapter
		if byChapter[c] == nil {
			byChapter[c] = tally{}
		}
		byChapter[c][result.Verdict]++
		all[result.Verdict]++
	}
	return byChapter, all
}

// String says how many of the selected requirements were judged.
func (c Coverage) String() string {
	return fmt.Sprintf("%d of %d selected requirements were judged", c.Ran, c.Selected)
}

// gaps groups the requirements that were not judged by the reason. One that is
// missing without a reason is shown, too: nothing may fall out of sight.
func (c Coverage) gaps() []group {
	var groups []group
	for _, n := range c.NotRun {
		groups = gather(groups, inline(n.Reason), inline(n.ID))
	}
	for i := range groups {
		groups[i].names = ranged(groups[i].names)
	}
	if lost := c.Selected - c.Ran - len(c.NotRun); lost > 0 {
		groups = append(groups, group{"no reason is known", []string{count(lost, "requirement")}})
	}
	return groups
}

// skips groups the skipped cases by the reason.
func (r Run) skips() []group {
	var groups []group
	for _, result := range r.Results {
		if result.Verdict == Skipped {
			groups = gather(groups, result.skipReason(), inline(result.Name()))
		}
	}
	for i := range groups {
		groups[i].names = ranged(groups[i].names)
	}
	return groups
}

// skipReason says why a case was skipped, its kind first.
func (r Result) skipReason() string {
	kind, reason := inline(string(r.Skip)), inline(r.Reason)
	if kind == "" || reason == "" {
		return kind + reason
	}
	return kind + ": " + reason
}

// group is what shares one reason.
type group struct {
	reason string
	names  []string
}

// gather adds a name to the group of its reason.
func gather(groups []group, reason, name string) []group {
	i := slices.IndexFunc(groups, func(g group) bool { return g.reason == reason })
	if i < 0 {
		return append(groups, group{reason, []string{name}})
	}
	groups[i].names = append(groups[i].names, name)
	return groups
}
