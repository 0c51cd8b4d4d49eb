package token

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// middleware is what is wrong with a gateway.
type middleware func(next http.Handler) http.Handler

func sound(next http.Handler) http.Handler { return next }

// at serves one endpoint otherwise.
func at(method, path string, serve func(w http.ResponseWriter, r *http.Request, next http.Handler)) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == method && r.URL.Path == path {
				serve(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// always answers one endpoint the same, without doing what it is there for.
func always(method, path string, status int, body string) middleware {
	return at(method, path, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
}

// edited changes the JSON that one endpoint answers with.
func edited(path string, edit func(body map[string]any)) middleware {
	return at(http.MethodGet, path, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		record := httptest.NewRecorder()
		next.ServeHTTP(record, r)
		var body map[string]any
		if record.Code == http.StatusOK && json.Unmarshal(record.Body.Bytes(), &body) == nil {
			edit(body)
			record.Body = new(bytes.Buffer)
			_ = json.NewEncoder(record.Body).Encode(body)
		}
		w.WriteHeader(record.Code)
		_, _ = w.Write(record.Body.Bytes())
	})
}

// described changes the description of the caller's token.
func described(key string, value any) middleware {
	return edited(protocol.PathToken, func(body map[string]any) { body["token"].(map[string]any)[key] = value })
}

// busy refuses whoever comes while somebody else is served at the path.
func busy(path string) middleware {
	var serving atomic.Bool
	return at(http.MethodGet, path, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if serving.Swap(true) {
			w.WriteHeader(http.StatusConflict)
			return
		}
		defer serving.Store(false)
		time.Sleep(50 * time.Millisecond) // so that they meet
		next.ServeHTTP(w, r)
	})
}

// forgetful no longer knows its tokens once it is told to forget.
func forgetful(forgets *atomic.Bool) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if forgets.Load() {
				r.Header.Set("Authorization", "Bearer "+other)
			}
			next.ServeHTTP(w, r)
		})
	}
}

// start runs a gateway with a fault, or a sound one. It has no button.
func start(t *testing.T, fault middleware, restart func(*gateway.Gateway) error) *spec.Env {
	t.Helper()
	g, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0", Tokens: []string{one}, Middleware: fault})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	env := spec.NewEnv(
		spec.Target{Address: g.Addr(), Embedded: true, Restarter: client.RestartFunc(func(context.Context, bool) error { return restart(g) })},
		spec.Settings{Profile: "reference", Grace: time.Second},
	)
	t.Cleanup(env.Close)
	env.UseToken(one)
	return env
}

// TestCasesFindFaults breaks what each requirement asks for that needs no button,
// and sees a case of it find that, and no case of another requirement.
func TestCasesFindFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault middleware
		found []string
	}{
		"none": {sound, nil},

		"no further tokens":      {always(http.MethodPost, protocol.PathGenerate, 403, `{"status":403,"returnCode":-3}`), []string{"TOK-16"}},
		"an empty further token": {always(http.MethodPost, protocol.PathGenerate, 401, `{"status":401,"token":{"token":""}}`), []string{"TOK-16"}},
		"further tokens for all": {at(http.MethodPost, protocol.PathGenerate, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			r.Header.Set("Authorization", "Bearer "+one)
			next.ServeHTTP(w, r)
		}), []string{"TOK-17"}},

		"one client at a time": {busy(protocol.PathHistory), []string{"TOK-18"}},

		"revokes nothing":     {always(http.MethodDelete, protocol.PathToken, 200, `{"status":200,"returnCode":1001}`), []string{"TOK-19"}},
		"does not revoke":     {always(http.MethodDelete, protocol.PathToken, 405, `{"status":405}`), []string{"TOK-19"}},
		"revokes another too": {at(http.MethodDelete, protocol.PathToken, revokeBoth), []string{"TOK-19"}},

		"last_used is missing":      {edited(protocol.PathToken, func(b map[string]any) { delete(b["token"].(map[string]any), "last_used") }), []string{"TOK-20"}},
		"last_used stays null":      {described("last_used", nil), []string{"TOK-20"}},
		"last_used has a zone":      {described("last_used", "2026-03-01T12:00:00Z"), []string{"TOK-20"}},
		"last_used before it was":   {described("last_used", "2001-03-01T12:00:00"), []string{"TOK-20"}},
		"ip_address stays null":     {described("ip_address", nil), []string{"TOK-20"}},
		"ip_address of another":     {described("ip_address", "192.0.2.7"), []string{"TOK-20"}},
		"ip_address with a port":    {described("ip_address", "127.0.0.1:4711"), []string{"TOK-20"}},
		"ip_address mapped to IPv6": {described("ip_address", "::ffff:127.0.0.1"), nil},
		"described elsewhere": {edited(protocol.PathToken, func(b map[string]any) {
			b["mine"] = b["token"]
			delete(b, "token")
		}), nil},

		"count is off":       {edited(protocol.PathTokens, func(b map[string]any) { b["count"] = 0 }), []string{"TOK-21"}},
		"count is text":      {edited(protocol.PathTokens, func(b map[string]any) { b["count"] = "1" }), []string{"TOK-21"}},
		"items are missing":  {edited(protocol.PathTokens, func(b map[string]any) { delete(b, "items") }), []string{"TOK-21"}},
		"names are missing":  {edited(protocol.PathTokens, func(b map[string]any) { delete(b["items"].([]any)[0].(map[string]any), "name") }), []string{"TOK-21"}},
		"the list is frozen": {always(http.MethodGet, protocol.PathTokens, 200, `{"count":1,"items":[{"name":"default"}]}`), []string{"TOK-21"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := start(t, test.fault, func(g *gateway.Gateway) error { return g.Restart("") })
			if found := findings(t, env); !slices.Equal(found, test.found) {
				t.Errorf("found by %v, want by %v", found, test.found)
			}
		})
	}
}

// revokeBoth revokes the run's token with the one that is to be revoked.
func revokeBoth(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && token != one {
		more := r.Clone(r.Context())
		more.Header.Set("Authorization", "Bearer "+one)
		next.ServeHTTP(httptest.NewRecorder(), more)
	}
	next.ServeHTTP(w, r)
}

func TestTokensThatAreLostInARestart(t *testing.T) {
	t.Parallel()
	var forgets atomic.Bool
	env := start(t, forgetful(&forgets), func(g *gateway.Gateway) error {
		forgets.Store(true)
		return g.Restart("")
	})
	if found := findings(t, env); !slices.Equal(found, []string{"TOK-23"}) {
		t.Errorf("found by %v, want by TOK-23", found)
	}
}

// findings runs the cases that wait for no window, those that restart the gateway
// last, and lists the requirements that do not hold.
func findings(t *testing.T, env *spec.Env) []string {
	t.Helper()
	cases := slices.DeleteFunc(slices.Clone(Chapter.Cases), func(k spec.Case) bool { return len(k.Probes) > 0 })
	slices.SortStableFunc(cases, func(a, b spec.Case) int { return rank(a) - rank(b) })
	var found []string
	for _, k := range cases {
		o := spec.Execute(t.Context(), env, k)
		switch o.Verdict {
		case report.Fail, report.Warning:
			t.Logf("%s: %s %s, %s", k.FullName(), o.Verdict, o.Findings[0].Expected, o.Findings[0].Actual)
			found = append(found, k.ID)
		case report.Error:
			t.Errorf("%s: %s", k.FullName(), o.Reason)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// rank puts what spoils the gateway for others behind them.
func rank(k spec.Case) int {
	if slices.Contains(k.Needs, spec.NeedRestart) {
		return 3
	}
	return slices.Index([]string{"TOK-19", "TOK-24"}, k.ID)
}
