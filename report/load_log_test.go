package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
)

// logLines are the lines of the log, without the names of the columns.
func logLines(text string) []string {
	return regexp.MustCompile(`(?m)^ +\d+:\d\d .*$`).FindAllString(text, -1)
}

// TestLoadLogSumsUp proves that every line stands for its own five seconds.
func TestLoadLogSumsUp(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	c := NewLoadConsole(&b)
	for at := range 12 {
		if at == 8 || at == 9 {
			continue // the driver had no time for these
		}
		s := LoadSecond{At: at, Sockets: int64(at), Events: 10 * int64(at), Changes: 1, Errors: 1, Dropped: 2, Latency: evenly(1, time.Duration(at+1)*time.Millisecond, 0)}
		if at == 6 {
			s.Late, s.Skipped = 3, 1
		}
		c.Second(s)
	}
	c.Close()
	var got []string
	for _, line := range logLines(b.String()) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"0:05 4 20 1 3.00ms 5.00ms 5 10",
		"0:08 7 60 1 7.00ms 8.00ms 3 6 3 late 1 skipped",
		"0:12 11 105 1 11.0ms 12.0ms 2 4",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	again := &loadWindow{}
	again.add(second(3))
	if again.takes(second(2)) || !again.takes(second(4)) {
		t.Error("seconds that begin anew share a line with those before")
	}
	before := b.Len()
	c.Second(second(12))
	c.Say("too late")
	c.Begin(LoadHead{}, nil, 0)
	c.End(Load{})
	if b.Len() != before {
		t.Errorf("shown after the end: %s", b.String()[before:])
	}
}

// TestLoadLogAgain proves that the steps of a search do not run into each other.
func TestLoadLogAgain(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	c := NewLoadConsole(&b)
	for step := range 2 {
		c.Begin(LoadHead{Target: "192.0.2.10:8000"}, []string{"step " + string(rune('1'+step))}, 0)
		for at := range 3 {
			c.Second(second(at))
		}
	}
	c.End(soundLoad())
	if n := strings.Count(b.String(), "  target "); n != 1 {
		t.Errorf("the target is told %d times", n)
	}
	if n := len(logLines(b.String())); n != 2 {
		t.Errorf("%d lines, want one for each step", n)
	}
	if !regexp.MustCompile(`(?s)step 1.*\n +0:03 .*step 2.*\n +0:03 `).MatchString(b.String()) {
		t.Errorf("out of order:\n%s", b.String())
	}
}

// TestLoadSayInOrder proves that what is said stands below the seconds that came before,
// such as the verdict of a search's step below the step's last seconds.
func TestLoadSayInOrder(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	c := NewLoadConsole(&b)
	c.Begin(LoadHead{}, nil, 0)
	for at := range 7 {
		c.Second(second(at))
	}
	c.Say("said")
	c.Say("said again")
	c.Second(second(7))
	c.Close()
	var got []string
	for _, line := range logLines(b.String()) {
		words := strings.Fields(line)
		if words[1] == "500" { // sockets
			words = words[:1]
		}
		got = append(got, strings.Join(words, " "))
	}
	if want := "0:05, 0:07, 0:00 said, 0:00 said again, 0:08"; strings.Join(got, ", ") != want {
		t.Errorf("%q, want %s; all of it:\n%s", got, want, b.String())
	}
}
