package suites

import (
	"cmp"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2/types"

	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// selection is which cases a run consists of, and which requirements it speaks for.
type selection struct {
	cases        []spec.Case
	requirements []protocol.Requirement
	// partial lists in what way the selection is less than the profile.
	partial []string
}

// choose applies chapters, profile and label filter.
func choose(cfg Config, chapters []spec.Chapter) (selection, error) {
	if !slices.Contains([]string{"quickstart", "reference", "full"}, cfg.Profile) {
		return selection{}, usage("unknown profile %.40q: use quickstart, reference or full", cfg.Profile)
	}
	if err := checkChapters(cfg.Chapters, chapters); err != nil {
		return selection{}, err
	}
	filter, err := types.ParseLabelFilter(cfg.LabelFilter)
	if err != nil {
		return selection{}, usage("bad label filter %.80q: combine labels with &&, ||, ! and parentheses", cfg.LabelFilter)
	}
	var s selection
	for _, chapter := range chapters {
		if len(cfg.Chapters) > 0 && !slices.Contains(cfg.Chapters, chapter.Name) {
			continue
		}
		for _, k := range chapter.Cases {
			if k.Requirement().InProfile(cfg.Profile) && filter(k.Labels()) {
				s.cases = append(s.cases, k)
			}
		}
		s.requirements = append(s.requirements, spokenFor(cfg, chapter, s.cases)...)
	}
	slices.SortStableFunc(s.cases, func(a, b spec.Case) int { return strings.Compare(a.ID, b.ID) })
	slices.SortStableFunc(s.cases, func(a, b spec.Case) int { return chapterOf(a) - chapterOf(b) })
	s.partial = partial(cfg, chapters)
	if len(s.cases) == 0 {
		return s, &NothingError{"the selection matches no case: nothing was run"}
	}
	return s, nil
}

// spokenFor lists the chapter's requirements that the selection asks for: those
// of the profile, or under a label filter those of the cases that it left.
func spokenFor(cfg Config, chapter spec.Chapter, cases []spec.Case) []protocol.Requirement {
	return slices.DeleteFunc(slices.Clone(protocol.Catalogue), func(r protocol.Requirement) bool {
		if r.Chapter != chapter.Name || !r.InProfile(cfg.Profile) {
			return true
		}
		return cfg.LabelFilter != "" && !slices.ContainsFunc(cases, func(k spec.Case) bool { return k.ID == r.ID })
	})
}

// partial tells what of the profile a run leaves out by its selection.
func partial(cfg Config, chapters []spec.Chapter) []string {
	var reasons []string
	if len(cfg.Chapters) > 0 && len(cfg.Chapters) < len(chapters) {
		reasons = append(reasons, "only some chapters were selected")
	}
	if cfg.LabelFilter != "" {
		reasons = append(reasons, "a label filter was set")
	}
	var without []string
	for _, name := range protocol.Chapters() {
		covered := slices.ContainsFunc(chapters, func(c spec.Chapter) bool { return c.Name == name })
		asked := slices.ContainsFunc(protocol.Catalogue, func(r protocol.Requirement) bool {
			return r.Chapter == name && r.Chapter != protocol.POS && r.InProfile(cfg.Profile)
		})
		if asked && !covered {
			without = append(without, string(name))
		}
	}
	if len(without) > 0 {
		reasons = append(reasons, "this version has no cases for "+enumerate(without))
	}
	return reasons
}

// coverage compares what was asked for with what ran.
func (s selection) coverage(results []report.Result) report.Coverage {
	c := report.Coverage{Selected: len(s.requirements)}
	for _, r := range s.requirements {
		if reason, ran := WhyNotRun(r.ID, results); ran {
			c.Ran++
		} else {
			c.NotRun = append(c.NotRun, report.NotRun{ID: r.ID, Reason: reason})
		}
	}
	return c
}

// WhyNotRun tells whether a case of the requirement was judged, and if not, why the
// first one was not.
func WhyNotRun(id string, results []report.Result) (reason string, ran bool) {
	for _, result := range results {
		if result.Requirement.ID != id {
			continue
		}
		switch result.Verdict {
		case report.Skipped:
			reason = cmp.Or(reason, result.Reason)
		case report.Error, report.Inconclusive:
			reason = cmp.Or(reason, string(result.Verdict)+": "+result.Reason)
		default:
			return "", true
		}
	}
	return cmp.Or(reason, "no case in this version"), false
}

func chapterOf(k spec.Case) int {
	return slices.Index(protocol.Chapters(), k.Requirement().Chapter)
}

func chapterNames(chapters []spec.Chapter) string {
	var names []string
	for _, c := range chapters {
		names = append(names, string(c.Name))
	}
	return strings.Join(names, ", ")
}

// checkChapters refuses a chapter that does not exist, or has no cases yet.
func checkChapters(wanted []protocol.Chapter, chapters []spec.Chapter) error {
	for _, name := range wanted {
		if slices.ContainsFunc(chapters, func(c spec.Chapter) bool { return c.Name == name }) {
			continue
		}
		if name == protocol.POS {
			return usage("suite %q judges integrations, not gateways: use ttcheck certify", name)
		}
		return usage("unknown suite %.40q: use one of %s", name, chapterNames(chapters))
	}
	return nil
}

// enumerate joins words as a sentence does.
func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
