package discovery

import (
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/gateway/responder"
	"ttcheck/internal/link"
)

// sending is a responder whose messages are sent by what is made of its sender.
func sending(wrap func(next responder.Sender) responder.Sender) decorate.Maker {
	return func(decorate.World) decorate.Decorators { return decorate.Decorators{Send: wrap} }
}

// responses changes each response before it is sent.
func responses(change func(m *dns.Msg)) decorate.Maker {
	return sending(func(next responder.Sender) responder.Sender {
		return func(m *dns.Msg, to netip.AddrPort) {
			if m.Response {
				m = m.Copy()
				change(m)
			}
			next(m, to)
		}
	})
}

// eachRecord makes several of each record of responses.
func eachRecord(change func(rr dns.RR) []dns.RR) decorate.Maker {
	return responses(func(m *dns.Msg) {
		for _, section := range []*[]dns.RR{&m.Answer, &m.Extra} {
			var changed []dns.RR
			for _, rr := range *section {
				changed = append(changed, change(rr)...)
			}
			*section = changed
		}
	})
}

func isGoodbye(m *dns.Msg) bool {
	return m.Response && len(m.Answer) > 0 && m.Answer[0].Header().Ttl == 0
}

// apiece sends each record in a packet of its own.
func apiece(next responder.Sender) responder.Sender {
	return func(m *dns.Msg, to netip.AddrPort) {
		if !m.Response {
			next(m, to)
			return
		}
		for _, rr := range slices.Concat(m.Answer, m.Extra) {
			one := m.Copy()
			one.Answer, one.Extra = []dns.RR{rr}, nil
			next(one, to)
		}
	}
}

// delayed sends responses later.
func delayed(by time.Duration) decorate.Maker {
	return sending(func(next responder.Sender) responder.Sender {
		return func(m *dns.Msg, to netip.AddrPort) {
			if m.Response && !isGoodbye(m) {
				later := m.Copy()
				time.AfterFunc(by, func() { next(later, to) })
				return
			}
			next(m, to)
		}
	})
}

// byMulticast answers who wants a unicast response by multicast.
func byMulticast(next responder.Sender) responder.Sender {
	return func(m *dns.Msg, to netip.AddrPort) {
		if to.Port() == link.Port {
			to = netip.AddrPortFrom(link.GroupIPv4, link.Port)
		}
		next(m, to)
	}
}

// dyingOfStrangers hears nothing any more after a question for all that a stranger has.
func dyingOfStrangers(decorate.World) decorate.Decorators {
	var dead atomic.Bool
	return decorate.Decorators{Receive: func(next responder.Receiver) responder.Receiver {
		return func(m *dns.Msg, from netip.AddrPort, toGroup bool) {
			if slices.ContainsFunc(m.Question, func(q dns.Question) bool {
				return q.Qtype == dns.TypeANY && strings.HasPrefix(q.Name, "ttcheck-")
			}) {
				dead.Store(true)
			}
			if !dead.Load() {
				next(m, from, toGroup)
			}
		}
	}}
}
