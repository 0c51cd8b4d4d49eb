package report

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// ofWidth is a screen of so many columns.
func ofWidth(t *terminal, columns int, live, colour bool) screen {
	return screen{out: t, live: live, colour: colour, size: func() (int, int) { return columns, 24 }}
}

var shownPlan = []string{"500 sockets within 10 s, held for 1 min", "20 changes/s, evenly; create 4, locate 3, page 1, clear 2"}

// second is a second of a load that goes well.
func second(at int) LoadSecond {
	return LoadSecond{At: at, Sockets: 500, Events: 10_000, Changes: 20, Requests: 21, Latency: evenly(100, 5*time.Millisecond, 50*time.Millisecond)}
}

// playLoad shows seconds of a load as they pass, the eighth with all that can go wrong.
func playLoad(c *LoadConsole, l Load, seconds int) {
	l.Head.Started = time.Now()
	c.Begin(l.Head, shownPlan, 70*time.Second)
	for at := range seconds {
		time.Sleep(time.Second)
		s := second(at)
		if at == 7 {
			s.Errors, s.Dropped, s.Late, s.Skipped, s.Latency = 3, 2, 4, 1, nil
			c.Say("the gateway has not answered for 5 s")
		}
		c.Second(s)
	}
}

func TestLoadConsoleInLog(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]Load{"load.txt": shownLoad(), "load_sound.txt": soundLoad(), "load_limit.txt": searchedLoad(), "load_unheard.txt": unheardLoad(), "load_nostep.txt": noStepLoad()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var b bytes.Buffer
				c := NewLoadConsole(&b)
				playLoad(c, l, 12)
				c.End(l)
				golden(t, name, b.Bytes())
				if last := lastLine(b.String()); last != l.Conclusion() {
					t.Errorf("the last line is %q", last)
				}
			})
		})
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return lines[len(lines)-1]
}

func TestLoadConsoleOnTerminal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var screenful terminal
		c := newLoadConsole(ofWidth(&screenful, 80, true, true))
		foot := func() string {
			time.Sleep(redraw)
			synctest.Wait()
			lines := strings.Split(screenful.String(), "\n")
			return strings.Join(lines[max(0, len(lines)-6):], "\n")
		}
		l := shownLoad()
		l.Head.Started = time.Now().Add(3 * time.Second)
		c.Begin(l.Head, shownPlan, 70*time.Second)
		if got := foot(); !strings.Contains(got, "  begins in 0:03\n  no second is over yet\n") {
			t.Errorf("before it begins:\n%s", got)
		}
		time.Sleep(time.Until(l.Head.Started))
		time.Sleep(35 * time.Second)
		c.Second(second(34))
		bar := strings.Repeat("━", 27) + strings.Repeat("─", 28) + "  0:35/1:10  0:35 left\n"
		if got := foot(); !strings.Contains(got, "  "+bar+
			"  500 sockets up · 0 dropped\n  10,000 events/s · 20 changes/s\n  p50 27.3ms · p99 49.6ms · last second\n  0 errors · 0 late · 0 skipped\n") {
			t.Errorf("half way:\n%s", got)
		}
		c.Second(LoadSecond{At: 35, Sockets: 490, Events: 1, Errors: 2, Dropped: 10, Late: 3, Skipped: 4})
		c.Second(LoadSecond{At: 36, Sockets: 489, Errors: 1, Dropped: 1})
		c.Say("the gateway has not answered for 5 s")
		if got := foot(); !strings.Contains(got, "  489 sockets up · 11 dropped\n  0 events/s · 0 changes/s\n  no latency in the last second\n  3 errors · 3 late · 4 skipped\n") {
			t.Errorf("when it goes wrong:\n%s", got)
		}
		if got := screenful.String(); !strings.Contains(got, "\n   0:35  the gateway has not answered for 5 s\n  ━") {
			t.Errorf("what was said is not above the bar:\n%s", got)
		}
		time.Sleep(time.Minute)
		if got := foot(); !strings.Contains(got, "  1:10 are over: closing, clearing up\n") {
			t.Errorf("when the time is over:\n%s", got)
		}
		c.End(l)
		after := screenful.String()
		if strings.ContainsAny(after, "━─") || strings.Contains(after, "sockets up") {
			t.Errorf("something of the bar is left:\n%s", after)
		}
		if len(screenful.foul) > 0 || screenful.looks == 0 {
			t.Errorf("the terminal was asked for %s, and for %d looks", screenful.foul, screenful.looks)
		}
		// The command line alone is left for the terminal to break.
		if screenful.wrapped != 1 {
			t.Errorf("%d lines were too long", screenful.wrapped)
		}
		golden(t, "load_terminal.txt", []byte(after))
	})
}

// TestLoadAlarms proves which counts stand out on a terminal.
func TestLoadAlarms(t *testing.T) {
	t.Parallel()
	p := &page{colour: true}
	l := loadProgress{heard: true}
	if row := p.liveSockets(l, 79) + p.liveErrors(l, 79); strings.Contains(row, "\x1b") {
		t.Errorf("%q stands out though all is well", row)
	}
	l.add(LoadSecond{Errors: 1, Dropped: 2, Late: 3, Skipped: 4})
	row := p.liveSockets(l, 79) + p.liveErrors(l, 79)
	for _, want := range []string{p.paint(red, "2 dropped"), p.paint(red, "1 error"), p.paint(yellow, "3 late"), p.paint(yellow, "4 skipped")} {
		if !strings.Contains(row, want) {
			t.Errorf("%q lacks %q", row, want)
		}
	}
}

// Narrow, empty, huge or hostile: no line is too wide, nothing steers the terminal, nothing
// of the bar is left, and the conclusion comes last.
func TestLoadConsoleOddities(t *testing.T) {
	t.Parallel()
	empty := Load{Head: LoadHead{Target: "192.0.2.10:8000", Shards: 1}}
	unbegun := empty
	unbegun.SetupError = "dial 192.0.2.10:8000: connect: connection refused"
	for name, l := range map[string]Load{
		"shown": shownLoad(), "limit": searchedLoad(), "empty": empty, "unbegun": unbegun, "huge": hugeLoad(), "hostile": hostileLoad(),
	} {
		for _, live := range []bool{true, false} {
			for _, columns := range []int{40, 80} {
				t.Run(name+map[bool]string{true: " live", false: " still"}[live]+map[int]string{40: " narrow", 80: ""}[columns], func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						var screenful terminal
						c := newLoadConsole(ofWidth(&screenful, columns, live, false))
						l := l
						l.Head.Reproduce = "again"
						l.Head.Started = time.Now()
						plan, said, scale := shownPlan, "the gateway has not answered for 5 s", int64(1)
						switch name {
						case "hostile":
							plan, said = []string{hostile, strings.Repeat(hostile, 9)}, hostile
						case "huge":
							scale = 1 << 40
						}
						c.Begin(l.Head, plan, time.Minute)
						check := func(when string) {
							t.Helper()
							for line := range strings.Lines(screenful.String()) {
								if width(strings.TrimRight(line, "\n")) > columns {
									t.Errorf("%s: too wide: %q", when, line)
								}
							}
						}
						for at := range 6 {
							s := second(at)
							for _, n := range []*int64{&s.Sockets, &s.Events, &s.Changes} {
								*n *= scale
							}
							s.Errors, s.Dropped, s.Late, s.Skipped = scale, scale, scale, scale
							c.Second(s)
						}
						c.Say(said)
						time.Sleep(time.Second)
						synctest.Wait()
						check("during")
						c.End(l)
						check("after")
						if len(screenful.foul) > 0 || screenful.looks > 0 || screenful.wrapped > 0 {
							t.Errorf("the terminal got %s, %d looks, %d lines that were too long", screenful.foul, screenful.looks, screenful.wrapped)
						}
						after := screenful.String()
						tail := strings.Join(strings.Fields(after), "")
						if want := strings.Join(strings.Fields(l.Conclusion()), ""); !strings.HasSuffix(tail, want) {
							t.Errorf("the conclusion is not last:\n%s", after)
						}
						if columns == 40 && !live && name != "hostile" {
							golden(t, "load_narrow_"+name+".txt", []byte(after))
						}
					})
				})
			}
		}
	}
}

// What is copied from the last lines is safe, too.
// TestLoadExactness proves when a run is called exact.
// TestLoadConsoleFromManyGoroutines proves that nothing is torn, for the race detector above
// all: the bar draws while all else goes on.
func TestLoadConsoleFromManyGoroutines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var screenful terminal
		c := newLoadConsole(ofWidth(&screenful, 80, true, false))
		c.Begin(LoadHead{}, nil, time.Minute)
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				for at := range 20 {
					c.Second(second(at))
					c.Say("said by " + string(rune('A'+w)))
					time.Sleep(time.Duration(w+1) * 100 * time.Millisecond)
				}
			})
		}
		wg.Wait()
		c.End(Load{})
		for w := range 4 {
			if n := strings.Count(screenful.String(), "  said by "+string(rune('A'+w))+"\n"); n != 20 {
				t.Errorf("%d lines of 20 are there", n)
			}
		}
	})
}

// A file is no terminal, even if it is an *os.File.
func TestLoadConsoleToFile(t *testing.T) {
	t.Parallel()
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c := NewLoadConsole(file)
	c.Begin(LoadHead{}, shownPlan, time.Minute)
	c.Second(second(0))
	c.End(soundLoad())
	got, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	if len(logLines(string(got))) != 1 || bytes.ContainsAny(got, "\x1b\r") {
		t.Errorf("the file holds:\n%s", got)
	}
}

// TestLoadSummaryBounds proves that what is left out of a list is told.
