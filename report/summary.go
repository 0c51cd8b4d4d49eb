package report

import (
	"slices"
	"strconv"
	"strings"
)

const (
	chapterColumns   = 15 // the width of the chapter's column in the table of counts
	groupNamesAtMost = 24 // how many names or ranges of names a group lists
)

// summary writes what a run came to: the counts, what was not judged and why, and
// the conclusion last, where a terminal leaves it in sight.
func (p *page) summary(r Run) {
	p.add("\n")
	item := func(label string, text string) { p.field(2, 13, label, plain, text) }
	switch {
	case len(r.Results) == 0:
	case r.Head.Integration != nil:
		// It has one chapter.
		_, all := r.tallies()
		item("cases:", all.String())
	default:
		p.table(r)
		p.add("\n")
	}
	item("coverage:", r.Coverage.String())
	for _, l := range r.leftovers() {
		item("not judged:", l.String())
	}
	for _, g := range r.notShown() {
		item("not shown:", g.String())
	}
	for _, g := range r.gaps() {
		item("not judged:", g.String())
	}
	for _, g := range r.skippedBeside() {
		item("skipped:", g.String())
	}
	for _, remark := range r.Remarks {
		item("remark:", inline(remark))
	}
	item("duration:", brief(r.Head.Duration))
	p.add("\n")

	if p.log {
		p.width = 0
	}
	look := inks[Fail]
	if r.Outcome() == Passed {
		look = inks[Pass]
		if r.Count(Warning) > 0 {
			look = inks[Warning]
		}
	}
	p.hang("", 0, look, r.Conclusion())
	p.hang("", 0, plain, r.Certification())
	if r.Head.Reproduce != "" {
		// Never broken into lines: it is there to be copied.
		p.add("Again: " + inline(r.Head.Reproduce) + "\n")
	}
}

// String names what shares the reason, and the reason.
func (g group) String() string {
	return listed(g.names, groupNamesAtMost) + " – " + g.reason
}

// columns lists the verdicts that a table shows: always those that decide, the
// others if there are any.
func (t tally) columns() []Verdict {
	return slices.DeleteFunc(slices.Clone(Verdicts), func(v Verdict) bool {
		return t[v] == 0 && v != Pass && v != Fail
	})
}

// table writes the counts by chapter and verdict.
func (p *page) table(r Run) {
	byChapter, all := r.tallies()
	columns := all.columns()
	if room := chapterColumns + 2; p.width > 0 {
		for _, v := range columns {
			room += 2 + len(v)
		}
		if room > p.width {
			p.list(r)
			return
		}
	}
	row := func(name string, look ink, cell func(Verdict) (string, ink)) {
		p.add("  " + p.paint(look, pad(fit(name, chapterColumns-1), chapterColumns)))
		for _, v := range columns {
			text, look := cell(v)
			p.add("  " + p.paint(look, strings.Repeat(" ", max(0, len(v)-width(text)))+text))
		}
		p.add("\n")
	}
	counts := func(t tally) func(Verdict) (string, ink) {
		return func(v Verdict) (string, ink) {
			if t[v] == 0 {
				return "·", faint
			}
			return strconv.Itoa(t[v]), inks[v]
		}
	}
	row("chapter", faint, func(v Verdict) (string, ink) { return string(v), faint })
	for _, c := range r.chapters() {
		if t := byChapter[c]; t != nil {
			row(inline(string(c)), plain, counts(t))
		}
	}
	row("total", bold, counts(all))
}

// list writes what table does, for a narrow terminal.
func (p *page) list(r Run) {
	byChapter, all := r.tallies()
	for _, c := range r.chapters() {
		if t := byChapter[c]; t != nil {
			p.field(2, chapterColumns, inline(string(c)), plain, t.String())
		}
	}
	p.field(2, chapterColumns, "total", bold, all.String())
}
