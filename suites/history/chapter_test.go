package history_test

import (
	"strings"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/history"
	"ttcheck/suites/spec"
)

const (
	// speedup shortens what the cases wait for on the gateway's clock.
	speedup = 100
	secret  = "0123456789abcdef0123456789abcdef0123456789abcdef"
	day     = 24 * time.Hour
)

// start runs a gateway with a fault, or a sound one.
func start(t *testing.T, f fault) *spec.Env {
	t.Helper()
	g, err := gateway.Start(gateway.Options{
		Listen: "127.0.0.1:0", Speedup: speedup, Tokens: []string{secret}, History: 120, Seed: 1,
		Timing:     protocol.Timing{Retention: f.retention, TokenDeadline: time.Hour}, // no case here waits for the latter
		Middleware: f.middleware,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	env := spec.NewEnv(
		spec.Target{Address: g.Addr(), Embedded: true, HistoryReaches: 13*day + 12*time.Hour},
		spec.Settings{Profile: "reference", Speedup: speedup, Grace: time.Second},
	)
	t.Cleanup(env.Close)
	env.UseToken(secret)
	return env
}

// run executes the cases of one requirement, or of all, until seen has seen enough.
func run(t *testing.T, env *spec.Env, id string, seen func(spec.Case, spec.Outcome) (enough bool)) {
	t.Helper()
	var cases []spec.Case
	var probes []spec.AnyProbe
	for _, k := range history.Chapter.Cases {
		if id == "" || k.ID == id {
			cases, probes = append(cases, k), append(probes, k.Probes...)
		}
	}
	env.StartProbes(t.Context(), probes)
	defer env.AwaitProbes()
	for _, k := range cases {
		if seen(k, spec.Execute(t.Context(), env, k)) {
			return
		}
	}
}

func TestChapterHolds(t *testing.T) {
	t.Parallel()
	for name, f := range choices() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := start(t, f)
			run(t, env, "", func(k spec.Case, o spec.Outcome) bool {
				if o.Verdict != report.Pass && o.Verdict != report.Info {
					t.Errorf("%s: %s: %s %+v", k.FullName(), o.Verdict, o.Reason, o.Findings)
				}
				return false
			})
			if busy := env.Orders.Busy(); len(busy) > 0 {
				t.Errorf("names that were not given back: %v", busy)
			}
		})
	}
}

// TestCasesFindFaults breaks what each requirement asks for, and sees a case of it
// find that and say what it saw.
func TestCasesFindFaults(t *testing.T) {
	t.Parallel()
	for name, f := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id, _, _ := strings.Cut(name, " ")
			var seen []string
			found := false
			run(t, start(t, f), id, func(_ spec.Case, o spec.Outcome) bool {
				for _, finding := range o.Findings {
					text := "expected " + finding.Expected + ", actual " + finding.Actual
					first := finding.Evidence[0].Sent
					seen = append(seen, text+", proved by "+first)
					found = found || strings.Contains(text, f.found) && strings.Contains(first, f.first)
				}
				return found
			})
			if !found {
				t.Errorf("no case of %s says %q; found: %q", id, f.found, seen)
			}
		})
	}
}

// TestWithoutLeave proves that on a gateway whose orders are not to be touched no
// case makes any, and what can be seen holds.
func TestWithoutLeave(t *testing.T) {
	t.Parallel()
	f := fault{onlyReads: true}
	env := start(t, f)
	env.Target.Embedded = false
	run(t, env, "", func(k spec.Case, o spec.Outcome) bool {
		if o.Verdict != report.Pass && o.Verdict != report.Info && o.Skip != report.NotPermitted {
			t.Errorf("%s: %s: %s %+v", k.FullName(), o.Verdict, o.Reason, o.Findings)
		}
		return false
	})
}
