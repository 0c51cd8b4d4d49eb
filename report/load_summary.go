package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
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
		p.loadThresholds("thresholds", l.Thresholds)
		p.loadSteps(l)
	}
	errors, more := frequent(l.Errors, causesAtMost)
	p.loadFields("errors", andMore(errors, more, "other error"))
	p.loadFields("remark", cleaned(l.Remarks))
	for _, ending := range []struct{ label, text string }{{"set-up", l.SetupError}, {"stopped", l.Stopped}} {
		if ending.text != "" {
			p.field(2, loadLabels, ending.label, red, inline(ending.text))
		}
	}
	if l.Interrupted {
		p.field(2, loadLabels, "stopped", red, "by a signal")
	}
	p.loadField("duration", brief(l.Head.Duration))
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
		lines = append(lines, "and "+count(left, noun))
	}
	return lines
}

// loadCounts writes what was opened, sent and answered.
func (p *page) loadCounts(l Load) {
	n := func(metric, what string) string { return grouped(l.Counters[metric]) + " " + what }
	var sockets []string
	if planned := l.plannedSockets(); planned > 0 {
		text := grouped(planned) + " planned"
		if l.Head.Shards > 1 {
			text += " for all shards"
		}
		sockets = append(sockets, text)
	}
	sockets = append(sockets, n(MetricSocketsOpened, "opened"), n(MetricSocketsPeak, "at the peak"), n(MetricDropped, "dropped"))
	if l.Counters[MetricConnectErrors] > 0 {
		sockets = append(sockets, n(MetricConnectErrors, "could not be opened or were not served"))
	}
	p.loadField("sockets", strings.Join(sockets, ", "))
	causes, more := frequent(l.Closes, causesAtMost)
	if len(causes) > 0 {
		p.loadField("closed", strings.Join(andMore(causes, more, "other cause"), ", "))
	}
	events := n(MetricEvents, "deliveries")
	if l.Counters[MetricOtherEvents] > 0 {
		events += ", " + n(MetricOtherEvents, "of them of events that no change of the run made")
	}
	p.loadField("events", events)
	p.loadField("changes", strings.Join([]string{
		n(MetricChangesPlanned, "planned"), n(MetricChangesSent, "sent"), n(MetricChangesLate, "late"),
		n(MetricChangesSkipped, "skipped"), n(MetricChangesFailed, "failed"),
	}, ", "))
	if l.Counters[MetricHistoryPlanned] > 0 {
		p.loadField("history", n(MetricHistoryPlanned, "queries planned, ")+n(MetricHistorySkipped, "skipped"))
	}
	p.answers(l)
	if l.Counters[MetricOnlineUnanswered] > 0 {
		p.field(2, loadLabels, "online", red, n(MetricOnlineUnanswered, "not answered in time (GET /api/v2, each second)"))
	}
	if l.Counters[MetricBadMessages] > 0 {
		p.field(2, loadLabels, "messages", red, n(MetricBadMessages, "could not be understood"))
	}
}

// answers writes what each endpoint answered.
func (p *page) answers(l Load) {
	var lines []string
	endpoints := slices.Sorted(maps.Keys(l.Answers))
	shown := min(len(endpoints), endpointsAtMost)
	for _, endpoint := range endpoints[:shown] {
		statuses, more := frequent(l.Answers[endpoint], statusesAtMost)
		if len(statuses) > 0 {
			lines = append(lines, inline(endpoint)+": "+strings.Join(andMore(statuses, more, "other answer"), ", "))
		}
	}
	p.loadFields("answers", andMore(lines, len(endpoints)-shown, "other endpoint"))
}

// plannedSockets is the most that the plan asks for at one time; 0 if it does not say, or
// if a search for the limit chose the number.
func (l Load) plannedSockets() int64 {
	var plan struct {
		Sockets int64 `json:"sockets"`
		Stages  []struct {
			Sockets int64 `json:"sockets"`
		} `json:"stages"`
	}
	if len(l.Steps) > 0 || json.Unmarshal(l.Plan, &plan) != nil {
		return 0
	}
	most := plan.Sockets
	for _, stage := range plan.Stages {
		most = max(most, stage.Sockets)
	}
	return most
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

// loadThresholds writes what became of each threshold.
func (p *page) loadThresholds(label string, thresholds []ThresholdResult) {
	for _, t := range thresholds {
		look, word := green, "held"
		if t.Broken {
			look, word = red, "broken"
		}
		text := t.String()
		if t.Default {
			text += " (default)"
		}
		p.judgement(label, look, word, text)
		label = ""
	}
}

// String is the threshold with what was measured.
func (t ThresholdResult) String() string { return inline(t.Text) + ": " + inline(t.Actual) }

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
		p50, p99 := figure(s.P50), figure(s.P99)
		if s.P50 == 0 && s.P99 == 0 {
			p50, p99 = "-", "-"
		}
		rows = append(rows, []cell{judged, {grouped(int64(s.Sockets)), look}, {perSecond(s.Rate), look}, {p50, look}, {p99, look}})
	}
	p.add("\n")
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

// String is what the step asked of the gateway.
func (s LoadStep) String() string {
	return fmt.Sprintf("%s sockets at %s changes/s", grouped(int64(s.Sockets)), perSecond(s.Rate))
}

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

// lastHeld is the index of the last step that held, or -1.
func (l Load) lastHeld() int {
	for i := len(l.Steps) - 1; i >= 0; i-- {
		if l.Steps[i].Held {
			return i
		}
	}
	return -1
}
