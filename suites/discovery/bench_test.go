package discovery

import (
	"context"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"ttcheck/client"
	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/gateway"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const instance = "Gateway One"

// bench is a gateway on a network in memory, its API on the loopback.
type bench struct {
	network *lan.Network
	gateway *gateway.Gateway
	env     *spec.Env
}

// newBench starts a gateway that is decorated, and a run against it that may do all.
func newBench(t *testing.T, makers ...decorate.Maker) *bench {
	t.Helper()
	b := &bench{network: &lan.Network{}}
	opts := gateway.Options{
		Listen: "127.0.0.1:0",
		Advertise: &gateway.Advertise{
			Link: b.network.Host("127.0.0.1/8", "127.0.0.9/8"), Instance: instance, Host: "tracker-1",
		},
	}
	decorate.Apply(&opts, makers...)
	g, err := gateway.Start(opts)
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
	make decorate.Maker
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
			got := newBench(t, test.make).judge(t, ids(test.want)...)
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
