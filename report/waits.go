package report

import (
	"fmt"
	"slices"
	"time"
)

// waitsAtMost bounds how many waits are kept in mind.
const waitsAtMost = 64

// wait is something that the run waits for.
type wait struct {
	what  string
	until time.Time
}

// waits are those that are not over yet.
type waits []wait

// set begins, moves or ends the wait of that name, and forgets those that are over.
func (w *waits) set(what string, until, now time.Time) {
	*w = slices.DeleteFunc(*w, func(x wait) bool { return x.what == what || !x.until.After(now) })
	if until.After(now) && len(*w) < waitsAtMost {
		*w = append(*w, wait{what, until})
	}
}

// line tells of the wait that holds the run up longest, and of how many others
// there are; empty if there is none.
func (w waits) line(now time.Time) string {
	var longest wait
	running := 0
	for _, x := range w {
		if !x.until.After(now) {
			continue
		}
		running++
		if x.until.After(longest.until) {
			longest = x
		}
	}
	if running == 0 {
		return ""
	}
	// Half a second more rounds the countdown: it begins at the full time.
	text := "waiting " + clock(longest.until.Sub(now)+time.Second/2) + " for " + longest.what
	if running > 1 {
		text += fmt.Sprintf(" (and %s)", count(running-1, "shorter wait"))
	}
	return text
}
