package mdns_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
)

// TestFlood proves that more instances than any link has end the search with a clear
// message, while what was found stays readable.
func TestFlood(t *testing.T) {
	tests := map[string]func(l *lab, i int) []dns.RR{
		"instances": func(_ *lab, i int) []dns.RR { return []dns.RR{ptr(fmt.Sprint("Gateway ", i), 4500)} },
		"whole gateways": func(_ *lab, i int) []dns.RR {
			return whole(fmt.Sprint("Gateway ", i), fmt.Sprintf("host%d.local.", i), "10.77.0.10", 120)
		},
	}
	for name, records := range tests {
		t.Run(name, func(t *testing.T) {
			inLab(t, mdns.BrowserOptions{}, func(l *lab) {
				l.pass(time.Second)
				l.questions()
				for i := range 10_000 {
					l.say(records(l, i)...)
				}
				err := l.ran()
				if err == nil || !strings.HasPrefix(err.Error(), "more than ") || !strings.HasSuffix(err.Error(), "on lan0: a flood") {
					l.Errorf("Run: %v", err)
				}
				if n := len(l.Services()); n < 100 || n > 256 {
					l.Errorf("%d services are kept", n)
				}
				if n := len(l.questions()); n > 1100 {
					l.Errorf("it answers the flood with %d packets", n)
				}
			})
		})
	}
}

// TestOnePacketFlood proves the same where the flood comes in one packet.
func TestOnePacketFlood(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(time.Second)
		var all []dns.RR
		for i := range 2000 {
			all = append(all, ptr(fmt.Sprint(i), 4500))
		}
		l.say(all...)
		if err := l.ran(); err == nil || err.Error() != "more than 256 instances of _tracker-http._tcp.local on lan0: a flood" {
			l.Errorf("Run: %v", err)
		}
		if n := len(l.Services()); n != 256 {
			l.Errorf("%d services, want 256", n)
		}
	})
}

// TestComeAndGo proves that instances that come and go for ever stay within bounds.
func TestComeAndGo(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(time.Second)
		for i := range 500 {
			name := fmt.Sprint("Gateway ", i)
			l.say(whole(name, "tt.local.", "10.77.0.10", 120)...)
			l.say(ptr(name, 0))
			l.pass(10 * time.Millisecond)
			if n := len(l.Services()); n > 102 {
				l.Fatalf("%d services", n)
			}
		}
		l.pass(2 * time.Second)
		if n := len(l.Services()); n != 0 {
			l.Errorf("%d services stay", n)
		}
	})
}

// TestHugeTXT proves that a TXT record of 64 KiB is kept in part, and that this is
// told.
func TestHugeTXT(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(time.Second)
		var all []string
		for i := range 250 {
			all = append(all, fmt.Sprintf("%03d=%s", i, strings.Repeat("x", 250)))
		}
		l.say(whole("Gateway One", "tt.local.", "10.77.0.10", 120)...)
		l.pass(2 * time.Second)
		l.say(txt("Gateway One", 4500, all...))
		s := l.one()
		if size := len(strings.Join(s.TXT, "")); size > 8<<10 || size < 7<<10 || !slices.Equal(s.TXT, all[:len(s.TXT)]) {
			l.Errorf("%d bytes of TXT in %d strings", size, len(s.TXT))
		}
		if len(s.Remarks) != 1 || s.Remarks[0] != "the TXT record has 63750 bytes: only its first strings are shown" {
			l.Errorf("remarks %q", s.Remarks)
		}
	})
}

// TestManyAddresses proves that a host with 1,000 addresses is kept in part, and that
// a new address takes the place of an old one all the same.
func TestManyAddresses(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(time.Second)
		l.say(ptr("Gateway One", 4500), srv("Gateway One", "tt.local.", 8000, 120), txt("Gateway One", 4500, ""))
		for from := 0; from < 1000; from += 100 {
			var all []dns.RR
			for i := from; i < from+100; i++ {
				all = append(all, addr("tt.local.", fmt.Sprintf("10.77.%d.%d", i/250, i%250+1), 120))
			}
			l.say(all...)
		}
		s := l.one()
		if len(s.Addresses) != 64 || len(s.Remarks) != 1 || s.Remarks[0] != "the host has more than 64 A records: the others are left out" {
			l.Errorf("%d addresses, remarks %q", len(s.Addresses), s.Remarks)
		}
		l.pass(2 * time.Second)
		l.say(addr("tt.local.", "10.77.9.9", 120))
		l.wantAddresses("10.77.9.9")
	})
}

// TestOddTargets proves that SRV records that lead nowhere leave a service
// unresolved, and are not asked after without end.
func TestOddTargets(t *testing.T) {
	tests := map[string]struct{ target, host string }{
		"the instance itself": {mdns.InstanceName("Gateway One"), mdns.InstanceName("Gateway One")},
		"no address":          {"nowhere.local.", "nowhere.local."},
		"the root":            {".", ""},
		"the service type":    {mdns.ServiceType, mdns.ServiceType},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inLab(t, mdns.BrowserOptions{}, func(l *lab) {
				l.pass(500 * time.Millisecond)
				l.questions()
				l.say(ptr("Gateway One", 4500), srv("Gateway One", test.target, 8000, 4500), txt("Gateway One", 4500, ""))
				l.pass(100 * time.Second)
				if s := l.one(); s.Resolved() || s.Host != test.host {
					l.Errorf("%+v", s)
				}
				if n := len(l.questions()); n > 14 {
					l.Errorf("%d packets in 100 s", n)
				}
			})
		})
	}
}

// TestManyVariants proves that of many SRV records of one name a few are kept, and
// the best of them counts.
func TestManyVariants(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(500 * time.Millisecond)
		l.say(whole("Gateway One", "tt.local.", "10.77.0.10", 120)...)
		for i := range 100 {
			rr := noFlush(srv("Gateway One", fmt.Sprintf("other%d.local.", i), 9000, 120)).(*dns.SRV)
			rr.Priority = 10
			l.say(rr)
		}
		if s := l.one(); s.Host != "tt.local." || s.Port != 8000 {
			l.Errorf("%+v", s)
		}
	})
}

// TestUnprintable proves that names and texts come out without control characters.
func TestUnprintable(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(500 * time.Millisecond)
		name := "\x1b[2J\r\nGate\u202eway\x00\xff"
		l.say(whole(name, `tt\027\010.local.`, "10.77.0.10", 120)...)
		l.say(noFlush(txt(name, 4500, `v=\027[31m\013\255`)))
		s := l.one()
		printable(l.T, s)
		if !strings.Contains(s.Instance, "Gate") || !s.Resolved() {
			l.Errorf("%+v", s)
		}
	})
}

func printable(t *testing.T, s mdns.Service) {
	t.Helper()
	for _, text := range append(append([]string{s.Instance, s.Name, s.Host}, s.TXT...), s.Remarks...) {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
			t.Errorf("%q is not fit to show", text)
		}
	}
}

// TestGarbage proves that packets that are no messages, or loop, do no harm.
func TestGarbage(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(500 * time.Millisecond)
		loop := append([]byte{0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0}, 0xC0, 12, 0, 12, 0, 1, 0, 0, 0, 120, 0, 2, 0xC0, 12)
		whole := answer(l.T)
		packets := [][]byte{nil, {0}, loop, make([]byte, 65000)}
		for i := range whole {
			packets = append(packets, whole[:i])
		}
		for _, packet := range packets {
			l.raw(packet)
		}
		if l.Heard() != len(packets) {
			l.Errorf("heard %d packets, want %d", l.Heard(), len(packets))
		}
		l.raw(whole)
		if s := l.one(); !s.Resolved() {
			l.Errorf("%+v", s)
		}
	})
}

// FuzzBrowser feeds packets to a browser's cache, several to an input: the first two
// bytes of each part are its length.
func FuzzBrowser(f *testing.F) {
	part := func(packets ...[]byte) (joined []byte) {
		for _, p := range packets {
			joined = append(append(joined, byte(len(p)>>8), byte(len(p))), p...)
		}
		return joined
	}
	whole := answer(f)
	f.Add(part(whole))
	f.Add(part(whole[:40], whole, whole[12:]))
	f.Add(part(whole, []byte{0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xC0, 12, 0, 12, 0, 1, 0, 0, 0, 120, 0, 2, 0xC0, 12}))
	f.Fuzz(func(t *testing.T, input []byte) {
		fed := mdns.NewFed()
		for len(input) > 2 {
			n := min(int(input[0])<<8|int(input[1]), len(input)-2)
			err := fed.Feed(input[2 : 2+n])
			for _, s := range fed.Check(t) {
				printable(t, s)
			}
			if err != nil {
				return
			}
			input = input[2+n:]
		}
	})
}
