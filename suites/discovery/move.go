package discovery

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

const (
	// comeBackTime is how long a gateway may take to come back under another address,
	// restart and all.
	comeBackTime = 3 * time.Minute
	// stayTime is how long one that still answers under the old address is waited for,
	// and staleTime one that only advertises it.
	stayTime  = time.Minute
	staleTime = 15 * time.Second
	// between is between two searches.
	between = time.Second
	// lingerTime is after the new address was found when the old must be gone, and
	// watchTime how long it is then looked for, in multicast answers of each kind.
	lingerTime = time.Second
	watchTime  = 1500 * time.Millisecond
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
	// Deaf tells that it announced itself under the new address, and answers no search.
	Deaf bool
	// Stale tells that it announced itself under the new address, and answers a search
	// with another.
	Stale bool
	// OldAnswers tells that the gateway kept the old address beside the new one.
	OldAnswers bool
}

var moved = &spec.Probe[Move]{
	Name:  "a change of the gateway's address",
	Takes: func(protocol.Timing) time.Duration { return 0 },
	Run:   observeMove,
}

func observeMove(s *spec.Scene) (Move, error) {
	old, err := netip.ParseAddrPort(s.Client.Address())
	if err != nil {
		return Move{}, spec.Unsupported("the target is given by name, which does not tell its old address from the new one")
	}
	m := Move{From: old.Addr().Unmap().WithZone("")}
	if m.From.IsLinkLocalUnicast() {
		return m, spec.Unsupported("the target's address %v is a link-local one, which does not change", m.From)
	}
	before, err := search(s, func(Advert) bool { return false }) // an address that comes late is no new one
	if err != nil {
		return m, err
	}
	if !before.Found || !before.Service.Resolved() {
		return m, spec.Unsupported("the gateway is not found even before its address changes (see DISC-01, DISC-02)")
	}
	if !before.serves(s) {
		return m, spec.Unsupported("the gateway does not answer where it is advertised even before its address changes (see DISC-03, DISC-04)")
	}
	if silent, err := mute(s, before); err != nil || silent {
		return m, cmp.Or(err, spec.Unsupported("the gateway answers no search even before its address changes (see DISC-01)"))
	}
	if err := s.Ordered(s.Target.Restarter.Readdress(s)); err != nil {
		return m, err
	}
	if err := m.follow(s, before, old); err != nil || !m.To.IsValid() {
		return m, err
	}
	s.Moved(m.To.String())
	m.OldAnswers = answersAt(s, old) == nil
	err = m.watch(s, before.Service.Host) // what it saw goes into m
	return m, err
}

// serves tells whether the gateway answers at an address and port that it advertises.
func (a Advert) serves(s *spec.Scene) bool {
	return slices.ContainsFunc(a.onLink(a.Service.Addresses), func(ip netip.Addr) bool {
		return a.online(s, ip, a.Service.Port) == nil
	})
}

// follow searches for the instance until it is found under an address that it did
// not have before and that answers, or until that is not to be expected any more.
func (m *Move) follow(s *spec.Scene, before Advert, old netip.AddrPort) error {
	began := time.Now()
	s.Waiting("the gateway to come back under another address", began.Add(comeBackTime))
	answered := began // when the old address last did
	for time.Since(began) < comeBackTime {
		var err error
		m.Last, err = browse(s, m.From, same(before.Service), func(a Advert) bool { return len(m.newIn(a.Service, before.Service)) > 0 })
		if err != nil {
			return err
		}
		if m.arrived(s, before.Service) {
			return nil
		}
		if answersAt(s, old) == nil {
			answered = time.Now()
		}
		switch stale := slices.Contains(m.Last.Service.Addresses, m.From); {
		case stale && answered.Sub(began) >= stayTime:
			return spec.Unsupported("the gateway kept its address %v", m.From)
		case stale && time.Since(answered) >= staleTime:
			return nil
		}
		if err := s.Until(time.Now().Add(between)); err != nil {
			return err
		}
	}
	return nil
}

// arrived tells whether the gateway answers at a new address that it advertises.
func (m *Move) arrived(s *spec.Scene, before mdns.Service) bool {
	if m.Last.Link == nil {
		return false
	}
	for _, ip := range m.Last.onLink(m.newIn(m.Last.Service, before)) {
		if m.Last.online(s, ip, m.Last.Service.Port) == nil {
			m.To = netip.AddrPortFrom(ip, m.Last.Service.Port)
			return true
		}
	}
	return false
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

// newIn lists the addresses of the old one's family that the instance did not have
// before.
func (m *Move) newIn(now, before mdns.Service) []netip.Addr {
	return slices.DeleteFunc(slices.Clone(now.Addresses), func(ip netip.Addr) bool {
		return slices.Contains(before.Addresses, ip) || ip.Is4() != m.From.Is4() || ip.IsLinkLocalUnicast()
	})
}

// watch asks for the gateway under its new address, and looks for the old one.
func (m *Move) watch(s *spec.Scene, oldHost string) error {
	if err := s.Until(time.Now().Add(lingerTime)); err != nil {
		return err
	}
	if err := settle(s, m.Last); err != nil { // announcements are no answers
		return err
	}
	if err := m.searchAnew(s); err != nil || m.Deaf || m.OldAnswers {
		return err
	}
	service, recordType := m.Last.Service, dns.TypeA
	if m.From.Is6() {
		recordType = dns.TypeAAAA
	}
	a, err := newAsker(s, m.Last, false)
	if err != nil {
		return err
	}
	stranger, err := newAsker(s, m.Last, true)
	if err != nil {
		return err
	}
	hosts := []string{service.Host, oldHost}
	for _, questions := range [][]dns.Question{ // apart: what is asked for need not be sent along
		{mdns.QM(mdns.ServiceType, dns.TypePTR)},
		{mdns.QM(service.Name, dns.TypeSRV)},
		{mdns.QM(service.Host, recordType), mdns.QM(oldHost, recordType)},
	} {
		if err := m.lookForOld(s, a, mdns.Query(questions...), watchTime, hosts); err != nil {
			return err
		}
		// What is put together for one alone may be older than what is said to all.
		if err := m.lookForOld(s, a, mdns.Query(byUnicast(questions)...), prompt, hosts); err != nil {
			return err
		}
		if err := m.lookForOld(s, stranger, legacy(questions...), prompt, hosts); err != nil {
			return err
		}
	}
	return nil
}

// searchAnew searches from nothing: what was found first may be the announcements of a
// gateway that has come up.
func (m *Move) searchAnew(s *spec.Scene) error {
	var err error
	if m.Deaf, err = mute(s, m.Last); err != nil || m.Deaf {
		return err
	}
	if err := s.Until(time.Now().Add(quiet)); err != nil { // or the first answer may be kept back
		return err
	}
	leadsThere := func(v Advert) bool { return slices.Contains(v.Service.Addresses, m.To.Addr()) }
	found, err := browse(s, m.To.Addr(), same(m.Last.Service), leadsThere)
	m.Stale = found.Found && !leadsThere(found)
	return err
}

// lookForOld looks for the old address in the answers to a query.
func (m *Move) lookForOld(s *spec.Scene, a *asker, query *dns.Msg, during time.Duration, hosts []string) error {
	packets, err := a.Ask(s, mdns.Asking{Query: query, For: during, Wanted: func(p mdns.Packet) bool {
		return p.Message.Response() && !a.Mine(p) && slices.ContainsFunc(p.Message.Records(), func(r mdns.Record) bool {
			own := slices.ContainsFunc(hosts, func(host string) bool { return mdns.SameName(r.Name, host) })
			return own && r.TTL > 0 && addressIn(r) == m.From
		})
	}})
	m.Old = append(m.Old, packets...)
	return err
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
	case m.Deaf:
		fault = fmt.Errorf("it announced itself at %v, and answers no search", m.To)
	case m.Stale:
		fault = fmt.Errorf("it announced itself at %v, and a search is not led there", m.To)
	case m.To.IsValid():
		c.Note("its address changed from %v to %v", m.From, m.To)
	case !m.Last.Found:
		fault = fmt.Errorf("within %v it was not found any more", comeBackTime)
	default:
		fault = fmt.Errorf("it is advertised at %v port %d, and nothing answers there", v.Addresses, v.Port)
	}
	c.Expect(fault, "a gateway whose address changed").To(match.NoFault("be found, by a fresh search, where it answers"))
}

func dropsItsOldAddress(c *spec.C) {
	m := change(c)
	stale := !m.To.IsValid() && slices.Contains(m.Last.Service.Addresses, m.From)
	switch {
	case stale:
		c.Expect(errors.New("it is all that is advertised"), "the old address %v", m.From).To(match.NoFault("be advertised no longer"))
	case m.OldAnswers:
		c.Unsupported("the gateway answers under its old address %v too", m.From)
	case m.Deaf || !m.To.IsValid():
		c.Unsupported("no search finds the gateway where it answers (see DISC-17)")
	case len(m.Old) > 0:
		c.Expect(fmt.Errorf("%v after the new one was found it was", lingerTime), "the old address %v", m.From).
			ProvedBy(exchanges(m.Old...)...).To(match.NoFault("be advertised no longer"))
	}
}
