package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"ttcheck/protocol"
)

func writeMarkdown(t *testing.T, run Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteMarkdown(&b, run); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	text := writeMarkdown(t, sample())
	golden(t, "sample.md", []byte(text))
	if !strings.HasPrefix(text, "## FAILED: 3 of 8 requirements do not hold (TOK-11, AUTH-01, WS-14)") {
		t.Errorf("it begins with %.100q", text)
	}
	last := -1
	for _, part := range []string{"**This is no certification", "| Chapter | pass | info | warning | fail |", "| token | 1 | 1 | 1 | 1 |", "Coverage: 8 of 14",
		"### Failures", "### Not judged", "### Warnings", "### Observed", "### Skipped", "- ORD-02–04 – unsupported", "### Remarks", "### The run", "```sh\nttcheck run --suite"} {
		at := strings.Index(text, part)
		if at <= last {
			t.Errorf("%q is missing or out of order", part)
		}
		last = at
	}
	if n := strings.Count(text, "<details>"); n != 6 || n != strings.Count(text, "</details>") {
		t.Errorf("%d details", n)
	}
}

func TestMarkdownOfSuccess(t *testing.T) {
	t.Parallel()
	text := writeMarkdown(t, results(Pass, Pass))
	if !strings.HasPrefix(text, "## PASSED: all 2 requirements hold\n") || strings.Contains(text, "<details>") || strings.Contains(text, "### Failures") {
		t.Errorf("%s", text)
	}
}

// Outside of fences no foreign byte may be markup; inside, none may end the fence.
func TestMarkdownHostile(t *testing.T) {
	t.Parallel()
	harmless(t, writeMarkdown(t, hostileRun()), 6)
}

// harmless finds foreign bytes that are markup, in a text with that many fences.
func harmless(t *testing.T, text string, wantFences int) {
	t.Helper()
	var outside, fence string
	fences := 0
	for line := range strings.Lines(text) {
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fence == "" && len(ticks) >= 3:
			fence, fences = ticks, fences+1
		case fence != "" && strings.TrimSpace(line) == fence:
			fence = ""
		case fence == "":
			outside += line
		}
	}
	if fence != "" {
		t.Errorf("a fence of %d is never closed", len(fence))
	}
	if fences != wantFences {
		t.Errorf("%d fences, not one for each story and the command", fences)
	}
	for _, foul := range []string{"<script", "`", "@everyone", "](http", "://", "\x1b", "\u202e", "\u009b"} {
		if strings.Contains(outside, foul) {
			t.Errorf("%q got out", foul)
		}
	}
	tag := regexp.MustCompile(`</?[a-z]+`)
	for _, found := range tag.FindAllString(outside, -1) {
		switch found {
		case "<details", "</details", "<summary", "</summary", "<b", "</b":
		default:
			t.Errorf("the tag %s got out", found)
		}
	}
	columns := 0
	for line := range strings.Lines(outside) {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		if n := strings.Count(line, "|"); columns != 0 && n != columns {
			t.Errorf("a row of %d cells in a table of %d: %s", n-1, columns-1, line)
		} else {
			columns = n
		}
	}
}

func TestFence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "```", "a`b``": "```", "```": "````", "x\n`````\ny`": "``````"} {
		if got := fenceFor(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// A job summary of more than 1 MiB is thrown away.
func TestMarkdownStaysSmall(t *testing.T) {
	t.Parallel()
	var run Run
	for i := range 400 {
		run.Results = append(run.Results, Result{
			Verdict: Fail, Requirement: requirement(fmt.Sprintf("TOK-%03d", i), protocol.Tokens, protocol.Must, "Q", "does", ""),
			Findings: []Finding{{Actual: strings.Repeat("x", 5000)}},
		})
	}
	text := writeMarkdown(t, run)
	if len(text) > 1<<20 {
		t.Errorf("%d bytes", len(text))
	}
	if !strings.Contains(text, "TOK-399") || !strings.Contains(text, "left out") {
		t.Error("the last failure is not named, or not said to be cut")
	}
}
