package discovery

import (
	"errors"
	"fmt"

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
	a := open(c)
	packets := a.asked(c, mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR)), a.listsService)
	c.Expect(none(packets), "the PTR question").To(match.NoFault(fmt.Sprintf("be answered with %q", advert.Service.Instance)))
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
	v := open(c).advert.Service
	var missing error
	switch {
	case v.Host == "":
		missing = errors.New("no SRV record came")
	case len(v.Addresses) == 0:
		missing = fmt.Errorf("the SRV record names the host %s, for which no address record came", v.Host)
	case v.TXT == nil:
		missing = errors.New("no TXT record came")
	}
	c.Expect(missing, "the instance %q", v.Instance).To(match.NoFault("be resolved to a host with an address, and a TXT record"))
}

func namesThePortOfTheAPI(c *spec.C) {
	a := open(c)
	v := a.resolved(c)
	target, err := targetOf(c.Scene)
	c.Must(err)
	fault := fmt.Errorf("its port is %d, and nothing answers there", v.Port)
	for _, ip := range append(target.ips, v.Addresses...) {
		res := get(c, ip, v.Port, a.advert.Link)
		if res.Status/100 == 2 {
			fault = nil
			break
		}
		fault = fmt.Errorf("its port is %d, where GET %s at %v is answered %s", v.Port, protocol.Base, ip, res)
	}
	c.Expect(fault, "the SRV record").To(match.NoFault("name the port on which the API answers"))
	if v.Port != target.port {
		c.Note("the SRV record names port %d, while port %d is tested; the API answers on both", v.Port, target.port)
	}
}

func namesAnAddressOfTheAPI(c *spec.C) {
	a := open(c)
	v := a.resolved(c)
	target, err := targetOf(c.Scene)
	c.Must(err)
	good := 0
	for _, ip := range v.Addresses {
		res := get(c, ip, v.Port, a.advert.Link)
		if res.Status/100 != 2 && v.Port != target.port { // a wrong port is DISC-03
			res = get(c, ip, target.port, a.advert.Link)
		}
		if res.Status/100 == 2 {
			good++
			continue
		}
		c.Note("at the advertised address %v, GET %s is answered %s", ip, protocol.Base, res)
	}
	var fault error
	if good == 0 {
		fault = fmt.Errorf("at none of %v it is", v.Addresses)
	}
	c.Expect(fault, "GET %s at one of the advertised addresses", protocol.Base).To(match.NoFault("be answered"))
}

func hasATXTRecord(c *spec.C) {
	a := open(c)
	name := a.advert.Service.Name
	var empty error
	packets := a.askedAnyhow(c, func(p mdns.Packet) bool {
		if !a.speaks(p) {
			return false
		}
		for _, r := range p.Message.Records() {
			if r.Type == dns.TypeTXT && mdns.SameName(r.Name, name) {
				if r.Length == 0 {
					empty = errors.New("it has no bytes at all, where one empty string is one zero byte")
				}
				return true
			}
		}
		return false
	}, mdns.QM(name, dns.TypeTXT))
	c.Expect(none(packets), "a question for the TXT record of the instance").To(match.NoFault("be answered with it"))
	c.Expect(empty, "the TXT record").ProvedBy(exchanges(packets...)...).To(match.NoFault("hold at least an empty string"))
}
