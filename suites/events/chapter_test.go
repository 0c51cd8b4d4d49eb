package events_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"ttcheck/fixtures/foreign"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/events"
	"ttcheck/suites/spec"
)

// speedup shortens what the cases wait for; no event waits for the protocol's clock.
const speedup = 60

func TestChapterPassesOnTheForeignGateway(t *testing.T) {
	t.Parallel()
	g, err := foreign.Start(foreign.Options{Listen: "127.0.0.1:0", Speedup: speedup})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	runChapter(t, g.Addr(), g.Press)
}

// runChapter runs every case against the gateway and expects a verdict of each.
func runChapter(t *testing.T, address string, press func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	env := spec.NewEnv(
		spec.Target{Address: address, Embedded: true},
		spec.Settings{Profile: "full", Speedup: speedup, Grace: time.Second},
	)
	lag, stop := context.WithCancel(ctx)
	measured := make(chan struct{})
	go func() { defer close(measured); env.Lag.Run(lag) }()
	defer func() { stop(); <-measured }()
	press()
	res, token := env.Scene(ctx).GenerateToken("")
	secret, err := token.String("token")
	if err != nil || res.Status != http.StatusCreated {
		t.Fatalf("generate a token: %s", res)
	}
	env.UseToken(secret)
	var probes []spec.AnyProbe
	for _, k := range events.Chapter.Cases {
		probes = append(probes, k.Probes...)
	}
	env.StartProbes(ctx, probes)
	defer env.AwaitProbes()
	for _, k := range events.Chapter.Cases {
		begun := time.Now()
		o := spec.Execute(ctx, env, k)
		t.Logf("%-30s %-8s %5v %v", k.FullName(), o.Verdict, time.Since(begun).Round(time.Millisecond), o.Notes)
		if o.Verdict != report.Pass {
			t.Errorf("%s: %s %s", k.FullName(), o.Verdict, o.Reason)
			for _, f := range o.Findings {
				t.Errorf("  expected %s\n  saw %s", f.Expected, f.Actual)
			}
		}
	}
	if err := env.ClearOrders(ctx); err != nil {
		t.Error(err)
	}
	if left := env.Orders.Busy(); len(left) > 0 {
		t.Errorf("names that were not given back: %v", left)
	}
}

func TestEveryRequirementHasACase(t *testing.T) {
	t.Parallel()
	cases := map[string]bool{}
	for _, k := range events.Chapter.Cases {
		cases[k.ID] = true
	}
	for _, r := range protocol.Catalogue {
		if r.Chapter == protocol.Events && r.Profile != protocol.Robustness && !cases[r.ID] {
			t.Errorf("%s has no case", r.ID)
		}
	}
}
