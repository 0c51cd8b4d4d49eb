package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// SelfTestConsole shows trials of the suites to a person while they go on: on a terminal
// with a progress bar below what needs attention, elsewhere with a line for each. What
// cannot be written is lost without an error, as with Console.
type SelfTestConsole struct {
	screen screen
	trials int

	mu       sync.Mutex
	begun    time.Time
	finished tally
	done     int
	live     *liveBar
}

// NewSelfTestConsole begins to show a number of trials on out.
func NewSelfTestConsole(out io.Writer, trials, atOnce int) *SelfTestConsole {
	return newSelfTestConsole(look(out), trials, atOnce)
}

func newSelfTestConsole(s screen, trials, atOnce int) *SelfTestConsole {
	c := &SelfTestConsole{screen: s, trials: trials, begun: time.Now(), finished: tally{}}
	p := c.screen.page()
	p.add(fmt.Sprintf("\n%s · %s, %d at a time\n\n", p.paint(bold, "ttcheck selftest"), count(trials, "trial"), atOnce))
	_, _ = io.WriteString(c.screen.out, p.String())
	if c.screen.live {
		c.live = newLiveBar(c.screen, c.frame)
	}
	return c
}

func (c *SelfTestConsole) frame() frame {
	c.mu.Lock()
	defer c.mu.Unlock()
	finished := tally{}
	for v, n := range c.finished {
		finished[v] = n
	}
	return frame{done: c.done, cases: c.trials, finished: finished, running: time.Since(c.begun)}
}

// Done shows a trial that has ended. A trial that is to be made again has not.
func (c *SelfTestConsole) Done(t Trial) {
	p := c.screen.page()
	if !t.Good() || !c.screen.live {
		p.trial(t)
	}
	c.mu.Lock()
	c.done++
	if t.Good() {
		c.finished[Pass]++
	} else {
		c.finished[Fail]++
	}
	live := c.live
	c.mu.Unlock()
	c.write(live, p)
}

func (c *SelfTestConsole) write(live *liveBar, p *page) {
	if text := p.String(); text != "" && (live == nil || !live.above(text)) {
		_, _ = io.WriteString(c.screen.out, text)
	}
}

// Repeat tells that a trial will be made again.
func (c *SelfTestConsole) Repeat(t Trial) {
	p := c.screen.page()
	p.unbroken(pad("again", trialColumns), trialColumns, inline(t.Name)+": the machine was too slow to tell; it is made again at the end, alone")
	c.mu.Lock()
	live := c.live
	c.mu.Unlock()
	c.write(live, p)
}

// End takes the bar away and shows what all came to.
func (c *SelfTestConsole) End(s SelfTest) {
	c.mu.Lock()
	live := c.live
	c.live = nil
	c.mu.Unlock()
	if live != nil {
		live.finish()
	}
	p := c.screen.page()
	p.selfTest(s)
	c.write(nil, p)
}

// trialColumns is the width of a trial's outcome.
const trialColumns = 13

// trial writes what came of a trial, with all that was found if it should not be so.
func (p *page) trial(t Trial) {
	outcome := t.Outcome()
	look := green
	if !t.Good() {
		look = red
	}
	text := inline(t.Name)
	if len(t.Caught) > 0 {
		text += ": " + strings.Join(t.Caught, ", ")
	}
	for _, s := range t.Sides {
		if s.Reason != "" {
			text += fmt.Sprintf("; besides %s (%s)", s.ID, inline(s.Reason))
		}
	}
	if t.Again {
		text += " (made again)"
	}
	p.unbroken(p.paint(look, pad(string(outcome), trialColumns)), trialColumns, text+"  "+brief(t.Duration))
	if t.Good() {
		return
	}
	p.hang(strings.Repeat(" ", trialColumns), trialColumns, plain, t.subject().that()+inline(t.What))
	if len(t.Breaks) > 0 {
		p.hang(strings.Repeat(" ", trialColumns), trialColumns, plain, "breaks "+strings.Join(t.Breaks, ", "))
	}
	if ids := t.Unexplained(); len(ids) > 0 && t.Kind == Faulty {
		p.hang(strings.Repeat(" ", trialColumns), trialColumns, plain, "unexplained: "+strings.Join(ids, ", "))
	}
	if t.Error != "" {
		p.hang(strings.Repeat(" ", trialColumns), trialColumns, plain, inline(t.Error))
	}
	for _, r := range t.Results {
		p.result(r, true)
	}
}

// selfTest writes what proves which requirement, and what all trials came to.
func (p *page) selfTest(s SelfTest) {
	if proofs := s.Proofs(); len(proofs) > 0 {
		p.add("\n  " + p.paint(faint, pad("requirement", 13)+pad("level", 8)+"found broken by") + "\n")
		for _, proof := range proofs {
			lead := "  " + pad(proof.Requirement.ID, 13) + pad(string(proof.Requirement.Level), 8)
			text := strings.Join(proof.CaughtBy, ", ")
			if len(proof.Silent) > 0 {
				text = strings.TrimPrefix(text+"; not by "+strings.Join(proof.Silent, ", "), "; ")
			}
			p.hang(lead, 23, plain, text)
		}
	}
	p.add("\n")
	groups := s.groups()
	labels := 16
	for _, g := range groups {
		labels = max(labels, width(g.name)+2)
	}
	item := func(label, text string) { p.field(2, labels, label, plain, text) }
	for _, g := range groups {
		item(g.name, g.outcomes())
	}
	if sides, unexplained, of := s.SideFindings(); of > 0 {
		item("side findings", fmt.Sprintf("%d of %d (%.1f %%), %d of them unexplained", sides, of, 100*float64(sides)/float64(of), unexplained))
	}
	item("duration", brief(s.Duration))
	p.add("\n")
	look := green
	if !s.Passed() {
		look = red
	}
	if p.log {
		p.width = 0
	}
	p.hang("", 0, look, s.Conclusion())
}

// that leads to what a trial's What completes.
func (s Subject) that() string {
	if s == IntegrationSubject {
		return "an integration that "
	}
	return "a gateway that "
}
