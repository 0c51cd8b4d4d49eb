package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"ttcheck/protocol"
)

// stuck is a run that was cut short after many cases had ended in the same error.
func stuck() Run {
	var run Run
	add := func(v Verdict, skip SkipKind, reason string, from, to int) {
		for i := from; i <= to; i++ {
			id := fmt.Sprintf("EVT-%02d", i)
			run.Results = append(run.Results, Result{Verdict: v, Skip: skip, Reason: reason,
				Requirement: requirement(id, protocol.Events, protocol.Must, "Q", "sends event "+id, "")})
			run.Coverage.NotRun = append(run.Coverage.NotRun, NotRun{id, reason})
		}
	}
	add(Error, "", "clear order: HTTP 500", 1, 20)
	add(Error, "", "another error", 21, 21)
	add(Skipped, NotReached, "the run was interrupted", 22, 44)
	add(Skipped, NotPermitted, "needs --allow orders", 45, 46)
	run.Coverage.Selected = len(run.Results)
	run.Interrupted = true
	return run
}

func TestEqualReasonsAreFoldedOnConsole(t *testing.T) {
	t.Parallel()
	run := stuck()
	var b bytes.Buffer
	c := NewConsole(&b, ConsoleOptions{})
	c.Begin(run.Head, len(run.Results))
	for _, r := range run.Results {
		c.Result(r)
	}
	live := b.String()
	if n := strings.Count(live, "clear order: HTTP 500"); n != 1 {
		t.Errorf("the reason is told %d times:\n%s", n, live)
	}
	if !strings.Contains(live, "\nerror    EVT-20   for the same reason as EVT-01\n") || !strings.Contains(live, "another error") {
		t.Errorf("a case is missing:\n%s", live)
	}
	if strings.Contains(live, "interrupted") || strings.Contains(live, "EVT-22") {
		t.Errorf("cases that were not reached are listed:\n%s", live)
	}
	c.End(run)
	summary := strings.Join(strings.Fields(b.String()[len(live):]), " ")
	for _, want := range []string{
		"coverage: 0 of 46 selected requirements were judged not judged: ",
		"not judged: 20 cases ended in an error: clear order: HTTP 500 (EVT-01–20) ",
		"not judged: 1 case ended in an error: another error (EVT-21) ",
		"not judged: 23 cases were not reached: the run was interrupted (EVT-22–44) ",
		"not judged: EVT-45, EVT-46 – needs --allow orders ",
	} {
		if strings.Count(summary, want) != 1 {
			t.Errorf("the summary lacks %q:\n%s", want, summary)
		}
	}
	if n := strings.Count(summary, "not judged:"); n != 4 {
		t.Errorf("%d groups, not 4:\n%s", n, summary)
	}
}

func TestEqualReasonsAreFoldedInMarkdown(t *testing.T) {
	t.Parallel()
	run := stuck()
	run.Results[4].Notes = []string{"the gateway was slow"}
	text := writeMarkdown(t, run)
	if n := strings.Count(text, "<details>"); n != 3 {
		t.Errorf("%d pieces, not one for 19 cases, one for that with a note, and one for the other error:\n%s", n, text)
	}
	for _, want := range []string{
		"<summary>error <b>19 cases</b> clear order: HTTP 500</summary>", "\nEVT-20  sends event EVT-20\n",
		"<summary>error <b>EVT-05</b>", "the gateway was slow", "<summary>error <b>EVT-21</b>",
		"\n- 23 cases were not reached: the run was interrupted (EVT-22–44)\n", "\n- EVT-45, EVT-46 – needs --allow orders\n",
	} {
		if strings.Count(text, want) != 1 {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
}

// Cases of one requirement that ended in different ways are all told of.
func TestNothingFallsOutOfSight(t *testing.T) {
	t.Parallel()
	q := requirement("AUTH-01", protocol.Authorization, protocol.Must, "Q", "does", "")
	run := Run{
		Results: []Result{
			{Requirement: q, Case: "a", Verdict: Error, Reason: "broke"},
			{Requirement: q, Case: "b", Verdict: Skipped, Skip: Unsupported, Reason: "lacks it"},
			{Requirement: q, Case: "c", Verdict: Inconclusive, Reason: "slow"},
			{Requirement: q, Case: "d", Verdict: "maybe"},
		},
		Coverage: Coverage{Selected: 2, NotRun: []NotRun{{"AUTH-01", "broke"}, {"AUTH-02", "no case"}}},
	}
	var p page
	p.summary(run)
	text := strings.Join(strings.Fields(p.String()), " ")
	for _, want := range []string{
		"1 case ended in an error: broke (AUTH-01 a)", "skipped: AUTH-01 b – unsupported: lacks it",
		"1 case could not be judged: slow (AUTH-01 c)", "1 case without a verdict (AUTH-01 d)", "not judged: AUTH-02 – no case",
	} {
		if strings.Count(text, want) != 1 {
			t.Errorf("the summary lacks %q:\n%s", want, text)
		}
	}
}

// A log has no width; on a terminal the reason of a skip is wrapped, not cut.
func TestLinesAreWhole(t *testing.T) {
	t.Parallel()
	long := strings.TrimSpace(strings.Repeat("word ", 40))
	q := requirement("TOK-01", protocol.Tokens, protocol.Must, "Q", long, "")
	passed, skipped := Result{Requirement: q, Verdict: Pass}, Result{Requirement: q, Verdict: Skipped, Skip: NotPermitted, Reason: long}
	log := page{width: logColumns, log: true}
	log.result(passed, true)
	log.result(skipped, true)
	if got, want := log.String(), "pass     TOK-01   "+long+"\nskipped  TOK-01   not permitted: "+long+"\n"; got != want {
		t.Errorf("in a log:\n%s", got)
	}
	terminal := page{width: 80}
	terminal.result(skipped, true)
	if got := strings.Count(terminal.String(), "word"); got != 40 {
		t.Errorf("on a terminal %d of 40 words:\n%s", got, terminal.String())
	}
	for line := range strings.Lines(terminal.String()) {
		if width(strings.TrimSuffix(line, "\n")) > 80 {
			t.Errorf("too long: %s", line)
		}
	}
}
