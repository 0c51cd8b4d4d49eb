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

// TestLabSuite runs the chapter against gateways with responders of three makes: none
// fails it, and none is warned of but for what it truly breaks.
func TestLabSuite(t *testing.T) {
	t.Parallel()
	for _, test := range stacks {
		t.Run(test.name, func(t *testing.T) {
			lab := newLab(t)
			const first = "10.77.0.10"
			host := lab.Host("gateway", first+"/24")
			gateway := test.start(t, host, first)
			here, other := first, "10.77.0.20"
			command := operator(t, func(what string) {
				if what != "address" {
					gateway.restart()
					return
				}
				gateway.readdress(func() { move(host, here, other) }, other)
				here, other = other, here
			})
			code, run, stderr := runDiscovery(t, lab.Host("tester", "10.77.0.2/24"), first, "--allow", "all", "--restart-cmd", command)
			if code > report.ExitFailed { // what failed is told below
				t.Errorf("exit code %d: %s", code, stderr)
			}
			judge(t, run, test.breaks)
		})
	}
}

// move gives a host another address for one that it has.
func move(h *netlab.Host, from, to string) {
	h.AddAddress(to + "/24")
	h.DeleteAddress(from + "/24")
}

// runDiscovery runs the chapter from a host, and returns the report.
func runDiscovery(t *testing.T, h *netlab.Host, target string, words ...string) (code int, run report.Run, stderr string) {
	t.Helper()
	code, stdout, stderr := runOn(t, h, append([]string{"run", "--target", target, "--interface", netlab.Link,
		"--suite", "discovery", "--profile", "full", "--json", "-"}, words...)...)
	run, err := report.ReadJSON(strings.NewReader(stdout))
	if err != nil {
		t.Fatalf("exit code %d, %v: %s", code, err, stderr)
	}
	return code, run, stderr
}

// TestLabStaleAddress proves that DISC-18 tells of a gateway which still advertises
// the address that it no longer has.
func TestLabStaleAddress(t *testing.T) {
	lab := newLab(t)
	const before, after = "10.77.0.10", "10.77.0.20"
	host := lab.Host("gateway", before+"/24")
	publish := zeroconfPublisher(t, host)
	silentGateway(t, host)
	zeroconf := publish(before)
	command := operator(t, func(string) {
		zeroconf.Stop()
		move(host, before, after)
		publish(after, before)
	})
	code, run, stderr := runDiscovery(t, lab.Host("tester", "10.77.0.2/24"), before,
		"--label-filter", "DISC-17 || DISC-18", "--restart-cmd", command)
	want := map[string]report.Verdict{"DISC-17": report.Pass, "DISC-18": report.Fail}
	if code != report.ExitFailed || len(run.Results) != len(want) {
		t.Errorf("exit code %d, %d results: %s", code, len(run.Results), stderr)
	}
	for _, result := range run.Results {
		if result.Verdict != want[result.Name()] || result.Verdict == report.Fail && !strings.Contains(findings(result), before) {
			t.Errorf("%s: %s %s%s", result.Name(), result.Verdict, result.Reason, findings(result))
		}
	}
}

// judge allows no verdict but a pass, and a warning of what a gateway breaks.
func judge(t *testing.T, run report.Run, breaks []string) {
	t.Helper()
	for _, result := range run.Results {
		switch result.Verdict {
		case report.Pass, report.Info:
		case report.Warning:
			if !slices.Contains(breaks, result.Requirement.ID) {
				t.Errorf("%s: warning: %s", result.Name(), findings(result))
			}
		default:
			t.Errorf("%s: %s %s%s", result.Name(), result.Verdict, result.Reason, findings(result))
		}
	}
	if len(run.Results) == 0 {
		t.Error("nothing was run")
	}
	if len(run.Remarks) > 0 {
		t.Errorf("remarks: %q", run.Remarks)
	}
}

// findings are what a result found, with the proof.
func findings(result report.Result) string {
	var text strings.Builder
	for _, f := range result.Findings {
		fmt.Fprintf(&text, "\nexpected %s\ngot      %s", f.Expected, f.Actual)
		for _, e := range f.Evidence {
			fmt.Fprintf(&text, "\n%v %s %s%s%s", e.At, e.Channel, e.Sent, e.Received, e.Error)
		}
	}
	return text.String()
}
