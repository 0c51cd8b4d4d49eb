package discovery

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client"
	"ttcheck/client/mdns"
	"ttcheck/internal/link"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// searchTime is how long a search from nothing may take: the question is asked at
// once, after one second, and after three.
const searchTime = 3500 * time.Millisecond

// Advert is what a search found of the gateway.
type Advert struct {
	Found   bool
	Service mdns.Service   // what the gateway advertises; zero if it was not found
	Link    link.Link      // where
	All     []mdns.Service // of whatever gateways are there
	// Heard is how many packets of others came in while searching.
	Heard int
	// Mute tells that the gateway was found by what it said unasked, and answers no
	// search.
	Mute bool
}

// Advertised looks for the gateway under test on the links.
var Advertised = &spec.Probe[Advert]{
	Name: "the gateway's advertisement", Needs: onLink,
	Takes: func(protocol.Timing) time.Duration { return 0 },
	Run: func(s *spec.Scene) (Advert, error) {
		advert, err := search(s, func(a Advert) bool { return a.Found && a.Service.Resolved() && a.Service.TXT != nil })
		if err != nil || !advert.Found {
			return advert, err
		}
		if err := settle(s, advert); err != nil {
			return advert, err
		}
		advert.Mute, err = mute(s, advert)
		return advert, err
	},
}

// mute tells whether a gateway that was found answers no search.
func mute(s *spec.Scene, advert Advert) (bool, error) {
	a, err := newAsker(s, advert, false)
	if err != nil {
		return false, err
	}
	answers, err := a.ask(mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR)), a.listsService)
	return len(answers) == 0, err
}

// settleTime is the longest that a gateway is waited for that still announces itself.
const settleTime = 4 * time.Second

// settle waits until the gateway keeps silent while nobody asks: the announcements of
// one that has just come up would be taken for answers.
func settle(s *spec.Scene, advert Advert) error {
	a, err := newAsker(s, advert, false)
	if err != nil {
		return err
	}
	for give := time.Now().Add(settleTime); time.Now().Before(give); {
		calm, cancel := s.Within(quiet)
		_, err := a.Await(calm, a.speaks)
		cancel()
		if err != nil {
			return context.Cause(s)
		}
	}
	return nil
}

// search browses from nothing, for searchTime or until what was found of the target
// is enough. A target that no link reaches ends it as a skip.
func search(s *spec.Scene, enough func(Advert) bool) (Advert, error) {
	target, err := targetOf(s)
	if err != nil {
		return Advert{}, err
	}
	if !reachable(s.Target.Links, target.ips) {
		return Advert{}, spec.Unsupported("%s lies in no network of %s: multicast does not get there", s.Client.Address(), link.Names(s.Target.Links))
	}
	advert, err := browse(s, target.ips[0], target.among, enough)
	if err == nil && target.isNeighbour(s, advert.Service) {
		advert.Service, advert.Found = mdns.Service{}, false
	}
	return advert, err
}

// isNeighbour tells whether what was found at the target's address is a gateway of its
// own: on the loopback, where one address serves many, one that answers at another port.
func (t target) isNeighbour(s *spec.Scene, v mdns.Service) bool {
	if !v.Resolved() || v.Port == t.port || !t.ips[0].IsLoopback() {
		return false
	}
	return slices.ContainsFunc(v.Addresses, func(ip netip.Addr) bool { return answersAt(s, netip.AddrPortFrom(ip, v.Port)) == nil })
}

// pick chooses the service that is meant, if it is there.
type pick func([]mdns.Service) (mdns.Service, bool)

// browse browses, from an address near the one that is given, until what was found of
// the one that is meant is enough.
func browse(s *spec.Scene, near netip.Addr, meant pick, enough func(Advert) bool) (Advert, error) {
	browser, err := mdns.NewBrowser(s.Target.Links, mdns.BrowserOptions{Transcript: s.Client.Transcript(), Peer: near})
	if err != nil {
		return Advert{}, spec.Unsupported("no search is possible: %v", err)
	}
	defer browser.Close()
	ctx, cancel := context.WithTimeout(s, searchTime)
	defer cancel()
	look := func() Advert {
		a := Advert{All: browser.Services(), Heard: browser.Heard()}
		a.Service, a.Found = meant(a.All)
		a.Link = linkOf(s.Target.Links, a.Service.Link)
		return a
	}
	failed := make(chan error, 1)
	go func() { failed <- browser.Run(ctx) }()
	changes := browser.Changes()
	for {
		select {
		case err := <-failed:
			if s.Err() != nil {
				return look(), context.Cause(s)
			}
			return look(), err
		case _, open := <-changes:
			if !open {
				changes = nil // and failed is next
			}
			if found := look(); enough(found) {
				cancel()
				return found, <-failed
			}
		}
	}
}

// target is where the gateway under test answers.
type target struct {
	ips  []netip.Addr
	port uint16
}

func targetOf(s *spec.Scene) (target, error) {
	host, port, err := net.SplitHostPort(s.Client.Address())
	if err != nil {
		return target{}, err
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return target{}, err
	}
	ips, err := net.DefaultResolver.LookupNetIP(s, "ip", host)
	if err != nil {
		return target{}, fmt.Errorf("look up the target: %w", err)
	}
	t := target{port: uint16(n)}
	for _, ip := range ips {
		t.ips = append(t.ips, ip.Unmap().WithZone(""))
	}
	return t, nil
}

// among picks the advertisement that is the target's: one that leads to its address
// and port, or to its address, or at least comes from there.
func (t target) among(services []mdns.Service) (mdns.Service, bool) {
	marks := []func(mdns.Service) bool{
		func(v mdns.Service) bool { return v.Port == t.port && t.has(v.Addresses) },
		func(v mdns.Service) bool { return t.has(v.Addresses) },
		func(v mdns.Service) bool { return t.has(v.From) },
	}
	for _, fits := range marks {
		if i := slices.IndexFunc(services, fits); i >= 0 {
			return services[i], true
		}
	}
	return mdns.Service{}, false
}

func (t target) has(addresses []netip.Addr) bool {
	return slices.ContainsFunc(addresses, func(a netip.Addr) bool { return slices.Contains(t.ips, a.Unmap().WithZone("")) })
}

func reachable(links []link.Link, ips []netip.Addr) bool {
	for _, l := range links {
		prefixes, err := l.Prefixes()
		if err != nil {
			continue
		}
		if slices.ContainsFunc(ips, func(ip netip.Addr) bool { return link.Contains(prefixes, ip) }) {
			return true
		}
	}
	return false
}

func linkOf(links []link.Link, name string) link.Link {
	for _, l := range links {
		if l.Name() == name {
			return l
		}
	}
	return nil
}

// missing tells why the gateway was not found; nil if it was.
func (a Advert) missing(address string, links []link.Link) error {
	switch {
	case a.Found:
		return nil
	case len(a.All) > 0:
		var others []string
		for _, v := range a.All {
			others = append(others, fmt.Sprintf("%q at %v port %d", v.Instance, v.Addresses, v.Port))
		}
		return fmt.Errorf("none of the answers leads to %s, only to %s; if that is the same gateway, give --target its advertised address",
			address, strings.Join(others, ", "))
	case a.Heard == 0:
		return fmt.Errorf("no answer came; no packet of multicast DNS at all was heard on %s, so that a firewall may stop UDP port 5353", link.Names(links))
	}
	return errors.New("no answer came")
}

// maxTried is how many of a gateway's addresses are tried.
const maxTried = 8

// onLink picks the addresses that lie in a network of the link, at most maxTried:
// others would be asked by another interface.
func (a Advert) onLink(addresses []netip.Addr) []netip.Addr {
	prefixes, err := a.Link.Prefixes()
	if err != nil {
		return nil
	}
	near := slices.DeleteFunc(slices.Clone(addresses), func(ip netip.Addr) bool { return !link.Contains(prefixes, ip) })
	return near[:min(len(near), maxTried)]
}

// online tells why the online check is not answered, as ONL-01 asks for, at an
// advertised address; nil if it is.
func (a Advert) online(s *spec.Scene, ip netip.Addr, port uint16) error {
	if ip.IsLinkLocalUnicast() && ip.Is6() {
		ip = ip.WithZone(a.Link.Name())
	}
	return answersAt(s, netip.AddrPortFrom(ip, port))
}

// answerTime is how long an address may take to answer the online check before nobody
// is taken to be there.
const answerTime = 2 * time.Second

func answersAt(s *spec.Scene, at netip.AddrPort) error {
	other := client.New(client.Options{Address: at.String(), Transcript: s.Client.Transcript(), Timeout: answerTime})
	defer other.Close()
	res := other.Do(s, client.Request{Path: protocol.Base})
	if res.Status/100 != 2 {
		return fmt.Errorf("GET %s at %s is answered %s", protocol.Base, at, res)
	}
	if _, err := res.Object(); err != nil {
		return fmt.Errorf("GET %s at %s is answered %s: %w", protocol.Base, at, res, err)
	}
	return nil
}
