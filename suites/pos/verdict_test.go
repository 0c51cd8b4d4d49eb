package pos

import (
	"context"
	"strings"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/gateway"
	posfixture "ttcheck/fixtures/pos"
	"ttcheck/fixtures/pos/posfaults"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
	"ttcheck/report"
)

// TestCrashIsNoPass proves that an integration which ends by itself is not certified, whatever
// else it does, and that the scene in which it did is failed.
func TestCrashIsNoPass(t *testing.T) {
	t.Parallel()
	dies := changed(func(p *posfixture.Parts) {
		heartbeat := p.Heartbeat
		p.Heartbeat = func(ctx context.Context, socket *client.Socket) error {
			if err := heartbeat(ctx, socket); err != nil {
				return &posfixture.Crash{Why: "nobody answered"}
			}
			return nil
		}
	})
	inBubble(t, dies, func(t *testing.T, found report.Run, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if said := finding(found, "POS-20 silent"); !strings.Contains(said, "nobody answered") {
			t.Errorf("POS-20: %q", said)
		}
		if found.Certifies() || !strings.Contains(found.Certification(), "ended by itself") {
			t.Error(found.Certification())
		}
		if found.ExitCode() != report.ExitFailed { // though no MUST is broken
			t.Errorf("exit code %d: %s", found.ExitCode(), found.Conclusion())
		}
	})
}

// TestCutRun proves that a run which was cut short blames nobody.
func TestCutRun(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]time.Duration{
		"in the search": time.Second, "in the polls": 5 * time.Second, "at work": 20 * time.Second, "in trouble": 100 * time.Second,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c *Config, _ *posfixture.Options) { c.Timeout = limit }, func(t *testing.T, found report.Run, err error) {
				if err != nil || !found.TimedOut || found.ExitCode() != report.ExitSetup || found.Certifies() {
					t.Fatalf("%v, timed out %v, exit code %d", err, found.TimedOut, found.ExitCode())
				}
				for _, r := range found.Results {
					if r.Verdict != report.Pass && r.Skip != report.NotReached {
						t.Errorf("%s: %s %s", r.Name(), r.Verdict, r.Skip)
					}
				}
			})
		})
	}
}

// TestStranger proves that nobody is blamed where there was another gateway to be busy with.
func TestStranger(t *testing.T) {
	t.Parallel()
	var other *gateway.Gateway
	withStranger := func(c *Config, o *posfixture.Options) {
		home, ok := c.Link.(*lan.Host)
		if !ok {
			t.Fatal("the link is not in memory")
		}
		var err error
		other, err = gateway.Start(gateway.Options{
			Listen: "127.0.0.2:0", Listener: c.network, Advertise: &gateway.Advertise{Link: home.Network().Host("127.0.0.2/8")},
		})
		if err != nil {
			t.Fatal(err)
		}
		o.Change = append(o.Change, func(p *posfixture.Parts) { // it does something wrong, too
			p.Online = func(context.Context, string) error { return nil }
		})
	}
	inBubble(t, withStranger, func(t *testing.T, found report.Run, err error) {
		defer other.Close()
		if err != nil {
			t.Fatal(err)
		}
		if found.Count(report.Fail)+found.Count(report.Warning) > 0 || found.Count(report.Inconclusive) == 0 {
			t.Errorf("%d fail, %d warning, %d inconclusive", found.Count(report.Fail), found.Count(report.Warning), found.Count(report.Inconclusive))
		}
		if found.Certifies() || !strings.Contains(found.Certification(), "another gateway") {
			t.Error(found.Certification())
		}
	})
}

// TestNotFoundElsewhere proves that an integration which does not find the gateway where it is
// back is blamed for that once, and told so.
func TestNotFoundElsewhere(t *testing.T) {
	t.Parallel()
	stays, err := posfaults.Lookup("keeps-first-address")
	if err != nil {
		t.Fatal(err)
	}
	inBubble(t, changed(stays.Make), func(t *testing.T, found report.Run, err error) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range found.Results {
			if r.Name() == "POS-11 after an absence" && (r.Skip != report.NotShown || !strings.Contains(r.Reason, "POS-13")) {
				t.Errorf("%s: %s %q", r.Name(), r.Verdict, r.Reason)
			}
		}
	})
}

// TestTold proves what is not shown of an integration that is told the address, and that this
// is no certificate.
func TestTold(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c *Config, _ *posfixture.Options) { c.Link = link.Link(nil) }, func(t *testing.T, found report.Run, err error) {
		if err != nil {
			t.Fatal(err)
		}
		wanted(t, found, map[string]report.Verdict{"POS-01": report.Skipped, "POS-13": report.Skipped})
		if found.Certifies() || found.ExitCode() != report.ExitOK {
			t.Errorf("exit code %d: %s", found.ExitCode(), found.Certification())
		}
	})
}
