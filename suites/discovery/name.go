package discovery

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// giveWayTime is how long a gateway may take to give up a name that another holds: it
// probes anew (RFC 6762 §9), is told so, and probes and announces the next one.
const giveWayTime = 14 * time.Second

// The cases on the name by which two gateways on one link are told apart.
var nameCases = []spec.Case{
	{ID: "DISC-22", Name: "one holder", Needs: onLink, Probes: asksTheLink, Run: holdsItsNameAlone},
	{ID: "DISC-22", Name: "defends its name", Needs: onLink, Probes: findsFirst, Run: defendsItsName},
	{
		ID: "DISC-22", Name: "gives way", Needs: []spec.Need{spec.NeedLink, spec.NeedRobustness},
		Probes: findsFirst, Run: givesWay,
	},
}

// holdsItsNameAlone looks whether another device answers for the same instance with
// other data.
func holdsItsNameAlone(c *spec.C) {
	a := open(c)
	var first mdns.Packet
	var held *dns.SRV
	for _, p := range seenBy(c).Packets {
		for _, r := range p.Message.Records() {
			srv, ok := r.Data.(*dns.SRV)
			if !ok || !a.owns(r) || r.TTL == 0 {
				continue
			}
			if held == nil {
				held, first = srv, p
			}
			var fault error
			other := srv.Port != held.Port || !mdns.SameName(srv.Target, held.Target)
			if other && p.From.Addr() != first.From.Addr() { // one gateway may have several
				fault = fmt.Errorf("%v says %s port %d, and %v says %s port %d",
					first.From.Addr(), held.Target, held.Port, p.From.Addr(), srv.Target, srv.Port)
			}
			c.Expect(fault, "the instance %q", a.advert.Service.Instance).
				ProvedBy(exchanges(first, p)...).To(match.NoFault("be one gateway's"))
		}
	}
}

// rival is somebody who would have the gateway's instance name.
func (a *asker) rival() *dns.SRV {
	return &dns.SRV{
		Hdr:    dns.RR_Header{Name: a.advert.Service.Name, Rrtype: dns.TypeSRV, Class: dns.ClassINET, Ttl: 120},
		Target: nobody("local."), Port: 9,
	}
}

// defendsItsName probes for the gateway's instance name as another gateway that comes
// up would (RFC 6762 §8.1).
func defendsItsName(c *spec.C) {
	a := open(c)
	name := a.advert.Service.Name
	probe := mdns.Query(mdns.QU(name, dns.TypeANY))
	probe.Ns = []dns.RR{a.rival()}
	packets := a.asked(c, probe, func(p mdns.Packet) bool {
		return a.speaks(p) && slices.ContainsFunc(p.Message.Records(), func(r mdns.Record) bool {
			return r.TTL > 0 && mdns.SameName(r.Name, name)
		})
	})
	if len(packets) == 0 {
		a.mustAnswer(c)
	}
	c.Expect(none(packets), "a probe for the name %q by another device", a.advert.Service.Instance).
		To(match.NoFault("be answered by the gateway that holds it"))
}

// mustAnswer ends the case where the gateway answers no search any more: it has not lost
// a name, but its voice.
func (a *asker) mustAnswer(c *spec.C) {
	if len(a.askedAnyhow(c, a.listsService, mdns.QM(mdns.ServiceType, dns.TypePTR))) == 0 {
		c.Unsupported("the gateway answers no search any more (see DISC-01, DISC-21)")
	}
}

// givesWay claims the gateway's instance name, and holds it against the gateway's
// probes, until the gateway comes up under another.
func givesWay(c *spec.C) {
	a := open(c)
	a.resolved(c)
	claim, release, err := a.claims()
	c.Must(err)
	c.Later(func() { _ = a.Multicast(release) })
	c.Waiting("the gateway to take another name", time.Now().Add(giveWayTime))
	ctx, cancel := c.Within(giveWayTime)
	defer cancel()
	c.Must(a.Multicast(claim))
	for {
		p, err := a.Await(ctx, func(p mdns.Packet) bool { return a.contests(p) || a.renamed(p) })
		if err != nil {
			break
		}
		if a.renamed(p) {
			c.Note("another device claimed its name, and it took the name %q", mdns.InstanceOf(a.newSRV(p).Hdr.Name))
			return
		}
		c.Must(a.Multicast(claim))
	}
	c.Must(context.Cause(c))
	a.mustAnswer(c)
	c.Expect(fmt.Errorf("it did not within %v", giveWayTime), "a gateway whose name %q another device holds", a.advert.Service.Instance).
		To(match.NoFault("take another name"))
}

// claims are the packets by which the rival takes the name and gives it up again.
func (a *asker) claims() (claim, release []byte, err error) {
	srv := a.rival()
	srv.Hdr.Class |= flushBit
	m := &dns.Msg{MsgHdr: dns.MsgHdr{Response: true, Authoritative: true}, Answer: []dns.RR{srv}}
	if claim, err = m.Pack(); err != nil {
		return nil, nil, err
	}
	srv.Hdr.Ttl = 0
	release, err = m.Pack()
	return claim, release, err
}

// contests tells whether the gateway probes for its name, or insists on it.
func (a *asker) contests(p mdns.Packet) bool {
	if a.Mine(p) {
		return false
	}
	name := a.advert.Service.Name
	if !p.Message.Response() {
		return len(p.Message.Authorities) > 0 && slices.ContainsFunc(p.Message.Questions, func(q mdns.Question) bool {
			return mdns.SameName(q.Name, name)
		})
	}
	return slices.ContainsFunc(p.Message.Records(), func(r mdns.Record) bool {
		return r.Type == dns.TypeSRV && r.TTL > 0 && mdns.SameName(r.Name, name)
	})
}

// renamed tells whether the gateway speaks of itself under another name: a packet in
// which an instance of the type is at its host and port.
func (a *asker) renamed(p mdns.Packet) bool {
	return p.Message.Response() && a.sentIt(p) && a.newSRV(p) != nil
}

func (a *asker) newSRV(p mdns.Packet) *dns.SRV {
	v := a.advert.Service
	for _, r := range p.Message.Records() {
		srv, ok := r.Data.(*dns.SRV)
		if ok && r.TTL > 0 && srv.Port == v.Port && !mdns.SameName(r.Name, v.Name) &&
			dns.IsSubDomain(mdns.ServiceType, dns.CanonicalName(r.Name)) {
			return srv
		}
	}
	return nil
}
