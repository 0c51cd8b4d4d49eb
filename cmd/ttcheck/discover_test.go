package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"
	"github.com/spf13/cobra"

	"ttcheck/client/mdns"
	"ttcheck/fixtures/gateway"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
	"ttcheck/report"
)

// advertised starts a reference gateway that is advertised on the loopback, and
// returns it when it is. Other tests may do the same at the same time: what is found
// is told apart by name.
func advertised(t *testing.T, listen, name string) *gateway.Gateway {
	t.Helper()
	lo, err := link.Loopback()
	if err != nil {
		t.Skip("no loopback: ", err)
	}
	probe, err := lo.Listen(link.Options{Alone: true})
	if err != nil {
		t.Skip("no multicast on the loopback: ", err)
	}
	probe.Close()
	g, err := gateway.Start(gateway.Options{Listen: listen + ":0", Advertise: &gateway.Advertise{Link: lo, Instance: name}})
	if err != nil {
		t.Skip("no gateway at ", listen, ": ", err)
	}
	t.Cleanup(func() { g.Close() })
	select {
	case <-g.Advertised():
	case <-time.After(20 * time.Second):
		t.Fatal("the gateway is not advertised")
	}
	return g
}

func ownName(name string) string { return fmt.Sprintf("%s of %d", name, os.Getpid()) }

// TestDiscoverLoopback proves that three gateways are listed in time, and that they
// answer.
func TestDiscoverLoopback(t *testing.T) {
	t.Parallel()
	want := map[string]string{}
	for i := range 3 {
		name := ownName(fmt.Sprint("Discovered ", i))
		want[name] = advertised(t, fmt.Sprintf("127.93.1.%d", i+1), name).Addr()
	}
	began := time.Now()
	p := start(t, "discover", "--interface", "lo", "--json")
	p.stdout.await(t, `"gateways"`)
	took := time.Since(began) // without the end of the process, for which the race detector takes its time
	code, stdout, stderr := p.wait(t), p.stdout.String(), p.stderr.String()
	var found struct {
		Interfaces []string
		Gateways   []sighting
	}
	if err := json.Unmarshal([]byte(stdout), &found); err != nil || code != 0 || stderr != "" {
		t.Fatalf("exit code %d, %v, stderr %q", code, err, stderr)
	}
	alive := !slices.ContainsFunc(found.Gateways, func(g sighting) bool { return !g.Answers })
	if took > 3500*time.Millisecond && alive {
		t.Errorf("it took %v: %+v", took, found)
	}
	for _, g := range found.Gateways {
		address, ours := want[g.Instance]
		if !ours {
			continue
		}
		delete(want, g.Instance)
		if len(g.Addresses) == 0 || netip.AddrPortFrom(g.Addresses[0], g.Port).String() != address ||
			!g.Answers || g.RoundTripMs == nil || *g.RoundTripMs <= 0 || g.Interface != "lo" || !strings.HasSuffix(g.Host, ".local") || g.TXT == nil || g.Error != "" {
			t.Errorf("%+v: want it to answer at %s", g, address)
		}
	}
	if len(want) > 0 || !slices.Equal(found.Interfaces, []string{"lo"}) {
		t.Errorf("interfaces %q; not found: %v", found.Interfaces, want)
	}
}

// TestDiscoverWatch proves that a gateway that comes and goes is told of, and that
// Ctrl-C is a good end.
func TestDiscoverWatch(t *testing.T) {
	t.Parallel()
	people := start(t, "discover", "--interface", "lo", "--watch", "--wait", "1s")
	machine := start(t, "discover", "--interface", "lo", "--watch", "--json")
	name := ownName("Watched")
	g := advertised(t, "127.93.2.1", name)
	people.stdout.await(t, "+ appeared: "+name+" on lo, host ")
	machine.stdout.await(t, `"event":"appeared","changed":[],"reason":"","gateway":{"instance":"`+name)
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	people.stdout.await(t, "- left (goodbye): "+name+" on lo\n")
	machine.stdout.await(t, `"event":"left","changed":[],"reason":"goodbye","gateway":{"instance":"`+name)
	for _, p := range []*process{people, machine} {
		if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if code := p.wait(t); code != 0 {
			t.Errorf("exit code %d, stderr %s", code, p.stderr)
		}
	}
	for line := range strings.Lines(machine.stdout.String()) {
		if err := json.Unmarshal([]byte(line), &event{}); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestDiscoverUsage(t *testing.T) {
	t.Parallel()
	for says, words := range map[string][]string{
		"--wait 0s":      {"--wait", "0s"},
		"--wait -1s":     {"--wait", "-1s"},
		"--wait 10m0.1s": {"--wait", "10m0.1s", "--watch"},
		`interface "x9"`: {"--interface", "x9"},
		"no argument":    {"everything"},
	} {
		code, stdout, stderr := ttcheck(t, append([]string{"discover"}, words...)...)
		if code != report.ExitUsage || stdout != "" || !strings.Contains(stderr, says) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q: exit code %d, stdout %q, stderr %q", words, code, stdout, stderr)
		}
	}
}

// onLAN runs the verb in a bubble, on a network where a peer says what it is told to
// once it was asked.
func onLAN(t *testing.T, f discoverFlags, stopAfter time.Duration, said ...*dns.Msg) (code int, stdout, stderr string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := &lan.Network{}
		peer, err := network.Host("10.77.0.10/24").Listen(link.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer peer.Close()
		time.AfterFunc(500*time.Millisecond, func() {
			for _, m := range said {
				packed, err := m.Pack()
				if err == nil {
					err = peer.Multicast(packed)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if stopAfter > 0 {
			time.AfterFunc(stopAfter, cancel)
		}
		var out, trouble strings.Builder
		cmd := &cobra.Command{}
		cmd.SetContext(ctx)
		cmd.SetOut(&out)
		cmd.SetErr(&trouble)
		err = searchOn(cmd, f, []link.Link{network.Host("10.77.0.1/24")})
		code = exitCode(err)
		if err != nil {
			fmt.Fprintln(&trouble, "ttcheck: "+oneLine(err))
		}
		stdout, stderr = out.String(), trouble.String()
	})
	return code, stdout, stderr
}

func says(records ...dns.RR) *dns.Msg {
	return &dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Answer: records}
}

func pointer(instance string, ttl uint32) dns.RR {
	return &dns.PTR{Hdr: dns.RR_Header{Name: mdns.ServiceType, Rrtype: dns.TypePTR, Class: dns.ClassINET, Ttl: ttl}, Ptr: mdns.InstanceName(instance)}
}

func TestDiscoverOutcomes(t *testing.T) {
	t.Parallel()
	once := discoverFlags{wait: 3 * time.Second}
	var flood []*dns.Msg
	for i := range 200 {
		flood = append(flood, says(pointer(fmt.Sprint("a", i), 120), pointer(fmt.Sprint("b", i), 120)))
	}
	tests := []struct {
		name   string
		flags  discoverFlags
		stop   time.Duration
		said   []*dns.Msg
		code   int
		stdout string // a part of it
		stderr string // all of it
	}{
		{"nobody there", once, 0, nil, report.ExitSetup, "",
			"ttcheck: no gateway on lan0 within 3s, and nothing else was heard there: a firewall may stop UDP port 5353\n"},
		{"others there", once, 0, []*dns.Msg{says()}, report.ExitSetup, "", "ttcheck: no gateway on lan0 within 3s\n"},
		{"nobody, as JSON", discoverFlags{wait: time.Second, asJSON: true}, 0, []*dns.Msg{says()}, report.ExitSetup,
			`"gateways": []`, "ttcheck: no gateway on lan0 within 1s\n"},
		{"unresolved", once, 0, []*dns.Msg{says(pointer("Half", 120))}, 0,
			"Half      -     -          0     lan0       not resolved: no SRV record came  -\n\n1 gateway on lan0, which does not answer\n", ""},
		{"two unresolved, as JSON", discoverFlags{wait: time.Second, asJSON: true}, 0, []*dns.Msg{says(pointer("A", 120), pointer("B", 120))}, 0,
			`"addresses": [],`, ""},
		{"a flood", once, 0, flood, report.ExitSetup, "a0", "ttcheck: more than 256 instances of _tracker-http._tcp.local on lan0: a flood\n"},
		{"interrupted", once, time.Second, []*dns.Msg{says(pointer("Half", 120))}, report.ExitInterrupted, "Half", "ttcheck: context canceled\n"},
		{"watched", discoverFlags{wait: time.Second, watch: true}, 10 * time.Second, []*dns.Msg{says(pointer("Half", 5))}, 0,
			" - left (expired): Half on lan0\n", ""},
		{"watched in vain", discoverFlags{wait: time.Second, watch: true}, 10 * time.Second, nil, 0, "",
			"ttcheck: no gateway on lan0 so far, and nothing else was heard there: a firewall may stop UDP port 5353\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := onLAN(t, test.flags, test.stop, test.said...)
			if code != test.code || !strings.Contains(stdout, test.stdout) || stderr != test.stderr || (test.stdout == "" && stdout != "") {
				t.Errorf("exit code %d, want %d\nstdout %s\nstderr %q", code, test.code, stdout, stderr)
			}
			if test.flags.asJSON && !json.Valid([]byte(stdout)) {
				t.Errorf("no JSON: %s", stdout)
			}
		})
	}
}

// TestTry proves that a gateway counts as answering only if its API does, and that the
// reason is told if not.
func TestTry(t *testing.T) {
	t.Parallel()
	serve := func(status int, body string) uint16 {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}))
		t.Cleanup(server.Close)
		return port(t, server.Listener.Addr().String())
	}
	good := serve(http.StatusOK, "{}")
	tests := []struct {
		name    string
		link    string
		port    uint16
		ips     []string
		answers bool
		reason  string
	}{
		{"it answers", "lo", good, []string{"127.0.0.1"}, true, ""},
		{"the second address answers", "lo", good, []string{"127.94.7.7", "127.0.0.1"}, true, ""},
		{"refused", "lo", port(t, closedPort(t)), []string{"127.0.0.1"}, false, "127.0.0.1: connection refused"},
		{"silent", "lo", port(t, silentListener(t)), []string{"127.0.0.1"}, false, "127.0.0.1: no answer within 2s"},
		{"another server", "lo", serve(http.StatusNotFound, "{}"), []string{"127.0.0.1"}, false, "127.0.0.1: HTTP 404"},
		{"no JSON", "lo", serve(http.StatusOK, "welcome"), []string{"127.0.0.1"}, false, "127.0.0.1: HTTP 200, but the body is no JSON object"},
		{"an address off the link", "eth9", good, []string{"192.0.2.77"}, false, "192.0.2.77 lies in no network of eth9"},
		{"no address at all", "lo", good, []string{"0.0.0.0", "224.0.0.251"}, false, "0.0.0.0 lies in no network of lo; 224.0.0.251 lies in no network of lo"},
		{"unresolved", "lo", good, nil, false, "not resolved: no address of its host came"},
		{"no port", "lo", 0, []string{"127.0.0.1"}, false, "not resolved: its SRV record names port 0"},
	}
	lo, err := link.Loopback()
	if err != nil {
		t.Skip(err)
	}
	checker := newChecker([]link.Link{named{lo, "lo"}, named{lo, "eth9"}})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v := mdns.Service{Link: test.link, Host: "tt.local.", Port: test.port}
			for _, ip := range test.ips {
				v.Addresses = append(v.Addresses, netip.MustParseAddr(ip))
			}
			got := checker.try(t.Context(), v)
			if got.answers != test.answers || got.reason != test.reason || (got.took > 0) != test.answers {
				t.Errorf("%+v, want %+v", got, test)
			}
		})
	}
}

// named is a link by another name.
type named struct {
	link.Link
	name string
}

func (n named) Name() string { return n.name }

func port(t *testing.T, address string) uint16 {
	t.Helper()
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return at.Port()
}

func TestPlainReason(t *testing.T) {
	t.Parallel()
	got := plainReason(errors.New("bad \x1b[2J\u202e answer\n" + strings.Repeat("x", 1000)))
	if !strings.HasPrefix(got, "bad \uFFFD[2J\uFFFD answer; xxx") || len([]rune(got)) != maxReason {
		t.Errorf("%q", got)
	}
	if got := plainReason(&net.OpError{Op: "dial", Err: context.DeadlineExceeded}); got != "no answer within 2s" {
		t.Errorf("%q", got)
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	before := mdns.Service{Host: "tt.local.", Port: 8000, Addresses: []netip.Addr{netip.MustParseAddr("10.77.0.10")}, TXT: []string{"v=2"}}
	now := before
	now.Host = "TT.local."
	if got := differences(before, now); !slices.Equal(got, []string{"details"}) {
		t.Errorf("%q", got)
	}
	now = mdns.Service{Host: "b.local.", Port: 8010, Addresses: []netip.Addr{netip.MustParseAddr("10.77.0.20")}}
	want := []string{"host tt.local → b.local", "address 10.77.0.10 → 10.77.0.20", "port 8000 → 8010", "TXT v=2 → -"}
	if got := differences(before, now); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
