package discovery

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client"
	"ttcheck/client/mdns"
	"ttcheck/internal/link"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// TTLs of RFC 6762 §10.
const (
	hostTTL  = 120 * time.Second
	otherTTL = 4500 * time.Second
)

// The cases on the form of responses and of the records in them.
var recordCases = []spec.Case{
	{ID: "DISC-06", Needs: onLink, Probes: asksTheLink, Run: flushesWhatIsUnique},
	{ID: "DISC-07", Needs: onLink, Probes: asksTheLink, Run: sendsProperResponses},
	{ID: "DISC-08", Needs: onLink, Probes: asksTheLink, Run: usesTheUsualTTLs},
	{ID: "DISC-09", Needs: onLink, Probes: asksTheLink, Run: sendsAlongWhatFollows},
}

// Answers are the multicast packets with which the gateway answered questions for
// each of its records.
type Answers struct {
	Packets []mdns.Packet
	// Strays are answers that came from the gateway's address and that nobody may
	// take for answers: from another port than 5353, not marked as a response, or
	// marked as a failure.
	Strays []mdns.Packet
}

// Answered asks for each of the gateway's records in turn.
var Answered = &spec.Probe[Answers]{
	Name: "the gateway's answers for each of its records", Needs: onLink,
	Takes: func(protocol.Timing) time.Duration { return 0 },
	Run:   observeAnswers,
}

func observeAnswers(s *spec.Scene) (Answers, error) {
	advert, err := Advertised.Now(s, s.Env)
	if err != nil {
		return Answers{}, err
	}
	if !advert.Found {
		return observeStrays(s)
	}
	a, err := newAsker(s, advert, false)
	if err != nil {
		return Answers{}, err
	}
	v := advert.Service
	questions := []dns.Question{
		mdns.QM(mdns.ServiceType, dns.TypePTR), mdns.QM(v.Name, dns.TypeSRV), mdns.QM(v.Name, dns.TypeTXT),
	}
	if v.Host != "" {
		questions = append(questions, mdns.QM(v.Host, dns.TypeA), mdns.QM(v.Host, dns.TypeAAAA))
	}
	questions = append(questions, mdns.QM(mdns.Meta, dns.TypePTR))
	var seen Answers
	for _, q := range questions {
		wait := searchTime
		if q.Qtype == dns.TypeAAAA || q.Name == mdns.Meta { // not every gateway has one
			wait = prompt
		}
		packets, err := a.Ask(s, mdns.Asking{
			Query: mdns.Query(q), For: wait,
			Wanted: func(p mdns.Packet) bool { return p.ToGroup && (a.speaks(p) || a.listsType(p)) },
			Enough: func(packets []mdns.Packet) bool {
				return slices.ContainsFunc(packets, a.answers(q.Name, q.Qtype)) ||
					(q.Name == mdns.Meta && slices.ContainsFunc(packets, a.listsType))
			},
		})
		if err != nil {
			return seen, err
		}
		seen.Packets = append(seen.Packets, packets...)
	}
	return seen, nil
}

// observeStrays looks for answers of a gateway that no search finds.
func observeStrays(s *spec.Scene) (Answers, error) {
	target, err := targetOf(s)
	if err != nil {
		return Answers{}, err
	}
	var seen Answers
	for _, l := range s.Target.Links {
		prober, err := mdns.NewProber(l, s.Client.Transcript(), link.Options{
			Alone: true, Peer: target.ips[0], OnlyIPv4: target.ips[0].Is4(),
		})
		if err != nil {
			continue // the search has told
		}
		strays, err := prober.Ask(s, mdns.Asking{
			Query: mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR)), For: searchTime,
			Wanted: func(p mdns.Packet) bool { return !prober.Mine(p) && target.strayed(p) },
		})
		prober.Close()
		if err != nil {
			return seen, err
		}
		seen.Strays = append(seen.Strays, strays...)
	}
	return seen, nil
}

// strayed tells whether a packet is meant as an answer of the target's, and fails to
// be one.
func (t target) strayed(p mdns.Packet) bool {
	sound := p.Message.Response() && p.From.Port() == link.Port && p.Message.Rcode() == 0
	if sound || !slices.Contains(t.ips, p.From.Addr()) {
		return false
	}
	return (p.Message.Response() || len(p.Message.Questions) == 0) &&
		slices.ContainsFunc(p.Message.Records(), func(r mdns.Record) bool {
			return r.Type == dns.TypePTR && mdns.SameName(r.Name, mdns.ServiceType)
		})
}

// each calls judge with every record of the gateway's that was seen, but for
// goodbyes, and returns the first fault with its proof.
func each(c *spec.C, judge func(mdns.Record) error) (proof []client.Exchange, fault error) {
	a := open(c)
	for _, p := range seenBy(c).Packets {
		for _, r := range p.Message.Records() {
			if r.TTL == 0 || !a.owns(r) && !listsTypeIn(r) {
				continue
			}
			if err := judge(r); err != nil {
				return exchanges(p), err
			}
		}
	}
	return nil, nil
}

// seenBy returns the answers; a case that has none to judge ends here.
func seenBy(c *spec.C) Answers {
	seen := Answered.Of(c)
	if len(seen.Packets) == 0 {
		c.Unsupported("no question was answered by multicast (see DISC-01)")
	}
	return seen
}

func flushesWhatIsUnique(c *spec.C) {
	proof, fault := each(c, func(r mdns.Record) error {
		switch r.Type {
		case dns.TypePTR:
			if r.Flush {
				return fmt.Errorf("the shared PTR record has it: %s", r)
			}
		case dns.TypeSRV, dns.TypeTXT, dns.TypeA, dns.TypeAAAA:
			if !r.Flush {
				return fmt.Errorf("a unique record lacks it: %s", r)
			}
		}
		return nil
	})
	c.Expect(fault, "the cache-flush bit").ProvedBy(proof...).To(match.NoFault("be set on SRV, TXT and address records and on no PTR record"))
}

func sendsProperResponses(c *spec.C) {
	strays := Answered.Of(c).Strays
	if len(strays) > 0 {
		fault := fmt.Errorf("it comes from port %d", strays[0].From.Port())
		switch m := strays[0].Message; {
		case !m.Response():
			fault = errors.New("it has QR unset, as a query has")
		case m.Rcode() != 0:
			fault = fmt.Errorf("its RCODE is %d", m.Rcode())
		}
		c.Expect(fault, "a response").ProvedBy(exchanges(strays[0])...).To(match.NoFault("come from port 5353, with QR set and RCODE 0"))
	}
	open(c)
	for _, p := range seenBy(c).Packets {
		var fault error
		switch m := p.Message; {
		case p.From.Port() != link.Port:
			fault = fmt.Errorf("it comes from port %d", p.From.Port())
		case !m.Authoritative():
			fault = errors.New("it has AA unset")
		case m.Rcode() != 0:
			fault = fmt.Errorf("its RCODE is %d", m.Rcode())
		}
		c.Expect(fault, "a response").ProvedBy(p.Exchange).To(match.NoFault("come from port 5353, with QR and AA set and RCODE 0"))
	}
}

func usesTheUsualTTLs(c *spec.C) {
	proof, fault := each(c, func(r mdns.Record) error {
		usual := map[uint16]time.Duration{
			dns.TypeSRV: hostTTL, dns.TypeA: hostTTL, dns.TypeAAAA: hostTTL,
			dns.TypePTR: otherTTL, dns.TypeTXT: otherTTL,
		}[r.Type]
		if usual != 0 && r.TTL != usual {
			return fmt.Errorf("it is %d s of %s", int(r.TTL.Seconds()), r)
		}
		return nil
	})
	c.Expect(fault, "the TTL").ProvedBy(proof...).To(match.NoFault("be 120 s of SRV and address records and 4500 s of PTR and TXT records"))
}

func sendsAlongWhatFollows(c *spec.C) {
	a := open(c)
	v := a.resolved(c)
	if slices.ContainsFunc(seenBy(c).Packets, func(p mdns.Packet) bool { return a.listsService(p) && lacking(p.Message, v) == nil }) {
		return
	}
	var all []mdns.Packet
	var lacks error
	for range 3 { // what was multicast within the last second may be left out
		c.Must(c.Until(time.Now().Add(quiet)))
		packets := a.asked(c, mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR)), a.listsService)
		if len(packets) == 0 {
			c.Unsupported("the PTR question is not answered (see DISC-01)")
		}
		all = append(all, packets...)
		if lacks = lacking(packets[0].Message, v); lacks == nil {
			return
		}
	}
	c.Expect(lacks, "an answer to the PTR question").ProvedBy(exchanges(all...)...).To(match.NoFault("carry SRV, TXT and address records"))
}

// lacking tells which record of a service a message does not carry. A TXT record is not
// missed where there is none (DISC-05).
func lacking(m *mdns.Message, v mdns.Service) error {
	has := func(name string, types ...uint16) bool {
		return slices.ContainsFunc(m.Records(), func(r mdns.Record) bool {
			return slices.Contains(types, r.Type) && mdns.SameName(r.Name, name)
		})
	}
	switch {
	case !has(v.Name, dns.TypeSRV):
		return errors.New("no SRV record is in it")
	case v.TXT != nil && !has(v.Name, dns.TypeTXT):
		return errors.New("no TXT record is in it")
	case !has(v.Host, dns.TypeA, dns.TypeAAAA):
		return errors.New("no address record is in it")
	}
	return nil
}
