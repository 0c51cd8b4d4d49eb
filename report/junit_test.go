package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"ttcheck/protocol"
)

// What a CI server makes of a report, written apart from what the writer uses.
type (
	readSuites struct {
		XMLName  xml.Name    `xml:"testsuites"`
		Name     string      `xml:"name,attr"`
		Tests    *int        `xml:"tests,attr"`
		Failures *int        `xml:"failures,attr"`
		Errors   *int        `xml:"errors,attr"`
		Skipped  *int        `xml:"skipped,attr"`
		Time     *float64    `xml:"time,attr"`
		Suites   []readSuite `xml:"testsuite"`
		Rest     []struct {
			XMLName xml.Name
		} `xml:",any"`
	}
	readSuite struct {
		Name       string   `xml:"name,attr"`
		Tests      *int     `xml:"tests,attr"`
		Failures   *int     `xml:"failures,attr"`
		Errors     *int     `xml:"errors,attr"`
		Skipped    *int     `xml:"skipped,attr"`
		Time       *float64 `xml:"time,attr"`
		Timestamp  string   `xml:"timestamp,attr"`
		Properties []struct {
			Name  string `xml:"name,attr"`
			Value string `xml:"value,attr"`
		} `xml:"properties>property"`
		Cases []readCase `xml:"testcase"`
	}
	readCase struct {
		Name     string        `xml:"name,attr"`
		Class    string        `xml:"classname,attr"`
		Time     *float64      `xml:"time,attr"`
		Failures []readProblem `xml:"failure"`
		Errors   []readProblem `xml:"error"`
		Skipped  []readProblem `xml:"skipped"`
		Out      []string      `xml:"system-out"`
	}
	readProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// readJUnit writes a run, reads it back with a parser, and checks what holds of
// every report: counts that are right and names that are unique.
func readJUnit(t *testing.T, run Run) (readSuites, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := WriteJUnit(&b, run); err != nil {
		t.Fatal(err)
	}
	var all readSuites
	decoder := xml.NewDecoder(bytes.NewReader(b.Bytes()))
	if err := decoder.Decode(&all); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	if len(all.Rest) > 0 {
		t.Errorf("stray elements %v", all.Rest)
	}
	check := func(where, what string, got *int, want int) {
		if got == nil || *got != want {
			t.Errorf("%s: %s is not %d", where, what, want)
		}
	}
	names := map[string]bool{}
	var tests, failures, errs, skipped int
	for _, suite := range all.Suites {
		var f, e, s int
		for _, c := range suite.Cases {
			f, e, s = f+len(c.Failures), e+len(c.Errors), s+len(c.Skipped)
			if len(c.Failures)+len(c.Errors)+len(c.Skipped) > 1 {
				t.Errorf("%s has more than one outcome", c.Name)
			}
			if key := c.Class + "\x00" + c.Name; names[key] {
				t.Errorf("two cases are called %s, %s", c.Class, c.Name)
			} else {
				names[key] = true
			}
			if c.Time == nil || c.Class != "ttcheck."+suite.Name {
				t.Errorf("case %s: time %v, class %s", c.Name, c.Time, c.Class)
			}
		}
		check(suite.Name, "tests", suite.Tests, len(suite.Cases))
		check(suite.Name, "failures", suite.Failures, f)
		check(suite.Name, "errors", suite.Errors, e)
		check(suite.Name, "skipped", suite.Skipped, s)
		if suite.Time == nil || len(suite.Properties) == 0 {
			t.Errorf("%s has no time or no properties", suite.Name)
		}
		tests, failures, errs, skipped = tests+len(suite.Cases), failures+f, errs+e, skipped+s
	}
	check("all", "tests", all.Tests, tests)
	check("all", "failures", all.Failures, failures)
	check("all", "errors", all.Errors, errs)
	check("all", "skipped", all.Skipped, skipped)
	if all.Time == nil {
		t.Error("there is no time")
	}
	return all, b.Bytes()
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	run := sample()
	all, data := readJUnit(t, run)
	golden(t, "sample.junit.xml", data)
	if *all.Tests != len(run.Results) || *all.Failures != 3 || *all.Errors != 2 || *all.Skipped != 4 || *all.Time != 14.218 {
		t.Errorf("%d tests, %d failures, %d errors, %d skipped, %v s", *all.Tests, *all.Failures, *all.Errors, *all.Skipped, *all.Time)
	}
	suites := make([]string, 0, len(all.Suites))
	cases := map[string]readCase{}
	for _, suite := range all.Suites {
		suites = append(suites, suite.Name)
		for _, c := range suite.Cases {
			cases[c.Name] = c
		}
	}
	if got := strings.Join(suites, " "); got != "online token authorization websocket orders" {
		t.Errorf("suites %s", got)
	}
	failed := cases["TOK-11 closes the window after 2 minutes: a request just after its end is refused"]
	if len(failed.Failures) != 1 || *failed.Time != 3.025 {
		t.Fatalf("the failed case is %+v", failed)
	}
	if f := failed.Failures[0]; f.Type != "MUST" || f.Message != "expected a refusal 121 s after the press (2 min and 1 s of grace); actual: 201 Created, with a token" {
		t.Errorf("failure %s: %s", f.Type, f.Message)
	}
	for _, want := range []string{"Quickstart", "a refusal 121 s", "201 Created, with a token", "7.125s", "GET /api/v2/accesstoken/generate", "91c0…77aa", "Compare with the time of the press"} {
		if !strings.Contains(failed.Failures[0].Text, want) {
			t.Errorf("the failure lacks %q:\n%s", want, failed.Failures[0].Text)
		}
	}
	warned := cases["TOK-09 shows last_used and ip_address of a new token as null"]
	if len(warned.Failures)+len(warned.Errors)+len(warned.Skipped) > 0 || len(warned.Out) != 1 || !strings.HasPrefix(warned.Out[0], "WARNING: expected") {
		t.Errorf("the warning is %+v", warned)
	}
	unsure := cases["ONL-03 answers it while hundreds of WebSockets are open"]
	if len(unsure.Errors) != 1 || unsure.Errors[0].Type != "inconclusive" || !strings.Contains(unsure.Errors[0].Message, "took 3.2s") {
		t.Errorf("the inconclusive case is %+v", unsure)
	}
	skipped := cases["ORD-02 finds an order by name and by UUID"]
	if len(skipped.Skipped) != 1 || skipped.Skipped[0].Message != "unsupported: the gateway creates no orders through its API" {
		t.Errorf("the skipped case is %+v", skipped)
	}
	properties := map[string]string{}
	for _, p := range all.Suites[0].Properties {
		properties[p.Name] = p.Value
	}
	for name, want := range map[string]string{
		"target": "127.0.0.1:8000 (the embedded reference gateway)", "suite": "ttcheck 0.1.0", "profile": "reference", "speed": "40 times true speed",
		"conclusion": run.Conclusion(), "certification": run.Certification(), "reproduce": run.Head.Reproduce,
	} {
		if properties[name] != want {
			t.Errorf("property %s is %q, want %q", name, properties[name], want)
		}
	}
}

// A report without failures must not look like a success if the run came to no
// verdict.
func TestJUnitOfUnfinishedRun(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]Run{
		"interrupted": {Interrupted: true}, "out of time": {TimedOut: true}, "no set-up": {SetupError: "no answer"}, "nothing run": {},
	} {
		run.Results = results(Skipped).Results
		all, _ := readJUnit(t, run)
		last := all.Suites[len(all.Suites)-1]
		if *all.Tests != 2 || *all.Errors != 1 || last.Name != "run" || last.Cases[0].Errors[0].Message != run.Conclusion() {
			t.Errorf("%s: %d tests, %d errors, last suite %+v", name, *all.Tests, *all.Errors, last)
		}
	}
	if all, _ := readJUnit(t, Run{}); *all.Tests != 1 || *all.Errors != 1 {
		t.Errorf("no results at all: %d tests, %d errors", *all.Tests, *all.Errors)
	}
}

func TestJUnitNamesAreUnique(t *testing.T) {
	t.Parallel()
	run := results(Pass, Pass, Fail)
	for i := range run.Results {
		run.Results[i].Requirement.ID = "TOK-01"
	}
	all, _ := readJUnit(t, run)
	if got := all.Suites[0].Cases[2].Name; got != "TOK-01 does as it should (3)" {
		t.Errorf("the third is called %q", got)
	}
}

// invalidXML matches what XML 1.0 has no place for.
var invalidXML = regexp.MustCompile(`[^\x09\x0a\x0d\x20-\x{d7ff}\x{e000}-\x{fffd}\x{10000}-\x{10ffff}]`)

func TestJUnitHostile(t *testing.T) {
	t.Parallel()
	run := hostileRun()
	run.Results[4].Findings[0].Evidence[0].Received = strings.Repeat("\x00\xff<]]>&", 1<<17)
	all, data := readJUnit(t, run)
	if bad := invalidXML.FindAll(data, 5); bad != nil {
		t.Errorf("invalid characters %q", bad)
	}
	if len(data) > 2<<20 {
		t.Errorf("%d bytes", len(data))
	}
	if len(all.Suites) != 2 || len(all.Suites[0].Cases) != len(run.Results) {
		t.Errorf("%d suites, %d cases", len(all.Suites), len(all.Suites[0].Cases))
	}
	if got := all.Suites[0].Cases[4].Failures; len(got) != 1 || !strings.Contains(got[0].Text, `]]> </failure><script>`) || !strings.Contains(got[0].Text, "bytes more)") {
		t.Errorf("the failure is %+v", got)
	}
}

// The judgement of a parser that is not Go's.
func TestJUnitWithForeignParser(t *testing.T) {
	t.Parallel()
	commands := [][]string{
		{"python3", "-c", `import sys, xml.etree.ElementTree as e; print(len(e.parse(sys.argv[1]).getroot().findall("testsuite/testcase")))`},
		{"xmllint", "--xpath", "count(/testsuites/testsuite/testcase)"},
	}
	for _, run := range []Run{sample(), hostileRun()} {
		all, data := readJUnit(t, run)
		path := filepath.Join(t.TempDir(), "report.xml")
		file, err := CreateFile(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := file.Commit(); err != nil {
			t.Fatal(err)
		}
		ran := false
		for _, command := range commands {
			out, err := exec.CommandContext(t.Context(), command[0], append(command[1:], path)...).CombinedOutput()
			if errors.Is(err, exec.ErrNotFound) {
				continue
			}
			ran = true
			if want := len(run.Results) + len(all.Suites) - len(run.chapters()); err != nil || strings.TrimSpace(string(out)) != strconv.Itoa(want) {
				t.Errorf("%s: %v, %.300q, want %d cases", command[0], err, out, want)
			}
		}
		if !ran {
			t.Skip("neither python3 nor xmllint is here")
		}
	}
}

func TestWritersTellOfFailingWriters(t *testing.T) {
	t.Parallel()
	full := errors.New("the disk is full")
	for name, write := range map[string]func(*failingWriter) error{
		"JSON":     func(w *failingWriter) error { return WriteJSON(w, sample()) },
		"JUnit":    func(w *failingWriter) error { return WriteJUnit(w, sample()) },
		"Markdown": func(w *failingWriter) error { return WriteMarkdown(w, sample()) },
	} {
		for room := range 3 {
			if err := write(&failingWriter{room: room * 30, err: full}); !errors.Is(err, full) || !strings.Contains(err.Error(), "write the "+name+" report") {
				t.Errorf("%s, full after %d bytes: %v", name, room*30, err)
			}
		}
	}
}

type failingWriter struct {
	room int
	err  error
}

func (w *failingWriter) Write(p []byte) (int, error) {
	if len(p) > w.room {
		n := w.room
		w.room = 0
		return n, w.err
	}
	w.room -= len(p)
	return len(p), nil
}

func TestJUnitTime(t *testing.T) {
	t.Parallel()
	if got := junitTime(time.Date(2026, 3, 14, 1, 0, 0, 999, time.FixedZone("", 2*3600))); got != "2026-03-13T23:00:00" {
		t.Error(got)
	}
	run := Run{Head: Head{Chapters: []protocol.Chapter{protocol.Tokens}}}
	if all, _ := readJUnit(t, run); all.Suites[0].Timestamp != "" {
		t.Errorf("a run without a beginning began at %s", all.Suites[0].Timestamp)
	}
}
