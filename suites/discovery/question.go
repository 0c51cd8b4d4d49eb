package discovery

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on the ways in which a question may be put.
var questionCases = []spec.Case{
	{ID: "DISC-10", Needs: onLink, Probes: findsFirst, Run: answersWhoWantsUnicast},
	{ID: "DISC-11", Needs: onLink, Probes: findsFirst, Run: answersALegacyQuery},
	{ID: "DISC-12", Needs: onLink, Probes: asksTheLink, Run: leavesOutWhatIsKnown},
	{ID: "DISC-13", Needs: onLink, Probes: findsFirst, Run: listsItsType},
	{ID: "DISC-14", Needs: onLink, Probes: findsFirst, Run: answersInAnyCase},
	{ID: "DISC-15", Needs: onLink, Probes: findsFirst, Run: answersSeveralQuestions},
	{ID: "DISC-16", Name: "to the group", Needs: onLink, Probes: findsFirst, Run: keepsSilentToTheGroup},
	{ID: "DISC-16", Name: "to one host", Needs: onLink, Probes: findsFirst, Run: keepsSilentToOne},
}

func answersWhoWantsUnicast(c *spec.C) {
	a := open(c)
	packets := a.asked(c, mdns.Query(mdns.QU(mdns.ServiceType, dns.TypePTR)), a.listsService)
	c.Expect(none(packets), "a PTR question that asks for a unicast response (QU)").To(match.NoFault("be answered"))
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
	open(c)
	a, err := newAsker(c.Scene, Advertised.Of(c), true)
	c.Must(err)
	query := legacy(mdns.QM(mdns.ServiceType, dns.TypePTR))
	packets := a.asked(c, query, a.listsService)
	c.Expect(none(packets), "a query from port %d", a.Source().Port()).To(match.NoFault("be answered by unicast to that port"))
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

func listsItsType(c *spec.C) {
	a := open(c)
	packets := a.asked(c, mdns.Query(mdns.QM(mdns.Meta, dns.TypePTR)), func(p mdns.Packet) bool {
		if !p.Message.Response() || !a.sentIt(p) {
			return false
		}
		for _, r := range p.Message.Answers {
			ptr, ok := r.Data.(*dns.PTR)
			if ok && mdns.SameName(r.Name, mdns.Meta) && mdns.SameName(ptr.Ptr, mdns.ServiceType) {
				return true
			}
		}
		return false
	})
	c.Expect(none(packets), "a PTR question for %s", mdns.Meta).To(match.NoFault("be answered with the gateway's service type"))
}

func answersInAnyCase(c *spec.C) {
	a := open(c)
	v := a.resolved(c)
	for _, q := range []dns.Question{
		mdns.QM(v.Name, dns.TypeSRV), mdns.QM(addressQuestion(v)), mdns.QM(mdns.ServiceType, dns.TypePTR),
	} {
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

// answersSeveralQuestions puts the PTR question behind and before others. That each
// is answered cannot be asked for: a responder may put the answer of one into the
// additional section of another's.
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
}

// nobody is a name that no host has.
func nobody(suffix string) string {
	return fmt.Sprintf("ttcheck-%08x.%s", rand.Uint32(), suffix) //nolint:gosec // a name, no secret
}

// strangeQuestions are about names that the gateway does not own.
func strangeQuestions() []dns.Question {
	return []dns.Question{
		mdns.QM(nobody("local."), dns.TypeA),
		mdns.QM(nobody("local."), dns.TypeANY),
		mdns.QM(nobody(mdns.ServiceType), dns.TypeSRV),
		mdns.QM(nobody(mdns.ServiceType), dns.TypeTXT),
		mdns.QM("_"+nobody("_tcp.local."), dns.TypePTR),
	}
}

func keepsSilentToTheGroup(c *spec.C) {
	a := open(c)
	keepsSilent(c, a, strangeQuestions(), mdns.Query, func(q *dns.Msg, p mdns.Packet) bool {
		return mentions(p.Message, q.Question[0].Name)
	})
}

// keepsSilentToOne asks from a port of its own: whatever comes there is an answer.
func keepsSilentToOne(c *spec.C) {
	open(c)
	a, err := newAsker(c.Scene, Advertised.Of(c), true)
	c.Must(err)
	questions := append(strangeQuestions(), mdns.QM(mdns.ServiceType, dns.TypeA), mdns.QM(mdns.ServiceType, dns.TypeSRV))
	keepsSilent(c, a, questions, legacy, func(q *dns.Msg, p mdns.Packet) bool { return p.Message.ID == q.Id })
}

// keepsSilent asks each question in a packet of its own, and waits for answers to any.
func keepsSilent(c *spec.C, a *asker, questions []dns.Question, query func(...dns.Question) *dns.Msg, answers func(*dns.Msg, mdns.Packet) bool) {
	var queries []*dns.Msg
	for _, q := range questions {
		m := query(q)
		queries = append(queries, m)
		c.Must(a.Multicast(packed(m)))
	}
	ctx, cancel := c.Within(prompt)
	defer cancel()
	for {
		var asked *dns.Msg
		p, err := a.Await(ctx, func(p mdns.Packet) bool {
			i := slices.IndexFunc(queries, func(q *dns.Msg) bool { return answers(q, p) })
			if i >= 0 {
				asked = queries[i]
			}
			return p.Message.Response() && a.sentIt(p) && (i >= 0 || isRefusal(p.Message))
		})
		if err != nil {
			c.Must(context.Cause(c))
			return
		}
		what := "asked for what it does not own"
		if asked != nil {
			q := asked.Question[0]
			what = fmt.Sprintf("asked for %s of %s, which it does not own", dns.Type(q.Qtype), q.Name)
		}
		c.Expect(errors.New("it answered: "+firstLine(p.Message)), "the gateway, %s,", what).
			ProvedBy(p.Exchange).To(match.NoFault("keep silent"))
	}
}

func mentions(m *mdns.Message, name string) bool {
	for _, q := range m.Questions {
		if mdns.SameName(q.Name, name) {
			return true
		}
	}
	for _, r := range m.Records() {
		if mdns.SameName(r.Name, name) {
			return true
		}
	}
	return false
}

// isRefusal tells whether a response says "there is none", as unicast DNS does.
func isRefusal(m *mdns.Message) bool { return m.Rcode() != 0 || len(m.Records()) == 0 }
