package discovery

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
	"ttcheck/fixtures/gateway"
	"ttcheck/fixtures/gateway/responder"
	"ttcheck/internal/link"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// TestSoundGateway runs the whole chapter against the reference gateway on a network
// in memory: every case runs, and holds.
func TestSoundGateway(t *testing.T) {
	t.Parallel()
	outcomes := newBench(t, fault{}).judge(t)
	if len(outcomes) != 22 {
		t.Errorf("%d requirements were judged, want 22", len(outcomes))
	}
	for id, o := range outcomes {
		if o.Verdict != report.Pass {
			t.Errorf("%s: %s: %s %+v", id, o.Verdict, o.Reason, o.Findings)
		}
	}
}

const flush = 1 << 15

// each fault breaks the requirements that are named with it, and none that is not.
var faults = map[string]struct {
	fault
	want map[string]report.Verdict
}{
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
		rr.Header().Class |= flush
		return rr
	}), verdicts("DISC-06 fail")},
	"nothing flushed": {records(func(rr dns.RR) dns.RR {
		rr.Header().Class &^= flush
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
		if len(m.Question) > 0 && m.Question[0].Qclass&flush != 0 && len(m.Ns) == 0 {
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
			rr.Header().Class |= flush
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
	"dies of a pointer loop": {fault{link: fragile}, verdicts("DISC-21 fail")},
	"announces once":         {announcesOnce(), verdicts("DISC-19 warning, DISC-20 pass")},
	"leaves without a word":  {withoutGoodbyes(), verdicts("DISC-19 pass, DISC-20 warning")},
	"keeps its old address": {records(func(rr dns.RR) dns.RR {
		if a, ok := rr.(*dns.A); ok {
			a.A = net.IPv4(127, 0, 0, 1)
		}
		return rr
	}), verdicts("DISC-17 fail, DISC-18 fail")},
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
	var mu sync.Mutex
	outcomes := map[string]map[string]spec.Outcome{}
	var wait sync.WaitGroup
	for name, test := range faults { // all at once: they wait more than they work
		wait.Go(func() {
			got := newBench(t, test.fault).judge(t, slices.Collect(maps.Keys(test.want))...)
			mu.Lock()
			defer mu.Unlock()
			outcomes[name] = got
		})
	}
	wait.Wait()
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

// fragile is a link on which the responder hears no more after a pointer loop.
func fragile(l link.Link) link.Link { return fragileLink{l} }

type fragileLink struct{ link.Link }

func (l fragileLink) Listen(opts link.Options) (link.Conn, error) {
	conn, err := l.Link.Listen(opts)
	if err != nil {
		return nil, err
	}
	c := &fragileConn{Conn: conn, packets: make(chan link.Datagram)}
	go c.pass()
	return c, nil
}

type fragileConn struct {
	link.Conn
	packets chan link.Datagram
}

func (c *fragileConn) Packets() <-chan link.Datagram { return c.packets }

func (c *fragileConn) pass() {
	defer close(c.packets)
	dead := false
	for d := range c.Conn.Packets() {
		m := mdns.Parse(d.Data)
		dead = dead || (m.Malformed != nil && strings.Contains(m.Malformed.Error(), "pointer"))
		if !dead {
			c.packets <- d
		}
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
