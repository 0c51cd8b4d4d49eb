package mdns_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client"
	"ttcheck/client/mdns"
	"ttcheck/internal/link"
)

func TestBrowse(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(time.Second)
		l.say(whole("Küche (links)", "tt.local.", "10.77.0.10", 120)...)
		s := l.one()
		if s.Instance != "Küche (links)" || s.Name != mdns.InstanceName("Küche (links)") || s.Link != "lan0" ||
			s.Host != "tt.local." || s.Port != 8000 || !slices.Equal(s.TXT, []string{"v=2"}) || !s.Resolved() ||
			!slices.Equal(s.From, addresses("10.77.0.10")) || !s.Seen.Equal(time.Now()) || len(s.Remarks) != 0 {
			l.Errorf("%+v", s)
		}
		l.wantAddresses("10.77.0.10", "fe80::1")
		l.wantChanges("appeared Küche (links)")
		if n := l.Heard(); n != 1 {
			l.Errorf("heard %d packets of others, want 1", n)
		}
		l.say(whole("Küche (links)", "tt.local.", "10.77.0.10", 120)...)
		l.wantChanges()
	})
}

// TestGoodbye proves that a record with TTL 0 is gone after 1 s (RFC 6762 §10.1),
// unless it is heard again.
func TestGoodbye(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(time.Second)
		l.say(whole("Gateway One", "tt.local.", "10.77.0.10", 120)...)
		l.pass(10 * time.Second)
		l.say(ptr("Gateway One", 0))
		l.pass(900 * time.Millisecond)
		l.one()
		l.say(ptr("Gateway One", 4500))
		l.pass(5 * time.Second)
		l.wantChanges("appeared Gateway One")
		for _, rr := range whole("Gateway One", "tt.local.", "10.77.0.10", 0) {
			rr.Header().Ttl = 0
			l.say(rr)
		}
		l.pass(999 * time.Millisecond)
		l.one()
		l.pass(2 * time.Millisecond)
		if all := l.Services(); len(all) != 0 {
			l.Errorf("still known: %v", all)
		}
		changes := l.wantChanges("left Gateway One (goodbye)")
		if len(changes) == 1 && !changes[0].Service.Resolved() {
			l.Errorf("%+v: want it as it was last", changes[0].Service)
		}
		l.say(ptr("Never Heard Of", 0))
		l.say(whole("Gateway One", "tt.local.", "10.77.0.10", 120)...)
		l.wantChanges("appeared Gateway One")
	})
}

// TestCacheFlush proves that the cache-flush bit replaces what is older than 1 s, and
// nothing younger (RFC 6762 §10.2).
func TestCacheFlush(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(time.Second)
		l.say(whole("Gateway One", "tt.local.", "10.77.0.10", 120)...)
		l.wantChanges("appeared Gateway One")
		l.pass(500 * time.Millisecond)
		l.say(addr("tt.local.", "10.77.0.11", 120))
		l.wantAddresses("10.77.0.10", "10.77.0.11", "fe80::1")
		l.wantChanges("changed Gateway One")
		l.pass(10 * time.Second)
		l.say(addr("tt.local.", "10.77.0.20", 120))
		l.wantAddresses("10.77.0.20", "fe80::1")
		l.wantChanges() // one of the others may still be said to stay
		l.pass(time.Second)
		changes := l.wantChanges("changed Gateway One")
		if len(changes) == 1 && !slices.Equal(changes[0].Before.Addresses, addresses("10.77.0.10", "10.77.0.11", "fe80::1")) {
			l.Errorf("before: %v", changes[0].Before.Addresses)
		}
		l.pass(10 * time.Second)
		l.say(srv("Gateway One", "other.local.", 8010, 120), addr("other.local.", "10.77.0.21", 120), txt("Gateway One", 120, "v=3"))
		l.pass(time.Second)
		s := l.one()
		if s.Port != 8010 || s.Host != "other.local." || !slices.Equal(s.TXT, []string{"v=3"}) {
			l.Errorf("%+v", s)
		}
		l.wantAddresses("10.77.0.21")
		l.wantChanges("changed Gateway One")
	})
}

// TestAnnouncedAgain proves that records of one set that are announced in two packets
// do not look like a change.
func TestAnnouncedAgain(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(time.Second)
		l.say(append(whole("Gateway One", "tt.local.", "10.77.0.10", 120), addr("tt.local.", "10.77.0.11", 120))...)
		l.pass(10 * time.Second)
		l.say(addr("tt.local.", "10.77.0.10", 120))
		l.pass(100 * time.Millisecond)
		l.say(addr("tt.local.", "10.77.0.11", 120))
		l.pass(5 * time.Second)
		l.wantAddresses("10.77.0.10", "10.77.0.11", "fe80::1")
		l.wantChanges("appeared Gateway One")
	})
}

// TestAddressGoesFirst proves that a goodbye of the old address, cache-flush bit and
// all, does not take the new one with it.
func TestAddressGoesFirst(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(time.Second)
		l.say(whole("Gateway One", "tt.local.", "10.77.0.10", 120)...)
		l.pass(10 * time.Second)
		l.say(noFlush(addr("tt.local.", "10.77.0.20", 120)))
		l.pass(2 * time.Second)
		l.say(addr("tt.local.", "10.77.0.10", 0))
		l.wantAddresses("10.77.0.20", "fe80::1")
		l.pass(2 * time.Second)
		l.wantAddresses("10.77.0.20", "fe80::1")
	})
}

// TestUnresolved proves that an instance of which no more is heard appears after 3 s.
func TestUnresolved(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(time.Second)
		l.say(ptr("Half", 4500))
		if l.one().Resolved() {
			l.Error("it is resolved")
		}
		l.pass(2900 * time.Millisecond)
		l.wantChanges()
		l.pass(200 * time.Millisecond)
		l.wantChanges("appeared Half")
		l.say(whole("Half", "tt.local.", "10.77.0.10", 120)...)
		l.wantChanges("changed Half")
		if s := l.one(); !s.Resolved() {
			l.Errorf("%+v is not resolved", s)
		}
	})
}

// TestCase proves that names are one whatever their case (RFC 6762 §16).
func TestCase(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(time.Second)
		upper := whole("GATEWAY ONE", "TT.LOCAL.", "10.77.0.10", 120)
		upper[0].Header().Name = mdns.MixedCase(mdns.ServiceType)
		l.say(whole("Gateway One", "tt.local.", "10.77.0.10", 120)...)
		l.say(upper...)
		s := l.one()
		if s.Instance != "Gateway One" || s.Host != "tt.local." || len(s.Addresses) != 2 {
			l.Errorf("%+v", s)
		}
		l.wantChanges("appeared Gateway One")
	})
}

// TestIgnored proves that what is no answer of multicast DNS is not taken for one.
func TestIgnored(t *testing.T) {
	answer := func() *dns.Msg {
		return &dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Answer: whole("Gateway One", "tt.local.", "10.77.0.10", 120)}
	}
	change := func(f func(m *dns.Msg)) *dns.Msg {
		m := answer()
		f(m)
		return m
	}
	tests := map[string]*dns.Msg{
		"a query with answers": change(func(m *dns.Msg) { m.Response = false }),
		"an error":             change(func(m *dns.Msg) { m.Rcode = dns.RcodeNameError }),
		"another opcode":       change(func(m *dns.Msg) { m.Opcode = dns.OpcodeUpdate }),
		"another class": change(func(m *dns.Msg) {
			for _, rr := range m.Answer {
				rr.Header().Class = dns.ClassCHAOS
			}
		}),
		"a proposal":       change(func(m *dns.Msg) { m.Ns, m.Answer = m.Answer, nil }),
		"another service":  change(func(m *dns.Msg) { m.Answer[0].Header().Name = "_http._tcp.local." }),
		"no instance":      change(func(m *dns.Msg) { m.Answer[0].(*dns.PTR).Ptr = "host.local." }),
		"the service type": change(func(m *dns.Msg) { m.Answer[0].(*dns.PTR).Ptr = mdns.ServiceType }),
		"the root":         change(func(m *dns.Msg) { m.Answer[0].(*dns.PTR).Ptr = "." }),
		"two labels":       change(func(m *dns.Msg) { m.Answer[0].(*dns.PTR).Ptr = "a.b." + mdns.ServiceType }),
	}
	for name, m := range tests {
		t.Run(name, func(t *testing.T) {
			inLab(t, mdns.BrowserOptions{}, func(l *lab) {
				l.pass(time.Second)
				l.send(m)
				l.pass(5 * time.Second)
				if all := l.Services(); len(all) != 0 || l.Heard() != 1 {
					l.Errorf("heard %d packets; services %v, want none", l.Heard(), all)
				}
				l.send(answer())
				l.one()
			})
		})
	}
}

// TestSources proves that a response counts only from port 5353, and if it was sent
// to the browser alone, only from the link (RFC 6762 §6, §11).
func TestSources(t *testing.T) {
	tests := []struct {
		name    string
		from    string
		opts    link.Options
		unicast bool
		counts  bool
	}{
		{"the link, to the group", "10.77.0.11/24", link.Options{}, false, true},
		{"the link, to the browser", "10.77.0.11/24", link.Options{}, true, true},
		{"another network, to the group", "192.0.2.7/24", link.Options{}, false, true},
		{"another network, to the browser", "192.0.2.7/24", link.Options{}, true, false},
		{"another port, to the group", "10.77.0.11/24", link.Options{Ephemeral: true}, false, false},
		{"another port, to the browser", "10.77.0.11/24", link.Options{Ephemeral: true}, true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inLab(t, mdns.BrowserOptions{}, func(l *lab) {
				l.pass(time.Second)
				conn, err := l.network.Host(test.from).Listen(test.opts)
				if err != nil {
					l.Fatal(err)
				}
				defer conn.Close()
				packet := answer(l.T)
				if test.unicast {
					err = conn.Send(packet, netip.MustParseAddrPort("10.77.0.1:5353"))
				} else {
					err = conn.Multicast(packet)
				}
				l.pass(time.Millisecond)
				if found := len(l.Services()) == 1; err != nil || found != test.counts {
					l.Errorf("%v, found %v, want %v", err, found, test.counts)
				}
			})
		})
	}
}

// TestTranscript proves that the transcript holds the browser's questions and what
// speaks of gateways, and not the chatter of the link.
func TestTranscript(t *testing.T) {
	t.Parallel()
	transcript := client.NewTranscript(&client.Secrets{})
	t.Run("in a lab", func(t *testing.T) {
		inLab(t, mdns.BrowserOptions{Transcript: transcript}, func(l *lab) {
			l.pass(200 * time.Millisecond)
			printer := &dns.PTR{Hdr: header("_ipp._tcp.local.", dns.TypePTR, dns.ClassINET, 4500), Ptr: "printer._ipp._tcp.local."}
			l.say(printer)
			l.send(&dns.Msg{Question: []dns.Question{mdns.QM("_ipp._tcp.local.", dns.TypePTR)}})
			l.say(whole("Gateway One", "tt.local.", "10.77.0.10", 120)...)
			l.say(addr("tt.local.", "10.77.0.10", 120))
			l.send(&dns.Msg{Question: []dns.Question{mdns.QM("tt.local.", dns.TypeANY)}})
		})
	})
	t.Cleanup(func() {
		var sent, received int
		for _, x := range transcript.Exchanges() {
			text := x.Sent + x.Received
			if strings.Contains(text, "_ipp") || x.Channel != "mdns lan0" {
				t.Errorf("%+v is recorded", x)
			}
			if x.Sent != "" {
				sent++
			} else if strings.HasPrefix(x.Received, "from 10.77.0.10:5353 by multicast: ") {
				received++
			}
		}
		if sent != 1 || received != 3 {
			t.Errorf("%d packets sent and %d received are recorded, want 1 and 3", sent, received)
		}
	})
}
