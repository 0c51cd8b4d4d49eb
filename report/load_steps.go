package report

import (
	"fmt"
	"slices"
	"strings"
)

// String is what the step asked of the gateway.
func (s LoadStep) String() string {
	return numbered(int64(s.Sockets), "socket") + " at " + perSecond(s.Rate) + " changes/s"
}

// Line is the step and what became of it in one line, for a log.
func (s LoadStep) Line() string {
	became := "held"
	if !s.Held {
		became = "did not hold"
	}
	delays := "no samples of " + MetricEventLatency
	if s.sampled() {
		delays = fmt.Sprintf("%s p50 %s, p99 %s", MetricEventLatency, figure(s.P50), figure(s.P99))
	}
	return fmt.Sprintf("%s, %s changes/s: %s (%s)", numbered(int64(s.Sockets), "socket"), perSecond(s.Rate),
		became, strings.Join(append(s.why(), delays), "; "))
}

// sampled tells whether the step has percentiles.
func (s LoadStep) sampled() bool { return s.P50 > 0 || s.P99 > 0 }

// why lists what broke in a step, and what else is to say of it.
func (s LoadStep) why() []string {
	var lines []string
	for _, t := range s.Thresholds {
		if t.Broken {
			lines = append(lines, t.String())
		}
	}
	if s.Note != "" {
		lines = append(lines, inline(s.Note))
	}
	return lines
}

// didNot says that a step did not hold, and why.
func (s LoadStep) didNot() string {
	if why := s.why(); len(why) > 0 {
		return " did not (" + strings.Join(why, "; ") + ")"
	}
	return " did not"
}

// unlike is what the step asked of the gateway, without what the other one asked as well.
func (s LoadStep) unlike(other LoadStep) string {
	switch {
	case s.Rate == other.Rate:
		return grouped(int64(s.Sockets))
	case s.Sockets == other.Sockets:
		return perSecond(s.Rate) + " changes/s"
	}
	return s.String()
}

// lastHeld is the index of the last step that held, or -1.
func (l Load) lastHeld() int {
	for i := len(l.Steps) - 1; i >= 0; i-- {
		if l.Steps[i].Held {
			return i
		}
	}
	return -1
}

// limit says what a search for the limit found.
func (l Load) limit() string {
	last := l.lastHeld()
	if last < 0 {
		return "NO STEP HELD: " + l.Steps[0].String() + l.Steps[0].didNot()
	}
	held := l.Steps[last]
	text := "NO LIMIT FOUND: the last step held, too: " + held.String()
	// The last that broke is the one closest to the limit.
	for _, s := range slices.Backward(l.Steps) {
		if !s.Held {
			text = "LIMIT FOUND: " + held.String() + " held, " + s.unlike(held) + s.didNot()
			break
		}
	}
	if l.unheard() {
		text += "; " + nothingHeard
	}
	return text
}

// stepShown says of which step of a search all other figures are.
func (l Load) stepShown() string {
	if last := l.lastHeld(); last >= 0 {
		return "Figures of the step with " + l.Steps[last].String() + ", the last that held:"
	}
	return "Figures of the step with " + l.Steps[0].String() + ", the first, which did not hold:"
}

// loadSteps writes what a search for the limit tried.
func (p *page) loadSteps(l Load) {
	if len(l.Steps) == 0 {
		return
	}
	head := []cell{{"step", faint}, {"sockets", faint}, {"changes/s", faint}, {"p50", faint}, {"p99", faint}}
	rows := [][]cell{head}
	last := l.lastHeld()
	for i, s := range l.Steps {
		judged, look := cell{"held", green}, plain
		if !s.Held {
			judged = cell{"broken", red}
		}
		if i == last {
			look = bold
		}
		p50, p99 := none, none
		if s.sampled() {
			p50, p99 = figure(s.P50), figure(s.P99)
		}
		rows = append(rows, []cell{judged, {grouped(int64(s.Sockets)), look}, {perSecond(s.Rate), look}, {p50, look}, {p99, look}})
	}
	p.add("\n")
	p.hang("  ", 2, plain, "Steps of the search, with p50 and p99 of "+MetricEventLatency+":")
	widths := columnsOf(rows)
	table := p.holds(widths)
	if table {
		p.row(widths, head)
	}
	for i, s := range l.Steps {
		if row := rows[i+1]; table {
			p.row(widths, row)
		} else {
			p.hang("  "+p.paint(row[0].look, pad(row[0].text, loadJudging)), 2+loadJudging, row[1].look,
				s.String()+", p50 "+row[3].text+", p99 "+row[4].text)
		}
		for _, why := range s.why() {
			p.hang(strings.Repeat(" ", 2+loadJudging), 2+loadJudging, plain, why)
		}
	}
	text := "No step held."
	if last >= 0 {
		text = "The last that held: " + l.Steps[last].String() + "."
	}
	p.hang("  ", 2, bold, text)
	p.add("\n")
}
