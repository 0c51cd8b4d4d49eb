package robustness

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ttcheck/client"
	"ttcheck/fixtures/foreign"
	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

func TestMain(m *testing.M) {
	// Gateways in this process need less than those on a board.
	blowTime, between, rest = 300*time.Millisecond, 300*time.Millisecond, 100*time.Millisecond
	inTime, hang, notice, tries = 2*time.Second, 8*time.Second, time.Second, 1
	goleak.VerifyTestMain(m)
}

const secret = "0123456789abcdef0123456789abcdef0123456789abcdef"

// environment is that of a run against a gateway, with a lag that is measured.
func environment(t *testing.T, address, token string) *spec.Env {
	t.Helper()
	env := spec.NewEnv(
		spec.Target{Address: address},
		// The speed-up shortens how long the gateway may take to notice who is gone.
		spec.Settings{Profile: "full", Speedup: 100, Grace: time.Second, Allowed: spec.Leaves},
	)
	ctx, cancel := context.WithCancel(context.Background())
	measured, lag := make(chan struct{}), env.Lag
	go func() { defer close(measured); lag.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-measured; env.Close() })
	env.UseToken(token)
	return env
}

// startSound runs the reference gateway.
func startSound(t *testing.T, opts gateway.Options) *gateway.Gateway {
	t.Helper()
	opts.Listen, opts.Tokens = "127.0.0.1:0", []string{secret}
	g, err := gateway.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

// execute runs the cases of a name, or of all if it is empty, and wants a verdict of
// each. It returns what was found.
func execute(t *testing.T, env *spec.Env, name string, want report.Verdict) string {
	t.Helper()
	var found strings.Builder
	ran := false
	for _, k := range Chapter.Cases {
		if !strings.HasPrefix(k.FullName(), name) {
			continue
		}
		ran = true
		env.StartProbes(t.Context(), k.Probes)
		o := spec.Execute(t.Context(), env, k)
		for _, f := range o.Findings {
			found.WriteString("expected " + f.Expected + ", actual " + f.Actual + "\n")
		}
		if o.Verdict != want {
			t.Errorf("%s: %s, want %s: %s %s", k.FullName(), o.Verdict, want, o.Reason, found.String())
		}
		t.Logf("%s: %v %q", k.FullName(), o.Took.Round(time.Millisecond), o.Notes)
	}
	env.AwaitProbes()
	if busy := env.Orders.Busy(); want == report.Pass && len(busy) > 0 {
		t.Errorf("names that were not given back: %v", busy)
	}
	if !ran {
		t.Errorf("there is no case %q", name)
	}
	return found.String()
}

func TestChapterHoldsOnTheReferenceGateway(t *testing.T) {
	t.Parallel()
	g := startSound(t, gateway.Options{})
	execute(t, environment(t, g.Addr(), secret), "", report.Pass)
	if s := g.State(); len(s.Orders) > 0 || s.Tokens != 1 {
		t.Errorf("the chapter left %d orders and %d tokens", len(s.Orders), s.Tokens)
	}
}

func TestChapterHoldsOnTheForeignGateway(t *testing.T) {
	t.Parallel()
	g, err := foreign.Start(foreign.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	env := environment(t, g.Addr(), "")
	g.Press()
	o, _ := env.Scene(t.Context()).Do(client.Request{Path: protocol.PathGenerate}).Object()
	token, _ := o.Object("token")
	made, err := token.String("token")
	if err != nil {
		t.Fatal(err)
	}
	env.UseToken(made)
	execute(t, env, "", report.Pass)
}
