package main

import (
	"fmt"
	"strings"
	"time"

	"ttcheck/load"
	"ttcheck/load/expose"
	"ttcheck/load/plan"
	"ttcheck/report"
)

// maxStageLines is how many stages of a plan are shown.
const maxStageLines = 6

// loadView shows a run to a person, and to a Prometheus that asks for it.
type loadView struct {
	console  *report.LoadConsole
	shard    plan.Shard
	exporter *expose.Exporter // nil if nobody asks
}

var _ load.Listener = (*loadView)(nil)

// Begin shows what is about to run.
func (v *loadView) Begin(head report.LoadHead, p plan.Plan, total time.Duration) {
	if v.exporter != nil {
		v.exporter.Begin(head, p, total)
	}
	v.console.Begin(head, planLines(p, v.shard), total)
}

// Second shows a second of the run.
func (v *loadView) Second(s report.LoadSecond) {
	v.console.Second(s)
	if v.exporter != nil {
		v.exporter.Second(s)
	}
}

// Say shows a line that a person should see now.
func (v *loadView) Say(line string) { v.console.Say(line) }

// End leaves the summary to who started the run: what the run leaves behind on the gateway
// is not known yet.
func (v *loadView) End(report.Load) {}

// planLines says a plan in plain words.
func planLines(p plan.Plan, shard plan.Shard) []string {
	var lines []string
	if len(p.Stages) == 0 {
		opened := "at once"
		if p.Ramp > 0 {
			opened = "over " + short(p.Ramp)
		}
		lines = append(lines, fmt.Sprintf("%s (%s), opened %s, held for %s", plural(p.Sockets, "socket"), p.Auth, opened, short(p.Duration)))
	} else {
		lines = append(lines, fmt.Sprintf("%s at most (%s), in %s:", plural(p.PeakSockets(), "socket"), p.Auth, plural(len(p.Stages), "stage")))
		for i, s := range p.Stages {
			if i == maxStageLines-1 && len(p.Stages) > maxStageLines {
				lines = append(lines, fmt.Sprintf("  and %d more", len(p.Stages)-i))
				break
			}
			lines = append(lines, fmt.Sprintf("  within %s to %s and %s", short(s.Duration), plural(s.Sockets, "socket"), perSecond(s.Rate, "change")))
		}
	}
	lines = append(lines, changesLine(p))
	if p.HistoryRate > 0 {
		lines = append(lines, perSecond(p.HistoryRate, "query of the history", "queries of the history"))
	}
	if p.Churn > 0 {
		lines = append(lines, fmt.Sprintf("%s, which come back %s later", perSecond(p.Churn, "socket leaves", "sockets leave"), short(plan.Span(plan.Away))))
	}
	if shard.Count > 1 {
		lines = append(lines, fmt.Sprintf("of all this shard %d of 0 to %d has its share: %s", shard.Index, shard.Count-1, plural(shard.Sockets(p), "socket")))
	}
	return lines
}

func changesLine(p plan.Plan) string {
	if p.PeakRate() == 0 {
		return "no changes: it listens to what others change"
	}
	mix := fmt.Sprintf("create %d : locate %d : page %d : clear %d", p.Mix.Create, p.Mix.Locate, p.Mix.Page, p.Mix.Clear)
	how := fmt.Sprintf("(%s), %s, seed %d, order names %s", mix, p.Arrivals, p.Seed, p.Names)
	if len(p.Stages) > 0 {
		return fmt.Sprintf("changes %s", how)
	}
	return fmt.Sprintf("%s %s", perSecond(p.Rate, "change"), how)
}

// plural counts things whose plural ends in s.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// perSecond is a rate of things; their plural is given if it does not end in s.
func perSecond(rate float64, one string, many ...string) string {
	words := append(many, one+"s")[0]
	if rate == 1 {
		words = one
	}
	return fmt.Sprintf("%v %s a second", rate, words)
}

// short writes a duration without parts that are zero: 1m, not 1m0s.
func short(s plan.Span) string {
	text := time.Duration(s).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
