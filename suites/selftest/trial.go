// Package selftest tries the suites themselves: against the sound reference gateway and
// conforming variants of it, on which every case must hold, and against gateways that
// err, each of which must be caught by a requirement that it breaks.
package selftest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/faults"
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

// Trial is one gateway against which the suites are tried.
type Trial struct {
	// Name is that of the fault or variant, or those of a combination.
	Name string
	What string // completes "a gateway that …"
	// Fault is what is wrong with it; nil if nothing is.
	Fault  *faults.Fault
	Makers []decorate.Maker
	// Chapters are those that are run; empty for all.
	Chapters []protocol.Chapter
}

// Sound is the reference gateway as it is.
func Sound() Trial { return Trial{Name: "sound", What: "does nothing wrong"} }

// OfFault tries a fault. The chapters on discovery and on robustness, which take the
// most time, are left out where the fault concerns neither.
func OfFault(f faults.Fault) Trial {
	return Trial{Name: f.Name, What: f.What, Fault: &f, Makers: []decorate.Maker{f.Make}, Chapters: concerned(f)}
}

func concerned(f faults.Fault) []protocol.Chapter {
	var chapters []protocol.Chapter
	for _, c := range suites.Chapters() {
		costly := c.Name == protocol.Discovery || c.Name == protocol.Resilience
		if !costly || slices.ContainsFunc(f.Breaks, func(id string) bool {
			r, _ := protocol.Lookup(id)
			return r.Chapter == c.Name
		}) {
			chapters = append(chapters, c.Name)
		}
	}
	return chapters
}

// OfVariants tries variants, together if there are several.
func OfVariants(name string, chosen ...variants.Variant) Trial {
	t := Trial{Name: name}
	for i, v := range chosen {
		if i > 0 {
			t.What += "; "
		}
		t.What += v.What
		t.Makers = append(t.Makers, v.Make)
	}
	return t
}

// Run runs the suites against the trial's gateway. Robustness is among them.
func (t Trial) Run(ctx context.Context, listener report.Listener) (report.Run, error) {
	d, err := t.power(ctx, Speedup)
	if err != nil {
		return report.Run{}, err
	}
	defer d.Close()
	outcome, err := suites.Trial(ctx, suites.Config{
		Target: d.target, Profile: "full", Chapters: t.Chapters, Speedup: Speedup, Allowed: spec.Leaves,
		Timeout: trialLimit, Version: "selftest", Listener: listener,
	})
	if err != nil && outcome.SetupError == "" {
		return outcome, fmt.Errorf("%s: %w", t.Name, err)
	}
	return outcome, nil
}
