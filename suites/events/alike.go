package events

import (
	"slices"

	"ttcheck/client"
)

// toldAlike judges whether all connections were told the same of each order, in
// the same sequence (EVT-10).
func toldAlike(r record) error {
	for _, w := range r.witnesses[1:] {
		for _, l := range r.lives {
			reference, told := r.witnesses[0].told[l.uuid], w.told[l.uuid]
			at := 0
			for at < min(len(reference), len(told)) && sameEvent(reference[at], told[at]) {
				at++
			}
			if at < max(len(reference), len(told)) {
				from := max(0, at-1) // where the one goes on, the last that both told
				proof := append(few(reference[min(from, len(reference)):]), few(told[min(from, len(told)):])...)
				return faultf(proof, "of order %s %s told: %s; but %s told: %s",
					l.name, r.witnesses[0].channel, briefs(reference), w.channel, briefs(told))
			}
		}
	}
	return nil
}

func sameEvent(a, b client.Message) bool {
	return a.Type() == b.Type() && difference(a.Object, b.Object) == ""
}

func few(events []client.Message) []client.Message { return slices.Clone(events[:min(len(events), 3)]) }

// withoutGap judges the numbers of all events of one connection (EVT-11). A
// message of a type that is not documented may take part in the numbering or not.
func withoutGap(all []client.Message) error {
	var (
		last   *int64
		before client.Message // which had it
	)
	for i, m := range all {
		seq, err := m.Object.Int("seq")
		switch known := isKnown(m.Type()); {
		case known && err != nil:
			return faultf(all[i:i+1], "%s: %v", brief(m), err)
		case known && last != nil && seq != *last+1:
			return faultf([]client.Message{before, m}, "%s has seq %d behind %d", brief(m), seq, *last)
		case known, err == nil && last != nil && seq == *last+1:
			last, before = &seq, m
		}
	}
	return nil
}

// numberedApart notes an event that has one number on one connection and another
// on another.
func numberedApart(r record) string {
	for _, l := range r.lives {
		reference := r.witnesses[0].told[l.uuid]
		for _, w := range r.witnesses[1:] {
			for i, m := range w.told[l.uuid][:min(len(reference), len(w.told[l.uuid]))] {
				if isKnown(m.Type()) && !sameSeq(m, reference[i]) {
					return "the connections number the same event differently, such as those of order " + l.name
				}
			}
		}
	}
	return ""
}
