package report

import (
	"fmt"
	"strings"

	"ttcheck/protocol"
)

// limits bound how much of a result is shown.
type limits struct {
	findings, exchanges, notes int
	bytes, lines               int // of each text: expected, actual, sent, received
}

// How much is shown where. A terminal gets what a person reads, a warning less
// than a failure; a file gets what a person searches. The JSON report has all.
var (
	failureOnConsole = limits{findings: 5, exchanges: 6, notes: 5, bytes: 800, lines: 14}
	warningOnConsole = limits{findings: 3, exchanges: 2, notes: 3, bytes: 400, lines: 5}
	inFile           = limits{findings: 20, exchanges: 20, notes: 20, bytes: 4096, lines: 80}
)

// labelColumns is the width of the labels of a result's details.
const labelColumns = 10

// details writes what stands below a result's headline: the level, why the
// verdict, the findings with their evidence, and the advice.
func (p *page) details(r Result, indent int, most limits) {
	field := func(label string, i ink, text string) {
		if text = block(text, most.bytes, most.lines); text != "" {
			p.field(indent, labelColumns, label, i, text)
		}
	}
	field("level", plain, r.weight())
	field("reason", plain, r.Reason)
	for n, finding := range r.Findings {
		if n == most.findings {
			field("", faint, "… and "+count(len(r.Findings)-n, "more finding"))
			break
		}
		if len(r.Findings) > 1 {
			field("finding", plain, fmt.Sprintf("%d of %d%s", n+1, len(r.Findings), finding.aside(r)))
		}
		field("expected", plain, finding.Expected)
		field("actual", inks[r.Verdict], finding.Actual)
		if len(finding.Evidence) > 0 {
			field("evidence", plain, evidenceLead(len(finding.Evidence), r.Requirement.Chapter))
			p.exchanges(finding.Evidence, indent+2, most)
		}
	}
	p.notes(r, indent, most)
	if len(r.Findings) > 0 {
		field("advice", plain, r.Requirement.Advice)
	}
}

// notes writes what was observed beside the verdict.
func (p *page) notes(r Result, indent int, most limits) {
	label := "noted"
	for n, note := range r.Notes {
		if n == most.notes {
			p.field(indent, labelColumns, "", faint, "… and "+count(len(r.Notes)-n, "more note"))
			return
		}
		p.field(indent, labelColumns, label, plain, block(note, most.bytes, most.lines))
		label = ""
	}
}

// sources spells out the letters by which the catalogue names its sources.
var sources = map[string]string{"Q": "Quickstart", "R": "API reference", "C": "client code"}

// weight says how much the requirement weighs and where it comes from.
func (r Result) weight() string {
	var parts []string
	for part := range strings.SplitSeq(r.Requirement.Source, ";") {
		part = strings.TrimSpace(part)
		if name, ok := sources[part]; ok {
			part = name
		}
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return string(r.Requirement.Level)
	}
	return string(r.Requirement.Level) + " (" + strings.Join(parts, ", ") + ")"
}

// aside tells a finding that only warns from the others of its result.
func (f Finding) aside(r Result) string {
	if f.Level == "" || f.Level == r.Requirement.Level {
		return ""
	}
	return ", a " + string(f.Level)
}

// evidenceLead counts the exchanges. Whoever tests a gateway knows which side is his own;
// where an integration is judged, ttcheck is the other one.
func evidenceLead(n int, chapter protocol.Chapter) string {
	text := count(n, "exchange")
	if chapter == protocol.POS {
		text += " (> the integration, < the gateway)"
	}
	return text
}

// exchanges writes messages as they crossed the wire: > towards the gateway, < from it.
func (p *page) exchanges(evidence []Exchange, indent int, most limits) {
	for n, e := range evidence {
		if n == most.exchanges {
			p.hang(strings.Repeat(" ", indent), indent, faint, fmt.Sprintf("… and %d more", len(evidence)-n))
			return
		}
		p.hang(strings.Repeat(" ", indent), indent, faint, e.lead())
		if e.Sent != "" {
			p.prefixed(indent, ">", plain, message(e.Sent, most))
		}
		if e.Received != "" {
			p.prefixed(indent, "<", plain, message(e.Received, most))
		}
		if e.Error != "" {
			p.prefixed(indent, "!", plain, block(e.Error, most.bytes, most.lines))
		}
	}
}

// lead says when and where an exchange took place.
func (e Exchange) lead() string {
	text := "at " + seconds(e.At) + "s"
	if e.Channel != "" {
		text += " on " + inline(e.Channel)
	}
	if e.Took > 0 {
		text += ", answered in " + brief(e.Took)
	}
	return text
}
