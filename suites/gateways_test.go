package suites

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/foreign"
	"ttcheck/fixtures/gateway"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// testSpeed is how fast the gateways' clocks run in these tests, as it is by
// default for the embedded gateway.
const testSpeed = 20

// TestReferenceGateway runs every case against the reference gateway: all of them
// run, and all hold.
func TestReferenceGateway(t *testing.T) {
	t.Parallel()
	network := &lan.Network{}
	device := network.Host("127.0.0.1/8", "127.0.0.9/8")
	g, err := gateway.Start(gateway.Options{
		Listen: "127.0.0.1:0", Speedup: testSpeed, History: 120, Seed: 1,
		Advertise: &gateway.Advertise{Link: device},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	outcome := runAll(t, Chapters(), spec.Target{
		Address: g.Addr(), Embedded: true, Press: client.PressFunc(g.Press),
		Restarter: client.RestartFunc(func(_ context.Context, newAddress bool) error {
			if newAddress {
				return g.Restart("127.0.0.9:0")
			}
			return g.Restart("")
		}),
		Links:          []link.Link{network.Host("127.0.0.5/8")},
		HistoryReaches: 13*24*time.Hour + 12*time.Hour,
	})
	if c := outcome.Coverage; c.Ran != c.Selected {
		t.Errorf("%d of %d requirements ran; not run: %v", c.Ran, c.Selected, c.NotRun)
	}
	state := g.State()
	if len(state.Orders) > 0 || state.Tokens > 0 {
		t.Errorf("the run left %d orders and %d tokens behind", len(state.Orders), state.Tokens)
	}
}

// TestForeignGateway runs every case against a gateway that takes the other choice
// wherever the protocol is open: no case may fail or warn.
func TestForeignGateway(t *testing.T) {
	t.Parallel()
	g, err := foreign.Start(foreign.Options{Listen: "127.0.0.1:0", Speedup: testSpeed})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	chapters := slices.DeleteFunc(Chapters(), func(c spec.Chapter) bool { return c.Name == protocol.Discovery }) // it is not advertised
	outcome := runAll(t, chapters, spec.Target{
		Address: g.Addr(), Press: client.PressFunc(g.Press),
		Restarter: client.RestartFunc(func(context.Context, bool) error { return g.Restart() }),
	})
	if c := outcome.Coverage; c.Ran != c.Selected {
		t.Errorf("%d of %d requirements ran; not run: %v", c.Ran, c.Selected, c.NotRun)
	}
}

// runAll runs every q and r case and reports each as a test of its own.
func runAll(t *testing.T, chapters []spec.Chapter, target spec.Target) report.Run {
	t.Helper()
	outcome, err := run(t.Context(), Config{
		Target: target, Speedup: testSpeed, Allowed: spec.Leaves, Version: "test",
	}, chapters)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range outcome.Results {
		t.Run(strings.ReplaceAll(r.Name(), " ", "_"), func(t *testing.T) {
			switch r.Verdict {
			case report.Pass, report.Info:
			case report.Skipped:
				t.Skipf("%s: %s", r.Skip, r.Reason)
			default:
				t.Errorf("%s: %s", r.Verdict, r.Reason)
				for _, f := range r.Findings {
					t.Errorf("expected %s\nactual %s\nevidence %+v", f.Expected, f.Actual, f.Evidence)
				}
			}
		})
	}
	for _, remark := range outcome.Remarks {
		t.Error(remark)
	}
	return outcome
}
