package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteCertificate writes what a run that judged an integration is worth, in Markdown, to
// hand over: whether the integration is certified and if not why not, what was tested and
// how, what became of every requirement, and the evidence of what does not hold. It refuses
// a run that judged a gateway.
func WriteCertificate(w io.Writer, run Run) error {
	integration := run.Head.Integration
	if integration == nil {
		return errors.New("write the certificate: the run judged no integration")
	}
	m := markdown{whole: true}
	title := "No certificate"
	if run.Certifies() {
		title = "Certificate"
	}
	m.line("# %s: %s", title, escape(integration.title()))
	m.line("**%s**", escape(run.Certification()))
	m.facts(run, run.Head.certificateFacts())
	m.section("The requirements")
	m.standings(run)
	m.stories(run, "What does not hold", func(v Verdict) bool { return v == Fail })
	m.unjudged(run)
	m.stories(run, "Warnings", func(v Verdict) bool { return v == Warning })
	points(&m, "Not shown", run.notShown(), group.String)
	points(&m, "Not played", append(run.skipped(), run.unplayed()...), inline)
	m.observed(run)
	points(&m, "Remarks", run.Remarks, inline)
	if run.Head.Reproduce != "" {
		m.section("How to reproduce")
		m.command(run)
	}
	if _, err := io.WriteString(w, m.text.String()); err != nil {
		return fmt.Errorf("write the certificate: %w", err)
	}
	return nil
}

// certificateFacts are the facts of a run that judged an integration, with the version of
// ttcheck behind how it was driven.
func (h Head) certificateFacts() []fact {
	facts := h.facts()
	at := slices.IndexFunc(facts, func(f fact) bool { return f.label == "gateway" || f.label == "profile" })
	return slices.Insert(facts, max(at, 0), fact{"ttcheck", inline(h.SuiteVersion)})
}

// standings writes a table of what became of each requirement. What does not hold stands
// out.
func (m *markdown) standings(r Run) {
	m.add("| ID | level | an integration … | verdict | cases |\n| :--- | :--- | :--- | :--- | :--- |\n")
	for _, s := range r.standings() {
		verdict := escape(inline(s.word()))
		if s.worst().severity() > Warning.severity() {
			verdict = "**" + verdict + "**"
		}
		fmt.Fprintf(&m.text, "| %s | %s | %s | %s | %s |\n",
			escape(inline(s.requirement.ID)), escape(inline(string(s.requirement.Level))),
			escape(inline(s.requirement.Sentence)), verdict, escape(strings.Join(s.cases(), "; ")))
	}
	m.add("\n")
}

// unplayed tells of the requirements without any result of which nothing else tells.
func (r Run) unplayed() []string {
	var ids []string
	for _, s := range r.standings() {
		told := slices.ContainsFunc(r.Coverage.NotRun, func(n NotRun) bool { return n.ID == s.requirement.ID })
		if len(s.results) == 0 && !told {
			ids = append(ids, s.requirement.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return []string{group{"the acts that were played have no case of them", ranged(ids)}.String()}
}
