package selftest

import (
	"slices"

	"ttcheck/protocol"
	"ttcheck/report"
)

// Judgement is what a trial showed.
type Judgement struct {
	// Caught are the requirements that the fault breaks and that were found broken.
	Caught []string
	// Explained are those that were found broken besides, as the fault says they may.
	Explained []string
	// Unexplained are those that were found broken and should hold: side findings of a
	// fault, false alarms on a gateway without one.
	Unexplained []string
	// Unjudged names the cases that came to no verdict, by error or for lack of time.
	Unjudged []string
}

// Judge compares what was found on a gateway with what is wrong with it.
func (t Trial) Judge(outcome report.Run) Judgement {
	var j Judgement
	note := func(list *[]string, what string) {
		if !slices.Contains(*list, what) {
			*list = append(*list, what)
		}
	}
	for _, r := range outcome.Results {
		id := r.Requirement.ID
		switch {
		case r.Verdict == report.Error || r.Verdict == report.Inconclusive:
			note(&j.Unjudged, r.Name())
		case r.Verdict != report.Fail && r.Verdict != report.Warning:
		case t.catches(r):
			note(&j.Caught, id)
		case t.Fault != nil && slices.Contains(t.Fault.Breaks, id):
			// Only warned of, which is not enough: nothing is caught by it.
		case t.Fault != nil && t.Fault.Sides[id] != "":
			note(&j.Explained, id)
		default:
			note(&j.Unexplained, id)
		}
	}
	return j
}

// catches tells whether a result is what the fault is to be caught by.
func (t Trial) catches(r report.Result) bool {
	id := r.Requirement.ID
	if t.Fault == nil || !slices.Contains(t.Fault.Breaks, id) {
		return false
	}
	return r.Verdict == report.Fail || r.Requirement.Level != protocol.Must || slices.Contains(t.Fault.Warns, id)
}
