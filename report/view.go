package report

import (
	"fmt"
	"strconv"
	"strings"
)

// The columns of a result's line: verdict, ID, sentence.
const (
	verdictColumns = 9
	idColumns      = 9
)

// head writes what is about to be tested, and how.
func (p *page) head(h Head, cases int) {
	suite, about := fit(h.suite(), p.width), " · conformance of a Table Tracker gateway"
	if width(suite+about) > p.width {
		about = ""
	}
	p.add("\n" + p.paint(bold, suite) + about + "\n\n")
	for _, f := range h.facts() {
		p.field(2, 13, f.label, plain, f.value)
	}
	p.field(2, 13, "cases", plain, strconv.Itoa(cases))
	if len(h.NoCertification) > 0 {
		p.add("\n  " + p.paint(yellow, "NO CERTIFICATION") + "\n")
		for _, reason := range h.NoCertification {
			p.hang("  - ", 4, plain, inline(reason))
		}
	}
	p.add("\n")
}

// result writes what is to be seen of a result: the full story of what needs
// attention, a line of what was observed, and of the rest a line if all are to
// be listed.
func (p *page) result(r Result, all bool) {
	switch r.Verdict {
	case Pass, Skipped:
		if all {
			p.line(r)
		}
	case Info:
		p.line(r)
		p.notes(r, verdictColumns, warningOnConsole)
	case Warning:
		p.story(r, warningOnConsole)
	default:
		p.story(r, failureOnConsole)
	}
}

// lead is the verdict and the ID, in columns; columns is its width.
func (p *page) lead(r Result) (text string, columns int) {
	verdict := pad(fit(inline(string(r.Verdict)), 12), verdictColumns-2) + "  "
	id := pad(fit(inline(r.Requirement.ID), 12), idColumns-2) + "  "
	look := inks[r.Verdict]
	name := plain
	if r.Verdict != Pass && r.Verdict != Skipped {
		name = bold
	}
	return p.paint(look, verdict) + p.paint(name, id), width(verdict) + width(id)
}

// sentence is what the case is about.
func (r Result) sentence() string {
	if r.Case == "" {
		return inline(r.Requirement.Sentence)
	}
	return inline(r.Case) + ": " + inline(r.Requirement.Sentence)
}

// line writes a result in exactly one line. Of a skipped case the reason matters
// more than what it would have tested.
func (p *page) line(r Result) {
	lead, columns := p.lead(r)
	text, took := r.sentence(), brief(r.Duration)
	if r.Verdict == Skipped {
		text, took = r.skipReason(), ""
		if r.Case != "" {
			text = inline(r.Case) + ": " + text
		}
	}
	room := max(p.width-columns-len(took)-2, 10)
	text = pad(fit(text, room), room)
	p.add(strings.TrimRight(lead+text+"  "+p.paint(faint, took), " ") + "\n")
}

// story writes a result with all that proves it.
func (p *page) story(r Result, most limits) {
	lead, columns := p.lead(r)
	p.add("\n")
	p.hang(lead, columns, bold, r.sentence())
	p.details(r, verdictColumns, most)
	p.add("\n")
}

// say writes a line that stands out.
func (p *page) say(line string) {
	p.add("\n")
	p.hang(p.paint(shout, " >>> ")+"    ", verdictColumns, shout, inline(line))
	p.add("\n")
}

// heartbeat writes that the run is alive, and what it waits for.
func (p *page) heartbeat(f frame) {
	text := fmt.Sprintf("%d of %d done", f.done, f.cases)
	if f.waiting != "" {
		text += ", " + f.waiting
	}
	if p.log {
		p.width = 0
	}
	p.hang(p.paint(faint, pad("running", verdictColumns)), verdictColumns, faint, text)
}
