package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// LoadConsole shows a load run to a person while it goes on. On a terminal it draws the
// time that is left and the figures of the last second; elsewhere it writes a line every
// 5 s. What cannot be written is lost without an error, as with Console.
type LoadConsole struct {
	screen screen

	// writing keeps the pieces of output in order. It may be held when state is taken,
	// never the other way round; the bar, which reads state while it draws, does not take it.
	writing sync.Mutex
	begun   bool
	ended   bool
	live    *liveBar
	window  loadWindow
	lines   int // of the log

	state    sync.Mutex
	progress loadProgress
}

// NewLoadConsole makes a console that writes to out. If out is a terminal it adapts to it;
// NO_COLOR takes the colours away, TERM=dumb everything that moves.
func NewLoadConsole(out io.Writer) *LoadConsole { return newLoadConsole(look(out)) }

func newLoadConsole(s screen) *LoadConsole { return &LoadConsole{screen: s} }

// Begin shows what is about to run: the plan in a few lines, and how long it takes in all.
// Total is zero if that is not known. Called again, as for the steps of a search for the
// limit, it shows the plan alone, and counts from the beginning.
func (c *LoadConsole) Begin(head LoadHead, plan []string, total time.Duration) {
	now := time.Now()
	begins := head.Started
	if begins.IsZero() {
		begins = now
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.ended {
		return
	}
	c.flush()
	c.state.Lock()
	c.progress = loadProgress{begins: begins, total: total}
	c.state.Unlock()
	p := c.screen.page()
	if c.begun {
		p.add("\n")
	} else {
		p.loadHead(head)
	}
	p.loadFields("plan", cleaned(plan))
	if total > 0 {
		text := brief(total)
		if wait := begins.Sub(now); wait >= time.Second {
			text += ", begins in " + clock(wait+time.Second/2)
		}
		p.loadField("takes", text)
	}
	p.add("\n")

	c.write(p)
	c.begun = true
	if c.screen.live && c.live == nil {
		c.live = newLiveRows(c.screen, c.row((*page).liveElapsed), c.row((*page).liveSockets),
			c.row((*page).liveRates), c.row((*page).liveLatency), c.row((*page).liveErrors))
	}
}

// row draws a row of the progress as it stands.
func (c *LoadConsole) row(draw func(p *page, l loadProgress, columns int) string) liveRow {
	look := &page{colour: c.screen.colour}
	return func(columns int) string {
		c.state.Lock()
		l := c.progress
		c.state.Unlock()
		return draw(look, l, columns)
	}
}

// liveElapsed is elapsed by the clock.
func (p *page) liveElapsed(l loadProgress, columns int) string {
	return p.elapsed(l, time.Now(), columns)
}

// Second shows a second that has ended. Its histogram is not kept.
func (c *LoadConsole) Second(s LoadSecond) {
	c.state.Lock()
	c.progress.add(s)
	c.state.Unlock()
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.ended || c.live != nil {
		return
	}
	if !c.window.takes(s) {
		c.flush()
	}
	c.window.add(s)
	if c.window.full() {
		c.flush()
	}
}

// flush writes the line of the log for the seconds that were summed up. The caller holds
// writing.
func (c *LoadConsole) flush() {
	if c.window.seconds == 0 {
		return
	}
	p := c.screen.page()
	if c.lines%loadLogHeads == 0 {
		p.loadLogHead()
	}
	p.loadLogLine(&c.window)
	c.window.clear()
	c.lines++
	c.write(p)
}

// sayColumns is the width of the time before what is said.
const sayColumns = 9

// Say shows a line, with the time at which it was said, below the seconds that came before.
func (c *LoadConsole) Say(line string) {
	c.state.Lock()
	begins := c.progress.begins
	c.state.Unlock()
	at := ""
	if gone := time.Since(begins); !begins.IsZero() && gone >= 0 {
		at = clock(gone)
	}
	p := c.screen.page()
	p.unbroken(fmt.Sprintf("%*s  ", sayColumns-2, at), sayColumns, inline(line))
	c.writing.Lock()
	defer c.writing.Unlock()
	if !c.ended {
		c.flush()
		c.write(p)
	}
}

// End takes the bar away and shows what the load came to. Nothing is shown after it, and
// nothing goes on. Without a Begin, as for reports that were merged, it shows the head, too.
func (c *LoadConsole) End(l Load) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.ended {
		return
	}
	c.close()
	p := c.screen.page()
	if !c.begun {
		p.loadHead(l.Head)
	}
	p.load(l)
	c.write(p)
}

// Close takes the bar away and waits until nothing goes on any more, without a summary:
// for a run that ends before it had a result. End needs no Close.
func (c *LoadConsole) Close() {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.close()
}

// close does what Close does. The caller holds writing.
func (c *LoadConsole) close() {
	if c.ended {
		return
	}
	c.flush()
	c.ended = true
	if c.live != nil {
		c.live.finish()
		c.live = nil
	}
}

// write writes a page, above the bar if there is one. The caller holds writing.
func (c *LoadConsole) write(p *page) {
	if text := p.String(); text != "" && (c.live == nil || !c.live.above(text)) {
		_, _ = io.WriteString(c.screen.out, text)
	}
}

// loadHead writes what is loaded, by what, from where.
func (p *page) loadHead(h LoadHead) {
	title := strings.TrimSpace("ttcheck load " + inline(h.Version))
	p.add("\n")
	p.hang("", 0, bold, title)
	p.add("\n")
	target := inline(h.Target)
	if h.Embedded {
		target += " (the reference gateway, in a process of its own)"
	}
	p.loadField("target", target)
	if h.Shards > 1 {
		p.loadField("shard", fmt.Sprintf("%d/%d (the first is 0)", h.Shard, h.Shards))
	}
	if len(h.Sources) > 0 {
		p.loadField("from", listed(h.Sources, namedAtMost))
	}
}
