package discovery

import (
	"errors"
	"slices"
	"strings"
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

// leavesOutWhatIsKnown asks for the PTR record as one who knows it. An answer counts
// only if nobody else asked meanwhile, and one silence is enough: it is the answer
// that needs an explanation.
func leavesOutWhatIsKnown(c *spec.C) {
	a := open(c)
	query := mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR))
	query.Answer = []dns.RR{&dns.PTR{
		Hdr: dns.RR_Header{Name: mdns.ServiceType, Rrtype: dns.TypePTR, Class: dns.ClassINET, Ttl: uint32(ownTTL(c, a).Seconds())},
		Ptr: a.advert.Service.Name,
	}}
	var answered []mdns.Packet
	for range mostRounds {
		c.Must(c.Until(time.Now().Add(quiet))) // or it would be silent for that

		packets, err := a.Ask(c, mdns.Asking{
			Query: query, For: prompt, Once: true,
			Wanted: func(p mdns.Packet) bool { return a.listsService(p) || a.othersAsk(p) },
		})
		c.Must(err)
		if slices.ContainsFunc(packets, a.othersAsk) {
			continue
		}
		if len(packets) == 0 {
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

// othersAsk tells whether somebody else asks for the gateway's service type.
func (a *asker) othersAsk(p mdns.Packet) bool {
	return !p.Message.Response() && !a.Mine(p) && slices.ContainsFunc(p.Message.Questions, func(q mdns.Question) bool {
		return mdns.SameName(q.Name, mdns.ServiceType)
	})
}

// firstLine is the header of a message in words.
func firstLine(m *mdns.Message) string {
	line, _, _ := strings.Cut(m.String(), "\n")
	return line
}
