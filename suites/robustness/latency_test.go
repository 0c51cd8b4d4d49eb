package robustness

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// TestWorseAtTheEnd slows things down between the start of a run and its end.
func TestWorseAtTheEnd(t *testing.T) {
	t.Parallel()
	pass, warn := report.Pass, report.Warning
	const ms = time.Millisecond
	tests := map[string]struct {
		path  string
		delay time.Duration
		lost  bool
		want  report.Verdict
		found string
	}{
		"nothing":               {"", 0, false, pass, ""},
		"a little":              {protocol.Base, 100 * ms, false, pass, ""},
		"the online check":      {protocol.Base, time.Second, false, warn, "the online check after the run"},
		"the token list":        {protocol.PathTokens, time.Second, false, warn, "the token list after the run"},
		"the snapshot":          {protocol.PathWebSocket, time.Second, false, warn, "the snapshot after the run"},
		"the token list failed": {protocol.PathTokens, 0, true, warn, "it was not answered"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var worse atomic.Bool
			g := startSound(t, gateway.Options{Middleware: func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if worse.Load() && r.URL.Path == test.path {
						time.Sleep(test.delay)
						if test.lost {
							w.WriteHeader(http.StatusInternalServerError)
							return
						}
					}
					next.ServeHTTP(w, r)
				})
			}})
			env := environment(t, g.Addr(), secret)
			env.Lag = spec.NewLag()                                // which measures nothing: this gateway is as slow as that
			env.StartProbes(t.Context(), []spec.AnyProbe{atStart}) // before it gets worse
			env.AwaitProbes()
			worse.Store(true)
			if found := execute(t, env, "ROB-05", test.want); !strings.Contains(found, test.found) {
				t.Errorf("nothing says %q; found: %s", test.found, found)
			}
		})
	}
}

// TestWorst proves that only what is worse by a factor and by a time that one
// notices counts.
func TestWorst(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	tests := map[string]struct {
		was, is time.Duration // 0 for no answer
		worse   bool
	}{
		"the same":              {5 * ms, 5 * ms, false},
		"ten times, unnoticed":  {5 * ms, 50 * ms, false},
		"ten times, noticed":    {50 * ms, 500 * ms, true},
		"twice, noticed":        {500 * ms, 1000 * ms, false},
		"thrice to the letter":  {500 * ms, 1500 * ms, false},
		"more than thrice":      {500 * ms, 1501 * ms, true},
		"quicker":               {500 * ms, 5 * ms, false},
		"answered no more":      {5 * ms, 0, true},
		"never answered":        {0, 0, false},
		"answered only at last": {0, 5000 * ms, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := func(d time.Duration) map[string]time.Duration {
				took := map[string]time.Duration{things[0].name: ms, things[2].name: ms}
				if d > 0 {
					took[things[1].name] = d
				}
				return took
			}
			thing, over, err := worst(seen(test.was), seen(test.is))
			if worse := over > 0; worse != test.worse || worse != (err != nil) || worse && thing != things[1].name {
				t.Errorf("%q is worse by %v beyond the limit (%v), want worse: %t", thing, over, err, test.worse)
			}
		})
	}
}
