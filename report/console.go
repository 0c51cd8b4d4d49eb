package report

import (
	"io"
	"strings"
	"sync"
	"time"
)

// heartbeat is how long a log may stay silent while a run goes on.
const heartbeat = 10 * time.Second

// ConsoleOptions shape what a Console shows.
type ConsoleOptions struct {
	// Verbose lists every result on a terminal, too. A log lists them anyway.
	Verbose bool
	// Plain treats a terminal as a log: no bar, nothing that moves.
	Plain bool
}

// Console shows a run to a person while it goes on. On a terminal it draws a
// progress bar with the countdown of the current wait below whatever deserves
// attention; elsewhere it writes one line for each result, and a heartbeat when
// there is none for 10 s. It is a Listener.
//
// What cannot be written is lost without an error: the verdict is in the exit
// code and in the report files.
type Console struct {
	screen  screen
	verbose bool

	// writing keeps the pieces of output in order. It may be held when state is
	// taken, never the other way round; the bar, which reads state while it draws,
	// does not take it.
	writing sync.Mutex
	started bool
	live    *liveBar
	last    time.Time // when something was written
	blank   bool      // the last line written is empty

	state    sync.Mutex
	begun    time.Time
	cases    int
	finished tally
	done     int
	reasons  map[string]string // why a case was not judged, and the first such case
	waits    waits
	ended    bool

	stop  chan struct{}
	pulse sync.WaitGroup
}

// NewConsole makes a console that writes to out. If out is a terminal it adapts
// to it; NO_COLOR takes the colours away, TERM=dumb everything that moves.
func NewConsole(out io.Writer, options ConsoleOptions) *Console {
	s := look(out)
	s.live = s.live && !options.Plain
	return newConsole(s, options)
}

func newConsole(s screen, options ConsoleOptions) *Console {
	return &Console{screen: s, verbose: options.Verbose || !s.live, finished: tally{}, reasons: map[string]string{}, stop: make(chan struct{})}
}

// Begin shows the head, and starts the bar or the heartbeat.
func (c *Console) Begin(head Head, cases int) {
	c.state.Lock()
	c.begun, c.cases = time.Now(), cases
	c.state.Unlock()
	p := c.screen.page()
	p.head(head, cases)

	c.writing.Lock()
	defer c.writing.Unlock()
	if c.started || c.closed() {
		return
	}
	c.started = true
	c.write(p)
	if c.screen.live {
		c.live = newLiveBar(c.screen, c.frame)
	} else {
		c.pulse.Go(c.beat)
	}
}

// Result counts a result, and shows it if it needs attention or is to be listed.
// A reason that was told already is not told again, and what the run did not
// reach is left to the summary, where it takes one line.
func (c *Console) Result(r Result) {
	c.state.Lock()
	c.finished[r.Verdict]++
	c.done++
	earlier := c.earlier(r)
	c.state.Unlock()
	p := c.screen.page()
	switch {
	case r.unreached():
	case earlier != "":
		p.again(r, earlier)
	default:
		p.result(r, c.verbose)
	}
	c.print(p)
}

// earlier names the case that was not judged for the same reason, if there is
// nothing else to tell of this one. The caller holds state.
func (c *Console) earlier(r Result) string {
	if !r.Verdict.unjudged() || r.Reason == "" || r.told() {
		return ""
	}
	key := string(r.Verdict) + " " + inline(r.Reason)
	if first, ok := c.reasons[key]; ok {
		return first
	}
	c.reasons[key] = inline(r.Name())
	return ""
}

// Waiting keeps in mind what the run waits for; the bar and the heartbeat tell it.
func (c *Console) Waiting(what string, until time.Time) {
	c.state.Lock()
	defer c.state.Unlock()
	c.waits.set(inline(what), until, time.Now())
}

// Say shows a line that stands out.
func (c *Console) Say(line string) {
	p := c.screen.page()
	p.say(line)
	c.print(p)
}

// End takes the bar away and shows the summary. Nothing is shown after it, and
// nothing goes on.
func (c *Console) End(r Run) {
	if !c.Close() {
		return
	}
	p := c.screen.page()
	p.summary(r)
	c.writing.Lock()
	defer c.writing.Unlock()
	c.write(p)
}

// Close takes the bar away and waits until nothing goes on any more, without a
// summary: for a run that ends before it had any result. It tells whether it was
// the first to close the console. End needs no Close.
func (c *Console) Close() bool {
	c.state.Lock()
	first := !c.ended
	c.ended = true
	c.state.Unlock()
	if !first {
		return false
	}
	close(c.stop)
	c.writing.Lock()
	if c.live != nil {
		c.live.finish()
		c.live = nil
	}
	c.writing.Unlock()
	c.pulse.Wait()
	return true
}

func (c *Console) closed() bool {
	c.state.Lock()
	defer c.state.Unlock()
	return c.ended
}

// print writes a page, unless the console is closed.
func (c *Console) print(p *page) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if !c.closed() {
		c.write(p)
	}
}

// write writes a page, above the bar if there is one. Pages that want an empty
// line around them share it. The caller holds writing.
func (c *Console) write(p *page) {
	text := p.String()
	if c.blank {
		text = strings.TrimPrefix(text, "\n")
	}
	if text == "" {
		return
	}
	c.last, c.blank = time.Now(), strings.HasSuffix(text, "\n\n")
	if c.live == nil || !c.live.above(text) {
		_, _ = io.WriteString(c.screen.out, text)
	}
}

// beat writes a line whenever nothing else was written for the time of a
// heartbeat, until the console is closed.
func (c *Console) beat() {
	timer := time.NewTimer(heartbeat)
	defer timer.Stop()
	for {
		select {
		case <-c.stop:
			return
		case <-timer.C:
		}
		c.writing.Lock()
		silent := time.Since(c.last)
		c.writing.Unlock()
		if silent >= heartbeat {
			p := c.screen.page()
			p.heartbeat(c.frame())
			c.print(p)
			silent = 0
		}
		timer.Reset(heartbeat - silent)
	}
}

// frame is what the bar and the heartbeat tell at one moment.
type frame struct {
	done, cases int
	finished    tally
	running     time.Duration
	waiting     string // empty if the run waits for nothing
}

func (c *Console) frame() frame {
	c.state.Lock()
	defer c.state.Unlock()
	now := time.Now()
	finished := tally{}
	for v, n := range c.finished {
		finished[v] = n
	}
	return frame{c.done, c.cases, finished, now.Sub(c.begun), c.waits.line(now)}
}
