package report

import (
	"fmt"
	"strings"
)

// Conclusion is the load run's result in one line, for a person to act on. It says what
// ExitCode says.
func (l Load) Conclusion() string {
	switch {
	case l.Interrupted:
		if l.SetupError != "" {
			return "INTERRUPTED before it began"
		}
		return l.interrupted()
	case l.SetupError != "":
		return "NOT RUN: " + inline(l.SetupError)
	case l.Stopped != "":
		return l.stopped()
	case len(l.Steps) > 0 && l.lastHeld() < 0:
		return l.limit() // what broke is told there
	case l.Broken():
		return "BROKEN: " + l.broken()
	case len(l.Steps) > 0:
		return l.limit()
	case len(l.Thresholds) == 0:
		return "NOT JUDGED: no threshold was given"
	case l.unheard():
		return "HELD, but " + nothingHeard
	}
	return l.held()
}

// interrupted says how far a run came that was interrupted after it began, and what else
// ended it.
func (l Load) interrupted() string {
	text := "INTERRUPTED"
	last := l.lastHeld()
	if last < 0 {
		// The duration of a search is that of the step that held.
		text += " after " + brief(l.Head.Duration)
	}
	switch {
	case l.Broken():
		text += ": so far " + l.broken()
	case last >= 0:
		text += ": so far " + l.Steps[last].String() + " held"
	default:
		text += ", which is no verdict"
	}
	if l.Stopped != "" {
		text += "; " + inline(l.Stopped)
	}
	return text
}

// stopped says why a run was ended for the gateway's sake.
func (l Load) stopped() string {
	text := "STOPPED: " + inline(l.Stopped)
	if len(l.Steps) == 0 {
		return text
	}
	if last := l.lastHeld(); last >= 0 {
		return text + "; the last step that held: " + l.Steps[last].String()
	}
	return text + "; no step held"
}

// nothingHeard is what a run that heard no event leaves open.
const nothingHeard = "no event was heard: nothing is said of loss, order or delay"

// unheard tells whether no socket heard any event.
func (l Load) unheard() bool { return l.Counters[MetricEvents] == 0 }

// held says that all thresholds hold, under what load, and how long events took: the
// default thresholds bound no delay.
func (l Load) held() string {
	text := fmt.Sprintf("HELD: all %d thresholds hold", len(l.Thresholds))
	if len(l.Thresholds) == 1 {
		text = "HELD: the one threshold holds"
	}
	text += fmt.Sprintf(", with %s at the peak and %s",
		numbered(l.Counters[MetricSocketsPeak], "socket"), numbered(l.Counters[MetricChangesSent], "change"))
	name := l.yardstick()
	if name == "" {
		return text
	}
	text += fmt.Sprintf("; p99 of %s %s", name, figure(quantile(l.Latencies[name], 99)))
	for _, t := range l.Thresholds {
		if t.boundsDelay() {
			return text
		}
	}
	return text + " (no bound was given)"
}

// yardstick is the metric that says how fast events were heard: skew where none was of the
// run's own changes; empty if there is nothing to go by.
func (l Load) yardstick() string {
	for _, name := range []string{MetricEventLatency, MetricSkew} {
		if sampled(l.Latencies[name]) {
			return name
		}
	}
	return ""
}

// metric is the name of what the threshold is about, and its statistic, if it has one.
func (t ThresholdResult) metric() (name, statistic string) {
	subject := t.Text
	if end := strings.IndexAny(subject, " <>="); end >= 0 {
		subject = subject[:end]
	}
	name, statistic, _ = strings.Cut(subject, ".")
	return name, statistic
}

// boundsDelay tells whether the threshold says how long something may take.
func (t ThresholdResult) boundsDelay() bool {
	name, statistic := t.metric()
	m, ok := LookupMetric(name)
	return ok && m.Kind == Lasting && statistic != "count" && !strings.Contains(t.Text, ">")
}

// ofEvents tells whether the threshold cannot break where no event is heard.
func (t ThresholdResult) ofEvents() bool {
	switch name, _ := t.metric(); name {
	case MetricLost, MetricRepeated, MetricOutOfOrder, MetricSeqGaps:
		return true
	}
	return false
}

// broken names the thresholds that do not hold.
func (l Load) broken() string {
	var names []string
	for _, t := range l.Thresholds {
		if t.Broken {
			names = append(names, t.String())
		}
	}
	verb := "do"
	if len(names) == 1 {
		verb = "does"
	}
	return fmt.Sprintf("%d of %s %s not hold (%s)", len(names), count(len(l.Thresholds), "threshold"), verb, listed(names, namedAtMost))
}

// look is the look of the conclusion.
func (l Load) look() ink {
	switch {
	case l.ExitCode() != ExitOK:
		return red
	case len(l.Thresholds) == 0 && len(l.Steps) == 0, len(l.Steps) > 0 && l.lastHeld() < 0, l.unheard():
		return yellow
	}
	return green
}
