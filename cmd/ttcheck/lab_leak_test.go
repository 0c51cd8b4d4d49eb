//go:build linux

package main

import (
	"testing"

	"ttcheck/internal/netlab"
	"ttcheck/report"
)

// TestLabNothingLeaks proves that what searches, probes and advertises on one
// interface sends nothing by another, be it the one with the default route.
func TestLabNothingLeaks(t *testing.T) {
	lab := newLab(t)
	other := lab.Host("gateway", "10.77.0.10/24")
	advertise(t, other, "Gateway One", "10.77.0.10:8000")
	host := lab.Host("tester", "10.77.0.2/24")
	host.AddSink()
	silent := func(after string) {
		t.Helper()
		if sent := host.Sent(t, netlab.Sink); sent != 0 {
			t.Fatalf("%d packets have left by the other interface after %s", sent, after)
		}
	}
	silent("nothing at all")
	if found, code := discover(t, host); code != report.ExitOK || len(found.Gateways) != 1 {
		t.Errorf("exit code %d, found %+v", code, found)
	}
	silent("discover")
	if code, _, stderr := runDiscovery(t, host, "10.77.0.10", "--allow", "robustness"); code != report.ExitOK {
		t.Errorf("the run's exit code is %d: %s", code, stderr)
	}
	silent("a run")
	for _, listen := range []string{"10.77.0.2:8000", "0.0.0.0:8000"} {
		gateway := advertise(t, host, "Gateway Two", listen)
		if found, code := discover(t, other); code != report.ExitOK || len(found.Gateways) != 2 {
			t.Errorf("exit code %d, found %+v", code, found)
		}
		gateway.Stop()
		silent("gateway --listen " + listen)
	}
	// What is not told where to search does so everywhere; that the counter sees.
	if code, _, stderr := runOn(t, host, "discover", "--wait", "1s"); code != report.ExitOK {
		t.Errorf("discover on all interfaces: exit code %d: %s", code, stderr)
	}
	if host.Sent(t, netlab.Sink) == 0 {
		t.Error("packets that left by the other interface are not counted")
	}
}
