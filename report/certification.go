package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ttcheck/protocol"
)

// everyName has a line name all requirements that it is about: a certificate leaves none
// to be guessed.
const everyName = 1000

// certified says of an integration that it is certified, or every reason why it is not.
func (r Run) certified() string {
	if against := r.objections(); len(against) > 0 {
		return "NOT CERTIFIED: " + strings.Join(against, "; ")
	}
	held, all := 0, r.standings()
	for _, s := range all {
		if v := s.worst(); v == Pass || v == Info {
			held++
		}
	}
	scope := fmt.Sprintf("the %d requirements", held)
	if held < len(all) {
		scope = fmt.Sprintf("%d of the %d requirements", held, len(all))
	}
	text := fmt.Sprintf("CERTIFIED: %s meets %s of an integration, as ttcheck %s tests them",
		r.Head.Integration.title(), scope, inline(r.Head.SuiteVersion))
	if ids := r.ids(Warning); len(ids) > 0 {
		text += "; warned of: " + listed(ids, everyName)
	}
	var unshown []string
	for _, s := range all {
		unshown = append(unshown, s.unshown()...)
	}
	if len(unshown) > 0 {
		text += "; not shown: " + listed(unshown, everyName)
	}
	return text
}

// title names the integration with its version.
func (i Integration) title() string {
	return cmp.Or(strings.TrimSpace(inline(i.Name)+" "+inline(i.Version)), "an integration without a name")
}

// objections lists every reason for which an integration is not certified.
func (r Run) objections() []string {
	var against []string
	if r.Interrupted {
		against = append(against, "the run was interrupted after "+r.progress())
	}
	if r.Count(Fail) > 0 {
		against = append(against, r.failing(everyName))
	}
	against = append(against, r.hindrances()...)
	if r.Outcome() == NothingRun {
		against = append(against, r.idle())
	}
	against = append(against, cleaned(r.Head.NoCertification)...)
	return append(against, r.unseen()...)
}

// unseen names the MUST requirements of an integration of which nothing is known, and of
// which no other objection tells. No run may certify in silence what it did not see.
func (r Run) unseen() []string {
	if r.Outcome() == NothingRun {
		return nil
	}
	var groups []group
	missing := 0
	for _, s := range r.standings() {
		id := s.requirement.ID
		named := slices.ContainsFunc(r.Head.NoCertification, func(reason string) bool { return strings.Contains(reason, id) })
		if s.requirement.Level != protocol.Must || s.judged() || named || s.worst() != Skipped {
			continue
		}
		missing++
		groups = gather(groups, r.whyUnjudged(s), inline(id))
	}
	if missing == 0 {
		return nil
	}
	parts := make([]string, 0, len(groups))
	for _, g := range groups {
		g.names = ranged(g.names)
		parts = append(parts, listed(g.names, everyName)+" – "+g.reason)
	}
	verb := "were"
	if missing == 1 {
		verb = "was"
	}
	return []string{fmt.Sprintf("of the MUST requirements %d %s not shown (%s)", missing, verb, strings.Join(parts, "; "))}
}

// whyUnjudged is the reason for which no case of a requirement was judged.
func (r Run) whyUnjudged(s standing) string {
	for _, n := range r.Coverage.NotRun {
		if n.ID == s.requirement.ID && n.Reason != "" {
			return inline(n.Reason)
		}
	}
	for _, result := range s.results {
		if result.Reason != "" {
			return inline(result.Reason)
		}
	}
	return s.word()
}
