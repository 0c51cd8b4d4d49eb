package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// loadProgress is how far a load has come, as its seconds tell it.
type loadProgress struct {
	begins  time.Time // what its time is counted from
	total   time.Duration
	heard   bool
	last    LoadSecond // without its histogram, which is the driver's
	sampled bool
	p50     time.Duration // of the last second
	p99     time.Duration

	errors, dropped, late, skipped int64 // so far
}

// add takes a second that has ended.
func (l *loadProgress) add(s LoadSecond) {
	l.sampled = sampled(s.Latency)
	l.p50, l.p99 = quantile(s.Latency, 50), quantile(s.Latency, 99)
	s.Latency = nil
	l.last, l.heard = s, true
	l.errors += s.Errors
	l.dropped += s.Dropped
	l.late += s.Late
	l.skipped += s.Skipped
}

// items draws pieces of a row beside each other, as far as there is room.
func (p *page) items(columns int, items ...cell) string {
	row, used := "", 0
	for i, item := range items {
		gap := " · "
		if i == 0 {
			gap = "  "
		}
		room := columns - used - width(gap)
		if room < 2 {
			break
		}
		text := fit(item.text, room)
		row += gap + p.paint(item.look, text)
		used += width(gap) + width(text)
		if text != item.text {
			break
		}
	}
	return row
}

// alarm is the look of a count that should be zero.
func alarm(n int64, look ink) ink {
	if n == 0 {
		return plain
	}
	return look
}

// elapsed draws how much of the time has gone by.
func (p *page) elapsed(l loadProgress, now time.Time, columns int) string {
	gone := now.Sub(l.begins)
	switch {
	case gone < 0:
		// Half a second more rounds the countdown.
		return p.items(columns, cell{"begins in " + clock(-gone+time.Second/2), plain})
	case l.total <= 0:
		return p.items(columns, cell{clock(gone) + " running", plain})
	case gone >= l.total:
		return p.items(columns, cell{clock(l.total) + " are over: closing, clearing up", plain})
	}
	of := clock(gone) + "/" + clock(l.total) + "  " + clock(l.total-gone+time.Second/2) + " left"
	room := columns - width(of) - 4
	if room < 10 {
		return p.items(columns, cell{of, plain})
	}
	full := int(float64(room) * float64(gone) / float64(l.total))
	look := green
	if l.errors > 0 || l.dropped > 0 {
		look = red
	}
	return "  " + p.paint(look, strings.Repeat("━", full)) + p.paint(faint, strings.Repeat("─", room-full)) + "  " + of
}

func (p *page) liveSockets(l loadProgress, columns int) string {
	if !l.heard {
		return p.items(columns, cell{"no second is over yet", faint})
	}
	return p.items(columns,
		cell{numbered(l.last.Sockets, "socket") + " up", plain},
		cell{grouped(l.dropped) + " dropped", alarm(l.dropped, red)})
}

func (p *page) liveRates(l loadProgress, columns int) string {
	if !l.heard {
		return ""
	}
	return p.items(columns,
		cell{grouped(l.last.Events) + " events/s", plain},
		cell{grouped(l.last.Changes) + " changes/s", plain})
}

func (p *page) liveLatency(l loadProgress, columns int) string {
	switch {
	case !l.heard:
		return ""
	case !l.sampled:
		return p.items(columns, cell{"no latency in the last second", faint})
	}
	return p.items(columns,
		cell{"p50 " + figure(l.p50), plain},
		cell{"p99 " + figure(l.p99), plain},
		cell{"last second", faint})
}

func (p *page) liveErrors(l loadProgress, columns int) string {
	if !l.heard {
		return ""
	}
	return p.items(columns,
		cell{numbered(l.errors, "error"), alarm(l.errors, red)},
		cell{grouped(l.late) + " late", alarm(l.late, yellow)},
		cell{grouped(l.skipped) + " skipped", alarm(l.skipped, yellow)})
}

const (
	// loadLogEvery is how many seconds a line of the log sums up.
	loadLogEvery = 5
	// loadLogHeads is after how many lines the names of the columns are repeated.
	loadLogHeads = 24
)

// loadWindow sums up the seconds of a line of the log.
type loadWindow struct {
	seconds int64
	sum     LoadSecond // At and Sockets are the last second's
	latency *hdrhistogram.Histogram
}

// takes tells whether a second belongs to the seconds that are in the window.
func (w *loadWindow) takes(s LoadSecond) bool {
	return w.seconds == 0 || s.At > w.sum.At && s.At/loadLogEvery == w.sum.At/loadLogEvery
}

// full tells whether no second is to come that belongs to the window.
func (w *loadWindow) full() bool { return w.seconds > 0 && (w.sum.At+1)%loadLogEvery == 0 }

func (w *loadWindow) add(s LoadSecond) {
	if s.Latency != nil {
		if w.latency == nil {
			w.latency = NewHistogram()
		}
		w.latency.Merge(s.Latency)
	}
	w.seconds++
	w.sum.At, w.sum.Sockets = s.At, s.Sockets
	w.sum.Events += s.Events
	w.sum.Changes += s.Changes
	w.sum.Late += s.Late
	w.sum.Skipped += s.Skipped
	w.sum.Errors += s.Errors
	w.sum.Dropped += s.Dropped
}

// clear empties the window, for the next line.
func (w *loadWindow) clear() {
	latency := w.latency
	if latency != nil {
		latency.Reset()
	}
	*w = loadWindow{latency: latency}
}

// loadLogColumns are the columns of the log: the last of them may be followed by more.
const loadLogColumns = "%7s  %7s  %9s  %9s  %8s  %8s  %6s  %7s"

// loadLogLeast is the width below which a terminal has no room for columns.
const loadLogLeast = 76

func (p *page) loadLogHead() {
	if p.width < loadLogLeast {
		return
	}
	p.unbroken("", 0, fmt.Sprintf(loadLogColumns, "time", "sockets", "events/s", "changes/s", "p50", "p99", "errors", "dropped"))
}

// loadLogLine writes a window: what should not be stands behind it, if it is. Where there is
// no room for columns, every figure says what it is.
func (p *page) loadLogLine(w *loadWindow) {
	p50, p99 := none, none
	if sampled(w.latency) {
		p50, p99 = figure(quantile(w.latency, 50)), figure(quantile(w.latency, 99))
	}
	s := w.sum
	at := clock(time.Duration(s.At+1) * time.Second)
	events, changes := perSecond(float64(s.Events)/float64(w.seconds)), perSecond(float64(s.Changes)/float64(w.seconds))
	if p.width < loadLogLeast {
		p.hang(fmt.Sprintf("%*s  ", sayColumns-2, at), sayColumns, plain, fmt.Sprintf(
			"%s, %s events/s, %s changes/s, p50 %s, p99 %s, %s, %s dropped, %s late, %s skipped", numbered(s.Sockets, "socket"), events, changes,
			p50, p99, numbered(s.Errors, "error"), grouped(s.Dropped), grouped(s.Late), grouped(s.Skipped)))
		return
	}
	line := fmt.Sprintf(loadLogColumns, at, grouped(s.Sockets), events, changes, p50, p99, grouped(s.Errors), grouped(s.Dropped))
	if s.Late > 0 {
		line += "  " + grouped(s.Late) + " late"
	}
	if s.Skipped > 0 {
		line += "  " + grouped(s.Skipped) + " skipped"
	}
	p.unbroken("", 0, line)
}
