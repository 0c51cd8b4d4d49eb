package discovery

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/faults"
	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
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
	"the reference gateway": {make: func(decorate.World) decorate.Decorators { return decorate.Decorators{} }},
	"all in the answer section": {make: responses(func(m *dns.Msg) {
		m.Answer, m.Extra = append(m.Answer, m.Extra...), nil
	})},
	"a packet for each record": {make: sending(apiece), want: verdicts("DISC-09 warning")},
	"answers after 450 ms":     {make: delayed(450 * time.Millisecond)},
	"QU by multicast":          {make: sending(byMulticast)},
	"two SRV records": {make: eachRecord(func(rr dns.RR) []dns.RR {
		if srv, ok := rr.(*dns.SRV); ok {
			second := *srv
			second.Priority = 10
			return []dns.RR{rr, &second}
		}
		return []dns.RR{rr}
	})},
	"a stranger's record that cannot be read": {make: eachRecord(func(rr dns.RR) []dns.RR {
		if rr.Header().Rrtype == dns.TypeA {
			odd := &dns.RFC3597{Hdr: dns.RR_Header{Name: rr.Header().Name, Rrtype: dns.TypeNSEC, Class: rr.Header().Class, Ttl: rr.Header().Ttl}, Rdata: "c00c0000"}
			return []dns.RR{rr, odd}
		}
		return []dns.RR{rr}
	})},
	// What is unique is flushed by who comes next; only the PTR stays in caches.
	"a goodbye for its PTR alone": {make: responses(func(m *dns.Msg) {
		if isGoodbye(m) {
			m.Answer = slices.DeleteFunc(m.Answer, func(rr dns.RR) bool { return rr.Header().Rrtype != dns.TypePTR })
		}
	})},
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

// TestCasesFindFaults proves that each fault of the chapter is found by the cases of the
// requirements that it breaks; the first of them must find it, and none may hold.
func TestCasesFindFaults(t *testing.T) {
	t.Parallel()
	trials, first := map[string]trial{}, map[string]string{}
	for _, f := range faults.All() {
		if r, _ := protocol.Lookup(f.Breaks[0]); r.Chapter != protocol.Discovery {
			continue
		}
		want := map[string]report.Verdict{}
		for _, id := range f.Breaks {
			want[id] = report.Fail
			if r, _ := protocol.Lookup(id); r.Level != protocol.Must || slices.Contains(f.Warns, id) {
				want[id] = report.Warning
			}
		}
		trials[f.Name], first[f.Name] = trial{make: f.Make, want: want}, f.Breaks[0]
	}
	outcomes := judgeAll(t, trials, wanted)
	for name, test := range trials {
		t.Run(name, func(t *testing.T) {
			for id, want := range test.want {
				o := outcomes[name][id]
				missed := o.Verdict == report.Skipped && id != first[name] // it ends where another case fails
				if o.Verdict != want && !missed {
					t.Errorf("%s: %s, want %s: %s %+v", id, o.Verdict, want, o.Reason, o.Findings)
				}
			}
		})
	}
}

// wanted are the requirements on which a trial says something.
func wanted(want map[string]report.Verdict) []string { return slices.Collect(maps.Keys(want)) }

// TestSilenceIsNotDeath proves that a gateway which keeps silent on what it does not own,
// since it keeps silent on all, has not passed.
func TestSilenceIsNotDeath(t *testing.T) {
	t.Parallel()
	if o := newBench(t, dyingOfStrangers).judge(t, "DISC-16")["DISC-16"]; o.Verdict != report.Fail {
		t.Errorf("%s: %s %+v", o.Verdict, o.Reason, o.Findings)
	}
}

// TestNeighbour proves that a gateway that is not advertised does not pass for another
// one at the same address.
func TestNeighbour(t *testing.T) {
	t.Parallel()
	b := newBench(t)
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
	b := newBench(t)
	b.env.Moved("192.0.2.10:8000")
	for id, o := range b.judge(t, "DISC-01", "DISC-06", "DISC-07", "DISC-12") {
		if o.Verdict != report.Skipped || !strings.Contains(o.Reason, "192.0.2.10:8000 lies in no network of lan0") {
			t.Errorf("%s: %s: %s", id, o.Verdict, o.Reason)
		}
	}
}
