package pos

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client"
	"ttcheck/fixtures/witness"
	"ttcheck/suites/spec"
)

// Case is one thing that an integration owes, judged on what was recorded of it.
type Case struct {
	ID string
	// Name tells the cases of one requirement apart; empty where there is one.
	Name string
	// Act is when it is shown. Where it is empty the case is judged at the end, on all acts.
	Act Act
	// Judge reads like the requirement: it returns if that holds, and ends in a finding if
	// not.
	Judge func(*J)
}

// Cases lists all cases, in the order of the catalogue.
func Cases() []Case {
	all := slices.Concat(searchCases, tokenCases, secretCases, socketCases, recoveryCases, survivalCases, historyCases, requestCases)
	slices.SortStableFunc(all, func(a, b Case) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// J is the context in which a case is judged. The record must not be kept.
type J struct {
	*spec.C
	*site
	record *witness.Record
	seen   *scene // the last that was looked at
}

// protocol writes a real time as protocol time.
func (j *J) protocol(d time.Duration) string { return shown(j.env.Protocol(d)) }

// shown rounds a time to what a reader needs.
func shown(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		d = d.Round(time.Second)
	case d >= time.Second:
		d = d.Round(100 * time.Millisecond)
	default:
		d = d.Round(time.Millisecond)
	}
	return d.String()
}

func shownAll(all []time.Duration) string {
	const most = 12
	words := make([]string, 0, most+1)
	for _, d := range all[:min(len(all), most)] {
		words = append(words, shown(d))
	}
	if len(all) > most {
		words = append(words, fmt.Sprintf("… and %d more", len(all)-most))
	}
	return strings.Join(words, ", ")
}

// scene is a scene that was shown; the case ends if it was not.
func (j *J) scene(name string) *scene {
	sc := j.scenes[name]
	switch {
	case sc == nil:
		j.NotShown("the scene %q was not played", name)
	case sc.missing != "":
		j.NotShown("%s", sc.missing)
	}
	j.seen = sc
	return sc
}

// lateMost is how late the harness may have been, in protocol time, for a scene to be judged:
// an integration on the same machine was as late, by timers that run as fast.
const lateMost = 5 * time.Second

// Wrong ends the case with a finding, unless the harness was too late to tell, or the
// integration may have been busy with another gateway.
func (j *J) Wrong(expected, actual string, proof ...client.Exchange) {
	if others := strangers(j.record); others != "" {
		j.Inconclusive("%s, which the integration may have taken for the one that it was to find", others)
	}
	if j.seen != nil && j.seen.died == "" {
		j.tardy(j.seen.from, j.seen.to, j.Real(lateMost))
	}
	j.C.Wrong(expected, actual, proof...)
}

// strangers names the other gateways that were on the link; empty if there were none.
func strangers(r *witness.Record) string {
	var names []string
	for _, s := range r.Strangers {
		names = append(names, fmt.Sprintf("%.80q at %v", instance(s.Instance), s.From.Addr()))
	}
	if len(names) == 0 {
		return ""
	}
	return "there was another gateway on the link: " + strings.Join(names, ", ")
}

// instance is the first label of a service's name, as people read it (RFC 6763 §4.3).
func instance(name string) string {
	labels := dns.SplitDomainName(name)
	if len(labels) == 0 {
		return name
	}
	return strings.ReplaceAll(labels[0], `\\`, "")
}

// fate is what became of the integration in a scene, if it ended by itself; else what is
// said.
func (sc *scene) fate(otherwise string) string {
	if sc.died != "" {
		return "it ended by itself: " + sc.died
	}
	return otherwise
}

// judge judges a case, and tells whether the integration ended by itself in the scene that it
// is about.
func (s *site) judge(k Case) (outcome spec.Outcome, died bool) {
	s.watch.Look(func(r *witness.Record) {
		// What was seen can be judged, even if the run is over.
		outcome = spec.Execute(context.WithoutCancel(s), s.env, spec.Case{ID: k.ID, Name: k.Name, Once: true, Run: func(c *spec.C) {
			j := &J{C: c, site: s, record: r}
			defer func() { died = j.seen != nil && j.seen.died != "" }() // a finding ends the case
			k.Judge(j)
			if j.seen != nil && j.seen.died != "" {
				j.Wrong("an integration that lives on", j.seen.fate(""))
			}
		}})
	})
	outcome.Took = 0 // the act took the time, not the look at what was seen in it
	return outcome, died
}

// tardy ends the case as inconclusive if the harness itself was late by more than some
// share of what it is to tell apart.
func (j *J) tardy(from, to time.Time, most time.Duration) {
	if lag := j.env.Lag.Between(from, to); lag > most {
		j.Inconclusive("the harness itself was %s late", lag.Round(time.Millisecond))
	}
}
