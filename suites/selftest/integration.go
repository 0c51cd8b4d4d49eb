package selftest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"

	posfixture "ttcheck/fixtures/pos"
	"ttcheck/fixtures/pos/posfaults"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
	"ttcheck/report"
	"ttcheck/suites/pos"
	"ttcheck/suites/pos/drive"
)

// soundPOS is the name of the POS that comes with ttcheck, as it is.
const soundPOS = "sound-pos"

// SoundPOS tries the judgement of integrations on the POS that comes with ttcheck.
func SoundPOS() Trial {
	return Trial{Subject: report.IntegrationSubject, Kind: report.Sound, Name: soundPOS, What: "does nothing wrong"}
}

// OfPOSVariant tries it on one that behaves otherwise within the rules.
func OfPOSVariant(v posfaults.Variant) Trial {
	return Trial{
		Subject: report.IntegrationSubject, Kind: report.Variant, Name: v.Name, What: v.What,
		Changes: []func(*posfixture.Parts){v.Make},
	}
}

// OfPOSFault tries it on one that errs.
func OfPOSFault(f posfaults.Fault) Trial {
	return Trial{
		Subject: report.IntegrationSubject, Kind: report.Faulty, Name: f.Name, What: f.What,
		Breaks: f.Breaks, Sides: f.Sides, Changes: []func(*posfixture.Parts){f.Make},
	}
}

// certify leads the trial's integration through all acts.
func (t Trial) certify(ctx context.Context) (report.Run, error) {
	cfg := pos.Config{Name: t.Name, Speedup: Speedup, Timeout: trialLimit, TTCheck: "selftest"}
	Embed(&cfg, t.Changes...)
	outcome, err := pos.Run(ctx, cfg)
	return outcome, unexplained(outcome, err)
}

// Embed fills in the POS that comes with ttcheck as the integration to judge, in this
// process and on a network in memory, with changes to it.
func Embed(cfg *pos.Config, changes ...func(*posfixture.Parts)) {
	network := &lan.Network{}
	home, alone := homeOfOwn()
	cfg.Link = network.Host(home+"/8", away+"/8")
	cfg.Home, cfg.Away, cfg.Decoy = home+":0", away+":0", alone
	opts := posfixture.Options{
		Links: []link.Link{network.Host(neighbour + "/8")}, Store: &posfixture.MemoryStore{}, Change: changes,
	}
	cfg.Integration = drive.Embedded(func(ctx context.Context, site drive.Site) error {
		opts := opts
		opts.Speedup = site.Speedup
		return posfixture.Run(ctx, opts)
	})
}

// homeOfOwn is an address of the loopback for a gateway, and tells whether nobody else has
// it, as is so where all of 127.0.0.0/8 is there without set-up: many trials are made at a
// time, and none is to hear what is meant for another.
func homeOfOwn() (string, bool) {
	if runtime.GOOS != "linux" {
		return home, false
	}
	return fmt.Sprintf("127.%d.%d.%d", 16+rand.N(32), rand.N(256), 1+rand.N(254)), true //nolint:gosec // no secret
}
