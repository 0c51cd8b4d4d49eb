package report

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteSelfTestMarkdown writes a self-test for people: what proves which requirement,
// and what every trial came to.
func WriteSelfTestMarkdown(w io.Writer, s SelfTest) error {
	var m markdown
	m.line("## %s", escape(s.Conclusion()))
	groups := s.groups()
	m.add("| tried | |\n| :--- | :--- |\n")
	for _, g := range groups {
		m.row(g.name, g.outcomes())
	}
	if sides, unexplained, of := s.SideFindings(); of > 0 {
		m.row("side findings", fmt.Sprintf("%d of %d, %d of them unexplained", sides, of, unexplained))
	}
	m.row("duration", brief(s.Duration.Round(time.Millisecond)))
	m.add("\n")
	for _, t := range s.Trials {
		if !t.Good() {
			var p page
			p.trial(t)
			m.piece(string(t.Outcome()), t.Name, t.What, strings.TrimRight(p.String(), "\n"))
		}
	}
	if proofs := s.Proofs(); len(proofs) > 0 {
		m.line("### What proves each requirement")
		m.add("| requirement | level | found broken by | broken, and found by another |\n| :--- | :--- | :--- | :--- |\n")
		for _, p := range proofs {
			m.row(p.Requirement.ID, string(p.Requirement.Level), strings.Join(p.CaughtBy, ", "), strings.Join(p.Silent, ", "))
		}
		m.add("\n")
	}
	for _, g := range groups {
		m.trials(g)
	}
	if _, err := io.WriteString(w, m.text.String()); err != nil {
		return fmt.Errorf("write the Markdown report: %w", err)
	}
	return nil
}

// trials lists the trials of a group.
func (m *markdown) trials(g trialGroup) {
	m.line("### Tried: %s", escape(g.name))
	m.add("| name | " + g.subject.that() + "… | outcome | by | besides |\n| :--- | :--- | :--- | :--- | :--- |\n")
	for _, t := range g.trials {
		var sides []string
		for _, s := range t.Sides {
			sides = append(sides, strings.TrimSuffix(s.ID+": "+s.Reason, ": "))
		}
		m.row(t.Name, t.What, string(t.Outcome()), strings.Join(t.Caught, ", "), strings.Join(sides, "; "))
	}
	m.add("\n")
}

// row writes a row of a table.
func (m *markdown) row(cells ...string) {
	for _, cell := range cells {
		m.add("| " + escape(inline(cell)) + " ")
	}
	m.add("|\n")
}
