package suites

import (
	"testing"

	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// integrations is the chapter that is not judged by suites.Run: its cases are those of the
// package pos, which proves the same of them.
const integrations = protocol.POS

// TestEveryRequirementHasACase proves that no requirement of a gateway is silently missing.
func TestEveryRequirementHasACase(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, chapter := range Chapters() {
		for _, k := range chapter.Cases {
			covered[k.ID] = true
		}
	}
	for _, r := range protocol.Catalogue {
		switch {
		case !covered[r.ID] && r.Chapter != integrations:
			t.Errorf("%s has no case", r.ID)
		case covered[r.ID] && r.Chapter == integrations:
			t.Errorf("%s is a POS's, and has a case that judges gateways", r.ID)
		}
	}
}

// TestCasesAreWellFormed proves that every case names a requirement of its
// chapter, has a name of its own, and labels that a filter can name.
func TestCasesAreWellFormed(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, chapter := range Chapters() {
		for _, k := range chapter.Cases {
			r, ok := protocol.Lookup(k.ID)
			switch {
			case !ok:
				t.Errorf("case %q names no requirement", k.FullName())
				continue
			case r.Chapter != chapter.Name:
				t.Errorf("case %q is in chapter %s, its requirement in %s", k.FullName(), chapter.Name, r.Chapter)
			case names[k.FullName()]:
				t.Errorf("two cases are named %q", k.FullName())
			case k.Run == nil:
				t.Errorf("case %q does nothing", k.FullName())
			}
			names[k.FullName()] = true
			if _, err := choose(Config{Profile: "full", LabelFilter: k.Labels()[0]}, []spec.Chapter{chapter}); err != nil {
				t.Errorf("case %q: label %q: %v", k.FullName(), k.Labels()[0], err)
			}
		}
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	chapters := Chapters()
	all, err := choose(Config{Profile: "reference"}, chapters)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name       string
		cfg        Config
		fewer      bool
		err        any
		whyPartial int
	}{
		{name: "quickstart", cfg: Config{Profile: "quickstart"}, fewer: true},
		{name: "one chapter", cfg: Config{Profile: "reference", Chapters: []protocol.Chapter{protocol.Tokens}}, fewer: true, whyPartial: 1},
		{name: "a label", cfg: Config{Profile: "reference", LabelFilter: "MUST && !slow"}, fewer: true, whyPartial: 1},
		{name: "unknown chapter", cfg: Config{Profile: "reference", Chapters: []protocol.Chapter{"tokens"}}, err: &UsageError{}},
		{name: "chapter without cases", cfg: Config{Profile: "reference", Chapters: []protocol.Chapter{protocol.POS}}, err: &UsageError{}},
		{name: "unknown profile", cfg: Config{Profile: "all"}, err: &UsageError{}},
		{name: "bad filter", cfg: Config{Profile: "reference", LabelFilter: "MUST &&"}, err: &UsageError{}},
		{name: "nothing matches", cfg: Config{Profile: "reference", LabelFilter: "no-such-label"}, err: &NothingError{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := choose(test.cfg, chapters)
			switch test.err.(type) {
			case nil:
				if err != nil {
					t.Fatal(err)
				}
			case *UsageError:
				if _, ok := err.(*UsageError); !ok { //nolint:errorlint // the exact type decides the exit code
					t.Fatalf("error %v (%T), want a usage error", err, err)
				}
				return
			case *NothingError:
				if _, ok := err.(*NothingError); !ok { //nolint:errorlint // the exact type decides the exit code
					t.Fatalf("error %v (%T), want that nothing was chosen", err, err)
				}
				return
			}
			if test.fewer && len(got.cases) >= len(all.cases) {
				t.Errorf("%d cases, want fewer than %d", len(got.cases), len(all.cases))
			}
			if len(got.partial) != test.whyPartial {
				t.Errorf("partial for %d reasons %q, want %d", len(got.partial), got.partial, test.whyPartial)
			}
		})
	}
}

// TestCoverage proves that a requirement counts as run if one of its cases gave a
// verdict, and is named with its reason if none did.
func TestCoverage(t *testing.T) {
	t.Parallel()
	requirement := func(id string) protocol.Requirement {
		r, _ := protocol.Lookup(id)
		return r
	}
	s := selection{requirements: []protocol.Requirement{requirement("TOK-01"), requirement("TOK-02"), requirement("AUTH-01")}}
	got := s.coverage([]report.Result{
		{Requirement: requirement("AUTH-01"), Case: "a", Verdict: report.Skipped, Reason: "not now"},
		{Requirement: requirement("AUTH-01"), Case: "b", Verdict: report.Fail},
		{Requirement: requirement("TOK-01"), Verdict: report.Skipped, Reason: "needs the button"},
	})
	if got.Selected != 3 || got.Ran != 1 || len(got.NotRun) != 2 {
		t.Fatalf("coverage %+v, want 1 of 3", got)
	}
	if got.NotRun[0] != (report.NotRun{ID: "TOK-01", Reason: "needs the button"}) || got.NotRun[1].ID != "TOK-02" {
		t.Errorf("not run: %+v", got.NotRun)
	}
}
