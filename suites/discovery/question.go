package discovery

import (
	"slices"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on the ways in which a question may be put.
var questionCases = []spec.Case{
	{ID: "DISC-13", Needs: onLink, Probes: findsFirst, Run: listsItsType},
	{ID: "DISC-14", Needs: onLink, Probes: findsFirst, Run: answersInAnyCase},
	{ID: "DISC-15", Needs: onLink, Probes: findsFirst, Run: answersSeveralQuestions},
}

// listsItsType asks in both ways: to the group a gateway may leave out what another has
// just said (RFC 6762 §7.4), and to a port of its own each answers for itself.
func listsItsType(c *spec.C) {
	open(c)
	alone, err := newAsker(c.Scene, Advertised.Of(c), true)
	c.Must(err)
	meta := mdns.QM(mdns.Meta, dns.TypePTR)
	packets, err := alone.Ask(c, mdns.Asking{Query: legacy(meta), For: prompt, Once: true, Wanted: alone.listsType})
	c.Must(err)
	if len(packets) > 0 {
		return
	}
	a := open(c)
	others := func(p mdns.Packet) bool { return !a.Mine(p) && slices.ContainsFunc(p.Message.Answers, listsTypeIn) }
	packets = a.asked(c, mdns.Query(meta), others)
	if len(packets) > 0 && !slices.ContainsFunc(packets, a.listsType) {
		mustHearUnicast(c)
		control := mdns.QM(mdns.ServiceType, dns.TypePTR)
		if len(alone.asked(c, legacy(control), alone.listsService)) == 0 {
			c.Inconclusive("another gateway answered first")
		}
		packets = nil
	}
	c.Expect(none(packets), "a PTR question for %s", mdns.Meta).To(match.NoFault("be answered with the gateway's service type"))
}

// listsType tells whether a packet is the gateway's answer with its type.
func (a *asker) listsType(p mdns.Packet) bool {
	return p.Message.Response() && a.sentIt(p) && slices.ContainsFunc(p.Message.Answers, listsTypeIn)
}

func listsTypeIn(r mdns.Record) bool {
	ptr, ok := r.Data.(*dns.PTR)
	return ok && r.TTL > 0 && mdns.SameName(r.Name, mdns.Meta) && mdns.SameName(ptr.Ptr, mdns.ServiceType)
}

func answersInAnyCase(c *spec.C) {
	a := open(c)
	v := a.resolved(c)
	for _, q := range []dns.Question{
		mdns.QM(v.Name, dns.TypeSRV), mdns.QM(v.Name, dns.TypeTXT), mdns.QM(addressQuestion(v)),
		mdns.QM(mdns.ServiceType, dns.TypePTR),
	} {
		if q.Qtype == dns.TypeTXT && v.TXT == nil { // it has none (DISC-05)
			continue
		}
		mixed := q
		mixed.Name = mdns.MixedCase(q.Name)
		packets := a.askedAnyhow(c, a.answers(q.Name, q.Qtype), mixed)
		c.Expect(none(packets), "a question for %s of %s", dns.Type(q.Qtype), mixed.Name).To(match.NoFault("be answered"))
	}
}

// addressQuestion asks for an address that the host has.
func addressQuestion(v mdns.Service) (name string, recordType uint16) {
	if v.Addresses[0].Is4() {
		return v.Host, dns.TypeA
	}
	return v.Host, dns.TypeAAAA
}

// answersSeveralQuestions puts the PTR question behind and before others, and then asks
// for all that a client needs. Answers to the latter may stand in any section of any
// packet.
func answersSeveralQuestions(c *spec.C) {
	a := open(c)
	v := a.resolved(c)
	ptr, unknown := mdns.QM(mdns.ServiceType, dns.TypePTR), mdns.QM(nobody("local."), dns.TypeA)
	for _, x := range []struct {
		what      string
		questions []dns.Question
	}{
		{"behind one for its host's address", []dns.Question{mdns.QM(addressQuestion(v)), ptr}},
		{"behind one that is not its own", []dns.Question{unknown, ptr}},
		{"before one that is not its own", []dns.Question{ptr, unknown}},
		{"as the third of four", []dns.Question{unknown, mdns.QM(v.Name, dns.TypeSRV), ptr, mdns.QM(mdns.Meta, dns.TypePTR)}},
	} {
		packets := a.askedAnyhow(c, a.listsService, x.questions...)
		c.Expect(none(packets), "a PTR question %s in one packet", x.what).To(match.NoFault("be answered"))
	}
	all := []dns.Question{mdns.QM(v.Name, dns.TypeSRV), mdns.QM(v.Name, dns.TypeTXT), mdns.QM(addressQuestion(v))}
	missing := func(packets []mdns.Packet) error {
		var seen mdns.Message
		for _, p := range packets {
			seen.Answers = append(seen.Answers, p.Message.Records()...)
		}
		return lacking(&seen, v)
	}
	packets, err := a.Ask(c, mdns.Asking{
		Query: mdns.Query(all...), For: searchTime, Wanted: a.speaks,
		Enough: func(packets []mdns.Packet) bool { return missing(packets) == nil },
	})
	c.Must(err)
	c.Expect(missing(packets), "questions for SRV, TXT and address in one packet").ProvedBy(exchanges(packets...)...).
		To(match.NoFault("all be answered"))
}
