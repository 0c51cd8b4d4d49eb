//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ttcheck/internal/netlab"
	"ttcheck/report"
)

// TestLabSeveralGateways proves that two gateways which want one name are told apart,
// and that a run does not choose between them.
func TestLabSeveralGateways(t *testing.T) {
	lab := newLab(t)
	advertise(t, lab.Host("one", "10.77.0.10/24"), "Gateway", "10.77.0.10:8000")
	tester := lab.Host("tester", "10.77.0.2/24")
	words := []string{"run", "--target", "auto", "--interface", netlab.Link, "--suite", "discovery", "--label-filter", "DISC-01"}
	if code, stdout, stderr := runOn(t, tester, words...); code != report.ExitOK {
		t.Errorf("with one gateway: exit code %d: %s%s", code, stdout, stderr)
	}
	second := advertise(t, lab.Host("two", "10.77.0.11/24"), "Gateway", "10.77.0.11:8000")
	if out := second.Output(); strings.Contains(out, "advertised: Gateway on") {
		t.Errorf("the second gateway took the first one's name: %s", out)
	}
	found, code := discover(t, tester)
	if code != report.ExitOK || len(found.Gateways) != 2 || !slices.Equal(found.Interfaces, []string{netlab.Link}) {
		t.Fatalf("exit code %d, found %+v", code, found)
	}
	if a, b := found.Gateways[0], found.Gateways[1]; a.Instance == b.Instance || slices.Equal(a.Addresses, b.Addresses) || !a.Answers || !b.Answers {
		t.Errorf("not told apart, or silent: %+v", found)
	}
	code, _, stderr := runOn(t, tester, words...)
	for _, g := range found.Gateways {
		if at := fmt.Sprintf("%s:%d", g.Addresses[0], g.Port); code != report.ExitUsage || !strings.Contains(stderr, g.Instance) || !strings.Contains(stderr, at) {
			t.Errorf("exit code %d, and no %q at %s in: %s", code, g.Instance, at, stderr)
		}
	}
}
