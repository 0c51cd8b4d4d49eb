// Package selftest tries the suites themselves: against the sound reference gateway and
// conforming variants of it, on which every case must hold, and against gateways that
// err, each of which must be caught by a requirement that it breaks.
package selftest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/faults"
	posfixture "ttcheck/fixtures/pos"
	"ttcheck/fixtures/variants"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites"
	"ttcheck/suites/spec"
)

// Speedup is how many times faster than true the clocks of the gateways run.
const Speedup = 20

// trialLimit bounds one trial, in real time.
const trialLimit = 8 * time.Minute

// Trial is one gateway or integration against which the suites are tried.
type Trial struct {
	Subject report.Subject
	Kind    report.TrialKind
	// Name is that of the fault or variant, or those of a combination.
	Name string
	What string // completes "a gateway that …", or "an integration that …"
	// Breaks are the IDs of the requirements that a fault breaks; Warns those of them of
	// which only a SHOULD within a MUST is broken; Sides those that may be found broken
	// besides, and why.
	Breaks, Warns []string
	Sides         map[string]string
	// Makers and Changes make of a sound gateway, or of a sound POS, what is tried.
	Makers  []decorate.Maker
	Changes []func(*posfixture.Parts)
	// Chapters are those that are run; empty for all.
	Chapters []protocol.Chapter
	// Profile is that of the run: full, or reference where that tells all there is to
	// be found.
	Profile string
}

// Sound tries the reference gateway as it is.
func Sound() Trial {
	return Trial{Kind: report.Sound, Name: "sound", What: "does nothing wrong"}
}

// OfFault tries a fault. Unless it is to be tried on the whole of the suites, what takes
// the most time is left out where the fault does not concern it: costly chapters, and the
// robustness profile.
func OfFault(f faults.Fault, whole bool) Trial {
	t := Trial{Kind: report.Faulty, Name: f.Name, What: f.What, Breaks: f.Breaks, Warns: f.Warns, Sides: f.Sides, Makers: []decorate.Maker{f.Make}}
	if whole {
		return t
	}
	breaks := func(concerns func(protocol.Requirement) bool) bool {
		return slices.ContainsFunc(f.Breaks, func(id string) bool {
			r, _ := protocol.Lookup(id)
			return concerns(r)
		})
	}
	if !breaks(func(r protocol.Requirement) bool { return r.Profile == protocol.Robustness }) {
		t.Profile = "reference"
	}
	for _, c := range suites.Chapters() {
		if !slices.Contains(costly, c.Name) || breaks(func(r protocol.Requirement) bool { return r.Chapter == c.Name }) {
			t.Chapters = append(t.Chapters, c.Name)
		}
	}
	return t
}

// costly are the chapters that take the most time, the CPU's or the clock's.
var costly = []protocol.Chapter{protocol.Discovery, protocol.Events, protocol.History, protocol.Resilience}

// OfVariant tries a variant. Unless it is to be tried on the whole of the suites, it is
// without robustness, and without the chapter on discovery where the variant is not about
// that: the combinations are tried with both.
func OfVariant(v variants.Variant, whole bool) Trial {
	t := Trial{Kind: report.Variant, Name: v.Name, What: v.What, Makers: []decorate.Maker{v.Make}}
	if whole {
		return t
	}
	t.Profile = "reference"
	for _, c := range suites.Chapters() {
		if c.Name != protocol.Resilience && (c.Name != protocol.Discovery || variants.Advertises(v)) {
			t.Chapters = append(t.Chapters, c.Name)
		}
	}
	return t
}

// OfCombination tries the variants that a seed chooses, together.
func OfCombination(seed uint64) Trial {
	t := Trial{Kind: report.Combination, Name: fmt.Sprintf("combination-%d", seed)}
	var names []string
	for _, v := range variants.Combination(seed) {
		names = append(names, v.Name)
		t.Makers = append(t.Makers, v.Make)
	}
	t.What = "is all of " + strings.Join(names, ", ")
	return t
}

// run runs the suites against the trial's gateway, with leave for everything, or leads its
// integration through all acts.
func (t Trial) run(ctx context.Context) (report.Run, error) {
	if t.Subject == report.IntegrationSubject {
		return t.certify(ctx)
	}
	d, err := t.power(ctx, Speedup)
	if err != nil {
		return report.Run{}, err
	}
	defer func() { _ = d.Close() }()
	outcome, err := suites.Trial(ctx, suites.Config{
		Target: d.target, Profile: cmp.Or(t.Profile, "full"), Chapters: t.Chapters, Speedup: Speedup, Allowed: spec.Leaves,
		Timeout: trialLimit, Version: "selftest",
	})
	return outcome, unexplained(outcome, err)
}

// unexplained is an error that the report does not hold already.
func unexplained(outcome report.Run, err error) error {
	if outcome.SetupError != "" {
		return nil
	}
	return err
}

// size tells how much is run: the more, the longer it takes.
func (t Trial) size() int {
	if t.Subject == report.IntegrationSubject {
		return 0
	}
	if len(t.Chapters) == 0 {
		return len(suites.Chapters())
	}
	return len(t.Chapters)
}
