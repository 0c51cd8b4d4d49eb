package mdns_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
)

// answer is a whole response of a gateway, packed.
func answer(t testing.TB, more ...dns.RR) []byte {
	t.Helper()
	instance := mdns.InstanceName("Gateway One")
	m := &dns.Msg{MsgHdr: dns.MsgHdr{Response: true, Authoritative: true}}
	m.Answer = []dns.RR{&dns.PTR{Hdr: header(mdns.ServiceType, dns.TypePTR, dns.ClassINET, 4500), Ptr: instance}}
	m.Extra = append([]dns.RR{
		&dns.SRV{Hdr: header(instance, dns.TypeSRV, dns.ClassINET|1<<15, 120), Port: 8000, Target: "tt.local."},
		&dns.TXT{Hdr: header(instance, dns.TypeTXT, dns.ClassINET|1<<15, 4500), Txt: []string{"v=2"}},
		&dns.A{Hdr: header("tt.local.", dns.TypeA, dns.ClassINET|1<<15, 120), A: net.IPv4(10, 77, 0, 10)},
	}, more...)
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func header(name string, rrtype, class uint16, ttl uint32) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: rrtype, Class: class, Ttl: ttl}
}

func TestParse(t *testing.T) {
	t.Parallel()
	m := mdns.Parse(answer(t))
	if m.Malformed != nil {
		t.Fatal(m.Malformed)
	}
	if !m.Response() || !m.Authoritative() || m.Rcode() != 0 || m.ID != 0 || m.Truncated() || m.Opcode() != 0 {
		t.Errorf("header of %v", m)
	}
	if len(m.Answers) != 1 || m.Answers[0].Flush || m.Answers[0].TTL != 75*time.Minute {
		t.Errorf("answers %v: want a shared PTR of 4500 s", m.Answers)
	}
	srv, ok := m.Additionals[0].Data.(*dns.SRV)
	if !ok || srv.Port != 8000 || !m.Additionals[0].Flush || m.Additionals[0].Class != dns.ClassINET {
		t.Errorf("additional %v: want a unique SRV of class IN with port 8000", m.Additionals[0])
	}
	if got := mdns.InstanceOf(srv.Hdr.Name); got != "Gateway One" {
		t.Errorf("instance %q", got)
	}
}

// TestParseKeepsNeighbours proves that a record that cannot be read hides no other:
// a well-known responder adds an NSEC that miekg/dns refuses.
func TestParseKeepsNeighbours(t *testing.T) {
	t.Parallel()
	broken := &dns.RFC3597{Hdr: header("tt.local.", dns.TypeNSEC, dns.ClassINET, 120), Rdata: "c00c0000"}
	a := &dns.A{Hdr: header("tt.local.", dns.TypeA, dns.ClassINET, 120), A: net.IPv4(10, 77, 0, 11)}
	m := mdns.Parse(answer(t, broken, a))
	if m.Malformed == nil {
		t.Error("the broken record is not told")
	}
	if n := len(m.Additionals); n != 5 {
		t.Fatalf("%d additional records, want 5", n)
	}
	if m.Additionals[3].Data != nil || m.Additionals[3].Type != dns.TypeNSEC {
		t.Errorf("the broken record reads as %v", m.Additionals[3])
	}
	if last, ok := m.Additionals[4].Data.(*dns.A); !ok || last.A.String() != "10.77.0.11" {
		t.Errorf("the record after it reads as %v", m.Additionals[4])
	}
}

// TestParseHostile proves that what is no message gives what can be read of it, and
// the reason why there is no more.
func TestParseHostile(t *testing.T) {
	t.Parallel()
	whole := answer(t)
	loop := append([]byte{0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0}, 0xC0, 12, 0, 12, 0, 1, 0, 0, 0, 120, 0, 0)
	absurd := append([]byte{0, 0, 0x84, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, whole[12:]...)
	tests := map[string][]byte{
		"nothing": nil, "half a header": whole[:7], "truncated": whole[:len(whole)-3],
		"a pointer to itself": loop, "absurd counts": absurd, "more than it says": append(append([]byte{}, whole...), 0, 1),
	}
	for name, packet := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := mdns.Parse(packet)
			if m.Malformed == nil || strings.Contains(m.Malformed.Error(), "\n") {
				t.Errorf("malformed: %v", m.Malformed)
			}
			if len(m.Records()) > len(packet) {
				t.Errorf("%d records out of %d bytes", len(m.Records()), len(packet))
			}
		})
	}
}

func TestInstanceNames(t *testing.T) {
	t.Parallel()
	for _, instance := range []string{"Gateway", "Gateway One", "Küche.2 (links)", `a\b"c`, "x\x1b[2J"} {
		name := mdns.InstanceName(instance)
		if n, ok := dns.IsDomainName(name); !ok || n < 4 {
			t.Errorf("%q is no domain name", name)
		}
		want := strings.ReplaceAll(instance, "\x1b", "\uFFFD")
		if got := mdns.InstanceOf(name); got != want {
			t.Errorf("instance of %q is %q, want %q", name, got, want)
		}
	}
	if !mdns.SameName("TT._Tracker-HTTP._tcp.local.", "tt._tracker-http._tcp.LOCAL.") || mdns.SameName("a.local.", "b.local.") {
		t.Error("names are not compared without regard to case")
	}
	if got := mdns.MixedCase(mdns.ServiceType); got == mdns.ServiceType || !mdns.SameName(got, mdns.ServiceType) {
		t.Errorf("mixed case %q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(answer(f))
	f.Add([]byte{0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xC0, 12, 0, 12, 0, 1, 0, 0, 0, 120, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		m := mdns.Parse(b)
		if n := len(m.Questions) + len(m.Records()); n > len(b) {
			t.Errorf("%d questions and records out of %d bytes", n, len(b))
		}
		_ = m.String()
		for _, r := range m.Records() {
			_ = mdns.InstanceOf(r.Name)
		}
	})
}
