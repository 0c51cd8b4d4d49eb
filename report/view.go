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
	if h.Integration != nil {
		about = " · certification of a Table Tracker integration"
	}
	if width(suite+about) > p.width {
		about = ""
	}
	p.add("\n" + p.paint(bold, suite) + about + "\n\n")
	for _, f := range h.facts() {
		p.field(2, 13, f.label, plain, f.value)
	}
	p.field(2, 13, "cases", plain, strconv.Itoa(cases))
	if len(h.NoCertification) > 0 {
		p.add("\n  " + p.paint(bold, "NO CERTIFICATION") + ", because\n")
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

// line writes a result in one line, which only a terminal bounds. Of a skipped
// case the reason matters more than what it would have tested: it is shown in
// full.
func (p *page) line(r Result) {
	lead, columns := p.lead(r)
	text, took := r.sentence(), ""
	if r.Duration > 0 {
		took = brief(r.Duration)
	}
	if r.Verdict == Skipped {
		text = r.skipReason()
		if r.Case != "" {
			text = inline(r.Case) + ": " + text
		}
		p.unbroken(lead, columns, text)
		return
	}
	room := max(p.width-columns-len(took)-2, 10)
	if !p.log {
		text = fit(text, room)
	}
	p.add(strings.TrimRight(lead+pad(text, room)+"  "+p.paint(faint, took), " ") + "\n")
}

// again writes a result that came about like an earlier one.
func (p *page) again(r Result, earlier string) {
	lead, columns := p.lead(r)
	text := "for the same reason as " + earlier
	if r.Case != "" {
		text = inline(r.Case) + ": " + text
	}
	p.unbroken(lead, columns, text)
}

// unbroken writes text behind a lead: in a log in one line, on a terminal in as
// many as it takes.
func (p *page) unbroken(lead string, columns int, text string) {
	if p.log {
		p.add(strings.TrimRight(lead+text, " ") + "\n")
		return
	}
	p.hang(lead, columns, plain, text)
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
