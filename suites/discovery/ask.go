package discovery

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client"
	"ttcheck/client/mdns"
	"ttcheck/internal/link"
	"ttcheck/suites/spec"
)

const (
	// quiet is longer than the second in which a responder may keep back what it has
	// just multicast (RFC 6762 §6).
	quiet = 1100 * time.Millisecond
	// prompt is longer than a responder may wait with an answer.
	prompt = 600 * time.Millisecond
	// unicastBit asks for a unicast response, in a question's class (RFC 6762 §5.4), and
	// flushBit flushes caches, in a record's (§10.2).
	unicastBit = 1 << 15
	flushBit   = 1 << 15
)

// asker asks the gateway's responder, and knows its answers from those of others.
type asker struct {
	*mdns.Prober
	scene  *spec.Scene
	advert Advert
}

// open returns an asker for a case that has found the gateway, and that it answers.
// Without that the case ends here.
func open(c *spec.C) *asker {
	if Advertised.Of(c).Mute {
		c.Unsupported("the gateway answers no search in the first place (see DISC-01)")
	}
	return openFound(c)
}

// openFound is open for a gateway that need not answer.
func openFound(c *spec.C) *asker {
	advert := Advertised.Of(c)
	if !advert.Found {
		c.Unsupported("the gateway is not found in the first place (see DISC-01)")
	}
	a, err := newAsker(c.Scene, advert, false)
	c.Must(err)
	return a
}

// newAsker opens an asker on the link of the advertisement; from a port other than
// 5353 if it is to be ephemeral.
func newAsker(s *spec.Scene, advert Advert, ephemeral bool) (*asker, error) {
	prober, err := mdns.NewProber(advert.Link, s.Client.Transcript(), link.Options{
		Alone: true, Ephemeral: ephemeral,
		Peer: advert.peer(), OnlyIPv4: advert.peer().Is4(),
	})
	if err != nil {
		return nil, err
	}
	s.Later(prober.Close)
	return &asker{Prober: prober, scene: s, advert: advert}, nil
}

// peer is the gateway's address as its packets tell it, of IPv4 if they do; what is
// asked and judged twice over IPv6 would be the same.
func (a Advert) peer() netip.Addr {
	if i := slices.IndexFunc(a.Service.From, netip.Addr.Is4); i >= 0 {
		return a.Service.From[i]
	}
	if len(a.Service.From) > 0 {
		return a.Service.From[0]
	}
	return netip.Addr{}
}

// owns tells whether a record is one of the gateway's.
func (a *asker) owns(r mdns.Record) bool {
	v := a.advert.Service
	if ptr, ok := r.Data.(*dns.PTR); ok && mdns.SameName(r.Name, mdns.ServiceType) {
		return mdns.SameName(ptr.Ptr, v.Name)
	}
	return mdns.SameName(r.Name, v.Name) || (v.Host != "" && mdns.SameName(r.Name, v.Host))
}

// speaks tells whether a packet is a response in which the gateway's records are.
func (a *asker) speaks(p mdns.Packet) bool {
	return p.Message.Response() && !a.Mine(p) && slices.ContainsFunc(p.Message.Records(), a.owns)
}

// sentIt tells whether a packet came from where the gateway's advertisement came from.
func (a *asker) sentIt(p mdns.Packet) bool {
	from := p.From.Addr()
	return !a.Mine(p) && (slices.Contains(a.advert.Service.From, from) || slices.Contains(a.advert.Service.Addresses, from))
}

// answers tells the packets of the gateway whose answer section holds a record of a
// name and type.
func (a *asker) answers(name string, recordType uint16) func(mdns.Packet) bool {
	return func(p mdns.Packet) bool {
		return a.speaks(p) && slices.ContainsFunc(p.Message.Answers, func(r mdns.Record) bool {
			return a.owns(r) && r.Type == recordType && r.TTL > 0 && mdns.SameName(r.Name, name)
		})
	}
}

// listsService tells the packets in which the gateway's PTR is an answer.
func (a *asker) listsService(p mdns.Packet) bool {
	return a.answers(mdns.ServiceType, dns.TypePTR)(p)
}

// ask asks until a wanted packet comes, for as long as a search takes.
func (a *asker) ask(query *dns.Msg, wanted func(mdns.Packet) bool) ([]mdns.Packet, error) {
	return a.Ask(a.scene, mdns.Asking{
		Query: query, For: searchTime, Wanted: wanted,
		Enough: func(packets []mdns.Packet) bool { return len(packets) > 0 },
	})
}

// asked is ask for a case: trouble of the harness ends it.
func (a *asker) asked(c *spec.C, query *dns.Msg, wanted func(mdns.Packet) bool) []mdns.Packet {
	packets, err := a.ask(query, wanted)
	c.Must(err)
	return packets
}

// askedAnyhow is asked, for cases that do not care how an answer comes: it first asks
// for a unicast response, which need not wait until the records may be multicast
// again (RFC 6762 §6).
func (a *asker) askedAnyhow(c *spec.C, wanted func(mdns.Packet) bool, questions ...dns.Question) []mdns.Packet {
	packets, err := a.Ask(c, mdns.Asking{
		Query: mdns.Query(byUnicast(questions)...), For: prompt, Once: true, Wanted: wanted,
		Enough: func(packets []mdns.Packet) bool { return len(packets) > 0 },
	})
	c.Must(err)
	if len(packets) > 0 {
		return packets
	}
	return a.asked(c, mdns.Query(questions...), wanted)
}

// byUnicast makes QU questions of questions.
func byUnicast(questions []dns.Question) []dns.Question {
	unicast := slices.Clone(questions)
	for i := range unicast {
		unicast[i].Qclass |= unicastBit
	}
	return unicast
}

// packed packs a message that was built here; that cannot fail.
func packed(m *dns.Msg) []byte {
	b, err := m.Pack()
	if err != nil {
		panic(fmt.Sprintf("pack %v: %v", m, err))
	}
	return b
}

// othersAsk tells whether somebody else asks for one of the names.
func (a *asker) othersAsk(p mdns.Packet, names ...string) bool {
	return !p.Message.Response() && !a.Mine(p) && slices.ContainsFunc(p.Message.Questions, func(q mdns.Question) bool {
		return slices.ContainsFunc(names, func(name string) bool { return mdns.SameName(q.Name, name) })
	})
}

// ownNames are the names under which the gateway has records.
func (a *asker) ownNames() []string {
	return []string{mdns.ServiceType, mdns.Meta, a.advert.Service.Name, a.advert.Service.Host}
}

// exchanges are what proves something of packets.
func exchanges(packets ...mdns.Packet) []client.Exchange {
	var proof []client.Exchange
	for _, p := range packets {
		proof = append(proof, p.Exchange)
	}
	return proof
}

// resolved ends the case where the instance cannot be resolved.
func (a *asker) resolved(c *spec.C) mdns.Service {
	if !a.advert.Service.Resolved() {
		c.Unsupported("the gateway's instance cannot be resolved in the first place (see DISC-02, DISC-03)")
	}
	return a.advert.Service
}
