package report

import "ttcheck/protocol"

// each makes a new list of what f makes of each item; never nil.
func each[A, B any](items []A, f func(A) B) []B {
	made := make([]B, 0, len(items))
	for _, item := range items {
		made = append(made, f(item))
	}
	return made
}

// model turns a run into its JSON report.
func model(r Run) jsonReport {
	byChapter, total := r.tallies()
	d := jsonReport{
		Schema: Schema, Outcome: r.Outcome(), Conclusion: r.Conclusion(), ExitCode: r.ExitCode(),
		Certified: r.Certifies(), Certification: r.Certification(),
		Head:        modelHead(r.Head),
		Interrupted: r.Interrupted, TimedOut: r.TimedOut, SetupError: bounded(r.SetupError),
		Totals:   total.full(),
		Chapters: []jsonChapter{},
		Coverage: jsonCoverage{r.Coverage.Selected, r.Coverage.Ran, each(r.Coverage.NotRun, func(n NotRun) jsonNotRun {
			return jsonNotRun{bounded(n.ID), bounded(n.Reason)}
		})},
		Remarks: each(r.Remarks, bounded),
		Results: each(r.Results, modelResult),
	}
	for _, c := range r.chapters() {
		d.Chapters = append(d.Chapters, jsonChapter{c, byChapter[c].full()})
	}
	if r.Head.Integration != nil {
		d.Requirements = each(r.standings(), modelStanding)
	}
	return d
}

// full is a tally that names every verdict.
func (t tally) full() tally {
	named := tally{}
	for _, v := range Verdicts {
		named[v] = t[v]
	}
	return named
}

func modelHead(h Head) jsonHead {
	return jsonHead{
		Target: bounded(h.Target), Embedded: h.Embedded, SuiteVersion: bounded(h.SuiteVersion), Profile: bounded(h.Profile),
		Chapters:    each(h.Chapters, func(c protocol.Chapter) protocol.Chapter { return c }),
		LabelFilter: bounded(h.LabelFilter), Strict: h.Strict, Allowed: each(h.Allowed, bounded),
		OrderNames: bounded(h.OrderNames), Press: bounded(h.Press), Interface: bounded(h.Interface),
		TokenWindow: toMillis(h.Timing.TokenWindow), TokenDeadline: toMillis(h.Timing.TokenDeadline), Retention: toMillis(h.Timing.Retention),
		Speedup: h.Speedup, Grace: toMillis(h.Grace), Started: h.Started, Duration: toMillis(h.Duration),
		Integration:     modelIntegration(h.Integration),
		NoCertification: each(h.NoCertification, bounded), Reproduce: bounded(h.Reproduce),
	}
}

func modelIntegration(i *Integration) *jsonIntegration {
	if i == nil {
		return nil
	}
	return &jsonIntegration{
		Name: bounded(i.Name), Version: bounded(i.Version), Driven: bounded(i.Driven), Acts: each(i.Acts, bounded),
		Discovery: bounded(i.Discovery), Patience: toMillis(i.Patience),
	}
}

func modelStanding(s standing) jsonStanding {
	j := jsonStanding{ID: bounded(s.requirement.ID), Level: s.requirement.Level, Verdict: bounded(s.word()), Cases: []string{}}
	for _, result := range s.results {
		if result.Case != "" {
			j.Cases = append(j.Cases, bounded(result.Case))
		}
	}
	return j
}

func modelResult(r Result) jsonResult {
	q := r.Requirement
	return jsonResult{
		ID: bounded(q.ID), Case: bounded(r.Case), Verdict: r.Verdict,
		Chapter: q.Chapter, Level: q.Level, Profile: q.Profile, Since: q.Since,
		Sentence: bounded(q.Sentence), Source: bounded(q.Source), Advice: bounded(q.Advice),
		Skip: r.Skip, Reason: bounded(r.Reason), Duration: toMillis(r.Duration),
		Findings: each(r.Findings, modelFinding), Notes: each(r.Notes, bounded),
	}
}

func modelFinding(f Finding) jsonFinding {
	return jsonFinding{
		Level: f.Level, Expected: bounded(f.Expected), Actual: bounded(f.Actual),
		Evidence: each(f.Evidence, func(e Exchange) jsonExchange {
			return jsonExchange{toMillis(e.At), toMillis(e.Took), bounded(e.Channel), bounded(e.Sent), bounded(e.Received), bounded(e.Error)}
		}),
	}
}

// eachOrNil is each without the promise of a list: what is empty becomes nil, as
// engines leave it.
func eachOrNil[A, B any](items []A, f func(A) B) []B {
	if len(items) == 0 {
		return nil
	}
	return each(items, f)
}

func same[A any](a A) A { return a }

// run turns a JSON report back into the run.
func (d jsonReport) run() Run {
	h := d.Head
	return Run{
		Head: Head{
			Target: h.Target, Embedded: h.Embedded, SuiteVersion: h.SuiteVersion, Profile: h.Profile,
			Chapters: eachOrNil(h.Chapters, same), LabelFilter: h.LabelFilter, Strict: h.Strict, Allowed: eachOrNil(h.Allowed, same),
			OrderNames: h.OrderNames, Press: h.Press, Interface: h.Interface,
			Timing: protocol.Timing{
				TokenWindow: h.TokenWindow.duration(), TokenDeadline: h.TokenDeadline.duration(), Retention: h.Retention.duration(),
			},
			Speedup: h.Speedup, Grace: h.Grace.duration(), Started: h.Started, Duration: h.Duration.duration(),
			Integration:     h.Integration.integration(),
			NoCertification: eachOrNil(h.NoCertification, same), Reproduce: h.Reproduce,
		},
		Interrupted: d.Interrupted, TimedOut: d.TimedOut, SetupError: d.SetupError,
		Coverage: Coverage{d.Coverage.Selected, d.Coverage.Ran, eachOrNil(d.Coverage.NotRun, func(n jsonNotRun) NotRun { return NotRun(n) })},
		Remarks:  eachOrNil(d.Remarks, same),
		Results:  eachOrNil(d.Results, jsonResult.result),
	}
}

func (i *jsonIntegration) integration() *Integration {
	if i == nil {
		return nil
	}
	return &Integration{
		Name: i.Name, Version: i.Version, Driven: i.Driven, Acts: eachOrNil(i.Acts, same),
		Discovery: i.Discovery, Patience: i.Patience.duration(),
	}
}

func (r jsonResult) result() Result {
	return Result{
		Requirement: protocol.Requirement{
			ID: r.ID, Chapter: r.Chapter, Level: r.Level, Profile: r.Profile, Since: r.Since,
			Sentence: r.Sentence, Source: r.Source, Advice: r.Advice,
		},
		Case: r.Case, Verdict: r.Verdict, Skip: r.Skip, Reason: r.Reason, Duration: r.Duration.duration(),
		Findings: eachOrNil(r.Findings, func(f jsonFinding) Finding {
			return Finding{f.Level, f.Expected, f.Actual, eachOrNil(f.Evidence, jsonExchange.exchange)}
		}),
		Notes: eachOrNil(r.Notes, same),
	}
}

func (e jsonExchange) exchange() Exchange {
	return Exchange{
		At: e.At.duration(), Took: e.Took.duration(), Channel: e.Channel,
		Sent: e.Sent, Received: e.Received, Error: e.Error,
	}
}
