package discovery

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"ttcheck/client"
	"ttcheck/fixtures/gateway"
	"ttcheck/fixtures/gateway/responder"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fault is what a responder does wrong.
type fault struct {
	send    func(next responder.Sender) responder.Sender
	receive func(next responder.Receiver) responder.Receiver
	// link is between the responder and the network.
	link func(link.Link) link.Link
}

const instance = "Gateway One"

// bench is a gateway on a network in memory, its API on the loopback.
type bench struct {
	network *lan.Network
	gateway *gateway.Gateway
	env     *spec.Env
}

// newBench starts a gateway with a fault, and a run against it that may do all.
func newBench(t *testing.T, f fault) *bench {
	t.Helper()
	b := &bench{network: &lan.Network{}}
	var device link.Link = b.network.Host("127.0.0.1/8", "127.0.0.9/8")
	if f.link != nil {
		device = f.link(device)
	}
	g, err := gateway.Start(gateway.Options{
		Listen: "127.0.0.1:0",
		Advertise: &gateway.Advertise{
			Link: device, Instance: instance, Host: "tracker-1", Send: f.send, Receive: f.receive,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	b.gateway = g
	b.env = spec.NewEnv(spec.Target{
		Address: g.Addr(), Links: []link.Link{b.network.Host("127.0.0.5/8")},
		Restarter: client.RestartFunc(func(_ context.Context, newAddress bool) error {
			if newAddress {
				return g.Restart("127.0.0.9:0")
			}
			return g.Restart("")
		}),
	}, spec.Settings{Profile: "full", Allowed: spec.Leaves})
	t.Cleanup(b.env.Close)
	return b
}

// judge runs the cases of the requirements, one after the other as in a run, and
// returns the worst verdict of each.
func (b *bench) judge(t *testing.T, ids ...string) map[string]spec.Outcome {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	worst := map[string]spec.Outcome{}
	for _, k := range Chapter.Cases {
		if len(ids) > 0 && !slices.Contains(ids, k.ID) {
			continue
		}
		b.env.StartProbes(ctx, k.Probes)
		outcome := spec.Execute(ctx, b.env, k)
		before, judged := worst[k.ID]
		if !judged || rank(outcome.Verdict) > rank(before.Verdict) {
			worst[k.ID] = outcome
		}
	}
	cancel()
	b.env.AwaitProbes()
	return worst
}

// trial is a gateway to be judged, and the verdicts to come.
type trial struct {
	fault
	want map[string]report.Verdict
}

// judgeAll judges gateways, all at once: they wait more than they work.
func judgeAll(t *testing.T, trials map[string]trial, ids func(map[string]report.Verdict) []string) map[string]map[string]spec.Outcome {
	t.Helper()
	var mu sync.Mutex
	outcomes := map[string]map[string]spec.Outcome{}
	var wait sync.WaitGroup
	for name, test := range trials {
		wait.Go(func() {
			got := newBench(t, test.fault).judge(t, ids(test.want)...)
			mu.Lock()
			defer mu.Unlock()
			outcomes[name] = got
		})
	}
	wait.Wait()
	return outcomes
}

// rank orders verdicts from good to bad.
func rank(v report.Verdict) int {
	return slices.Index([]report.Verdict{
		report.Skipped, report.Pass, report.Info, report.Inconclusive, report.Warning, report.Fail, report.Error,
	}, v)
}

// sends is a fault in what is sent: each message is changed before.
func sends(change func(m *dns.Msg, to netip.AddrPort)) fault {
	return fault{send: func(next responder.Sender) responder.Sender {
		return func(m *dns.Msg, to netip.AddrPort) {
			changed := m.Copy()
			change(changed, to)
			next(changed, to)
		}
	}}
}

// records is a fault in the records of responses; a nil record is left out.
func records(change func(rr dns.RR) dns.RR) fault {
	return sends(func(m *dns.Msg, _ netip.AddrPort) {
		if !m.Response {
			return
		}
		for _, section := range []*[]dns.RR{&m.Answer, &m.Extra} {
			var kept []dns.RR
			for _, rr := range *section {
				if rr = change(rr); rr != nil {
					kept = append(kept, rr)
				}
			}
			*section = kept
		}
	})
}

// hears is a fault in what is heard: change returns the message as it is taken, or nil
// if it is ignored.
func hears(change func(m *dns.Msg, from netip.AddrPort) *dns.Msg) fault {
	return fault{receive: func(next responder.Receiver) responder.Receiver {
		return func(m *dns.Msg, from netip.AddrPort, toGroup bool) {
			if m = change(m.Copy(), from); m != nil {
				next(m, from, toGroup)
			}
		}
	}}
}

func toGroup(to netip.AddrPort) bool { return to.Addr().IsMulticast() }
