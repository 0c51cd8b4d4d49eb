package orders_test

import (
	"strings"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/orders"
	"ttcheck/suites/spec"
)

const (
	// speedup shortens what the cases wait for on the gateway's clock.
	speedup = 100
	secret  = "0123456789abcdef0123456789abcdef0123456789abcdef"
)

// start runs a gateway with a fault, or a sound one.
func start(t *testing.T, f fault) *spec.Env {
	t.Helper()
	g, err := gateway.Start(gateway.Options{
		Listen: "127.0.0.1:0", Speedup: speedup, Tokens: []string{secret}, Middleware: f.middleware,
		Timing: protocol.Timing{TokenDeadline: time.Hour}, // no case here waits for it
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	env := spec.NewEnv(
		spec.Target{Address: g.Addr(), Embedded: true},
		spec.Settings{Profile: "reference", Speedup: speedup, Grace: time.Second},
	)
	t.Cleanup(env.Close)
	env.UseToken(secret)
	return env
}

func TestChapterHolds(t *testing.T) {
	t.Parallel()
	env := start(t, fault{})
	for _, k := range orders.Chapter.Cases {
		if o := spec.Execute(t.Context(), env, k); o.Verdict != report.Pass {
			t.Errorf("%s: %s: %s %+v", k.FullName(), o.Verdict, o.Reason, o.Findings)
		}
	}
	if busy := env.Orders.Busy(); len(busy) > 0 {
		t.Errorf("names that were not given back: %v", busy)
	}
}

// TestCasesFindFaults breaks what each requirement asks for, and sees a case of it
// find that and say what it saw.
func TestCasesFindFaults(t *testing.T) {
	t.Parallel()
	for name, f := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := start(t, f)
			id, _, _ := strings.Cut(name, " ")
			var seen []string
			for _, k := range orders.Chapter.Cases {
				if k.ID != id {
					continue
				}
				for _, finding := range spec.Execute(t.Context(), env, k).Findings {
					seen = append(seen, "expected "+finding.Expected+", actual "+finding.Actual)
				}
				if strings.Contains(strings.Join(seen, "\n"), f.found) {
					return
				}
			}
			t.Errorf("no case of %s says %q; found: %q", id, f.found, seen)
		})
	}
}

// TestGatewayThatMakesNoOrders proves that its refusal is the finding of the cases
// that find out, and nobody else's.
func TestGatewayThatMakesNoOrders(t *testing.T) {
	t.Parallel()
	env := start(t, noOrders)
	env.NoOrders("POST is answered 405")
	for _, k := range orders.Chapter.Cases {
		want := map[string]report.Verdict{
			"ORD-01": report.Pass, "ORD-03": report.Pass, "ORD-16": report.Pass,
			"ORD-04": report.Warning, "ORD-05": report.Warning, "ORD-06": report.Warning, "ORD-07": report.Warning,
		}[k.ID]
		o := spec.Execute(t.Context(), env, k)
		if o.Verdict != want && o.Verdict != report.Skipped || want == report.Warning && o.Verdict == report.Skipped {
			t.Errorf("%s: %s, want %s: %s", k.FullName(), o.Verdict, want, o.Reason)
		}
	}
}
