package events_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/foreign"
	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/events"
	"ttcheck/suites/spec"
)

const (
	// speedup shortens what the cases wait for on the gateway's clock.
	speedup = 60
	// gentle is for a gateway whose deadline for the token is sped up with the rest:
	// a busy machine must be able to keep it.
	gentle = 12
)

func TestChapterHoldsOnTheReferenceGateway(t *testing.T) {
	t.Parallel()
	holds(t, prepare(t, startGateway(t, gateway.Options{})))
}

func TestChapterHoldsOnTheForeignGateway(t *testing.T) {
	t.Parallel()
	g, err := foreign.Start(foreign.Options{Listen: "127.0.0.1:0", Speedup: gentle})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	holds(t, prepare(t, target{g.Addr(), g.Press, gentle}))
}

// TestChapterWithoutPaging proves that a gateway which has no tracker to page
// fails nothing, and that only what needs a page is skipped.
func TestChapterWithoutPaging(t *testing.T) {
	t.Parallel()
	refuse := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/page") {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(`{"status":400,"returnCode":-14,"message":"no tracker"}`))
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	holds(t, prepare(t, startGateway(t, gateway.Options{Middleware: refuse})), "EVT-06", "EVT-19")
}

// target is a gateway to run the chapter against.
type target struct {
	address string
	press   func()
	speedup float64
}

func startGateway(t *testing.T, o gateway.Options) target {
	t.Helper()
	o.Listen, o.Speedup = "127.0.0.1:0", speedup
	o.Timing.TokenDeadline = time.Hour // no case here waits for it
	g, err := gateway.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return target{g.Addr(), g.Press, speedup}
}

// prepare gives a run its token, and has it measure its own lag.
func prepare(t *testing.T, g target) *spec.Env {
	t.Helper()
	env := spec.NewEnv(
		spec.Target{Address: g.address, Embedded: true},
		spec.Settings{Profile: "reference", Speedup: g.speedup, Grace: time.Second},
	)
	ctx, cancel := context.WithCancel(context.Background())
	measured := make(chan struct{})
	go func() { defer close(measured); env.Lag.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-measured })
	g.press()
	res := env.Scene(t.Context()).Do(client.Request{Path: protocol.PathGenerate})
	o, _ := res.Object()
	token, _ := o.Object("token")
	secret, err := token.String("token")
	if err != nil {
		t.Fatalf("generate a token: %s", res)
	}
	env.UseToken(secret)
	return env
}

// holds runs every case, of which the given requirements are to be skipped and all
// others to pass, and looks whether everything is cleared.
func holds(t *testing.T, env *spec.Env, skipped ...string) {
	t.Helper()
	var probes []spec.AnyProbe
	for _, k := range events.Chapter.Cases {
		probes = append(probes, k.Probes...)
	}
	env.StartProbes(t.Context(), probes)
	defer env.AwaitProbes()
	for _, k := range events.Chapter.Cases {
		want := report.Pass
		for _, id := range skipped {
			if id == k.ID {
				want = report.Skipped
			}
		}
		if o := spec.Execute(t.Context(), env, k); o.Verdict != want {
			t.Errorf("%s: %s, want %s: %s", k.FullName(), o.Verdict, want, o.Reason)
			for _, f := range o.Findings {
				t.Errorf("expected %s\nactual %s", f.Expected, f.Actual)
			}
		}
	}
	if busy := env.Orders.Busy(); len(busy) > 0 {
		t.Errorf("names that were not given back: %v", busy)
	}
}
