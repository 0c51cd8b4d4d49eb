package mdns_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"ttcheck/client/mdns"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const flush = 1 << 15

// lab is a LAN in a bubble: a browser on it, a peer that says what it is told to, and
// a record of what the browser asked.
type lab struct {
	*testing.T
	*mdns.Browser
	network *lan.Network
	host    *lan.Host
	peer    link.Conn
	began   time.Time
	ended   chan error

	mu    sync.Mutex
	asked []query
}

// query is a packet that the browser sent, and when, counted from the start of Run.
type query struct {
	at     time.Duration
	msg    *dns.Msg
	length int
}

func (q query) questions() []string {
	var all []string
	for _, one := range q.msg.Question {
		all = append(all, one.Name+" "+dns.Type(one.Qtype).String())
	}
	return all
}

// inLab runs a test with a browser that runs.
func inLab(t *testing.T, opts mdns.BrowserOptions, test func(l *lab)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, opts)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { l.ended <- l.Browser.Run(ctx) }()
		synctest.Wait()
		test(l)
		cancel()
		synctest.Wait()
		l.Close()
		_ = l.peer.Close()
	})
}

func newLab(t *testing.T, opts mdns.BrowserOptions) *lab {
	t.Helper()
	l := &lab{T: t, network: &lan.Network{}, began: time.Now(), ended: make(chan error, 1)}
	l.host = l.network.Host("10.77.0.1/24")
	own := netip.MustParseAddrPort("10.77.0.1:5353")
	l.network.Tap(func(s lan.Sent) {
		l.mu.Lock()
		defer l.mu.Unlock()
		q := query{at: time.Since(l.began), msg: &dns.Msg{}, length: len(s.Data)}
		if s.From != own && s.From != netip.MustParseAddrPort("10.77.0.3:5353") {
			return
		}
		if err := q.msg.Unpack(s.Data); err != nil {
			t.Errorf("the browser sends what is no message: %v", err)
		}
		l.asked = append(l.asked, q)
	})
	var err error
	if l.Browser, err = mdns.NewBrowser([]link.Link{l.host}, opts); err != nil {
		t.Fatal(err)
	}
	if l.peer, err = l.network.Host("10.77.0.10/24").Listen(link.Options{}); err != nil {
		t.Fatal(err)
	}
	return l
}

// questions returns what was asked since it was last called.
func (l *lab) questions() []query {
	l.mu.Lock()
	defer l.mu.Unlock()
	asked := l.asked
	l.asked = nil
	return asked
}

// pass lets time go by.
func (l *lab) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// say has the peer multicast records as a response.
func (l *lab) say(records ...dns.RR) {
	l.Helper()
	l.send(&dns.Msg{MsgHdr: dns.MsgHdr{Response: true, Authoritative: true}, Answer: records})
}

func (l *lab) send(m *dns.Msg) {
	l.Helper()
	m.Compress = true
	packed, err := m.Pack()
	if err != nil {
		l.Fatal(err)
	}
	l.raw(packed)
}

func (l *lab) raw(packet []byte) {
	l.Helper()
	if err := l.peer.Multicast(packet); err != nil {
		l.Fatal(err)
	}
	synctest.Wait()
}

// changes takes what changes were told until now.
func (l *lab) told() []mdns.Change {
	var all []mdns.Change
	for {
		select {
		case c, open := <-l.Changes():
			if !open {
				return all
			}
			all = append(all, c)
		default:
			return all
		}
	}
}

// one returns the only service.
func (l *lab) one() mdns.Service {
	l.Helper()
	all := l.Services()
	if len(all) != 1 {
		l.Fatalf("%d services, want one: %v", len(all), all)
	}
	return all[0]
}

// ran returns how Run ended.
func (l *lab) ran() error {
	l.Helper()
	select {
	case err := <-l.ended:
		return err
	default:
		l.Fatal("Run goes on")
		return nil
	}
}

func ptr(instance string, ttl uint32) dns.RR {
	return &dns.PTR{Hdr: header(mdns.ServiceType, dns.TypePTR, dns.ClassINET, ttl), Ptr: mdns.InstanceName(instance)}
}

func srv(instance, target string, port uint16, ttl uint32) dns.RR {
	return &dns.SRV{Hdr: header(mdns.InstanceName(instance), dns.TypeSRV, dns.ClassINET|flush, ttl), Port: port, Target: target}
}

func txt(instance string, ttl uint32, all ...string) dns.RR {
	return &dns.TXT{Hdr: header(mdns.InstanceName(instance), dns.TypeTXT, dns.ClassINET|flush, ttl), Txt: all}
}

func addr(host, ip string, ttl uint32) dns.RR {
	if a := net.ParseIP(ip); a.To4() == nil {
		return &dns.AAAA{Hdr: header(host, dns.TypeAAAA, dns.ClassINET|flush, ttl), AAAA: a}
	}
	return &dns.A{Hdr: header(host, dns.TypeA, dns.ClassINET|flush, ttl), A: net.ParseIP(ip)}
}

// whole is all the records of a gateway, the host records with one TTL.
func whole(instance, host, ip string, ttl uint32) []dns.RR { //nolint:unparam // reads better
	return []dns.RR{ptr(instance, 4500), srv(instance, host, 8000, ttl), txt(instance, 4500, "v=2"), addr(host, ip, ttl), addr(host, "fe80::1", ttl)}
}

func noFlush(rr dns.RR) dns.RR {
	rr.Header().Class &^= flush
	return rr
}

func addresses(all ...string) []netip.Addr {
	var addrs []netip.Addr
	for _, a := range all {
		addrs = append(addrs, netip.MustParseAddr(a))
	}
	return addrs
}

func (l *lab) wantAddresses(want ...string) {
	l.Helper()
	if got := l.one().Addresses; !slices.Equal(got, addresses(want...)) {
		l.Errorf("addresses %v, want %v", got, want)
	}
}

// kinds are the changes in words, such as "left Gateway One (goodbye)".
func kinds(changes []mdns.Change) []string {
	all := []string{}
	for _, c := range changes {
		word := fmt.Sprintf("%s %s", c.Kind, c.Service.Instance)
		if c.Goodbye {
			word += " (goodbye)"
		}
		all = append(all, word)
	}
	return all
}

func (l *lab) wantChanges(want ...string) []mdns.Change {
	l.Helper()
	changes := l.told()
	if got := kinds(changes); !slices.Equal(got, want) {
		l.Errorf("changes %q, want %q", got, want)
	}
	return changes
}
