package discovery

import (
	"errors"
	"slices"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

const (
	// enoughRounds is how often an answer that was known must come to be a finding,
	// and mostRounds how often it is tried while others ask too.
	enoughRounds = 3
	mostRounds   = 12
)

// The case on answers that the querier has already.
var knownCases = []spec.Case{
	{ID: "DISC-12", Needs: onLink, Probes: asksTheLink, Run: leavesOutWhatIsKnown},
}

// leavesOutWhatIsKnown asks for the PTR record as one who knows it. An answer counts
// only if nobody else asked meanwhile, and one silence is enough: it is the answer
// that needs an explanation.
func leavesOutWhatIsKnown(c *spec.C) {
	a := open(c)
	query := mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR))
	query.Answer = []dns.RR{knownPTR(a.advert.Service.Name, ownTTL(c, a))}
	asks := func(p mdns.Packet) bool { return a.othersAsk(p, mdns.ServiceType) }
	var answered []mdns.Packet
	for range mostRounds {
		c.Must(c.Until(time.Now().Add(quiet))) // or it would be silent for that
		packets, err := a.Ask(c, mdns.Asking{
			Query: query, For: prompt, Once: true,
			Wanted: func(p mdns.Packet) bool { return a.listsService(p) || asks(p) },
		})
		c.Must(err)
		if slices.ContainsFunc(packets, asks) {
			continue
		}
		if len(packets) == 0 {
			isNotSilencedByOthers(c, a)
			return
		}
		if answered = append(answered, packets[0]); len(answered) == enoughRounds {
			break
		}
	}
	if len(answered) < enoughRounds {
		c.Inconclusive("others on the link ask for %s all the time", mdns.ServiceType)
	}
	c.Expect(errors.New("it came every time"), "an answer that the query lists as known, with its whole TTL,").
		ProvedBy(exchanges(answered...)...).To(match.NoFault("be left out"))
}

// isNotSilencedByOthers asks as one who knows another gateway: that must not keep this
// one from answering, or only one of them is ever found.
func isNotSilencedByOthers(c *spec.C, a *asker) {
	query := mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR))
	query.Answer = []dns.RR{knownPTR(nobody(mdns.ServiceType), otherTTL)}
	packets := a.asked(c, query, a.listsService)
	c.Expect(none(packets), "a PTR question that lists only another instance as known").To(match.NoFault("be answered"))
}

func knownPTR(instance string, ttl time.Duration) *dns.PTR {
	return &dns.PTR{
		Hdr: dns.RR_Header{Name: mdns.ServiceType, Rrtype: dns.TypePTR, Class: dns.ClassINET, Ttl: uint32(ttl.Seconds())},
		Ptr: instance,
	}
}

// ownTTL is the TTL that the gateway gives its PTR record.
func ownTTL(c *spec.C, a *asker) time.Duration {
	for _, p := range Answered.Of(c).Packets {
		for _, r := range p.Message.Answers {
			if r.Type == dns.TypePTR && a.owns(r) && r.TTL > 0 {
				return r.TTL
			}
		}
	}
	return otherTTL
}
