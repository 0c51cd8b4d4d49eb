package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ttcheck/fixtures/pos/posfaults"
	"ttcheck/protocol"
	"ttcheck/suites"
	"ttcheck/suites/pos"
)

// TestListIntegrations proves that the requirements of an integration are listed with their
// cases and faults, as those of a gateway are.
func TestListIntegrations(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := ttcheck(t, "list", "--json")
	var all []listed
	if err := json.Unmarshal([]byte(stdout), &all); code != 0 || err != nil {
		t.Fatalf("exit code %d, %v, stderr %q", code, err, stderr)
	}
	var cases, proofs int
	for _, r := range all {
		if len(r.Cases) == 0 {
			t.Errorf("%s has no case", r.ID)
		}
		if r.Chapter != protocol.POS {
			continue
		}
		cases += len(r.Cases)
		for _, k := range r.Cases {
			known := slices.ContainsFunc(pos.Cases(), func(c pos.Case) bool {
				return strings.TrimSpace(c.ID+" "+c.Name) == k.Name && c.Act == k.Act && c.ID == r.ID
			})
			if !known || k.Needs == nil {
				t.Errorf("%s: an unknown case %+v", r.ID, k)
			}
		}
		proofs += len(r.Faults)
		for _, name := range r.Faults {
			if f, err := posfaults.Lookup(name); err != nil || !slices.Contains(f.Breaks, r.ID) {
				t.Errorf("%s: %s does not prove it (%v)", r.ID, name, err)
			}
		}
	}
	breaks := 0
	for _, f := range posfaults.All() {
		breaks += len(f.Breaks)
	}
	if cases != len(pos.Cases()) || proofs != breaks {
		t.Errorf("%d cases and %d proofs are listed, there are %d and %d", cases, proofs, len(pos.Cases()), breaks)
	}
}

// TestListSums proves that the last lines of the lists count what stands above them.
func TestListSums(t *testing.T) {
	t.Parallel()
	_, stdout, _ := ttcheck(t, "list")
	cases := len(pos.Cases())
	for _, chapter := range suites.Chapters() {
		cases += len(chapter.Cases)
	}
	if want := fmt.Sprintf("%d requirements with %d cases. ", len(protocol.Catalogue), cases); !strings.Contains(stdout, "\n"+want) {
		t.Errorf("no %q in the end of the list: %s", want, stdout[max(0, len(stdout)-200):])
	}
	_, stdout, _ = ttcheck(t, "list", "--coverage")
	if want := fmt.Sprintf("\n%d requirements: %d have cases, ", len(protocol.Catalogue), len(protocol.Catalogue)); !strings.Contains(stdout, want) {
		t.Errorf("no %q in the end of the coverage: %s", want, stdout[max(0, len(stdout)-200):])
	}
	if line := regexp.MustCompile(`(?m)^POS-15 +MUST +quickstart +2 +[2-9] +(.*, )?no-pongs(,|$)`); !line.MatchString(stdout) {
		t.Errorf("no line like %s in:\n%s", line, stdout)
	}
	if strings.Contains(stdout, "not gateways") {
		t.Errorf("a requirement of an integration is excused:\n%s", stdout)
	}
}

// TestExplainIntegration proves that it is told by which verb and in which act a requirement
// is judged.
func TestExplainIntegration(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][]string{
		"pos-16": {"A conforming POS survives", "POS-16 unknown types (act work)\n", "\nJudged by:    ttcheck certify\n"},
		"POS-06": {"A conforming POS stops", "Cases:        POS-06\n", "\nJudged by:    ttcheck certify\n"},
		"WS-14":  {"A conforming gateway ", "\nJudged by:    ttcheck run\n"},
		"ORD-01": {"(needs "},
	} {
		code, stdout, stderr := ttcheck(t, "explain", id)
		for _, part := range want {
			if code != 0 || stderr != "" || !strings.Contains(stdout, part) {
				t.Errorf("%s: exit code %d, stderr %q; no %q in %s", id, code, stderr, part, stdout)
			}
		}
	}
}
