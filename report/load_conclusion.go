package report

import (
	"fmt"
	"slices"
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
		text := "INTERRUPTED after " + brief(l.Head.Duration)
		if l.Broken() {
			return text + ": so far " + l.broken()
		}
		if last := l.lastHeld(); last >= 0 {
			return text + ": so far " + l.Steps[last].String() + " held"
		}
		return text + ", which is no verdict"
	case l.SetupError != "":
		return "NOT RUN: " + inline(l.SetupError)
	case l.Stopped != "":
		text := "STOPPED: " + inline(l.Stopped)
		if last := l.lastHeld(); last >= 0 {
			text += "; the last step that held: " + l.Steps[last].String()
		}
		return text
	case l.Broken():
		return "BROKEN: " + l.broken()
	case len(l.Steps) > 0:
		return l.limit()
	case len(l.Thresholds) == 0:
		return "NOT JUDGED: no threshold was given"
	}
	text := fmt.Sprintf("HELD: all %d thresholds hold", len(l.Thresholds))
	if len(l.Thresholds) == 1 {
		text = "HELD: the one threshold holds"
	}
	return fmt.Sprintf("%s, with %s sockets at the peak and %s changes", text,
		grouped(l.Counters[MetricSocketsPeak]), grouped(l.Counters[MetricChangesSent]))
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

// limit says what a search for the limit found.
func (l Load) limit() string {
	last := l.lastHeld()
	if last < 0 {
		return "NO LIMIT FOUND: not even the first step held, " + l.Steps[0].withReasons("")
	}
	// The last that broke is the one closest to the limit.
	for _, s := range slices.Backward(l.Steps) {
		if !s.Held {
			return "LIMIT FOUND: " + l.Steps[last].String() + " held, " + s.withReasons(" did not")
		}
	}
	return "NO LIMIT FOUND: the last step held, too: " + l.Steps[last].String()
}

// withReasons says what a step asked, what became of it, and why.
func (s LoadStep) withReasons(became string) string {
	text := s.String() + became
	if why := s.why(); len(why) > 0 {
		text += " (" + strings.Join(why, "; ") + ")"
	}
	return text
}

// look is the look of the conclusion.
func (l Load) look() ink {
	switch {
	case l.ExitCode() != ExitOK:
		return red
	case len(l.Thresholds) == 0 && len(l.Steps) == 0, len(l.Steps) > 0 && l.lastHeld() < 0:
		return yellow
	}
	return green
}
