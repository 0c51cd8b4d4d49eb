package history_test

import (
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/foreign"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// drops has the gateway overlook a filter that some value makes it overlook.
func drops(key string, which func(value string) bool) fault {
	return fault{found: "list no order that the filter excludes", ask: func(q url.Values) {
		if q.Has(key) && which(q.Get(key)) {
			q.Del(key)
		}
	}}
}

// cuts has it make another value of what a filter is given, and overlook an empty
// one.
func cuts(key string, to func(value string) string) fault {
	return fault{found: "list no order that the filter excludes", ask: func(q url.Values) {
		if q.Has(key) {
			q.Set(key, to(q.Get(key)))
		}
		if q.Get(key) == "" {
			q.Del(key)
		}
	}}
}

// breaks has it answer 500 to some queries.
func breaks(which func(q url.Values) bool) fault {
	return fault{found: "be answered, and not by 5xx", answer: func(q url.Values, status int, _ object) int {
		if which(q) {
			return 500
		}
		return status
	}}
}

// hostileFaults lists ways to break HIST-14.
func hostileFaults() map[string]fault {
	holding := func(part string) func(string) bool {
		return func(value string) bool { return strings.Contains(value, part) }
	}
	digits := func(value string) string {
		return strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, value)
	}
	var dropped atomic.Bool
	return map[string]fault{
		"HIST-14 injected":         drops("location_name", holding("' OR '1'='1")),
		"HIST-14 injected, quoted": drops("location_name", holding(`" OR "1"="1`)),
		"HIST-14 injected type":    drops("order_type", holding("OR 1=1 --")),
		"HIST-14 any sign":         drops("location_name", func(v string) bool { return v == "%" || v == "__" }),
		"HIST-14 a pattern":        drops("location_name", func(v string) bool { return v == ".*" }),
		"HIST-14 an operator":      drops("location_name", holding("$ne")),
		"HIST-14 too long to look": drops("location_name", func(v string) bool { return len(v) > 255 }),
		"HIST-14 up to a NUL":      cuts("location_name", func(v string) string { before, _, _ := strings.Cut(v, "\x00"); return before }),
		"HIST-14 the digits of it": cuts("location_name", digits),
		"HIST-14 several are none": {found: "list no order that the filter excludes", ask: func(q url.Values) {
			if len(q["location_name"]) > 1 {
				q.Del("location_name")
			}
		}},
		"HIST-14 a quote":        breaks(func(q url.Values) bool { return q.Get("location_name") == "'" }),
		"HIST-14 no UTF-8":       breaks(func(q url.Values) bool { return strings.Contains(q.Get("location_name"), "\xff") }),
		"HIST-14 a long type":    breaks(func(q url.Values) bool { return len(q.Get("order_type")) > 1024 }),
		"HIST-14 a list":         breaks(func(q url.Values) bool { return len(q["limit"]) > 1 }),
		"HIST-14 a large number": breaks(func(q url.Values) bool { return len(q.Get("offset")) == 20 }),
		"HIST-14 a quoted date":  breaks(func(q url.Values) bool { return strings.HasPrefix(q.Get("created_before"), "'") }),
		"HIST-14 a header":       {found: "hold nothing of the query", echo: true},
		"HIST-14 dropped": {found: "list what it listed before",
			ask: func(q url.Values) {
				if strings.Contains(q.Get("location_name"), "DROP TABLE") {
					dropped.Store(true)
				}
			},
			rows: func(_ url.Values, rows []object) []object {
				if dropped.Load() {
					return []object{}
				}
				return rows
			},
		},
	}
}

// holdsOn runs the cases of HIST-14, all of which must pass.
func holdsOn(t *testing.T, env *spec.Env) {
	t.Helper()
	run(t, env, "HIST-14", func(k spec.Case, o spec.Outcome) bool {
		if o.Verdict != report.Pass {
			t.Errorf("%s: %s: %s %+v", k.FullName(), o.Verdict, o.Reason, o.Findings)
		}
		t.Logf("%s took %v %q", k.FullName(), o.Took.Round(time.Millisecond), o.Notes)
		return false
	})
}

// TestTypesThatAreOverlooked proves that a gateway which overlooks every type that is
// none is left to HIST-10.
func TestTypesThatAreOverlooked(t *testing.T) {
	t.Parallel()
	overlooked := func(kind string) bool { return kind != string(protocol.ToGo) && kind != string(protocol.OnPremise) }
	holdsOn(t, start(t, drops("order_type", overlooked)))
}

func TestHostileParametersOnTheForeignGateway(t *testing.T) {
	t.Parallel()
	g, err := foreign.Start(foreign.Options{Listen: "127.0.0.1:0", Speedup: speedup})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	env := spec.NewEnv(
		spec.Target{Address: g.Addr(), Embedded: true},
		spec.Settings{Profile: "full", Speedup: speedup, Grace: time.Second},
	)
	t.Cleanup(env.Close)
	g.Press()
	res := env.Scene(t.Context()).Do(client.Request{Path: protocol.PathGenerate})
	o, _ := res.Object()
	token, _ := o.Object("token")
	secret, err := token.String("token")
	if err != nil {
		t.Fatalf("generate a token: %s", res)
	}
	env.UseToken(secret)
	holdsOn(t, env)
}
