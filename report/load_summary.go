package report

import (
	"strings"
)

// The widths of a summary's label and of the word that judges.
const (
	loadLabels  = 11
	loadJudging = 7
)

// The bounds of what a summary lists; the report file has all of it.
const (
	causesAtMost    = 10
	endpointsAtMost = 20
	statusesAtMost  = 10
)

func (p *page) loadField(label, text string) { p.field(2, loadLabels, label, plain, text) }

// loadFields writes lines that share a label.
func (p *page) loadFields(label string, lines []string) {
	for _, line := range lines {
		p.loadField(label, line)
		label = ""
	}
}

// judgement writes a line that begins with a word of judgement.
func (p *page) judgement(label string, look ink, word, text string) {
	lead := "  " + p.paint(faint, pad(label, loadLabels)) + p.paint(look, pad(word, loadJudging))
	p.hang(lead, 2+loadLabels+loadJudging, plain, text)
}

// load writes what a load came to, and the conclusion last, where a terminal leaves it in
// sight.
func (p *page) load(l Load) {
	p.add("\n")
	if l.SetupError == "" || len(l.Counters) > 0 || len(l.Latencies) > 0 {
		if len(l.Steps) > 0 {
			p.hang("  ", 2, bold, l.stepShown())
			p.add("\n")
		}
		p.latencies(l)
		p.add("\n")
		if readings := l.readings(); len(readings) > 0 {
			for _, r := range readings {
				p.hang("  ", 2, r.look, r.text)
			}
			p.add("\n")
		}
		p.loadCounts(l)
		p.exactness(l)
		p.loadThresholds(l)
		p.loadSteps(l)
	}
	errors, more := frequent(l.Errors, causesAtMost)
	p.loadFields("errors", andMore(errors, more, "other error"))
	p.loadFields("remark", cleaned(l.Remarks))
	var stopped []string
	if l.Interrupted {
		stopped = append(stopped, "by a signal")
	}
	if l.Stopped != "" {
		stopped = append(stopped, inline(l.Stopped))
	}
	for _, ending := range []struct{ label, text string }{{"set-up", inline(l.SetupError)}, {"stopped", strings.Join(stopped, "; ")}} {
		if ending.text != "" {
			p.field(2, loadLabels, ending.label, red, ending.text)
		}
	}
	duration := brief(l.Head.Duration)
	if len(l.Steps) > 0 {
		duration += ", of the step whose figures these are"
	}
	p.loadField("duration", duration)
	p.add("\n")
	if l.Head.Reproduce != "" {
		// Never broken into lines: it is there to be copied.
		p.add("Again: " + inline(l.Head.Reproduce) + "\n")
	}
	if p.log {
		p.width = 0
	}
	p.hang("", 0, l.look(), l.Conclusion())
}

// andMore adds a line for what a list left out.
func andMore(lines []string, left int, noun string) []string {
	if left > 0 {
		lines = append(lines, "and "+numbered(int64(left), noun))
	}
	return lines
}

// exactness writes whether every socket heard what it should, once and in order.
func (p *page) exactness(l Load) {
	wrong := false
	var parts []string
	for _, c := range []struct{ metric, what string }{
		{MetricLost, "lost"}, {MetricRepeated, "repeated"}, {MetricOutOfOrder, "out of order"}, {MetricSeqGaps, "left out of seq"},
	} {
		n := l.Counters[c.metric]
		wrong = wrong || n != 0
		if c.metric == MetricLost && n == 0 && l.Counters[MetricChangesSent] == 0 {
			continue // nothing was made that could be lost
		}
		parts = append(parts, grouped(n)+" "+c.what)
	}
	text := strings.Join(parts, ", ")
	switch {
	case wrong:
		p.judgement("exactness", red, "wrong", text)
	case l.Counters[MetricEvents] == 0:
		p.judgement("exactness", yellow, "?", "no event was heard, so nothing could be checked")
	default:
		p.judgement("exactness", green, "exact", text)
	}
}

// loadThresholds writes what became of each threshold, and which of them hold for want of
// anything that could break them.
func (p *page) loadThresholds(l Load) {
	label := "thresholds"
	for _, t := range l.Thresholds {
		look, word := green, "held"
		var notes []string
		if t.Default {
			notes = append(notes, "default")
		}
		switch {
		case t.Broken:
			look, word = red, "broken"
		case l.unheard() && t.ofEvents():
			look, notes = yellow, append(notes, "nothing heard")
		}
		text := t.String()
		if len(notes) > 0 {
			text += " (" + strings.Join(notes, ", ") + ")"
		}
		p.judgement(label, look, word, text)
		label = ""
	}
}

// String is the threshold with what was measured.
func (t ThresholdResult) String() string { return inline(t.Text) + ": " + inline(t.Actual) }
