package report

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/protocol"
)

// play shows a run as an engine would, half a second a case.
func play(c *Console, r Run) {
	c.Begin(r.Head, len(r.Results))
	for i, result := range r.Results {
		if i == 2 {
			c.Say("Press the button of the gateway now, once.")
		}
		time.Sleep(500 * time.Millisecond)
		c.Result(result)
	}
}

// onTerminal is a screen of 80 columns.
func onTerminal(t *terminal, live, colour bool) screen {
	return screen{out: t, live: live, colour: colour, size: func() (columns, rows int) { return 80, 24 }}
}

// Every test in a bubble also shows that no goroutine is left: the bubble would
// not end.

func TestConsoleInLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		c := NewConsole(&b, ConsoleOptions{})
		run := sample()
		c.Begin(run.Head, len(run.Results))
		c.Waiting("the token window to close", time.Now().Add(122*time.Second))
		c.Waiting("a silent WebSocket to be closed", time.Now().Add(20*time.Second))
		time.Sleep(25 * time.Second)
		c.Result(run.Results[0])
		time.Sleep(9 * time.Second)
		c.Waiting("the token window to close", time.Now())
		play(c, Run{Head: run.Head, Results: run.Results[1:]})
		time.Sleep(11 * time.Second)
		c.End(run)
		golden(t, "log.txt", b.Bytes())
	})
}

func TestHeartbeatOnlyInSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b terminal
		c := NewConsole(&b, ConsoleOptions{})
		run := results(Pass)
		c.Begin(run.Head, 99)
		for range 8 {
			time.Sleep(9 * time.Second)
			c.Result(run.Results[0])
		}
		if strings.Contains(b.String(), "running") {
			t.Errorf("a heartbeat beside results:\n%s", b.String())
		}
		// The last result is 10 s old now.
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := strings.Count(b.String(), "\nrunning  8 of 99 done\n"); got != 1 {
			t.Errorf("%d heartbeats after 10 s of silence:\n%s", got, b.String())
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if got := strings.Count(b.String(), "\nrunning "); got != 3 {
			t.Errorf("%d heartbeats after 30 s of silence:\n%s", got, b.String())
		}
		c.End(run)
		before := b.String()
		c.Result(run.Results[0])
		c.Say("too late")
		c.Begin(run.Head, 1)
		c.End(run)
		time.Sleep(time.Minute)
		if b.String() != before {
			t.Errorf("shown after the end: %s", b.String())
		}
	})
}

func TestConsoleOnTerminal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var screenful terminal
		c := newConsole(onTerminal(&screenful, true, true), ConsoleOptions{})
		run := sample()
		c.Waiting("the token window to close", time.Now().Add(100*time.Second))
		c.Waiting("a silent WebSocket to be closed", time.Now().Add(20*time.Second))
		play(c, run)
		time.Sleep(redraw)
		synctest.Wait()
		during := screenful.String()
		foot := during[strings.LastIndex(during, "━")-3:]
		for _, want := range []string{
			"━  15/15\n",
			"  4 pass · 1 info · 1 warning · 3 fail · 1 error · 1 inconclusive · 4 skipped\n",
			"  0:07  waiting 1:32 for the token window to close (and 1 shorter wait)\n",
		} {
			if !strings.Contains(foot, want) {
				t.Errorf("the foot of the screen lacks %q:\n%s", want, foot)
			}
		}
		// As typed by somebody who is impatient.
		_, _ = screenful.Write([]byte("^C^C"))
		c.End(run)
		after := screenful.String()
		if strings.ContainsAny(after, "━─") || strings.Contains(after, "^C") {
			t.Errorf("something of the bar is left:\n%s", after)
		}
		if len(screenful.foul) > 0 {
			t.Errorf("the terminal was asked for %s", screenful.foul)
		}
		if screenful.looks == 0 {
			t.Error("no colours")
		}
		// The command line alone is left for the terminal to break.
		if screenful.wrapped != 1 {
			t.Errorf("%d lines were too long", screenful.wrapped)
		}
		golden(t, "terminal.txt", []byte(after))
	})
}

func TestConsoleBarMoves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var screenful terminal
		c := newConsole(onTerminal(&screenful, true, false), ConsoleOptions{})
		foot := func() string {
			time.Sleep(redraw)
			synctest.Wait()
			lines := strings.Split(screenful.String(), "\n")
			return strings.Join(lines[max(0, len(lines)-4):], "\n")
		}
		run := results(Pass, Skipped)
		c.Begin(Head{}, 4)
		if got := foot(); !strings.Contains(got, "─  0/4\n  no result yet\n  0:00 running\n") {
			t.Errorf("at first:\n%s", got)
		}
		c.Waiting("the window", time.Now().Add(90*time.Second))
		c.Result(run.Results[0])
		c.Result(run.Results[1])
		if got := foot(); !strings.Contains(got, strings.Repeat("━", 36)+strings.Repeat("─", 36)+"  2/4\n  1 pass · 1 skipped\n  0:00  waiting 1:30 for the window\n") {
			t.Errorf("half way:\n%s", got)
		}
		_, _ = screenful.Write([]byte("^C^C"))
		c.Say("patience")
		if got := foot(); !strings.Contains(got, "  0:00  waiting 1:30 for the window\n") {
			t.Errorf("after something was typed:\n%s", got)
		}
		if got := screenful.String(); !strings.Contains(got, "\n\n >>>     patience\n\n  ━") || strings.Contains(got, "^C") {
			t.Errorf("what was typed is left:\n%s", got)
		}
		time.Sleep(30*time.Second - redraw)
		if got := foot(); !strings.Contains(got, "0:30  waiting 1:00 for the window\n") {
			t.Errorf("later:\n%s", got)
		}
		time.Sleep(time.Minute)
		if got := foot(); !strings.Contains(got, "1:30 running\n") {
			t.Errorf("after the wait:\n%s", got)
		}
		if !c.Close() || c.Close() {
			t.Error("the first Close, and no other, is the first")
		}
		if strings.ContainsAny(screenful.String(), "━─") || screenful.looks > 0 {
			t.Errorf("the bar or its colours are left:\n%s", screenful.String())
		}
	})
}

func TestConsoleFromManyGoroutines(t *testing.T) {
	t.Parallel()
	for _, live := range []bool{true, false} {
		t.Run(fmt.Sprintf("live %v", live), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var screenful terminal
				c := newConsole(onTerminal(&screenful, live, false), ConsoleOptions{Verbose: true})
				run := Run{}
				const workers, each = 8, 50
				c.Begin(run.Head, workers*each)
				var wg sync.WaitGroup
				for w := range workers {
					wg.Go(func() {
						for i := range each {
							name := fmt.Sprintf("W%d-%d", w, i)
							c.Waiting(name, time.Now().Add(time.Second))
							c.Result(Result{Verdict: Pass, Requirement: requirement(name, protocol.Tokens, protocol.Must, "Q", "does "+name, "")})
							if i%10 == 0 {
								c.Say("say " + name)
							}
							time.Sleep(time.Duration(w+1) * time.Millisecond)
						}
					})
				}
				wg.Wait()
				c.End(run)
				lines := map[string]int{}
				for line := range strings.Lines(screenful.String()) {
					lines[strings.Join(strings.Fields(line), " ")]++
				}
				for w := range workers {
					for i := range each {
						name := fmt.Sprintf("W%d-%d", w, i)
						if n := lines["pass "+name+" does "+name]; n != 1 {
							t.Errorf("the line of %s is there %d times", name, n)
						}
						if n := lines[">>> say "+name]; i%10 == 0 && n != 1 {
							t.Errorf("what %s said is there %d times", name, n)
						}
					}
				}
			})
		})
	}
}

// Nothing that a gateway sends, and nothing from a report, steers the terminal.
func TestConsoleHostile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, o := range []struct{ live, integration bool }{{true, false}, {false, false}, {true, true}, {false, true}} {
			var screenful terminal
			c := newConsole(onTerminal(&screenful, o.live, false), ConsoleOptions{Verbose: true})
			run := hostileRun()
			if o.integration {
				run.Head.Integration = &Integration{Name: hostile, Version: hostile, Driven: hostile, Acts: []string{hostile}, Discovery: hostile}
			}
			c.Waiting(hostile, time.Now().Add(time.Hour))
			play(c, run)
			c.Say(hostile)
			time.Sleep(heartbeat + redraw)
			c.End(run)
			if len(screenful.foul) > 0 || screenful.looks > 0 {
				t.Errorf("%+v: the terminal got %s and %d colours", o, screenful.foul, screenful.looks)
			}
			if screenful.wrapped > 0 {
				t.Errorf("%+v: %d lines were too long", o, screenful.wrapped)
			}
		}
	})
}

func TestWaits(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var w waits
	check := func(after time.Duration, want string) {
		t.Helper()
		if got := w.line(now.Add(after)); got != want {
			t.Errorf("after %v %q, want %q", after, got, want)
		}
	}
	check(0, "")
	w.set("a", now.Add(time.Minute), now)
	check(0, "waiting 1:00 for a")
	check(time.Minute, "")
	w.set("b", now.Add(90*time.Minute), now)
	w.set("c", now.Add(time.Second), now)
	check(0, "waiting 1:30:00 for b (and 2 shorter waits)")
	w.set("b", now.Add(2*time.Minute), now)
	check(10*time.Second, "waiting 1:50 for b (and 1 shorter wait)")
	w.set("b", now, now)
	check(10*time.Second, "waiting 0:50 for a")
	for i := range 10 * waitsAtMost {
		w.set(strconv.Itoa(i), now.Add(time.Hour), now)
	}
	if len(w) > waitsAtMost {
		t.Errorf("%d waits are kept", len(w))
	}
	w.set("late", now.Add(2*time.Hour), now.Add(time.Hour))
	if len(w) != 1 {
		t.Errorf("%d waits are kept after all but one are over", len(w))
	}
}

func TestAbilities(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, system string
		environment  map[string]string
		live, colour bool
	}{
		{"a terminal", "linux", map[string]string{"TERM": "xterm-256color"}, true, true},
		{"dumb", "linux", map[string]string{"TERM": "dumb"}, false, false},
		{"no colour", "linux", map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, true, false},
		{"empty NO_COLOR", "linux", map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true, true},
		{"no TERM", "linux", nil, true, true},
		{"old Windows", "windows", nil, true, false},
		{"new Windows", "windows", map[string]string{"WT_SESSION": "x"}, true, true},
	} {
		live, colour := abilities(func(key string) string { return c.environment[key] }, c.system)
		if live != c.live || colour != c.colour {
			t.Errorf("%s: live %v, colour %v", c.name, live, colour)
		}
	}
}

// A file is no terminal, even if it is an *os.File.
func TestConsoleToFile(t *testing.T) {
	t.Parallel()
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	c := NewConsole(file, ConsoleOptions{})
	run := results(Pass)
	c.Begin(run.Head, 1)
	c.Result(run.Results[0])
	c.End(run)
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(got, []byte("\npass     X-A ")) || bytes.ContainsAny(got, "\x1b\r") {
		t.Errorf("the file holds:\n%s", got)
	}
}

// hostileRun has hostile text wherever text can be.
func hostileRun() Run {
	long := strings.Repeat(hostile+" ", 20)
	r := Run{
		SetupError: hostile, Remarks: []string{long, hostile},
		Head: Head{Target: hostile, SuiteVersion: hostile, Profile: long, LabelFilter: hostile, Allowed: []string{hostile},
			OrderNames: hostile, Press: hostile, Interface: hostile, NoCertification: []string{hostile}, Reproduce: "again",
			Chapters: []protocol.Chapter{hostile}},
		Coverage: Coverage{Selected: 9, Ran: 1, NotRun: []NotRun{{hostile, hostile}}},
	}
	for _, v := range append([]Verdict{hostile}, Verdicts...) {
		q := requirement(hostile, hostile, hostile, hostile, long, long)
		q.Profile, q.Since = hostile, hostile
		r.Results = append(r.Results, Result{
			Requirement: q, Case: hostile, Verdict: v, Skip: hostile, Reason: long, Notes: []string{hostile, long},
			Findings: []Finding{{Level: hostile, Expected: long, Actual: long, Evidence: []Exchange{
				{Channel: hostile, Sent: long, Received: strings.Repeat(hostile, 1<<11), Error: long},
			}}},
		})
	}
	return r
}
