package discovery

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
	"ttcheck/internal/link"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on unicast responses.
var unicastCases = []spec.Case{
	{ID: "DISC-10", Needs: onLink, Probes: findsFirst, Run: answersWhoWantsUnicast},
	{ID: "DISC-11", Needs: onLink, Probes: findsFirst, Run: answersALegacyQuery},
}

func answersWhoWantsUnicast(c *spec.C) {
	a := open(c)
	v := a.advert.Service
	for _, q := range byUnicast(sharedAndUnique(v)) {
		packets := a.asked(c, mdns.Query(q), a.answers(q.Name, q.Qtype))
		if len(packets) == 0 {
			mustHearUnicast(c)
		}
		c.Expect(none(packets), "a question for %s that asks for a unicast response (QU)", dns.Type(q.Qtype)).To(match.NoFault("be answered"))
	}
}

// sharedAndUnique are questions for a record of each kind: the PTR, and the SRV of a
// gateway that has one.
func sharedAndUnique(v mdns.Service) []dns.Question {
	questions := []dns.Question{mdns.QM(mdns.ServiceType, dns.TypePTR)}
	if v.Host != "" {
		questions = append(questions, mdns.QM(v.Name, dns.TypeSRV))
	}
	return questions
}

// mustHearUnicast ends a case that missed a unicast response, if it may be this
// machine that cannot hear any: what answers a question to the group is taken by many
// firewalls for a stranger's packet, and what answers one to the gateway alone is not.
func mustHearUnicast(c *spec.C) {
	a, err := newAsker(c.Scene, Advertised.Of(c), true)
	c.Must(err)
	query := legacy(mdns.QM(mdns.ServiceType, dns.TypePTR))
	if len(a.asked(c, query, a.listsService)) > 0 {
		return
	}
	ctx, cancel := c.Within(prompt)
	defer cancel()
	c.Must(a.Send(packed(query), netip.AddrPortFrom(a.advert.peer(), link.Port)))
	if _, err := a.Await(ctx, a.listsService); err == nil {
		c.Inconclusive("the gateway answers a question that is sent to it alone, but no unicast response to a question to the group arrives: a firewall on this machine may stop them")
	}
	c.Must(context.Cause(c))
}

// legacy is a conventional DNS query, as a resolver without multicast DNS sends it.
func legacy(questions ...dns.Question) *dns.Msg {
	m := mdns.Query(questions...)
	m.Id = 1 + uint16(rand.N(1<<16-1)) //nolint:gosec // an ID, no secret
	m.RecursionDesired = true
	return m
}

// maxLegacyTTL is how long a legacy resolver may keep an answer (RFC 6762 §6.7).
const maxLegacyTTL = 10 * time.Second

func answersALegacyQuery(c *spec.C) {
	v := open(c).advert.Service
	for _, q := range sharedAndUnique(v) {
		a, err := newAsker(c.Scene, Advertised.Of(c), true) // a port each: what comes late is no answer to the next
		c.Must(err)
		judgeLegacy(c, a, q)
	}
}

func judgeLegacy(c *spec.C, a *asker, q dns.Question) {
	query := legacy(q)
	packets := a.asked(c, query, a.answers(q.Name, q.Qtype))
	if len(packets) == 0 {
		mustHearUnicast(c)
	}
	c.Expect(none(packets), "a query for %s from port %d", dns.Type(q.Qtype), a.Source().Port()).To(match.NoFault("be answered by unicast to that port"))
	for _, p := range packets {
		c.Expect(legacyFault(p.Message, query), "a response to a legacy query").ProvedBy(p.Exchange).
			To(match.NoFault("repeat ID and question, with no cache-flush bit"))
		for _, r := range p.Message.Records() {
			if r.TTL > maxLegacyTTL {
				c.Should(fmt.Errorf("it is %d s of %s", int(r.TTL.Seconds()), r), "the TTL in a response to a legacy query").
					ProvedBy(p.Exchange).To(match.NoFault("be at most 10 s"))
				return
			}
		}
	}
}

func legacyFault(m *mdns.Message, query *dns.Msg) error {
	asked := query.Question[0]
	switch {
	case m.ID != query.Id:
		return fmt.Errorf("its ID is %d, where %d was asked", m.ID, query.Id)
	case len(m.Questions) != 1:
		return fmt.Errorf("it repeats %d questions", len(m.Questions))
	case !mdns.SameName(m.Questions[0].Name, asked.Name) || m.Questions[0].Type != asked.Qtype:
		return fmt.Errorf("it repeats another question: %s", m.Questions[0])
	case m.Rcode() != 0:
		return fmt.Errorf("its RCODE is %d", m.Rcode())
	}
	for _, r := range m.Records() {
		if r.Flush {
			return fmt.Errorf("a record has the cache-flush bit: %s", r)
		}
	}
	return nil
}
