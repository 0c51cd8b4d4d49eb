package main

import (
	"fmt"
	"math"
	"net"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"ttcheck/load/plan"
)

// loadWith parses the flags of a load as the verb does, without running it.
func loadWith(t *testing.T, words ...string) (loadFlags, *cobra.Command) {
	t.Helper()
	var f loadFlags
	cmd := &cobra.Command{}
	f.register(cmd)
	if err := cmd.Flags().Parse(words); err != nil {
		t.Fatal(err)
	}
	return f, cmd
}

// TestLoadPlan proves that flags go before the file, and the file before the defaults.
func TestLoadPlan(t *testing.T) {
	t.Parallel()
	second := plan.Span(time.Second)
	written := file(t, "plan.yaml", "sockets: 40\nramp: 3s\nseed: 9\nmix: {create: 1, clear: 1}\n")
	staged := file(t, "stages.yaml", "stages:\n  - {duration: 1s, sockets: 5, rate: 1}\nchurn: 2\n")
	with := func(change func(p *plan.Plan)) plan.Plan {
		p := plan.Default()
		change(&p)
		return p
	}
	stages := func(p *plan.Plan, all ...plan.Stage) {
		p.Sockets, p.Ramp, p.Duration, p.Rate, p.Stages = 0, 0, 0, 0, all
	}
	tests := map[string]struct {
		words []string
		want  plan.Plan
	}{
		"nothing": {nil, plan.Default()},
		"a file": {[]string{"--plan", written}, with(func(p *plan.Plan) {
			p.Sockets, p.Ramp, p.Seed, p.Mix = 40, 3*second, 9, plan.Mix{Create: 1, Clear: 1}
		})},
		"a file and flags": {[]string{"--plan", written, "--sockets", "7", "--rate", "120/m", "--mix", "create=2", "--churn", "1/s", "--history-rate", "3"}, with(func(p *plan.Plan) {
			p.Sockets, p.Ramp, p.Seed, p.Rate, p.Mix, p.Churn, p.HistoryRate = 7, 3*second, 9, 2, plan.Mix{Create: 2}, 1, 3
		})},
		"all other flags": {[]string{"--duration", "2s", "--ramp", "0s", "--auth", "message", "--arrivals", "poisson", "--seed", "5", "--order-names", "1-20"}, with(func(p *plan.Plan) {
			p.Duration, p.Ramp, p.Auth, p.Arrivals, p.Seed, p.Names = 2*second, 0, plan.ByMessage, plan.Poisson, 5, "1-20"
		})},
		"stages": {[]string{"--stage", "1s:sockets=5,rate=2", "--stage", "2s:sockets=1,rate=0"}, with(func(p *plan.Plan) {
			stages(p, plan.Stage{Duration: second, Sockets: 5, Rate: 2}, plan.Stage{Duration: 2 * second, Sockets: 1})
		})},
		"a file with stages": {[]string{"--plan", staged}, with(func(p *plan.Plan) {
			p.Churn = 2
			stages(p, plan.Stage{Duration: second, Sockets: 5, Rate: 1})
		})},
		"other stages than the file's": {[]string{"--plan", staged, "--stage", "3s:sockets=8,rate=0"}, with(func(p *plan.Plan) {
			p.Churn = 2
			stages(p, plan.Stage{Duration: 3 * second, Sockets: 8})
		})},
		"stages instead of the file's sockets": {[]string{"--plan", written, "--stage", "3s:sockets=8,rate=0"}, with(func(p *plan.Plan) {
			p.Seed, p.Mix = 9, plan.Mix{Create: 1, Clear: 1}
			stages(p, plan.Stage{Duration: 3 * second, Sockets: 8})
		})},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, cmd := loadWith(t, test.words...)
			got, err := f.plan.plan(cmd.Flags())
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("%v\ngot  %+v\nwant %+v", err, got, test.want)
			}
		})
	}
}

func TestReproduceLoad(t *testing.T) {
	t.Parallel()
	for want, words := range map[string][]string{
		"ttcheck load": nil,
		"ttcheck load --target 192.0.2.1 --token-file site.token --allow orders": {"--allow", "orders", "--token-file", "site.token", "--target", "192.0.2.1", "--json", "x.json"},
		"ttcheck load --target h --press exec:…":                                 {"--target", "h", "--press", "exec:press --key geheim"},
		"ttcheck load --press prompt":                                            {"--press", "prompt"},
		"ttcheck load --press …":                                                 {"--press", "http:geheim"},
		"ttcheck load --press http:https://lab/press":                            {"--press", "http:https://u:geheim@lab/press?k=geheim"},
		"ttcheck load --stage 1s:sockets=5,rate=2 --stage 2s:sockets=1,rate=0":   {"--stage", "1s:sockets=5,rate=2", "--stage", "2s:sockets=1,rate=0"},
		"ttcheck load --source 127.0.0.2 --source 127.0.0.3 --threshold 'lost<1' --threshold 'events>2' --find-limit rate --max 50": {
			"--source", "127.0.0.2,127.0.0.3", "--threshold", "lost<1", "--threshold", "events>2", "--find-limit", "rate", "--max", "50"},
		"ttcheck load --sockets 5":              {"--sockets", "5", "--start-at", "+30s"},
		"ttcheck load --shard 0/1":              {"--shard", "0/1", "--start-at", "2026-03-07T18:00:00Z"},
		"ttcheck load --shard 1/4 --start-at …": {"--shard", "1/4", "--start-at", "2026-03-07T18:00:00Z", "--token", "geheim"},
	} {
		_, cmd := loadWith(t, words...)
		if got := reproduceLoad(cmd.Flags()); got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", words, got, want)
		}
	}
}

func TestParseSources(t *testing.T) {
	t.Parallel()
	tests := []struct {
		list, want, says string
	}{
		{list: "", want: "[]"},
		{list: "127.0.0.1", want: "[127.0.0.1]"},
		{list: " 127.0.0.1,::ffff:127.0.0.1", says: "127.0.0.1 is given twice"},
		{list: "127.0.0.1-127.0.0.1", want: "[127.0.0.1]"},
		{list: "127.0.0.9-127.0.0.2", says: "the last address comes before the first"},
		{list: "127.0.0.1-::1", says: "must be IPv4, or both IPv6"},
		{list: "127.0.0.1-", says: "neither an address nor a range"},
		{list: "fe80::1%lo", says: "neither an address nor a range"},
		{list: "127.0.0.1-127.0.4.0", says: "more than 1000 addresses"},
		{list: "0.0.0.0-255.255.255.255", says: "more than 1000 addresses"},
		{list: "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", says: "more than 1000 addresses"},
		{list: "192.0.2.77", says: "no address of this machine"},
		{list: "0.0.0.0", says: "no address of one machine"},
		{list: "224.0.0.251", says: "no address of one machine"},
		{list: "255.255.255.255", says: "no address of one machine"},
	}
	if _, err := parseSources([]string{"127.0.0.2"}); err == nil { // Linux answers to all of 127.0.0.0/8
		tests = append(tests, struct{ list, want, says string }{list: "127.0.0.2-127.0.0.4,127.0.0.9", want: "[127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.9]"})
	}
	for _, test := range tests {
		var list []string
		if test.list != "" {
			list = strings.Split(test.list, ",")
		}
		got, err := parseSources(list)
		switch {
		case test.says == "" && (err != nil || fmt.Sprint(got) != test.want):
			t.Errorf("%s: %v, %v; want %s", test.list, got, err, test.want)
		case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
			t.Errorf("%s: %v, %v; want an error that says %q", test.list, got, err, test.says)
		}
	}
}

func TestSameFamily(t *testing.T) {
	t.Parallel()
	four, six := net.ParseIP("127.0.0.1"), net.ParseIP("::1")
	for address, fits := range map[string][2]bool{
		"127.0.0.1:8000": {true, false}, "[::1]:8000": {false, true}, "[fe80::1%lo]:8000": {false, true},
		"[::ffff:127.0.0.1]:8000": {true, false}, "gateway.local:8000": {true, true},
	} {
		if got := [2]bool{sameFamily([]net.IP{four}, address) == nil, sameFamily([]net.IP{six}, address) == nil}; got != fits {
			t.Errorf("%s: %v, want %v", address, got, fits)
		}
	}
}

// TestReachableFrom proves that a name is looked up, and that one which is not known is left
// to the run.
func TestReachableFrom(t *testing.T) {
	t.Parallel()
	four, six := net.ParseIP("127.0.0.1"), net.ParseIP("::1")
	if reachableFrom(t.Context(), []net.IP{six}, "127.0.0.1:8000") == nil {
		t.Error("an IPv4 target is reached from ::1")
	}
	if err := reachableFrom(t.Context(), []net.IP{six}, "gateway..invalid:8000"); err != nil { // no resolver is asked for such a name
		t.Errorf("a name that cannot be looked up: %v", err)
	}
	found, err := net.DefaultResolver.LookupNetIP(t.Context(), "ip", "localhost")
	if err != nil {
		t.Skip("localhost is unknown: ", err)
	}
	for _, source := range []net.IP{four, six} {
		want := slices.ContainsFunc(found, func(ip netip.Addr) bool { return ip.Unmap().Is4() == (source.To4() != nil) })
		if err := reachableFrom(t.Context(), []net.IP{source}, "localhost:8000"); (err == nil) != want {
			t.Errorf("localhost (%v) from %v: %v", found, source, err)
		}
	}
}

func TestParsePorts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"32768\t60999\n": 28232, "1 1": 1, "": 0, "5": 0, "9 3": 0, "0 10": 0, "1 70000": 0, "a b": 0} {
		if got, known := parsePorts(text); got != want || known != (want > 0) {
			t.Errorf("%q: %d, %t; want %d", text, got, known, want)
		}
	}
}

// TestCheckRoom proves that ports are counted for each source address.
func TestCheckRoom(t *testing.T) {
	t.Parallel()
	if _, err := checkRoom(1, 0); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		sockets, sources int
		files            uint64
		ports            int
		want             string
	}{
		{sockets: 800, sources: 1, files: 1000, ports: 1000},
		{sockets: 801, sources: 1, files: 1000, ports: 5000, want: "needs 1001 open files, the system allows 1000"},
		{sockets: 801, sources: 1, files: 5000, ports: 1000, want: "needs 1001 local ports of a source address, the system has 1000"},
		{sockets: 1600, sources: 2, files: 5000, ports: 1000},
		{sockets: 1601, sources: 2, files: 5000, ports: 1000, want: "--source"},
		{sockets: 1_000_000, sources: 1, files: math.MaxUint64, ports: math.MaxInt},
	} {
		err := room(tt.sockets, tt.sources, tt.files, tt.ports)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

func TestParseStart(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 7, 18, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"+30s": 30 * time.Second, "+0s": 0, "2026-03-07T18:00:10Z": 10 * time.Second, "2026-03-07T19:00:00.5+01:00": 500 * time.Millisecond,
	} {
		if got, err := parseStart(text, now); err != nil || got.Sub(now) != want {
			t.Errorf("%s: %v, %v; want %v ahead", text, got, err, want)
		}
	}
	if got, err := parseStart("", now); err != nil || !got.IsZero() {
		t.Errorf("%v, %v; want none", got, err)
	}
	for text, says := range map[string]string{
		"30s": "neither", "+": "neither", "+-1s": "is past", "2026-03-07T17:59:59Z": "is past", "18:00": "neither",
		"+25h": "ahead", "2027-03-07T18:00:00Z": "ahead", strings.Repeat("9", 1000): "neither",
	} {
		if _, err := parseStart(text, now); err == nil || !strings.Contains(err.Error(), says) || len(err.Error()) > 200 {
			t.Errorf("%.40s: %v; want an error that says %q", text, err, says)
		}
	}
}

// TestReason proves that the name of a file is not said twice.
func TestReason(t *testing.T) {
	t.Parallel()
	_, err := os.Open(t.TempDir() + "/none")
	if got := reason(err).Error(); got != "no such file or directory" && !strings.HasPrefix(got, "The system cannot find") {
		t.Error(got)
	}
}
