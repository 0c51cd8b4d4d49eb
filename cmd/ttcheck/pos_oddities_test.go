package main

import (
	"strings"
	"testing"

	"ttcheck/fixtures/gateway"
	"ttcheck/fixtures/pos/posfaults"
	"ttcheck/report"
)

// TestPOSLists: the faults and variants are listed, one a line, and no POS is started.
func TestPOSLists(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string]struct {
		lines int
		first string
	}{
		"--list-faults":   {len(posfaults.All()), posfaults.All()[0].What},
		"--list-variants": {len(posfaults.Variants()), posfaults.Variants()[0].What},
	} {
		code, stdout, stderr := ttcheck(t, "pos", flag)
		first, _, _ := strings.Cut(stdout, "\n")
		if code != 0 || stderr != "" || strings.Count(stdout, "\n") != want.lines || !strings.HasSuffix(first, "an integration that "+want.first) {
			t.Errorf("%s: exit code %d, %q\n%s", flag, code, stderr, stdout)
		}
	}
	for _, flag := range []string{"--fault", "--variant"} {
		code, stdout, stderr := ttcheck(t, "pos", "--target", "127.0.0.1:1", flag, "no-such-thing")
		if code != report.ExitUsage || stdout != "" || !strings.Contains(stderr, `"no-such-thing"`) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit code %d, %q, %q", flag, code, stdout, stderr)
		}
	}
}

// TestPOSFault: a POS that dies of its fault ends as a failed process does, beside a variant.
func TestPOSFault(t *testing.T) {
	t.Parallel()
	g, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0", Speedup: 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	code, _, stderr := ttcheck(t, "pos", "--target", g.Addr(), "--speedup", "20", "--fault", "dies-of-refusal", "--variant", "slow-polls")
	if code != report.ExitSetup || !strings.Contains(stderr, "the POS died") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit code %d, %q", code, stderr)
	}
}
