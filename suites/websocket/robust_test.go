package websocket_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/foreign"
	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
	"ttcheck/suites/websocket"
)

// speedup is that of the gateways here: fast, and yet so that a busy machine keeps
// a deadline.
const speedup = 10

// prepare gives a run against a gateway its token. Without a button it has one, and
// no orders.
func prepare(t *testing.T, address string, press func()) *spec.Env {
	t.Helper()
	env := spec.NewEnv(
		spec.Target{Address: address, Embedded: true},
		spec.Settings{Profile: "full", Speedup: speedup, Grace: time.Second},
	)
	t.Cleanup(env.Close)
	if press == nil {
		env.UseToken(secret)
		env.NoOrders("it is a WebSocket only")
		return env
	}
	press()
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

// robustCases are those on hostile input.
func robustCases() []spec.Case {
	return slices.DeleteFunc(slices.Clone(websocket.Chapter.Cases), func(k spec.Case) bool {
		return k.Requirement().Profile != protocol.Robustness
	})
}

// run executes robustness cases side by side with their probes.
func run(t *testing.T, env *spec.Env, cases []spec.Case) map[string]spec.Outcome {
	t.Helper()
	var probes []spec.AnyProbe
	for _, k := range cases {
		probes = append(probes, k.Probes...)
	}
	env.StartProbes(t.Context(), probes)
	defer env.AwaitProbes()
	outcomes := map[string]spec.Outcome{}
	for _, k := range cases {
		outcomes[k.FullName()] = spec.Execute(t.Context(), env, k)
	}
	return outcomes
}

// TestRobustnessHolds shows that sound gateways pass.
func TestRobustnessHolds(t *testing.T) {
	t.Parallel()
	reference, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0", Speedup: speedup})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reference.Close() })
	stranger, err := foreign.Start(foreign.Options{Listen: "127.0.0.1:0", Speedup: speedup})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stranger.Close() })
	envs := map[string]*spec.Env{
		"reference": prepare(t, reference.Addr(), reference.Press),
		"foreign":   prepare(t, stranger.Addr(), stranger.Press),
	}
	for name, env := range envs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for name, o := range run(t, env, robustCases()) {
				if o.Verdict != report.Pass {
					t.Errorf("%s: %s: %s %+v", name, o.Verdict, o.Reason, o.Findings)
				}
				t.Logf("%s: %v %q", name, o.Took.Round(time.Millisecond), o.Notes)
			}
		})
	}
}

// TestRobustnessFindsFaults breaks one rule at a time, and sees the cases of its
// requirement find that, and no other.
func TestRobustnessFindsFaults(t *testing.T) {
	t.Parallel()
	waits := func(_ *loose, p *peer) { _, _ = io.Copy(io.Discard, p) }
	tests := map[string]struct {
		gateway *loose
		found   string
	}{
		"nothing":                 {&loose{}, ""},
		"waits for the rest":      {&loose{huge: waits}, ""},
		"every frame is a start":  {&loose{patient: true}, "WS-15"},
		"no mask":                 {&loose{overlooks: masked}, "WS-18"},
		"any bits":                {&loose{overlooks: reservedBits}, "WS-18"},
		"any opcode":              {&loose{overlooks: reserved}, "WS-18"},
		"unknown opcodes":         {&loose{overlooks: unknown}, "WS-18"},
		"no beginning":            {&loose{overlooks: begun}, "WS-18"},
		"no end":                  {&loose{overlooks: finished}, "WS-18"},
		"long control frames":     {&loose{overlooks: control}, "WS-18"},
		"parts of control frames": {&loose{overlooks: whole}, "WS-18"},
		"all for one":             {&loose{broken: (*loose).endAll}, "WS-18"},
		"down with one":           {&loose{broken: (*loose).goDown}, "WS-18"},
		"no key": {&loose{handshake: func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Sec-WebSocket-Key") == "" {
				r.Header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
			}
			return false
		}}, "WS-22"},
		"a crash without a key": {&loose{handshake: func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Sec-WebSocket-Key") == "" {
				w.WriteHeader(http.StatusInternalServerError)
				return true
			}
			return false
		}}, "WS-22"},
		"no word without a key": {&loose{handshake: func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Sec-WebSocket-Key") == "" {
				panic(http.ErrAbortHandler)
			}
			return false
		}}, "WS-22"},
		"later versions": {&loose{handshake: func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Sec-WebSocket-Version") > "13" {
				r.Header.Set("Sec-WebSocket-Version", "13")
			}
			return false
		}}, "WS-22"},
		"any method": {&loose{handshake: func(_ http.ResponseWriter, r *http.Request) bool {
			r.Method = http.MethodGet
			return false
		}}, "WS-22"},
		"no Upgrade": {&loose{handshake: func(_ http.ResponseWriter, r *http.Request) bool {
			r.Header.Set("Upgrade", "websocket")
			return false
		}}, "WS-22"},
		"any bytes":            {&loose{overlooks: text}, "WS-27"},
		"any bytes later":      {&loose{overlooks: textLater}, "WS-27"},
		"any bytes in a frame": {&loose{overlooks: textWhole}, "WS-27"},
		"room for all":         {&loose{huge: func(d *loose, _ *peer) { d.endAll() }}, "WS-27"},
		"room for nobody":      {&loose{huge: func(d *loose, _ *peer) { d.goDown() }}, "WS-27"},
		"waits for ever": {&loose{huge: func(d *loose, p *peer) {
			_ = p.SetReadDeadline(time.Time{})
			waits(d, p)
		}}, "WS-27"},
	}
	slots := make(chan struct{}, sideBySide)
	var wait sync.WaitGroup
	for name, test := range tests {
		test.gateway.peers = map[*peer]bool{}
		server := httptest.NewServer(test.gateway)
		t.Cleanup(func() { test.gateway.endAll(); server.Close() })
		env := prepare(t, strings.TrimPrefix(server.URL, "http://"), nil)
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if found := failures(t, name, run(t, env, robustCases())); found != test.found {
				t.Errorf("%s: found by %q, want by %q", name, found, test.found)
			}
		})
	}
	wait.Wait()
}

// sideBySide is how many faults are tried at a time: most of them make a case wait.
const sideBySide = 10

// failures names the requirements that fail.
func failures(t *testing.T, fault string, outcomes map[string]spec.Outcome) string {
	t.Helper()
	var found []string
	for name, o := range outcomes {
		switch o.Verdict {
		case report.Fail:
			id, _, _ := strings.Cut(name, " ")
			found = append(found, id)
			t.Logf("%s: %s: expected %s, saw %s", fault, name, o.Findings[0].Expected, o.Findings[0].Actual)
		case report.Error, report.Inconclusive:
			t.Logf("%s: %s: %s %s", fault, name, o.Verdict, o.Reason)
		}
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), " ")
}
