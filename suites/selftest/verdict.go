package selftest

import (
	"slices"

	"ttcheck/protocol"
	"ttcheck/report"
)

// judge compares what was found on a gateway with what is wrong with it.
func (t Trial) judge(outcome report.Run) report.Trial {
	j := report.Trial{Subject: t.Subject, Kind: t.Kind, Name: t.Name, What: t.What, Breaks: t.Breaks, Error: outcome.SetupError}
	caught, sides := map[string]bool{}, map[string]bool{}
	for _, r := range outcome.Results {
		id := r.Requirement.ID
		switch r.Verdict {
		case report.Pass, report.Info, report.Skipped:
			continue
		case report.Error, report.Inconclusive:
			j.Unjudged = append(j.Unjudged, r.Name())
		default:
			caught[id] = caught[id] || t.catches(r)
			sides[id] = sides[id] || !slices.Contains(j.Breaks, id)
		}
		j.Results = append(j.Results, r)
	}
	for _, q := range protocol.Catalogue {
		if caught[q.ID] {
			j.Caught = append(j.Caught, q.ID)
		}
		if sides[q.ID] {
			j.Sides = append(j.Sides, report.Side{ID: q.ID, Reason: t.Sides[q.ID]})
		}
	}
	return j
}

// catches tells whether a result is what the fault is to be caught by: a requirement that
// it breaks failed, or, if it is not a MUST that is broken, was warned of.
func (t Trial) catches(r report.Result) bool {
	id := r.Requirement.ID
	if !slices.Contains(t.Breaks, id) {
		return false
	}
	return r.Verdict == report.Fail || r.Requirement.Level != protocol.Must || slices.Contains(t.Warns, id)
}

// tooSlow tells whether nothing but the slowness of the machine kept a trial from its
// result: what decides was inconclusive.
func tooSlow(t report.Trial) bool {
	return !t.Good() && t.Error == "" && slices.ContainsFunc(t.Results, func(r report.Result) bool {
		return r.Verdict == report.Inconclusive && (t.Kind != report.Faulty || slices.Contains(t.Breaks, r.Requirement.ID))
	})
}
