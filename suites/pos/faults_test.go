package pos

import (
	"slices"
	"testing"

	posfixture "ttcheck/fixtures/pos"
	"ttcheck/fixtures/pos/posfaults"
	"ttcheck/protocol"
	"ttcheck/report"
)

// TestFaults proves that every POS that errs is caught by a requirement that it breaks, and
// that nothing else is found on it but what the fault explains, at true speed.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, f := range posfaults.All() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, changed(f.Make), func(t *testing.T, found report.Run, err error) {
				if err != nil {
					t.Fatal(err)
				}
				caught := false
				for _, r := range found.Results {
					if r.Verdict != report.Fail && r.Verdict != report.Warning {
						continue
					}
					id := r.Requirement.ID
					if slices.Contains(f.Breaks, id) {
						caught = true
					} else if f.Sides[id] == "" {
						t.Errorf("%s: %s, and the fault does not explain it: %+v", r.Name(), r.Verdict, r.Findings[0].Actual)
					}
				}
				if !caught {
					t.Errorf("an integration that %s is not caught by %v", f.What, f.Breaks)
				}
				if found.Certifies() && slices.ContainsFunc(f.Breaks, isMust) {
					t.Error("it is certified")
				}
			})
		})
	}
}

func isMust(id string) bool {
	r, _ := protocol.Lookup(id)
	return r.Level == protocol.Must
}

// unshown are the cases for which a variant gives no occasion.
var unshown = map[string][]string{"no-history": {"POS-08 in the header", "POS-19 parameters", "POS-19 pages"}}

// TestVariants proves that nothing is found on a POS which differs within the rules.
func TestVariants(t *testing.T) {
	t.Parallel()
	for _, v := range posfaults.Variants() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, changed(v.Make), func(t *testing.T, found report.Run, err error) {
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range found.Results {
					if r.Verdict != report.Pass && (r.Skip != report.NotShown || !slices.Contains(unshown[v.Name], r.Name())) {
						t.Errorf("%s: %s %s %+v", r.Name(), r.Verdict, r.Reason, r.Findings)
					}
				}
				if !found.Certifies() {
					t.Error(found.Certification())
				}
			})
		})
	}
}

func changed(change func(*posfixture.Parts)) func(*Config, *posfixture.Options) {
	return func(_ *Config, o *posfixture.Options) { o.Change = append(o.Change, change) }
}
