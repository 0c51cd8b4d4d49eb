package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ttcheck/protocol"
)

// SelfTest is what trials of the suites themselves showed: on gateways and integrations
// that conform, where nothing may be found, and on those that err, where the fault must be.
type SelfTest struct {
	SuiteVersion string
	Speedup      float64 // how many times faster than true the gateways' clocks ran
	AtOnce       int     // how many trials were made at a time
	Started      time.Time
	Duration     time.Duration
	Interrupted  bool
	Trials       []Trial
}

// TrialKind is what is tried.
type TrialKind string

// The kinds of trials. Those of all but the last conform.
const (
	Sound       TrialKind = "sound"       // the reference gateway, or integration, as it is
	Variant     TrialKind = "variant"     // with another choice where the protocol leaves one
	Combination TrialKind = "combination" // with several
	Faulty      TrialKind = "fault"
)

// TrialKinds lists the kinds in the order of reports.
var TrialKinds = []TrialKind{Sound, Variant, Combination, Faulty}

// Subject is which side of the wire is tried.
type Subject string

// The subjects. The zero value is a gateway, too.
const (
	GatewaySubject     Subject = "gateway"
	IntegrationSubject Subject = "integration"
)

// Subjects lists the subjects in the order of reports.
var Subjects = []Subject{GatewaySubject, IntegrationSubject}

// Trial is one gateway or integration on which the suites were tried, and what they found.
type Trial struct {
	Kind TrialKind
	// Subject tells which of them it is.
	Subject Subject
	Name    string
	What    string // completes "a gateway that …" or "an integration that …"
	// Breaks are the IDs of the requirements that a fault breaks.
	Breaks []string
	// Caught are those of them that were found broken.
	Caught []string
	// Sides are IDs of requirements that were found broken besides, each with the
	// reason that the fault gives for it; an empty reason is no explanation. On what
	// conforms they are false alarms.
	Sides []Side
	// Unjudged names the cases that came to no verdict.
	Unjudged []string
	// Again tells that it was made a second time, alone: at first the machine was too
	// slow to tell.
	Again    bool
	Error    string // why it could not be made; empty if it was
	Duration time.Duration
	// Results are those that are neither a pass, nor an information, nor skipped.
	Results []Result
}

// Side is a requirement that was found broken and is not named by the fault.
type Side struct {
	ID     string
	Reason string
}

// TrialOutcome is what a trial comes to, in a word or two.
type TrialOutcome string

// The outcomes of trials. The first two are what is wanted.
const (
	Caught     TrialOutcome = "caught"
	Clean      TrialOutcome = "clean"
	Missed     TrialOutcome = "missed"
	FalseAlarm TrialOutcome = "false alarm"
	NoVerdict  TrialOutcome = "no verdict"
	NotMade    TrialOutcome = "not made"
)

// Outcome says what the trial comes to. That a case came to no verdict counts only on what
// conforms: a fault can keep other cases from being judged.
func (t Trial) Outcome() TrialOutcome {
	switch {
	case t.Error != "":
		return NotMade
	case t.Kind == Faulty && len(t.Caught) == 0:
		return Missed
	case t.Kind == Faulty:
		return Caught
	case len(t.Sides) > 0:
		return FalseAlarm
	case len(t.Unjudged) > 0:
		return NoVerdict
	}
	return Clean
}

// Unexplained are the requirements that were found broken and that nothing explains.
func (t Trial) Unexplained() []string {
	var ids []string
	for _, s := range t.Sides {
		if s.Reason == "" {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// Good tells whether the trial came out as it should.
func (t Trial) Good() bool {
	o := t.Outcome()
	return (o == Caught || o == Clean) && len(t.Unexplained()) == 0
}

// Of returns the trials of a kind.
func (s SelfTest) Of(kind TrialKind) []Trial {
	return s.where(func(t Trial) bool { return t.Kind == kind })
}

func (s SelfTest) where(wanted func(Trial) bool) []Trial {
	var trials []Trial
	for _, t := range s.Trials {
		if wanted(t) {
			trials = append(trials, t)
		}
	}
	return trials
}

// Kills tells how many of the faults, of gateways and of integrations, were caught.
func (s SelfTest) Kills() (caught, of int) {
	faulty := s.Of(Faulty)
	return ended(faulty, Caught), len(faulty)
}

// Alarms tells how many of the gateways and integrations that conform were found to break
// something.
func (s SelfTest) Alarms() (raised, of int) {
	for _, subject := range Subjects {
		r, n := s.alarms(subject)
		raised, of = raised+r, of+n
	}
	return raised, of
}

// SideFindings tells how many of the requirements that were found broken where something
// errs were not named by the fault, and how many of those nothing explains.
func (s SelfTest) SideFindings() (sides, unexplained, of int) {
	for _, t := range s.Of(Faulty) {
		sides += len(t.Sides)
		unexplained += len(t.Unexplained())
		of += len(t.Sides) + len(t.Caught)
	}
	return sides, unexplained, of
}

// Passed tells whether every trial came out as it should.
func (s SelfTest) Passed() bool {
	return !s.Interrupted && len(s.Trials) > 0 &&
		!slices.ContainsFunc(s.Trials, func(t Trial) bool { return !t.Good() })
}

// ExitCode is the outcome as a process exit code.
func (s SelfTest) ExitCode() int {
	switch {
	case s.Interrupted:
		return ExitInterrupted
	case len(s.Trials) == 0:
		return ExitNothing
	case !s.Passed():
		return ExitFailed
	}
	return ExitOK
}

// Conclusion is the outcome in one line.
func (s SelfTest) Conclusion() string {
	word := "FAILED"
	switch {
	case s.Interrupted:
		word = "INTERRUPTED"
	case s.Passed():
		word = "PASSED"
	}
	var parts []string
	if caught, faults := s.Kills(); faults > 0 {
		parts = append(parts, fmt.Sprintf("%d of %s caught", caught, count(faults, "fault")))
	}
	if text := s.alarmed(); text != "" {
		parts = append(parts, text)
	}
	if _, unexplained, _ := s.SideFindings(); unexplained > 0 {
		parts = append(parts, count(unexplained, "side finding")+" unexplained")
	}
	if n := s.unproved(); n > 0 {
		parts = append(parts, count(n, "trial")+" without a result")
	}
	if len(parts) == 0 {
		parts = []string{"nothing was tried"}
	}
	return word + ": " + strings.Join(parts, ", ")
}

// unproved counts the trials that showed nothing.
func (s SelfTest) unproved() (n int) {
	for _, t := range s.Trials {
		if o := t.Outcome(); o == NotMade || o == NoVerdict {
			n++
		}
	}
	return n
}

// Proof is what shows that the cases of a requirement find what they should.
type Proof struct {
	Requirement protocol.Requirement
	// CaughtBy names the faults that it was found broken by, Silent those that break it
	// and were caught by another alone, or not at all.
	CaughtBy, Silent []string
}

// Proofs lists the requirements that a fault breaks, in the order of the catalogue.
func (s SelfTest) Proofs() []Proof {
	var proofs []Proof
	for _, r := range protocol.Catalogue {
		p := Proof{Requirement: r}
		for _, t := range s.Of(Faulty) {
			switch {
			case slices.Contains(t.Caught, r.ID):
				p.CaughtBy = append(p.CaughtBy, t.Name)
			case slices.Contains(t.Breaks, r.ID):
				p.Silent = append(p.Silent, t.Name)
			}
		}
		if len(p.CaughtBy)+len(p.Silent) > 0 {
			proofs = append(proofs, p)
		}
	}
	return proofs
}
