package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// maxMarkdownDetails bounds the evidence of a Markdown report, in bytes: a CI
// service throws a job summary of more than 1 MiB away. What is left out is named.
const maxMarkdownDetails = 512 << 10

// markdown writes GitHub's Markdown. Foreign text gets in through escape, or
// through a fence that it cannot end.
type markdown struct {
	text    strings.Builder
	details int  // bytes of evidence so far
	whole   bool // a document of its own: its sections are one level higher
}

// WriteMarkdown writes the run for people, fit for the summary of a CI job.
func WriteMarkdown(w io.Writer, run Run) error {
	var m markdown
	m.line("## %s", escape(run.Conclusion()))
	m.line("**%s**", escape(run.Certification()))
	if run.Head.Integration == nil {
		m.table(run)
	} else if _, all := run.tallies(); len(all) > 0 {
		m.line("Cases: %s.", escape(inline(all.String())))
	}
	m.line("Coverage: %s.", escape(run.Coverage.String()))
	m.stories(run, "Failures", func(v Verdict) bool { return v == Fail })
	m.unjudged(run)
	m.stories(run, "Warnings", func(v Verdict) bool { return v == Warning })
	m.observed(run)
	points(&m, "Not shown", run.notShown(), group.String)
	points(&m, "Skipped", run.skipped(), inline)
	points(&m, "Remarks", run.Remarks, inline)
	m.section("The run")
	m.facts(run, append([]fact{{"suite", run.Head.suite()}}, run.Head.facts()...))
	if run.Head.Reproduce != "" {
		m.line("To run it again:")
		m.command(run)
	}
	if _, err := io.WriteString(w, m.text.String()); err != nil {
		return fmt.Errorf("write the Markdown report: %w", err)
	}
	return nil
}

func (m *markdown) add(text string) { m.text.WriteString(text) }

// line writes a paragraph; its arguments are escaped already.
func (m *markdown) line(format string, arguments ...any) {
	fmt.Fprintf(&m.text, format+"\n\n", arguments...)
}

// section begins a section.
func (m *markdown) section(title string) {
	if m.whole {
		m.line("## %s", title)
		return
	}
	m.line("### %s", title)
}

// points writes a section of points, if there are any; text makes clean text of each.
func points[A any](m *markdown, title string, items []A, text func(A) string) {
	if len(items) == 0 {
		return
	}
	m.section(title)
	for _, item := range items {
		m.add("- " + escape(text(item)) + "\n")
	}
	m.add("\n")
}

// table writes the counts by chapter and verdict.
func (m *markdown) table(r Run) {
	byChapter, total := r.tallies()
	columns := total.columns()
	row := func(name string, cell func(Verdict) string) {
		m.add("| " + name + " |")
		for _, v := range columns {
			m.add(" " + cell(v) + " |")
		}
		m.add("\n")
	}
	counts := func(t tally) func(Verdict) string {
		return func(v Verdict) string {
			if t[v] == 0 {
				return ""
			}
			return strconv.Itoa(t[v])
		}
	}
	row("Chapter", func(v Verdict) string { return string(v) })
	row(":---", func(Verdict) string { return "---:" })
	for _, c := range r.chapters() {
		if t := byChapter[c]; t != nil {
			row(escape(inline(string(c))), counts(t))
		}
	}
	row("**total**", counts(total))
	m.add("\n")
}

// stories tells, folded away, what is wrong with each case of some verdicts.
func (m *markdown) stories(r Run, title string, wanted func(Verdict) bool) {
	for _, result := range r.Results {
		if !wanted(result.Verdict) {
			continue
		}
		if title != "" {
			m.section(title)
			title = ""
		}
		m.story(result)
	}
}

// unjudged tells of the cases that were tried and not judged. Those of which
// there is nothing to tell but the same reason share one piece.
func (m *markdown) unjudged(r Run) {
	title := "Not judged"
	for _, l := range r.leftovers() {
		if !l.verdict.unjudged() {
			continue
		}
		if title != "" {
			m.section(title)
			title = ""
		}
		alike := leftover{verdict: l.verdict, reason: l.reason}
		for _, result := range l.cases {
			if len(l.cases) == 1 || result.told() {
				m.story(result)
			} else {
				alike.cases = append(alike.cases, result)
			}
		}
		if len(alike.cases) > 0 {
			m.folded(alike)
		}
	}
}

// folded tells of cases that ended alike, in one piece: which they are.
func (m *markdown) folded(l leftover) {
	lines := make([]string, 0, len(l.cases))
	for _, result := range l.cases {
		lines = append(lines, inline(result.Requirement.ID)+"  "+result.sentence())
	}
	m.piece(string(l.verdict), count(len(l.cases), "case"), l.reason, strings.Join(lines, "\n"))
}

// story tells of one case.
func (m *markdown) story(r Result) {
	var p page
	p.details(r, 0, inFile)
	m.piece(string(r.Verdict), r.Requirement.ID, r.sentence(), strings.TrimRight(p.String(), "\n"))
}

// piece folds text away behind a line: a verdict, what it is of, and what that is
// about. The text is clean.
func (m *markdown) piece(verdict, of, about, text string) {
	if m.details += len(text); m.details > maxMarkdownDetails {
		text = "left out: this report is full; the JSON report has the evidence"
	}
	fence := fenceFor(text)
	m.line("<details><summary>%s <b>%s</b> %s</summary>",
		escape(inline(verdict)), escape(inline(of)), escape(inline(about)))
	m.line("%stext\n%s\n%s", fence, text, fence)
	m.line("</details>")
}

// observed lists what was noted about cases that have no story of their own.
func (m *markdown) observed(r Run) {
	var notes []string
	for _, result := range r.Results {
		if result.Verdict == Pass || result.Verdict == Info {
			for _, note := range result.Notes[:min(len(result.Notes), inFile.notes)] {
				notes = append(notes, inline(result.Name())+": "+inline(note))
			}
		}
	}
	points(m, "Observed", notes, inline)
}

// facts says what was tested and how, and when.
func (m *markdown) facts(r Run, facts []fact) {
	m.add("| | |\n| :--- | :--- |\n")
	if started := r.Head.started(); started != "" {
		facts = append(facts, fact{"started", started})
	}
	facts = append(facts, fact{"duration", brief(r.Head.Duration.Round(time.Millisecond))})
	for _, f := range facts {
		fmt.Fprintf(&m.text, "| %s | %s |\n", escape(f.label), escape(f.value))
	}
	m.add("\n")
}

// command writes the command line that repeats the run.
func (m *markdown) command(r Run) {
	command := inline(r.Head.Reproduce)
	fence := fenceFor(command)
	m.line("%ssh\n%s\n%s", fence, command, fence)
}

// fenceFor is a fence longer than any row of backticks in the text.
func fenceFor(text string) string {
	longest, row := 0, 0
	for _, r := range text {
		if r != '`' {
			row = 0
			continue
		}
		row++
		longest = max(longest, row)
	}
	return strings.Repeat("`", max(3, longest+1))
}

// escape makes a line of clean text plain: no markup, no HTML, no cell of a
// table, no mention of a user, no link.
var escape = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "`", "&#96;", `\`, "&#92;",
	"*", "&#42;", "_", "&#95;", "~", "&#126;", "[", "&#91;", "]", "&#93;", "#", "&#35;",
	"@", "&#64;", "$", "&#36;", "://", "&#58;//", "www.", "www&#46;",
).Replace
