package report

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// cell is a piece of text with its look, such as of a table.
type cell struct {
	text string
	look ink
}

// cellGap is what lies between the columns of a table.
const cellGap = 2

// columnsOf is how wide the columns of a table are.
func columnsOf(rows [][]cell) []int {
	var widths []int
	for _, row := range rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(c.text))
		}
	}
	return widths
}

// holds tells whether a table with such columns, indented by two, is no wider than the page.
func (p *page) holds(widths []int) bool {
	sum := 2 - cellGap
	for _, w := range widths {
		sum += cellGap + w
	}
	return p.width == 0 || sum <= p.width
}

// row writes a row of a table: its first cell to the left of the column, the others to the
// right.
func (p *page) row(widths []int, row []cell) {
	line := "  "
	for i, c := range row {
		space := strings.Repeat(" ", widths[i]-width(c.text))
		if i == 0 {
			line += p.paint(c.look, c.text) + space
		} else {
			line += strings.Repeat(" ", cellGap) + space + p.paint(c.look, c.text)
		}
	}
	p.add(strings.TrimRight(line, " ") + "\n")
}

// lastingOrder are the lasting metrics as they are shown: what counts most comes first.
func lastingOrder() []string {
	order := []string{MetricEventLatency, MetricUncorrected, MetricEventLatencyOwn}
	for _, m := range Metrics {
		if m.Kind == Lasting && !slices.Contains(order, m.Name) {
			order = append(order, m.Name)
		}
	}
	return order
}

// loadPercents are the percentiles that are shown, and their names.
var loadPercents = []struct {
	name    string
	percent float64
}{{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}}

// latencies writes the percentiles of all that has samples.
func (p *page) latencies(l Load) {
	head := []cell{{"", faint}, {"count", faint}}
	for _, q := range loadPercents {
		head = append(head, cell{q.name, faint})
	}
	rows := [][]cell{append(head, cell{"max", faint})}
	for _, name := range lastingOrder() {
		h := l.Latencies[name]
		if !sampled(h) {
			continue
		}
		look := plain
		if name == MetricEventLatency {
			look = bold
		}
		if rest, ok := strings.CutPrefix(name, MetricEventLatency+"_"); ok {
			name = "  …_" + rest
		}
		row := []cell{{name, look}, {grouped(h.TotalCount()), look}}
		for _, q := range loadPercents {
			row = append(row, cell{figure(quantile(h, q.percent)), look})
		}
		rows = append(rows, append(row, cell{figure(time.Duration(h.Max()) * time.Microsecond), look}))
	}
	if len(rows) == 1 {
		p.hang("  ", 2, plain, "Nothing that takes time was measured: there are no samples.")
		return
	}
	if widths := columnsOf(rows); p.holds(widths) {
		for _, row := range rows {
			p.row(widths, row)
		}
		return
	}
	for _, row := range rows[1:] {
		var parts []string
		for i, c := range row[1:] {
			parts = append(parts, rows[0][i+1].text+" "+c.text)
		}
		name := strings.TrimLeft(row[0].text, " ")
		p.hang("  ", 2, row[0].look, name)
		p.hang("    ", 4, plain, strings.Join(parts, ", "))
	}
}

// The shares from which a difference is told.
const (
	heldUpShare = 0.1 // of event_latency's p99 above the uncorrected one
	ownShare    = 0.2 // of ttcheck's own delay in the p99 of event_latency, or else of skew
	mostlyShare = 0.5 // the same, where it is the greater part
	// toSpeakOf is a delay below which nobody minds whose it is.
	toSpeakOf = 5 * time.Millisecond
)

// readings tells how the percentiles are to be read, a sentence or two in each piece.
func (l Load) readings() []cell {
	var said []cell
	say := func(look ink, text string) { said = append(said, cell{text, look}) }
	p99 := func(name string) time.Duration { return quantile(l.Latencies[name], 99) }
	if text := l.heldUp(); text != "" {
		say(yellow, text)
	}
	if text := l.ownSamples(); text != "" {
		say(plain, text)
	}
	switch source := inline(l.Head.TimingSource); {
	case sampled(l.Latencies[MetricHandling]):
		text := "handling is ttcheck's own delay: from the arrival of bytes at this machine until they were handled"
		if source != "" {
			text += "; source: " + source
		}
		say(plain, text+".")
	case source != "":
		say(faint, "handling: "+source)
	}
	// What a run without changes of its own sends does not delay what it hears.
	whole, owns := l.yardstick(), []string{MetricHandling}
	if whole == MetricEventLatency {
		owns = append(owns, MetricSendLateness)
	}
	latency := p99(whole)
	cautioned := false
	for _, name := range owns {
		own := p99(name)
		if latency <= 0 || own < toSpeakOf || float64(own) <= ownShare*float64(latency) {
			continue
		}
		text := "are this machine's as well as the gateway's"
		if float64(own) > mostlyShare*float64(latency) {
			text = "say more about this machine than about the gateway"
		}
		say(yellow, fmt.Sprintf("CAUTION: at p99, %s (%s) is %s %% of %s (%s): the figures %s.",
			name, figure(own), inThousands(fmt.Sprintf("%.0f", 100*float64(own)/float64(latency))), whole, figure(latency), text))
		cautioned = true
	}
	if cautioned {
		say(plain, "Load from a stronger machine, or from several.")
	}
	if skipped := l.Counters[MetricChangesSkipped]; skipped > 0 {
		say(yellow, fmt.Sprintf("CAUTION: %s not sent, as the order's last change was still unanswered. They would have waited, too: the percentiles leave them out.",
			wereSkipped(skipped)))
	}
	return said
}

// ownSamples says why event_latency_own has fewer samples than event_latency, if it has.
func (l Load) ownSamples() string {
	own, all := l.Latencies[MetricEventLatencyOwn], l.Latencies[MetricEventLatency]
	switch {
	case !sampled(own) || !sampled(all) || own.TotalCount() >= all.TotalCount():
		return ""
	case l.Head.Shards > 1:
		return "…_own counts less: it is of the changes that this shard made."
	}
	return "…_own counts less: it is of the changes that a shard made and heard itself."
}

func wereSkipped(n int64) string {
	if n == 1 {
		return "1 change was"
	}
	return grouped(n) + " changes were"
}

// heldUp says what the difference between event_latency and the uncorrected figure means,
// if there is one.
func (l Load) heldUp() string {
	// A shard knows of its own changes alone when they really went out.
	with := l.Latencies[MetricEventLatency]
	if own := l.Latencies[MetricEventLatencyOwn]; sampled(own) {
		with = own
	}
	without := l.Latencies[MetricUncorrected]
	if !sampled(with) || !sampled(without) {
		return ""
	}
	corrected, uncorrected := quantile(with, 99), quantile(without, 99)
	switch difference := float64(corrected - uncorrected); {
	case difference > heldUpShare*float64(uncorrected) && difference >= float64(toSpeakOf):
		text := fmt.Sprintf("Changes were held up before they went out: counted from the plan, p99 is %s; counted from when they were really sent (…_uncorrected) it is %s.",
			figure(corrected), figure(uncorrected))
		if late := l.Latencies[MetricSendLateness]; sampled(late) {
			text += fmt.Sprintf(" They went out up to %s late (send_lateness).", figure(time.Duration(late.Max())*time.Microsecond))
		}
		return text + " Whoever waits for a change waits through that, too: event_latency is the figure to judge by."
	case -difference > heldUpShare*float64(corrected) && with.TotalCount() == without.TotalCount():
		// Of different events they may differ either way.
		return fmt.Sprintf("The uncorrected p99 (%s) is above the one that is counted from the plan (%s), which should not be: changes went out before they were due, or the clocks of shards disagree. Do not rely on either.",
			figure(uncorrected), figure(corrected))
	}
	return ""
}
