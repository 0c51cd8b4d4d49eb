package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"ttcheck/fixtures/pos"
	"ttcheck/protocol"
)

// redrawEvery is the least time between two drawings of the table.
const redrawEvery = 100 * time.Millisecond

// posDisplay shows what a POS sees.
type posDisplay interface {
	show(pos.View)
	// say shows a line that stays.
	say(line string)
	// finish shows what was not shown yet, and is called once.
	finish()
}

// newPOSDisplay is a table that is drawn in place where out is a terminal that can do that,
// and lines elsewhere.
func newPOSDisplay(out io.Writer) posDisplay {
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) || os.Getenv("TERM") == "dumb" {
		return &posLines{out: out}
	}
	return newPOSTable(out, func() (columns, rows int) {
		columns, rows, err := term.GetSize(int(file.Fd()))
		if err != nil {
			return 80, 24
		}
		return columns, rows
	})
}

// posTable is a table on a terminal. Lines that stay go above it.
type posTable struct {
	out  io.Writer
	size func() (columns, rows int)

	mu    sync.Mutex
	view  pos.View
	said  []string // lines that wait to be shown
	news  bool
	drawn int // lines of the table on the terminal

	woken chan struct{}
	over  chan struct{}
	ended chan struct{}
}

func newPOSTable(out io.Writer, size func() (columns, rows int)) *posTable {
	t := &posTable{
		out: out, size: size, view: pos.View{Finished: pos.Unknown},
		woken: make(chan struct{}, 1), over: make(chan struct{}), ended: make(chan struct{}),
	}
	go t.run()
	return t
}

func (t *posTable) show(v pos.View) {
	t.mu.Lock()
	t.view, t.news = v, true
	t.mu.Unlock()
	t.wake()
}

func (t *posTable) say(line string) {
	t.mu.Lock()
	t.said, t.news = append(t.said, stamped(line)), true
	t.mu.Unlock()
	t.wake()
}

func (t *posTable) wake() {
	select {
	case t.woken <- struct{}{}:
	default:
	}
}

func (t *posTable) finish() {
	close(t.over)
	<-t.ended
}

// run draws what is new, and then waits a moment.
func (t *posTable) run() {
	defer close(t.ended)
	for {
		select {
		case <-t.woken:
		case <-t.over:
			t.draw()
			return
		}
		t.draw()
		select {
		case <-time.After(redrawEvery):
		case <-t.over:
			t.draw()
			return
		}
	}
}

// draw replaces the table. It goes to the first column too, where a terminal shows ^C.
func (t *posTable) draw() {
	columns, rows := t.size()
	t.mu.Lock()
	if !t.news {
		t.mu.Unlock()
		return
	}
	view, said := t.view, t.said
	t.said, t.news = nil, false
	t.mu.Unlock()
	var text strings.Builder
	if t.drawn > 0 {
		fmt.Fprintf(&text, "\x1b[%dA", t.drawn)
	}
	text.WriteString("\r\x1b[J")
	for _, line := range said {
		text.WriteString(shorten(line, columns-1) + "\n")
	}
	lines := tableOf(view, columns, rows)
	for _, line := range lines {
		text.WriteString(line + "\n")
	}
	t.drawn = len(lines)
	_, _ = io.WriteString(t.out, text.String()) // a terminal that is gone needs nothing
}

// posLines tells of each change in a line.
type posLines struct {
	out io.Writer

	mu   sync.Mutex
	last pos.View
}

func (l *posLines) show(v pos.View) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if v.Gateway+v.State != l.last.Gateway+l.last.State {
		text := v.State
		if v.Gateway != "" {
			text = v.Gateway + ": " + text
		}
		l.write(text)
	}
	before := map[string]protocol.Order{}
	for _, o := range l.last.Orders {
		before[o.UUID+" "+o.Name] = o
	}
	for _, o := range v.Orders {
		old, known := before[o.UUID+" "+o.Name]
		delete(before, o.UUID+" "+o.Name)
		o.Elapsed, old.Elapsed = 0, 0 // it is always another
		switch {
		case !known:
			l.write("+ " + orderLine(o))
		case o != old:
			l.write("* " + orderLine(o))
		}
	}
	for _, o := range l.last.Orders {
		if _, gone := before[o.UUID+" "+o.Name]; gone {
			l.write("- order " + cell(o.Name))
		}
	}
	if v.Finished != l.last.Finished && v.Finished != pos.Unknown && v.Live {
		l.write(fmt.Sprintf("%d finished today", v.Finished))
	}
	l.last = v
}

// orderLine is an order in a line.
func orderLine(o protocol.Order) string {
	row := orderRow(o)
	text := fmt.Sprintf("order %s, %s, %s since %s", row[0], row[1], row[3], row[4])
	if o.Location != "" {
		text += ", at " + row[2]
	}
	if o.Paged {
		text += ", paged"
	}
	return text
}

func (l *posLines) say(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write(line)
}

func (l *posLines) write(line string) { fmt.Fprintln(l.out, stamped(printable(line))) }

func (l *posLines) finish() {}

// stamped puts the time in front of a line.
func stamped(line string) string { return time.Now().Format(time.TimeOnly) + " " + line }
