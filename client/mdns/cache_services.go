package mdns

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// services returns what is known, sorted by instance.
func (c *cache) services() []Service {
	all := make([]Service, 0, len(c.instances))
	for name, i := range c.instances {
		all = append(all, c.service(name, i))
	}
	sortServices(all)
	c.dirty = false
	return all
}

func sortServices(all []Service) {
	slices.SortFunc(all, func(a, b Service) int {
		return cmp.Or(strings.Compare(a.Instance, b.Instance), strings.Compare(a.Link, b.Link), strings.Compare(a.Name, b.Name))
	})
}

func (c *cache) service(name string, i *instance) Service {
	s := Service{Instance: InstanceOf(i.name), Name: i.name, Link: c.link, Seen: i.seen, From: slices.Clone(i.from)}
	if txt := c.best(key{name, dns.TypeTXT}); txt != nil {
		s.TXT = shown(txt.txt)
		if txt.size > 0 {
			s.Remarks = append(s.Remarks, fmt.Sprintf("the TXT record has %d bytes: only its first strings are shown", txt.size))
		}
	}
	srv := c.best(key{name, dns.TypeSRV})
	if srv == nil {
		return s
	}
	if srv.target == "." {
		s.Remarks = append(s.Remarks, "the SRV record says that there is no service (RFC 2782)")
		return s
	}
	s.Host, s.Port = srv.text, srv.port
	for _, rtype := range []uint16{dns.TypeA, dns.TypeAAAA} {
		k := key{srv.target, rtype}
		s.Addresses = append(s.Addresses, c.addresses(k)...)
		if c.full[k] {
			s.Remarks = append(s.Remarks, fmt.Sprintf("the host has more than %d %s records: the others are left out", maxAddresses, typeName(rtype)))
		}
	}
	return s
}

// best is the record of a set that counts: not one that is about to go, if there is
// another; of the lowest priority (RFC 2782), and of those the newest.
func (c *cache) best(k key) *entry {
	if len(c.sets[k]) == 0 {
		return nil
	}
	return slices.MinFunc(c.sets[k], func(a, b *entry) int {
		return cmp.Or(dying(a)-dying(b), cmp.Compare(a.priority, b.priority), b.since.Compare(a.since))
	})
}

func dying(e *entry) int {
	if e.doom == alive {
		return 0
	}
	return 1
}

// addresses are those of a set, sorted; without those about to go, if there are
// others.
func (c *cache) addresses(k key) []netip.Addr {
	var staying, going []netip.Addr
	for _, e := range c.sets[k] {
		if e.doom == alive {
			staying = append(staying, e.addr)
		} else {
			going = append(going, e.addr)
		}
	}
	if len(staying) == 0 {
		staying = going
	}
	slices.SortFunc(staying, netip.Addr.Compare)
	return staying
}

// shown makes the strings of a TXT record readable; never nil.
func shown(joined string) []string {
	all := []string{}
	if joined == "" {
		return all
	}
	for s := range strings.SplitSeq(joined, "\n") {
		all = append(all, unescape(s))
	}
	return all
}

// settled tells whether nothing of the service is about to go.
func (c *cache) settled(s Service) bool {
	keys := []key{{fold(s.Name), dns.TypeSRV}, {fold(s.Name), dns.TypeTXT}, {fold(s.Host), dns.TypeA}, {fold(s.Host), dns.TypeAAAA}}
	for _, k := range keys {
		if slices.ContainsFunc(c.sets[k], func(e *entry) bool { return e.doom != alive }) {
			return false
		}
	}
	return true
}

// gap is a question to which the cache has no answer.
type gap struct {
	key
	asName string // in the case in which it came
	// needed tells that the service cannot be reached without.
	needed bool
}

// gaps returns what is missing: of each instance SRV and TXT, of each host the
// addresses.
func (c *cache) gaps() []gap {
	var all []gap
	hosts := map[string]bool{}
	for name, i := range c.instances {
		if len(c.sets[key{name, dns.TypeTXT}]) == 0 {
			all = append(all, gap{key{name, dns.TypeTXT}, i.name, false})
		}
		if len(c.sets[key{name, dns.TypeSRV}]) == 0 {
			all = append(all, gap{key{name, dns.TypeSRV}, i.name, true})
		}
		for _, srv := range c.sets[key{name, dns.TypeSRV}] {
			if hosts[srv.target] || srv.target == "." {
				continue
			}
			hosts[srv.target] = true
			v4, v6 := key{srv.target, dns.TypeA}, key{srv.target, dns.TypeAAAA}
			none := len(c.sets[v4])+len(c.sets[v6]) == 0
			for _, k := range []key{v4, v6} {
				if len(c.sets[k]) == 0 {
					all = append(all, gap{k, srv.text, none})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b gap) int { return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.rtype, b.rtype)) })
	return all
}

// known returns the instances that need not be named again: those of which more than
// half the time is left (RFC 6762 §7.1), with the time left.
func (c *cache) known(now time.Time) []dns.RR {
	var all []dns.RR
	for _, e := range c.sets[browseKey] {
		if left := e.expires.Sub(now); e.doom == alive && left > e.ttl/2 {
			header := dns.RR_Header{Name: ServiceType, Rrtype: dns.TypePTR, Class: dns.ClassINET, Ttl: uint32((left + time.Second - 1) / time.Second)} //nolint:gosec // at most maxTTL
			all = append(all, &dns.PTR{Hdr: header, Ptr: e.text})
		}
	}
	return all
}
