package report

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// redraw is how often the bar is drawn: often enough for a countdown of seconds.
const redraw = 200 * time.Millisecond

// wipe goes back to the first column and clears it of what the user typed there:
// a terminal shows ^C where the cursor stands, and the bar's writer moves the
// cursor up but not left.
const wipe = "\r        \r"

// liveBar is the bar at the foot of a terminal, and the rows below it.
type liveBar struct {
	progress *mpb.Progress
	bar      *mpb.Bar
}

// liveRow draws a row of the foot, at most so many columns wide, as things stand now.
type liveRow func(columns int) string

// newLiveBar draws what now returns, until finish: how many cases are done, their
// verdicts, and what the run waits for.
func newLiveBar(s screen, now func() frame) *liveBar {
	look := page{colour: s.colour}
	return newLiveRows(s,
		func(columns int) string { return look.bar(now(), columns) },
		func(columns int) string { return look.verdicts(now(), columns) },
		func(columns int) string { return look.waiting(now(), columns) },
	)
}

// newLiveRows draws rows one below the other, until finish.
func newLiveRows(s screen, first liveRow, more ...liveRow) *liveBar {
	options := []mpb.ContainerOption{mpb.WithOutput(s.out), mpb.WithRefreshRate(redraw), mpb.WithAutoRefresh()}
	if _, ok := s.out.(*os.File); !ok {
		// Something that stands for a terminal.
		options = append(options, mpb.ForceTTY(), mpb.WithWidth(s.page().width))
	}
	room := func(stat decor.Statistics) int { return min(stat.AvailableWidth, widestColumns) - 1 }
	below := make([]mpb.BarFiller, len(more))
	for i, row := range more {
		below[i] = mpb.BarFillerFunc(func(w io.Writer, stat decor.Statistics) error {
			_, err := fmt.Fprintln(w, row(room(stat)))
			return err
		})
	}
	progress := mpb.New(options...)
	// The bar has no total of its own: only finish ends it.
	bar := progress.New(0, mpb.NopStyle(),
		mpb.BarFillerTrim(),
		mpb.PrependDecorators(decor.Any(func(stat decor.Statistics) string { return "\r" + first(room(stat)) })),
		mpb.BarBtmExtender(below...))
	return &liveBar{progress, bar}
}

// above writes text that ends its line above the bar. It tells whether it could.
func (l *liveBar) above(text string) bool {
	_, err := io.WriteString(l.progress, wipe+text)
	return err == nil
}

// finish takes the bar away and waits until all that was written above it is out.
func (l *liveBar) finish() {
	l.bar.Abort(true)
	l.progress.Wait()
}

// bar draws how many of the cases are done.
func (p *page) bar(f frame, columns int) string {
	of := fmt.Sprintf("%d/%d", f.done, f.cases)
	room := columns - len(of) - 4
	if room < 10 || f.cases <= 0 {
		return "  " + of
	}
	full := min(room*f.done/f.cases, room)
	look := green
	if f.finished[Fail] > 0 {
		look = red
	}
	return "  " + p.paint(look, strings.Repeat("━", full)) +
		p.paint(faint, strings.Repeat("─", room-full)) + "  " + of
}

// verdicts counts what has ended so far.
func (p *page) verdicts(f frame, columns int) string {
	text := f.finished.String()
	if text == "" {
		return "  no result yet"
	}
	if width(text)+2 > columns {
		return fit("  "+text, columns)
	}
	var painted []string
	for _, v := range Verdicts {
		if n := f.finished[v]; n > 0 {
			painted = append(painted, p.paint(inks[v], fmt.Sprintf("%d %s", n, v)))
		}
	}
	return "  " + strings.Join(painted, " · ")
}

// waiting tells how long the run has gone on, and what it waits for.
func (p *page) waiting(f frame, columns int) string {
	text := "  " + clock(f.running) + " running"
	if f.waiting != "" {
		text = "  " + clock(f.running) + "  " + f.waiting
	}
	return p.paint(faint, fit(text, columns))
}
