package discovery

import (
	"cmp"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
	"ttcheck/fixtures/gateway"
	"ttcheck/fixtures/gateway/responder"
	"ttcheck/internal/link"
	"ttcheck/report"
)

// TestSoundGateway runs the whole chapter against sound gateways on a network in
// memory: every case runs, and holds.
func TestSoundGateway(t *testing.T) {
	t.Parallel()
	outcomes := judgeAll(t, variants, func(map[string]report.Verdict) []string { return nil })
	for name := range variants {
		t.Run(name, func(t *testing.T) {
			if n := len(outcomes[name]); n != 22 {
				t.Errorf("%d requirements were judged, want 22", n)
			}
			for id, o := range outcomes[name] {
				want := cmp.Or(variants[name].want[id], report.Pass)
				if o.Verdict != want {
					t.Errorf("%s: %s, want %s: %s %+v", id, o.Verdict, want, o.Reason, o.Findings)
				}
			}
		})
	}
}

// variants are ways of a responder that break nothing, but for a SHOULD that is named.
var variants = map[string]trial{
	"the reference gateway": {},
	"all in the answer section": {fault: sends(func(m *dns.Msg, _ netip.AddrPort) {
		if m.Response {
			m.Answer, m.Extra = append(m.Answer, m.Extra...), nil
		}
	})},
	"a packet for each record": {fault: apiece(), want: verdicts("DISC-09 warning")},
	"answers after 450 ms":     {fault: delayed(450 * time.Millisecond)},
	"QU by multicast": {fault: fault{send: func(next responder.Sender) responder.Sender {
		return func(m *dns.Msg, to netip.AddrPort) {
			if !toGroup(to) && to.Port() == link.Port {
				to = netip.AddrPortFrom(link.GroupIPv4, link.Port)
			}
			next(m, to)
		}
	}}},
	"two SRV records": {fault: eachRecord(func(rr dns.RR) []dns.RR {
		if srv, ok := rr.(*dns.SRV); ok {
			second := *srv
			second.Priority = 10
			return []dns.RR{rr, &second}
		}
		return []dns.RR{rr}
	})},
	"a stranger's record that cannot be read": {fault: eachRecord(func(rr dns.RR) []dns.RR {
		if rr.Header().Rrtype == dns.TypeA {
			odd := &dns.RFC3597{Hdr: dns.RR_Header{Name: rr.Header().Name, Rrtype: dns.TypeNSEC, Class: rr.Header().Class, Ttl: rr.Header().Ttl}, Rdata: "c00c0000"}
			return []dns.RR{rr, odd}
		}
		return []dns.RR{rr}
	})},
}

// each fault breaks the requirements that are named with it, and none that is not.
var faults = map[string]trial{
	"silent": {hears(func(*dns.Msg, netip.AddrPort) *dns.Msg { return nil }), verdicts("DISC-01 fail")},
	"no SRV": {without(dns.TypeSRV), verdicts("DISC-01 pass, DISC-02 fail")},
	"no TXT": {without(dns.TypeTXT), verdicts("DISC-02 fail, DISC-05 fail")},
	"a TXT of no bytes": {records(func(rr dns.RR) dns.RR {
		if txt, ok := rr.(*dns.TXT); ok {
			return &dns.RFC3597{Hdr: dns.RR_Header{Name: txt.Hdr.Name, Rrtype: dns.TypeTXT, Class: txt.Hdr.Class, Ttl: txt.Hdr.Ttl}}
		}
		return rr
	}), verdicts("DISC-02 pass, DISC-05 warning")},
	"no address": {without(dns.TypeA), verdicts("DISC-02 fail")},
	"another port": {records(func(rr dns.RR) dns.RR {
		if srv, ok := rr.(*dns.SRV); ok {
			srv.Port = 9
		}
		return rr
	}), verdicts("DISC-01 pass, DISC-02 pass, DISC-03 fail, DISC-04 pass")},
	"an address of nobody": {records(func(rr dns.RR) dns.RR {
		if a, ok := rr.(*dns.A); ok {
			a.A = net.IPv4(127, 0, 0, 77)
		}
		return rr
	}), verdicts("DISC-01 pass, DISC-02 pass, DISC-04 fail")},
	"a shared record flushed": {records(func(rr dns.RR) dns.RR {
		rr.Header().Class |= flushBit
		return rr
	}), verdicts("DISC-06 fail")},
	"nothing flushed": {records(func(rr dns.RR) dns.RR {
		rr.Header().Class &^= flushBit
		return rr
	}), verdicts("DISC-06 fail")},
	"AA unset":       {sends(func(m *dns.Msg, _ netip.AddrPort) { m.Authoritative = false }), verdicts("DISC-07 fail")},
	"QR unset":       {sends(func(m *dns.Msg, _ netip.AddrPort) { m.Response = false }), verdicts("DISC-07 fail")},
	"RCODE 3":        {sends(func(m *dns.Msg, _ netip.AddrPort) { m.Rcode = dns.RcodeNameError }), verdicts("DISC-07 fail")},
	"another source": {fault{link: elsewhere}, verdicts("DISC-01 fail, DISC-07 fail")},
	"one TTL for all": {records(func(rr dns.RR) dns.RR {
		rr.Header().Ttl = min(rr.Header().Ttl, 120)
		return rr
	}), verdicts("DISC-06 pass, DISC-07 pass, DISC-08 warning")},
	"nothing additional": {sends(func(m *dns.Msg, _ netip.AddrPort) { m.Extra = nil }), verdicts("DISC-02 pass, DISC-09 warning")},
	"QU is another class": {hears(func(m *dns.Msg, _ netip.AddrPort) *dns.Msg {
		if len(m.Question) > 0 && m.Question[0].Qclass&flushBit != 0 && len(m.Ns) == 0 {
			return nil
		}
		return m
	}), verdicts("DISC-10 warning, DISC-11 pass")},
	"legacy ignored": {hears(func(m *dns.Msg, from netip.AddrPort) *dns.Msg {
		if from.Port() != link.Port {
			return nil
		}
		return m
	}), verdicts("DISC-01 pass, DISC-11 fail")},
	"legacy without ID":       {legacyFaultIn(func(m *dns.Msg) { m.Id = 0 }), verdicts("DISC-11 fail")},
	"legacy without question": {legacyFaultIn(func(m *dns.Msg) { m.Question = nil }), verdicts("DISC-11 fail")},
	"legacy flushed": {legacyFaultIn(func(m *dns.Msg) {
		for _, rr := range m.Extra {
			rr.Header().Class |= flushBit
		}
	}), verdicts("DISC-11 fail")},
	"legacy kept for long": {legacyFaultIn(func(m *dns.Msg) {
		for _, rr := range m.Answer {
			rr.Header().Ttl = 4500
		}
	}), verdicts("DISC-11 warning")},
	"known answers repeated": {hears(func(m *dns.Msg, _ netip.AddrPort) *dns.Msg {
		if !m.Response {
			m.Answer = nil
		}
		return m
	}), verdicts("DISC-12 warning")},
	"type not listed": {ignoring(func(q dns.Question) bool { return mdns.SameName(q.Name, mdns.Meta) }), verdicts("DISC-13 warning")},
	"case matters": {ignoring(func(q dns.Question) bool {
		return strings.Contains(q.Name, "_TrAc") || strings.Contains(q.Name, "_tRaC")
	}), verdicts("DISC-14 fail")},
	"only one question": {hears(func(m *dns.Msg, _ netip.AddrPort) *dns.Msg {
		m.Question = m.Question[:min(1, len(m.Question))]
		return m
	}), verdicts("DISC-15 fail")},
	"only the last question": {hears(func(m *dns.Msg, _ netip.AddrPort) *dns.Msg {
		m.Question = m.Question[max(0, len(m.Question)-1):]
		return m
	}), verdicts("DISC-15 fail")},
	"says that there is none": {denies, verdicts("DISC-16 fail")},
	"defends nothing": {hears(func(m *dns.Msg, _ netip.AddrPort) *dns.Msg {
		if len(m.Ns) > 0 {
			return nil
		}
		return m
	}), verdicts("DISC-22 warning")},
	"never gives way": {hears(func(m *dns.Msg, _ netip.AddrPort) *dns.Msg {
		if m.Response {
			return nil
		}
		return m
	}), verdicts("DISC-22 warning")},
	"dies of a pointer loop": {fault{link: mute(func(m *mdns.Message) bool {
		return m.Malformed != nil && strings.Contains(m.Malformed.Error(), "pointer")
	})}, verdicts("DISC-21 fail")},
	"announces once":        {announcesOnce(), verdicts("DISC-19 warning, DISC-20 pass")},
	"leaves without a word": {withoutGoodbyes(), verdicts("DISC-19 pass, DISC-20 warning")},
	"keeps its old address": {records(func(rr dns.RR) dns.RR {
		if a, ok := rr.(*dns.A); ok {
			a.A = net.IPv4(127, 0, 0, 1)
		}
		return rr
	}), verdicts("DISC-17 fail, DISC-18 fail")},
	"answers by unicast alone": {sends(func(m *dns.Msg, to netip.AddrPort) {
		if m.Response && toGroup(to) && !announces(m) && !isGoodbye(m) {
			m.Response, m.Answer, m.Extra = false, nil, nil
		}
	}), verdicts("DISC-01 fail")},
	"port 0": {records(func(rr dns.RR) dns.RR {
		if srv, ok := rr.(*dns.SRV); ok {
			srv.Port = 0
		}
		return rr
	}), verdicts("DISC-01 pass, DISC-02 fail")},
	"its type flushed": {records(func(rr dns.RR) dns.RR {
		if mdns.SameName(rr.Header().Name, mdns.Meta) {
			rr.Header().Class |= flushBit
		}
		return rr
	}), verdicts("DISC-06 fail")},
	"any known answer silences": {hears(func(m *dns.Msg, _ netip.AddrPort) *dns.Msg {
		if !m.Response && len(m.Answer) > 0 {
			return nil
		}
		return m
	}), verdicts("DISC-01 pass, DISC-12 warning")},
	"of several only PTR": {hears(func(m *dns.Msg, _ netip.AddrPort) *dns.Msg {
		if len(m.Question) > 1 {
			m.Question = slices.DeleteFunc(m.Question, func(q dns.Question) bool { return q.Qtype != dns.TypePTR })
		}
		return m
	}), verdicts("DISC-14 pass, DISC-15 fail")},
	"answers for strangers": {hears(func(m *dns.Msg, _ netip.AddrPort) *dns.Msg {
		for i, q := range m.Question {
			if strings.HasPrefix(q.Name, "ttcheck-") && q.Qtype == dns.TypeA {
				m.Question[i].Name, m.Question[i].Qtype = "tracker-1.local.", dns.TypeA
			}
		}
		return m
	}), verdicts("DISC-15 pass, DISC-16 fail")},
	"dies of an ANY question": {fault{link: mute(func(m *mdns.Message) bool {
		return slices.ContainsFunc(m.Questions, func(q mdns.Question) bool { return q.Type == dns.TypeANY && strings.HasPrefix(q.Name, "ttcheck-") })
	})}, verdicts("DISC-16 fail")},
	"says goodbye for its SRV alone": {sends(func(m *dns.Msg, _ netip.AddrPort) {
		if isGoodbye(m) {
			m.Answer = slices.DeleteFunc(m.Answer, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypePTR })
		}
	}), verdicts("DISC-20 warning")},
	"announces in one burst":  {burst(), verdicts("DISC-19 warning")},
	"deaf at its new address": {deafAfterwards(), verdicts("DISC-17 fail, DISC-18 skipped")},
	"adds its new address": {sends(func(m *dns.Msg, _ netip.AddrPort) {
		for _, rr := range slices.Concat(m.Answer, m.Extra) {
			if a, ok := rr.(*dns.A); ok && a.A.String() != "127.0.0.1" {
				old := *a
				old.A = net.IPv4(127, 0, 0, 1)
				m.Extra = append(m.Extra, &old)
			}
		}
	}), verdicts("DISC-17 pass, DISC-18 fail")},
}

// verdicts reads "ID verdict, ID verdict".
func verdicts(text string) map[string]report.Verdict {
	want := map[string]report.Verdict{}
	for _, one := range strings.Split(text, ", ") {
		id, verdict, _ := strings.Cut(one, " ")
		want[id] = report.Verdict(verdict)
	}
	return want
}

func TestCasesFindFaults(t *testing.T) {
	t.Parallel()
	outcomes := judgeAll(t, faults, func(want map[string]report.Verdict) []string { return slices.Collect(maps.Keys(want)) })
	for name, test := range faults {
		t.Run(name, func(t *testing.T) {
			for id, want := range test.want {
				if o := outcomes[name][id]; o.Verdict != want {
					t.Errorf("%s: %s, want %s: %s %+v", id, o.Verdict, want, o.Reason, o.Findings)
				}
			}
		})
	}
}

// TestNeighbour proves that a gateway that is not advertised does not pass for another
// one at the same address.
func TestNeighbour(t *testing.T) {
	t.Parallel()
	b := newBench(t, fault{})
	silent, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	b.env.Moved(silent.Addr())
	o := b.judge(t, "DISC-01")["DISC-01"]
	if o.Verdict != report.Fail || !strings.Contains(o.Findings[0].Actual, instance) {
		t.Errorf("%s: %s %+v: want a failure that names the other gateway", o.Verdict, o.Reason, o.Findings)
	}
}

// TestOffLink proves that a gateway on none of the links searched is not failed for
// not being heard there.
func TestOffLink(t *testing.T) {
	t.Parallel()
	b := newBench(t, fault{})
	b.env.Moved("192.0.2.10:8000")
	for id, o := range b.judge(t, "DISC-01", "DISC-06", "DISC-07", "DISC-12") {
		if o.Verdict != report.Skipped || !strings.Contains(o.Reason, "192.0.2.10:8000 lies in no network of lan0") {
			t.Errorf("%s: %s: %s", id, o.Verdict, o.Reason)
		}
	}
}
