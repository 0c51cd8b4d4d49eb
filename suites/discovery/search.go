package discovery

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on what an integration does first: search, resolve, connect.
var searchCases = []spec.Case{
	{ID: "DISC-01", Needs: onLink, Probes: findsFirst, Run: answersTheSearch},
	{ID: "DISC-02", Needs: onLink, Probes: findsFirst, Run: leadsOnFromThePTR},
	{ID: "DISC-03", Needs: onLink, Probes: findsFirst, Run: namesThePortOfTheAPI},
	{ID: "DISC-04", Needs: onLink, Probes: findsFirst, Run: namesAnAddressOfTheAPI},
	{ID: "DISC-05", Needs: onLink, Probes: findsFirst, Run: hasATXTRecord},
}

func answersTheSearch(c *spec.C) {
	advert := Advertised.Of(c)
	c.Expect(advert.missing(c.Client.Address(), c.Target.Links), "the gateway, by questions for %s during %v,", mdns.ServiceType, searchTime).
		To(match.NoFault("be found"))
	a := openFound(c)
	packets := a.asked(c, mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR)), func(p mdns.Packet) bool {
		return p.ToGroup && a.listsService(p)
	})
	c.Expect(none(packets), "the PTR question, by multicast,").To(match.NoFault(fmt.Sprintf("be answered with %q", advert.Service.Instance)))
	c.Note("found on %s as %q at %v port %d", advert.Link.Name(), advert.Service.Instance, advert.Service.Addresses, advert.Service.Port)
}

// none tells that no answer came.
func none(packets []mdns.Packet) error {
	if len(packets) == 0 {
		return errors.New("no such answer came")
	}
	return nil
}

func leadsOnFromThePTR(c *spec.C) {
	a := open(c)
	v := a.advert.Service
	var missing error
	switch {
	case v.Host == "":
		missing = errors.New("no SRV record came")
	case v.Host == ".":
		missing = errors.New("the SRV record names no host, but the root")
	case len(v.Addresses) == 0:
		missing = fmt.Errorf("the SRV record names the host %s, for which no address record came", v.Host)
	case v.TXT == nil && len(txtRecords(c, a)) == 0:
		missing = errors.New("no TXT record came")
	}
	c.Expect(missing, "the instance %q", v.Instance).To(match.NoFault("be resolved to a host with an address, and a TXT record"))
}

func namesThePortOfTheAPI(c *spec.C) {
	a := open(c)
	v := a.advert.Service
	if v.Host == "" {
		c.Unsupported("the gateway has no SRV record in the first place (see DISC-02)")
	}
	target, err := targetOf(c.Scene)
	c.Must(err)
	fault := errors.New("no service has that port")
	for _, ip := range append(target.ips, a.advert.onLink(v.Addresses)...) {
		if v.Port == 0 {
			break
		}
		if fault = a.advert.online(c.Scene, ip, v.Port); fault == nil {
			break
		}
	}
	c.Expect(fault, "the SRV record, with port %d,", v.Port).To(match.NoFault("name the port on which the API answers"))
	if v.Port != target.port {
		c.Note("the SRV record names port %d, while port %d is tested; the API answers on both", v.Port, target.port)
	}
}

func namesAnAddressOfTheAPI(c *spec.C) {
	a := open(c)
	v := a.resolved(c)
	target, err := targetOf(c.Scene)
	c.Must(err)
	near := a.advert.onLink(v.Addresses)
	if len(near) < len(v.Addresses) {
		c.Note("of the advertised addresses %v only %v were tried: those in a network of %s, at most %d", v.Addresses, near, a.advert.Link.Name(), maxTried)
	}
	faults := make([]error, len(near))
	var wait sync.WaitGroup
	for i, ip := range near {
		wait.Go(func() {
			faults[i] = a.advert.online(c.Scene, ip, v.Port)
			if faults[i] != nil && v.Port != target.port { // a wrong port is DISC-03
				faults[i] = a.advert.online(c.Scene, ip, target.port)
			}
		})
	}
	wait.Wait()
	good := slices.Index(faults, nil) >= 0
	for _, fault := range faults {
		if good && fault != nil {
			c.Note("not every advertised address serves: %v", fault)
		}
	}
	var fault error
	switch {
	case len(near) == 0:
		fault = fmt.Errorf("%v lie in no network of %s", v.Addresses, a.advert.Link.Name())
	case !good:
		fault = fmt.Errorf("at none of %v it is: %w", v.Addresses, errors.Join(faults...))
	}
	c.Expect(fault, "GET %s at one of the advertised addresses on the link", protocol.Base).To(match.NoFault("be answered"))
}

func hasATXTRecord(c *spec.C) {
	a := open(c)
	packets := txtRecords(c, a)
	c.Expect(none(packets), "a question for the TXT record of the instance").To(match.NoFault("be answered with it"))
	for _, r := range packets[0].Message.Records() {
		if a.isTXT(r) && r.Length == 0 { // clients are to take it as an empty string (RFC 6763 §6.1)
			c.Should(errors.New("it has no bytes at all, where one empty string is one zero byte"), "the TXT record").
				ProvedBy(exchanges(packets...)...).To(match.NoFault("hold at least an empty string"))
			return
		}
	}
}

// txtRecords asks for the TXT record of the instance.
func txtRecords(c *spec.C, a *asker) []mdns.Packet {
	return a.askedAnyhow(c, func(p mdns.Packet) bool {
		return a.speaks(p) && slices.ContainsFunc(p.Message.Records(), a.isTXT)
	}, mdns.QM(a.advert.Service.Name, dns.TypeTXT))
}

func (a *asker) isTXT(r mdns.Record) bool {
	return r.Type == dns.TypeTXT && mdns.SameName(r.Name, a.advert.Service.Name)
}
