package report

import (
	"fmt"
	"strings"
)

// trialGroup are the trials of one kind and subject.
type trialGroup struct {
	name    string // of the kind, in the plural where there are several
	subject Subject
	kind    TrialKind
	trials  []Trial
}

// groups lists the groups that there are, in the order of reports. Those of integrations
// say so in their name.
func (s SelfTest) groups() []trialGroup {
	var groups []trialGroup
	for _, subject := range Subjects {
		for _, kind := range TrialKinds {
			if trials := s.about(subject, kind); len(trials) > 0 {
				groups = append(groups, trialGroup{groupName(subject, kind), subject, kind, trials})
			}
		}
	}
	return groups
}

func groupName(subject Subject, kind TrialKind) string {
	pos := subject == IntegrationSubject
	switch {
	case kind == Sound && pos:
		return "sound POS"
	case kind == Sound:
		return "sound gateway"
	case pos:
		return "POS " + string(kind) + "s"
	}
	return string(kind) + "s"
}

// outcomes counts the outcomes of a group.
func (g trialGroup) outcomes() string {
	var parts []string
	for _, o := range []TrialOutcome{Caught, Clean, Missed, FalseAlarm, NoVerdict, NotMade} {
		if n := ended(g.trials, o); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	text := fmt.Sprintf("%d tried: %s", len(g.trials), strings.Join(parts, ", "))
	if g.kind == Faulty {
		text += fmt.Sprintf(" (kill rate %.1f %%)", 100*float64(ended(g.trials, Caught))/float64(len(g.trials)))
	}
	return text
}

// about returns the trials of a subject and kind.
func (s SelfTest) about(subject Subject, kind TrialKind) []Trial {
	return s.where(func(t Trial) bool { return t.Kind == kind && t.subject() == subject })
}

// subject is the trial's subject by its name, also where that was left out.
func (t Trial) subject() Subject {
	if t.Subject == IntegrationSubject {
		return IntegrationSubject
	}
	return GatewaySubject
}

// ended counts the trials that came to an outcome.
func ended(trials []Trial, o TrialOutcome) int {
	n := 0
	for _, t := range trials {
		if t.Outcome() == o {
			n++
		}
	}
	return n
}

// alarms is Alarms of one subject.
func (s SelfTest) alarms(subject Subject) (raised, of int) {
	sound := s.where(func(t Trial) bool { return t.Kind != Faulty && t.subject() == subject })
	return ended(sound, FalseAlarm), len(sound)
}

// alarmed tells of the false alarms, or that there was none, on each subject that was
// tried; empty if none was.
func (s SelfTest) alarmed() string {
	var all, loud []string
	for _, subject := range Subjects {
		raised, sound := s.alarms(subject)
		if sound == 0 {
			continue
		}
		of := count(sound, "sound "+string(subject))
		all = append(all, of)
		loud = append(loud, fmt.Sprintf("%d of %s", raised, of))
	}
	raised, sound := s.Alarms()
	switch {
	case sound == 0:
		return ""
	case raised > 0:
		return "false alarms on " + strings.Join(loud, " and ")
	}
	return "no false alarm on " + strings.Join(all, " and ")
}
