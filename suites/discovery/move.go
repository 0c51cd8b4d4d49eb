package discovery

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client"
	"ttcheck/client/mdns"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

const (
	// comeBackTime is how long a gateway may take to come back under another address,
	// restart and all; staleTime is how long it is waited while what is advertised
	// still is the old one.
	comeBackTime = 3 * time.Minute
	staleTime    = 15 * time.Second
	// lingerTime is after the new address was found when the old must be gone, and
	// watchTime how long it is then looked for, in answers
	// of either kind.
	lingerTime = time.Second
	watchTime  = 1500 * time.Millisecond
	// answerTime is how long an address may take to answer the online check before
	// nobody is taken to be there.
	answerTime = 2 * time.Second
)

// The cases on a change of address. They share one.
var moveCases = []spec.Case{
	{ID: "DISC-17", Needs: []spec.Need{spec.NeedLink, spec.NeedReaddress}, Run: isFoundUnderItsNewAddress},
	{ID: "DISC-18", Needs: []spec.Need{spec.NeedLink, spec.NeedReaddress}, Run: dropsItsOldAddress},
}

// Move is what became of a gateway's advertisement when its address changed.
type Move struct {
	From netip.Addr
	To   netip.AddrPort // where it was found and answers; not valid if it was not
	// Last is what a search found in the end.
	Last Advert
	// Old are packets that still advertise the old address, though nothing answers
	// there any more.
	Old []mdns.Packet
	// OldAnswers tells that the gateway kept the old address beside the new one.
	OldAnswers bool
}

var moved = &spec.Probe[Move]{
	Name:  "a change of the gateway's address",
	Takes: func(protocol.Timing) time.Duration { return 0 },
	Run:   observeMove,
}

func observeMove(s *spec.Scene) (Move, error) {
	before, err := search(s, func(a Advert) bool { return a.Found && a.Service.Resolved() })
	if err != nil {
		return Move{}, err
	}
	if !before.Found || !before.Service.Resolved() {
		return Move{}, spec.Unsupported("the gateway is not found even before its address changes (see DISC-01, DISC-02)")
	}
	old, err := netip.ParseAddrPort(s.Client.Address())
	if err != nil {
		return Move{}, spec.Unsupported("the target is given by name, which does not tell its old address from the new one")
	}
	m := Move{From: old.Addr().Unmap()}
	if err := s.Ordered(s.Target.Restarter.Readdress(s)); err != nil {
		return m, err
	}
	if err := m.follow(s, before, old); err != nil || !m.To.IsValid() {
		return m, err
	}
	s.Moved(m.To.String())
	m.OldAnswers = answersAt(s, old)
	return m, m.watch(s, before.Service.Host)
}

// follow searches for the instance until it is found under an address that it did
// not have before and that answers, or until that is not to be expected any more.
func (m *Move) follow(s *spec.Scene, before Advert, old netip.AddrPort) error {
	var lookedStale time.Time // since when only the old address is found
	for give := time.Now().Add(comeBackTime); time.Now().Before(give); {
		s.Waiting("the gateway to come back under another address", give)
		var err error
		m.Last, err = browse(s, same(before.Service), func(a Advert) bool { return len(newIn(a.Service, before.Service)) > 0 })
		if err != nil {
			return err
		}
		for _, ip := range newIn(m.Last.Service, before.Service) {
			if at := netip.AddrPortFrom(ip, m.Last.Service.Port); answersAt(s, at) {
				m.To = at
				return nil
			}
		}
		if !slices.Contains(m.Last.Service.Addresses, m.From) {
			lookedStale = time.Time{}
			continue
		}
		if lookedStale.IsZero() {
			lookedStale = time.Now()
		}
		if time.Since(lookedStale) < staleTime {
			continue
		}
		if answersAt(s, old) {
			return spec.Unsupported("the gateway kept its address %v", m.From)
		}
		return nil
	}
	return nil
}

// same picks the service of the same instance or host.
func same(before mdns.Service) pick {
	return func(all []mdns.Service) (mdns.Service, bool) {
		for _, v := range all {
			if mdns.SameName(v.Name, before.Name) || mdns.SameName(v.Host, before.Host) {
				return v, true
			}
		}
		return mdns.Service{}, false
	}
}

// newIn lists the addresses that the instance did not have before, other than
// link-local ones.
func newIn(now, before mdns.Service) []netip.Addr {
	return slices.DeleteFunc(slices.Clone(now.Addresses), func(ip netip.Addr) bool {
		return slices.Contains(before.Addresses, ip) || (ip.Is6() && ip.IsLinkLocalUnicast())
	})
}

// answersAt tells whether the online check is answered at an address.
func answersAt(s *spec.Scene, at netip.AddrPort) bool {
	other := client.New(client.Options{Address: at.String(), Transcript: s.Client.Transcript(), Timeout: answerTime})
	defer other.Close()
	return other.Do(s, client.Request{Path: protocol.Base}).Status/100 == 2
}

// watch asks for the gateway under its new address, and looks for the old one.
func (m *Move) watch(s *spec.Scene, oldHost string) error {
	if m.OldAnswers {
		return nil
	}
	if err := s.Until(time.Now().Add(lingerTime)); err != nil {
		return err
	}
	a, err := newAsker(s, m.Last, false)
	if err != nil {
		return err
	}
	host, recordType := m.Last.Service.Host, dns.TypeA
	if m.From.Is6() {
		recordType = dns.TypeAAAA
	}
	old := func(p mdns.Packet) bool {
		return p.Message.Response() && !a.Mine(p) && slices.ContainsFunc(p.Message.Records(), func(r mdns.Record) bool {
			return r.TTL > 0 && (mdns.SameName(r.Name, host) || mdns.SameName(r.Name, oldHost)) && addressIn(r) == m.From
		})
	}
	for _, query := range []*dns.Msg{ // apart: what is asked for need not be sent along
		mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR)),
		mdns.Query(mdns.QM(host, recordType), mdns.QM(oldHost, recordType)),
	} {
		packets, err := a.Ask(s, mdns.Asking{Query: query, For: watchTime, Wanted: old})
		if err != nil {
			return err
		}
		m.Old = append(m.Old, packets...)
	}
	return nil
}

// addressIn is the address that a record holds; not valid if it holds none.
func addressIn(r mdns.Record) netip.Addr {
	var ip net.IP
	switch data := r.Data.(type) {
	case *dns.A:
		ip = data.A
	case *dns.AAAA:
		ip = data.AAAA
	}
	addr, _ := netip.AddrFromSlice(ip)
	return addr.Unmap()
}

// change returns what became of the change of address, which it has made if it was
// not made yet.
func change(c *spec.C) Move {
	_, _ = moved.Now(c, c.Env)
	return moved.Of(c)
}

func isFoundUnderItsNewAddress(c *spec.C) {
	m := change(c)
	var fault error
	switch v := m.Last.Service; {
	case m.To.IsValid():
		c.Note("its address changed from %v to %v", m.From, m.To)
	case !m.Last.Found:
		fault = fmt.Errorf("within %v it was not found any more", comeBackTime)
	default:
		fault = fmt.Errorf("it is still advertised at %v, and nothing answers there", v.Addresses)
	}
	c.Expect(fault, "a gateway whose address changed").To(match.NoFault("be found, by a fresh search, where it answers"))
}

func dropsItsOldAddress(c *spec.C) {
	m := change(c)
	switch {
	case m.OldAnswers:
		c.Unsupported("the gateway answers under its old address %v too", m.From)
	case !m.To.IsValid() && !m.Last.Found:
		c.Unsupported("the gateway is not found any more (see DISC-17)")
	case !m.To.IsValid():
		c.Expect(errors.New("it still is"), "the old address %v", m.From).To(match.NoFault("be advertised no longer"))
	case len(m.Old) > 0:
		c.Expect(fmt.Errorf("%v after the new one was found it still was", lingerTime), "the old address %v", m.From).
			ProvedBy(exchanges(m.Old...)...).To(match.NoFault("be advertised no longer"))
	}
}
