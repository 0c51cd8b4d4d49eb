package report

// Verdict is what a run says of one case, on a ladder from good to bad.
type Verdict string

// The verdicts.
const (
	Pass         Verdict = "pass"
	Info         Verdict = "info"         // observed and reported, nothing to fail
	Warning      Verdict = "warning"      // a SHOULD that does not hold
	Fail         Verdict = "fail"         // a MUST (under strict also a SHOULD) that does not hold
	Error        Verdict = "error"        // the harness or the set-up failed: nothing is said of what was tested
	Inconclusive Verdict = "inconclusive" // the harness was too slow to tell
	Skipped      Verdict = "skipped"      // not tried, for the reason given
)

// Verdicts lists the ladder in the order in which summaries show it.
var Verdicts = []Verdict{Pass, Info, Warning, Fail, Error, Inconclusive, Skipped}

// unjudged tells that a verdict says nothing of what was tested although its case
// was tried. An unknown verdict is one of them.
func (v Verdict) unjudged() bool {
	switch v {
	case Pass, Info, Warning, Fail, Skipped:
		return false
	}
	return true
}

// SkipKind is the kind of reason for which a case was skipped.
type SkipKind string

// The kinds of reasons to skip.
const (
	Unsupported   SkipKind = "unsupported"       // the gateway lacks what the case builds on
	NotPermitted  SkipKind = "not permitted"     // the operator gave no leave for it
	NeedsOperator SkipKind = "needs an operator" // a button, a restart, an address change
	NotSelected   SkipKind = "not selected"
	NotReached    SkipKind = "not reached" // the run ended before it
	NotShown      SkipKind = "not shown"   // an integration had no occasion for it, or never took it
)
