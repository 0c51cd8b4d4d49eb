package discovery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on questions that are not the gateway's to answer.
var silenceCases = []spec.Case{
	{ID: "DISC-16", Name: "to the group", Needs: onLink, Probes: findsFirst, Run: keepsSilentToTheGroup},
	{ID: "DISC-16", Name: "to one host", Needs: onLink, Probes: findsFirst, Run: keepsSilentToOne},
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
	for _, q := range strangeQuestions() {
		p, answered := a.answerToStranger(c, q)
		if answered && !mentions(p.Message, q.Name) && !isRefusal(p.Message) {
			p, answered = a.confirmed(c, q)
		}
		if answered {
			keptSilent(c, p, q.Name)
		}
	}
	answersStill(c, a)
}

// answerToStranger asks the group for a name of nobody, and returns the first response
// of the gateway that comes while nobody else asks for anything of its own.
func (a *asker) answerToStranger(c *spec.C, q dns.Question) (p mdns.Packet, answered bool) {
	packets, err := a.Ask(c, mdns.Asking{
		Query: mdns.Query(q), For: prompt / 2, Once: true,
		Wanted: func(p mdns.Packet) bool {
			return a.othersAsk(p, a.ownNames()...) || (p.Message.Response() && a.sentIt(p))
		},
	})
	c.Must(err)
	for _, p := range packets {
		if !p.Message.Response() {
			break
		}
		if mentions(p.Message, q.Name) || isRefusal(p.Message) || a.speaks(p) {
			return p, true
		}
	}
	return mdns.Packet{}, false
}

const (
	// enoughAnswers is how often the gateway must answer with records of its own, asked
	// for none of them, to be a finding; mostTries is how often it is tried while others
	// ask too.
	enoughAnswers = 2
	mostTries     = 8
)

// confirmed asks again, each time after nobody asked for a while: a response that does
// not name what was asked for may be one to somebody else, for which the gateway may
// have waited a second (RFC 6762 §6).
func (a *asker) confirmed(c *spec.C, q dns.Question) (p mdns.Packet, answered bool) {
	times := 0
	for range mostTries {
		if !a.isQuiet(c) {
			continue
		}
		if p, answered = a.answerToStranger(c, q); !answered {
			return p, false
		}
		if times++; times == enoughAnswers {
			return p, true
		}
	}
	c.Inconclusive("others on the link ask for the gateway all the time, so that it cannot be told whom it answers")
	return p, false
}

// isQuiet listens for longer than an answer may wait, and tells whether nobody else asked
// for anything of the gateway's.
func (a *asker) isQuiet(c *spec.C) bool {
	ctx, cancel := c.Within(quiet)
	defer cancel()
	_, err := a.Await(ctx, func(p mdns.Packet) bool { return a.othersAsk(p, a.ownNames()...) })
	c.Must(context.Cause(c))
	return err != nil
}

// keepsSilentToOne asks from a port of its own: whatever comes there is an answer.
func keepsSilentToOne(c *spec.C) {
	open(c)
	a, err := newAsker(c.Scene, Advertised.Of(c), true)
	c.Must(err)
	asked := map[uint16]string{}
	questions := append(strangeQuestions(), mdns.QM(mdns.ServiceType, dns.TypeA), mdns.QM(mdns.ServiceType, dns.TypeSRV))
	for _, q := range questions {
		m := legacy(q)
		asked[m.Id] = fmt.Sprintf("%s of %s", dns.Type(q.Qtype), q.Name)
		c.Must(a.Multicast(packed(m)))
	}
	ctx, cancel := c.Within(prompt)
	defer cancel()
	p, err := a.Await(ctx, func(p mdns.Packet) bool {
		return p.Message.Response() && a.sentIt(p) && (asked[p.Message.ID] != "" || isRefusal(p.Message))
	})
	if err == nil {
		keptSilent(c, p, cmp.Or(asked[p.Message.ID], "something else"))
	}
	c.Must(context.Cause(c))
	answersStill(c, open(c))
}

func keptSilent(c *spec.C, p mdns.Packet, asked string) {
	line, _, _ := strings.Cut(p.Message.String(), "\n")
	c.Expect(errors.New("it answered: "+line), "the gateway, asked for %s, which it does not own,", asked).
		ProvedBy(p.Exchange).To(match.NoFault("keep silent"))
}

// answersStill proves that a gateway which was silent is not dead.
func answersStill(c *spec.C, a *asker) {
	packets := a.askedAnyhow(c, a.listsService, mdns.QM(mdns.ServiceType, dns.TypePTR))
	c.Expect(none(packets), "a search after questions for what the gateway does not own").To(match.NoFault("be answered"))
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
