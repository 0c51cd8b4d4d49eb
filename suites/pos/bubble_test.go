package pos

import (
	"context"
	"testing"
	"testing/synctest"

	posfixture "ttcheck/fixtures/pos"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
	"ttcheck/internal/pipes"
	"ttcheck/report"
	"ttcheck/suites/pos/drive"
)

// inBubble judges the sound POS with changes, at true speed in virtual time.
func inBubble(t *testing.T, change func(*Config, *posfixture.Options), test func(t *testing.T, found report.Run, err error)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network, lan := &pipes.Network{}, &lan.Network{}
		cfg := Config{
			Name: "sound", Link: lan.Host("127.0.0.1/8", "127.0.0.9/8"), Home: "127.0.0.1:0", Away: "127.0.0.9:0",
			network: network.Replace,
		}
		opts := posfixture.Options{Links: []link.Link{lan.Host("127.0.0.5/8")}, Store: &posfixture.MemoryStore{}, Dial: network.Dial}
		if change != nil {
			change(&cfg, &opts)
		}
		if cfg.Integration == nil {
			cfg.Integration = embedded(opts)
		}
		found, err := Run(t.Context(), cfg)
		test(t, found, err)
	})
}

// embedded is the sound POS in this process.
func embedded(opts posfixture.Options) drive.Integration {
	return drive.Embedded(func(ctx context.Context, site drive.Site) error {
		opts := opts
		opts.Speedup = site.Speedup
		if site.Link == "" {
			opts.Gateway, opts.Links = site.Gateway, nil
		}
		return posfixture.Run(ctx, opts)
	})
}

// wanted compares the verdicts of cases, by their names, with what is expected: all others
// pass.
func wanted(t *testing.T, found report.Run, want map[string]report.Verdict) {
	t.Helper()
	for _, r := range found.Results {
		expected, other := want[r.Name()]
		if !other {
			expected = report.Pass
		}
		if r.Verdict != expected {
			t.Errorf("%s: %s (%s), want %s", r.Name(), r.Verdict, r.Reason, expected)
			for _, f := range r.Findings {
				t.Logf("  expected %s\n  actual %s", f.Expected, f.Actual)
			}
		}
	}
}
