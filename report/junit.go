package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"ttcheck/protocol"
)

// The elements of a JUnit report, as CI servers read them.
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		Name    string   `xml:"name,attr"`
		junitCounts
		Suites []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name string `xml:"name,attr"`
		junitCounts
		Timestamp  string          `xml:"timestamp,attr,omitempty"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitCounts struct {
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Time     string `xml:"time,attr"` // seconds
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class     string        `xml:"classname,attr"`
		Name      string        `xml:"name,attr"`
		Time      string        `xml:"time,attr"` // seconds
		Failure   *junitProblem `xml:"failure"`
		Error     *junitProblem `xml:"error"`
		Skipped   *junitSkip    `xml:"skipped"`
		SystemOut *junitText    `xml:"system-out"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Body    string `xml:",cdata"` // clean text, or it would not be valid
	}
	junitText struct {
		Body string `xml:",cdata"`
	}
	junitSkip struct {
		Message string `xml:"message,attr"`
	}
)

// WriteJUnit writes the run for CI servers: a suite for each chapter, a test
// case for each case. JUnit has no warnings: a case that only warns passes, and
// its system-out says what it warns of. What could not be judged is an error. If
// the run itself did not get to a verdict (interrupted, out of time, not set up,
// nothing run), a further suite named "run" holds one error that says so, lest a
// report without failures be taken for a success.
func WriteJUnit(w io.Writer, run Run) error {
	document := junitSuites{Name: "ttcheck"}
	properties := junitProperties(run)
	unique := map[string]int{}
	for _, chapter := range run.chapters() {
		suite := junitSuite{Name: inline(string(chapter)), Properties: properties, Timestamp: junitTime(run.Head.Started)}
		var took time.Duration
		for _, result := range run.Results {
			if result.Requirement.Chapter == chapter {
				suite.Cases = append(suite.Cases, junitResult(chapter, result, unique))
				took += result.Duration
			}
		}
		if len(suite.Cases) > 0 {
			document.add(suite, took)
		}
	}
	if problem := run.unfinished(); problem != "" {
		document.add(junitSuite{
			Name: "run", Properties: properties, Timestamp: junitTime(run.Head.Started),
			Cases: []junitCase{{
				Class: "ttcheck.run", Name: "reaches a verdict", Time: seconds(0),
				Error: &junitProblem{Message: problem, Type: inline(string(run.Outcome())), Body: problem},
			}},
		}, 0)
	}
	document.Time = seconds(run.Head.Duration)

	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write the JUnit report: %w", err)
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return fmt.Errorf("write the JUnit report: %w", err)
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("write the JUnit report: %w", err)
	}
	return nil
}

// add counts a suite and takes it in.
func (d *junitSuites) add(suite junitSuite, took time.Duration) {
	suite.Tests, suite.Time = len(suite.Cases), seconds(took)
	for _, c := range suite.Cases {
		switch {
		case c.Failure != nil:
			suite.Failures++
		case c.Error != nil:
			suite.Errors++
		case c.Skipped != nil:
			suite.Skipped++
		}
	}
	d.Tests += suite.Tests
	d.Failures += suite.Failures
	d.Errors += suite.Errors
	d.Skipped += suite.Skipped
	d.Suites = append(d.Suites, suite)
}

// unfinished says why the run as a whole came to no verdict, or nothing if the
// cases alone tell it.
func (r Run) unfinished() string {
	if r.Interrupted || r.TimedOut || r.SetupError != "" || r.Outcome() == NothingRun {
		return r.Conclusion()
	}
	return ""
}

func junitResult(chapter protocol.Chapter, r Result, unique map[string]int) junitCase {
	c := junitCase{Class: "ttcheck." + inline(string(chapter)), Name: inline(r.Requirement.ID) + " " + r.sentence(), Time: seconds(r.Duration)}
	key := c.Class + " " + c.Name
	if unique[key]++; unique[key] > 1 {
		c.Name += fmt.Sprintf(" (%d)", unique[key])
	}
	var p page
	p.details(r, 0, inFile)
	message := r.headline()
	switch r.Verdict {
	case Fail:
		c.Failure = &junitProblem{message, inline(string(r.Requirement.Level)), p.String()}
	case Skipped:
		c.Skipped = &junitSkip{r.skipReason()}
	case Warning:
		c.SystemOut = &junitText{"WARNING: " + message + "\n" + p.String()}
	case Pass, Info:
		if len(r.Notes) > 0 {
			c.SystemOut = &junitText{strings.Join(cleaned(r.Notes[:min(len(r.Notes), inFile.notes)]), "\n")}
		}
	default:
		c.Error = &junitProblem{message, inline(string(r.Verdict)), p.String()}
	}
	return c
}

// headline is the point of a result in one line: the reason, or the first
// finding.
func (r Result) headline() string {
	if r.Reason != "" || len(r.Findings) == 0 {
		return fit(inline(r.Reason), 300)
	}
	f := r.Findings[0]
	text := fmt.Sprintf("expected %s; actual: %s", fit(inline(f.Expected), 150), fit(inline(f.Actual), 150))
	if more := len(r.Findings) - 1; more > 0 {
		text += fmt.Sprintf(" (and %s)", count(more, "more finding"))
	}
	return text
}

func junitProperties(r Run) []junitProperty {
	list := []junitProperty{{"suite", r.Head.suite()}}
	for _, f := range r.Head.facts() {
		list = append(list, junitProperty{f.label, f.value})
	}
	list = append(list,
		junitProperty{"coverage", r.Coverage.String()},
		junitProperty{"conclusion", r.Conclusion()},
		junitProperty{"certification", r.Certification()},
	)
	for _, remark := range r.Remarks {
		list = append(list, junitProperty{"remark", inline(remark)})
	}
	if r.Head.Reproduce != "" {
		list = append(list, junitProperty{"reproduce", inline(r.Head.Reproduce)})
	}
	return list
}

// junitTime is a moment as JUnit has it: without a zone, in UTC.
func junitTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05")
}
