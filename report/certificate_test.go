package report

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"ttcheck/protocol"
)

func certificate(t *testing.T, run Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteCertificate(&b, run); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCertificationOfIntegration(t *testing.T) {
	t.Parallel()
	const (
		certified = "CERTIFIED: Example POS 4.2 meets "
		tested    = " of an integration, as ttcheck 0.1.0 tests them"
	)
	verdict := func(v Verdict) func(*Result) { return func(r *Result) { r.Verdict = v } }
	skip := func(kind SkipKind, reason string) func(*Result) {
		return func(r *Result) { r.Verdict, r.Skip, r.Reason = Skipped, kind, reason }
	}
	change := func(f func(*Run)) Run {
		run := posRun()
		f(&run)
		return run
	}
	for _, c := range []struct {
		name string
		run  Run
		want string
	}{
		{"all hold", posRun(), certified + "the 24 requirements" + tested},
		{"an information", posRun().with("POS-03", verdict(Info)), certified + "the 24 requirements" + tested},
		{"a warning", posRun().with("POS-05", verdict(Warning)), certified + "23 of the 24 requirements" + tested + "; warned of: POS-05"},
		{"a SHOULD not shown", posRun().unshowing("POS-19", "it never asked"), certified + "23 of the 24 requirements" + tested + "; not shown: POS-19"},
		{"a case not shown", posRun().with("POS-15 close", skip(NotShown, "it was never closed")),
			certified + "the 24 requirements" + tested + "; not shown: POS-15 close"},
		{"a warning, and SHOULDs not shown", posRun().with("POS-05", verdict(Warning)).unshowing("POS-22", "one").unshowing("POS-19", "other"),
			certified + "21 of the 24 requirements" + tested + "; warned of: POS-05; not shown: POS-19, POS-22"},
		{"a failure", posRun().with("POS-06", verdict(Fail)), "NOT CERTIFIED: 1 of 24 requirements does not hold (POS-06)"},
		{"one case of two fails", posRun().with("POS-15 ping", verdict(Fail)), "NOT CERTIFIED: 1 of 24 requirements does not hold (POS-15)"},
		{"an error", posRun().with("POS-06", verdict(Error)), "NOT CERTIFIED: 1 requirement ended in an error (POS-06)"},
		{"inconclusive", posRun().with("POS-06", verdict(Inconclusive)), "NOT CERTIFIED: the harness could not tell of 1 requirement (POS-06)"},
		{"no verdict", posRun().with("POS-06", verdict("")), "NOT CERTIFIED: 1 case without a verdict"},
		{"a MUST not shown", posRun().unshowing("POS-13", "it was told the address"),
			"NOT CERTIFIED: of the MUST requirements 1 was not shown (POS-13 – it was told the address)"},
		{"MUSTs neither shown nor played", posRun().unshowing("POS-13", "it was told the address").without("POS-18", ""),
			"NOT CERTIFIED: of the MUST requirements 2 were not shown (POS-13 – it was told the address; POS-18 – not played)"},
		{"a SHOULD not played", posRun().without("POS-21", "its act was not played"), certified + "23 of the 24 requirements" + tested + "; not shown: POS-21"},
		{"the engine tells of the MUST", change(func(r *Run) {
			*r = r.unshowing("POS-13", "told")
			r.Head.NoCertification = []string{"of the MUST requirements 1 was not shown (POS-13 – told)"}
		}), "NOT CERTIFIED: of the MUST requirements 1 was not shown (POS-13 – told)"},
		{"sped up", change(func(r *Run) { r.Head.NoCertification = []string{"the gateway's clock ran 20 times\x1b fast"} }),
			`NOT CERTIFIED: the gateway's clock ran 20 times\x1b fast`},
		{"interrupted", change(func(r *Run) { r.Interrupted = true }), "NOT CERTIFIED: the run was interrupted after 25 of 25 cases"},
		{"out of time", change(func(r *Run) { r.TimedOut = true }), "NOT CERTIFIED: the time limit was reached after 25 of 25 cases"},
		{"no set-up", change(func(r *Run) { r.SetupError = "no such command" }), "NOT CERTIFIED: no such command"},
		{"no set-up at all", change(func(r *Run) { r.SetupError, r.Results = "no such command", nil }), "NOT CERTIFIED: the set-up failed: no such command; of the MUST requirements 16 were not shown (POS-01, POS-02, POS-04, POS-06–11, POS-13–18, POS-24 – not played)"},
		{"nothing", change(func(r *Run) { r.Results = nil }), "NOT CERTIFIED: no case was selected"},
		{"everything", literalPOS(), "NOT CERTIFIED: 1 of 17 requirements does not hold (POS-11); 1 requirement ended in an error (POS-24); " +
			"the gateway's clock ran 20 times fast; only the acts start, work were played; " +
			"of the MUST requirements 4 were not shown (POS-01, POS-02, POS-13 – the integration was told the address; POS-18 – its act was not played)"},
		{"no name", change(func(r *Run) { r.Head.Integration = &Integration{} }),
			"CERTIFIED: an integration without a name meets the 24 requirements" + tested},
		{"a foul name", change(func(r *Run) { r.Head.Integration = &Integration{Name: "a\nb\x1b[m", Version: "\u202e1"} }),
			`CERTIFIED: a b\x1b[m \u202e1 meets the 24 requirements` + tested},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.run.Certification(); got != c.want {
				t.Errorf("%q\nwant %q", got, c.want)
			}
			yes := strings.HasPrefix(c.want, "CERTIFIED")
			if c.run.Certifies() != yes {
				t.Errorf("certifies %v", !yes)
			}
			text := certificate(t, c.run)
			if strings.HasPrefix(text, "# Certificate: ") != yes || strings.HasPrefix(text, "# No certificate: ") == yes {
				t.Errorf("the certificate begins %.60q", text)
			}
		})
	}
}

// Every MUST that fails is named, however many there are.
func TestCertificationNamesEveryFailure(t *testing.T) {
	t.Parallel()
	run := posRun()
	for i := range run.Results {
		run.Results[i].Verdict = Fail
	}
	text := run.Certification()
	for _, q := range protocol.Catalogue {
		if q.Chapter == protocol.POS && !strings.Contains(text, q.ID) {
			t.Errorf("%s is missing in %s", q.ID, text)
		}
	}
	if text := run.Conclusion(); !strings.HasPrefix(text, "FAILED: 24 of 24 requirements do not hold (POS-01,") {
		t.Error(text)
	}
}

func TestConclusionOfIntegration(t *testing.T) {
	t.Parallel()
	if got, want := posRun().unshowing("POS-19", "it never asked").Conclusion(), "PASSED: all 23 requirements hold; 1 more not shown"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	text := certificate(t, literalPOS())
	golden(t, "certificate.md", []byte(text))
	rest := text
	for _, part := range []string{
		"# No certificate: Example POS 4.2\n\n**NOT CERTIFIED: 1 of 17", "| integration | Example POS |", "| version | 4.2 |", "| ttcheck | 0.1.0 |",
		"## The requirements", "| POS-01 | MUST |", "| POS-05 |", "| warning |", "| POS-11 |", "| **fail** |", "| pass | ping; close (not shown) |",
		"| not played |", "| not shown |", "| **error** |", "## What does not hold", "  > close 1000", "## Not judged", "## Warnings",
		"## Not shown\n\n- POS-01, POS-02, POS-13 – the integration was told the address\n- POS-15 close – ", "- POS-19 – it never asked for history",
		"## Not played\n\n- POS-18, POS-21 – its act was not played", "## Observed", "## Remarks", "## How to reproduce\n\n```sh\nttcheck certify",
	} {
		_, behind, found := strings.Cut(rest, part)
		if !found {
			t.Errorf("%q is missing or out of order", part)
			continue
		}
		rest = behind
	}
	if n := len(regexp.MustCompile(`(?m)^\| POS-\d\d \|`).FindAllString(text, -1)); n != 24 {
		t.Errorf("%d requirements", n)
	}
	sound := certificate(t, posRun())
	for _, part := range []string{"What does not hold", "Not shown", "Not played", "Warnings", "<details>"} {
		if strings.Contains(sound, part) {
			t.Errorf("the certificate of a sound integration has %q", part)
		}
	}
}

// A requirement that neither a result nor the coverage names is still told of.
func TestCertificateMissesNothing(t *testing.T) {
	t.Parallel()
	run := posRun().without("POS-21", "").without("POS-22", "").without("POS-23", "")
	run.Coverage.NotRun = nil
	run.Coverage.Selected -= 3
	if text := certificate(t, run); !strings.Contains(text, "- POS-21–23 – the acts that were played have no case of them") {
		t.Error(text)
	}
}

func TestCertificateOfGateway(t *testing.T) {
	t.Parallel()
	if err := WriteCertificate(io.Discard, sample()); err == nil {
		t.Error("a gateway got a certificate")
	}
	if err := WriteCertificate(brokenWriter{}, posRun()); err == nil {
		t.Error("a certificate that could not be written is no error")
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestCertificateHostile(t *testing.T) {
	t.Parallel()
	run := hostileRun()
	run.Head.Integration = &Integration{Name: hostile, Version: hostile, Driven: hostile, Acts: []string{hostile}, Discovery: hostile}
	harmless(t, certificate(t, run), 6)
	harmless(t, writeMarkdown(t, run), 6)
}

// standing is what the worst case makes of its requirement.
func TestStanding(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		verdicts []Verdict
		want     string
	}{
		{nil, "not played"},
		{[]Verdict{Pass}, "pass"}, {[]Verdict{Info}, "info"}, {[]Verdict{Info, Pass}, "pass"}, {[]Verdict{Skipped, Pass}, "pass"},
		{[]Verdict{Pass, Warning, Skipped}, "warning"}, {[]Verdict{Error, Warning}, "error"}, {[]Verdict{Inconclusive, Pass}, "inconclusive"},
		{[]Verdict{Error, Fail, Inconclusive}, "fail"}, {[]Verdict{Pass, "maybe"}, "maybe"}, {[]Verdict{"", Pass}, "no verdict"},
		{[]Verdict{Skipped}, "skipped"},
	} {
		var s standing
		for _, v := range c.verdicts {
			s.results = append(s.results, Result{Verdict: v})
		}
		if got := s.word(); got != c.want {
			t.Errorf("%v: %q, want %q", c.verdicts, got, c.want)
		}
	}
	s := standing{results: []Result{{Verdict: Skipped, Skip: NeedsOperator}, {Verdict: Skipped, Skip: NotShown}}}
	if s.word() != "not shown" || s.judged() {
		t.Errorf("%q", s.word())
	}
}
