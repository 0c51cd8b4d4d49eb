package discovery

import (
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
	"ttcheck/fixtures/gateway/responder"
	"ttcheck/internal/link"
)

// without leaves out the records of a type.
func without(recordType uint16) fault {
	return records(func(rr dns.RR) dns.RR {
		if rr.Header().Rrtype == recordType {
			return nil
		}
		return rr
	})
}

// legacyFaultIn is a fault in what is sent to a port other than 5353.
func legacyFaultIn(change func(m *dns.Msg)) fault {
	return sends(func(m *dns.Msg, to netip.AddrPort) {
		if !toGroup(to) && to.Port() != link.Port {
			change(m)
		}
	})
}

// ignoring leaves out questions.
func ignoring(ignored func(dns.Question) bool) fault {
	return hears(func(m *dns.Msg, _ netip.AddrPort) *dns.Msg {
		var kept []dns.Question
		for _, q := range m.Question {
			if !ignored(q) {
				kept = append(kept, q)
			}
		}
		m.Question = kept
		return m
	})
}

// denies answers questions for unknown names as a unicast server does.
var denies = func() fault {
	var send atomic.Pointer[responder.Sender]
	return fault{
		send: func(next responder.Sender) responder.Sender {
			send.Store(&next)
			return next
		},
		receive: func(next responder.Receiver) responder.Receiver {
			return func(m *dns.Msg, from netip.AddrPort, group bool) {
				if !m.Response && len(m.Question) == 1 && strings.Contains(m.Question[0].Name, "ttcheck-") && from.Port() != link.Port {
					no := new(dns.Msg).SetRcode(m, dns.RcodeNameError)
					(*send.Load())(no, from)
					return
				}
				next(m, from, group)
			}
		},
	}
}()

// announcesOnce keeps back every announcement but the first since a goodbye.
func announcesOnce() fault {
	var said atomic.Int32
	return fault{send: func(next responder.Sender) responder.Sender {
		return func(m *dns.Msg, to netip.AddrPort) {
			if isGoodbye(m) {
				said.Store(0)
			} else if m.Response && announces(m) && said.Add(1) > 1 {
				return
			}
			next(m, to)
		}
	}}
}

func withoutGoodbyes() fault {
	return fault{send: func(next responder.Sender) responder.Sender {
		return func(m *dns.Msg, to netip.AddrPort) {
			if !isGoodbye(m) {
				next(m, to)
			}
		}
	}}
}

func isGoodbye(m *dns.Msg) bool {
	return m.Response && len(m.Answer) > 0 && m.Answer[0].Header().Ttl == 0
}

// announces tells an announcement from an answer: PTR and SRV are both in its answer
// section.
func announces(m *dns.Msg) bool {
	has := map[uint16]bool{}
	for _, rr := range m.Answer {
		has[rr.Header().Rrtype] = true
	}
	return has[dns.TypePTR] && has[dns.TypeSRV]
}

// elsewhere is a link on which the responder sends from a port other than 5353.
func elsewhere(l link.Link) link.Link { return elsewhereLink{l} }

type elsewhereLink struct{ link.Link }

func (l elsewhereLink) Listen(opts link.Options) (link.Conn, error) {
	conn, err := l.Link.Listen(opts)
	if err != nil {
		return nil, err
	}
	opts.Ephemeral = true
	other, err := l.Link.Listen(opts)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return elsewhereConn{conn, other}, nil
}

type elsewhereConn struct {
	link.Conn
	other link.Conn
}

func (c elsewhereConn) Multicast(b []byte) error               { return c.other.Multicast(b) }
func (c elsewhereConn) Send(b []byte, to netip.AddrPort) error { return c.other.Send(b, to) }
func (c elsewhereConn) Close() error                           { _ = c.other.Close(); return c.Conn.Close() }

// mute makes a link on which the responder hears no more after a packet that kills it.
func mute(kills func(*mdns.Message) bool) func(link.Link) link.Link {
	return func(l link.Link) link.Link { return muteLink{l, kills} }
}

type muteLink struct {
	link.Link
	kills func(*mdns.Message) bool
}

func (l muteLink) Listen(opts link.Options) (link.Conn, error) {
	conn, err := l.Link.Listen(opts)
	if err != nil {
		return nil, err
	}
	c := &muteConn{Conn: conn, packets: make(chan link.Datagram)}
	go c.pass(l.kills)
	return c, nil
}

type muteConn struct {
	link.Conn
	packets chan link.Datagram
}

func (c *muteConn) Packets() <-chan link.Datagram { return c.packets }

func (c *muteConn) pass(kills func(*mdns.Message) bool) {
	defer close(c.packets)
	dead := false
	for d := range c.Conn.Packets() {
		if dead = dead || kills(mdns.Parse(d.Data)); !dead {
			c.packets <- d
		}
	}
}

// burst says each announcement twice at once, and none again until a goodbye.
func burst() fault {
	once := announcesOnce()
	return fault{send: func(next responder.Sender) responder.Sender {
		return once.send(func(m *dns.Msg, to netip.AddrPort) {
			next(m, to)
			if m.Response && announces(m) && !isGoodbye(m) {
				next(m, to)
			}
		})
	}}
}

// deafAfterwards hears nothing once it has said goodbye, and says what it wants to.
func deafAfterwards() fault {
	var deaf atomic.Bool
	return fault{
		send: func(next responder.Sender) responder.Sender {
			return func(m *dns.Msg, to netip.AddrPort) {
				if isGoodbye(m) {
					deaf.Store(true)
				}
				next(m, to)
			}
		},
		receive: func(next responder.Receiver) responder.Receiver {
			return func(m *dns.Msg, from netip.AddrPort, group bool) {
				if !deaf.Load() {
					next(m, from, group)
				}
			}
		},
	}
}

// apiece sends each record in a packet of its own.
func apiece() fault {
	return fault{send: func(next responder.Sender) responder.Sender {
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
	}}
}

// delayed sends responses later.
func delayed(by time.Duration) fault {
	return fault{send: func(next responder.Sender) responder.Sender {
		return func(m *dns.Msg, to netip.AddrPort) {
			if m.Response && !isGoodbye(m) {
				later := m.Copy()
				time.AfterFunc(by, func() { next(later, to) })
				return
			}
			next(m, to)
		}
	}}
}

// eachRecord is a fault in the records of responses, each of which may become several.
func eachRecord(change func(rr dns.RR) []dns.RR) fault {
	return sends(func(m *dns.Msg, _ netip.AddrPort) {
		if !m.Response {
			return
		}
		for _, section := range []*[]dns.RR{&m.Answer, &m.Extra} {
			var changed []dns.RR
			for _, rr := range *section {
				changed = append(changed, change(rr)...)
			}
			*section = changed
		}
	})
}
