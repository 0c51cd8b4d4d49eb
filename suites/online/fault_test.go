package online

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

const secret = "0123456789abcdef0123456789abcdef0123456789abcdef"

// serve answers a request, in place of the gateway or by it, while a number of
// WebSockets are open.
type serve func(w http.ResponseWriter, r *http.Request, sockets int64, next http.Handler)

// start runs a gateway whose online check is served otherwise.
func start(t *testing.T, otherwise serve) *spec.Env {
	t.Helper()
	var sockets atomic.Int64
	g, err := gateway.Start(gateway.Options{
		Listen: "127.0.0.1:0", Tokens: []string{secret},
		Middleware: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == protocol.PathWebSocket {
					sockets.Add(1)
				}
				otherwise(w, r, sockets.Load(), next)
			})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	env := spec.NewEnv(spec.Target{Address: g.Addr(), Embedded: true}, spec.Settings{Profile: "reference", Grace: time.Second})
	t.Cleanup(env.Close)
	env.UseToken(secret)
	return env
}

// instead answers the online check so.
func instead(status int, label, body string) serve {
	return func(w http.ResponseWriter, r *http.Request, _ int64, next http.Handler) {
		if r.URL.Path != protocol.Base {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", label)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// limited holds so many WebSockets, and serves everything or only those beyond them.
func limited(most int64, online bool) serve {
	return func(w http.ResponseWriter, r *http.Request, sockets int64, next http.Handler) {
		if sockets > most && (r.URL.Path == protocol.PathWebSocket || !online) {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	}
}

func TestCasesFindFaults(t *testing.T) {
	t.Parallel()
	pass, fail, warn, skip := report.Pass, report.Fail, report.Warning, report.Skipped
	const label = "application/json"
	tests := map[string]struct {
		serve serve
		want  map[string]report.Verdict
	}{
		"sound":             {limited(1<<40, true), map[string]report.Verdict{"ONL-01": pass, "ONL-02": pass, "ONL-03": pass, "ONL-04": pass}},
		"another 2xx":       {instead(203, label+"; charset=utf-8", `{}`), map[string]report.Verdict{"ONL-01": pass, "ONL-02": pass, "ONL-03": pass, "ONL-04": pass}},
		"secured":           {instead(401, label, `{}`), map[string]report.Verdict{"ONL-01": fail, "ONL-02": pass, "ONL-03": skip, "ONL-04": skip}},
		"a list":            {instead(200, label, `[]`), map[string]report.Verdict{"ONL-01": fail, "ONL-02": pass}},
		"a page":            {instead(200, "text/html", `<p>`), map[string]report.Verdict{"ONL-01": fail, "ONL-02": warn}},
		"nothing":           {instead(204, label, ``), map[string]report.Verdict{"ONL-01": fail, "ONL-02": skip}},
		"labelled as text":  {instead(200, "text/plain", `{}`), map[string]report.Verdict{"ONL-01": pass, "ONL-02": warn}},
		"room for 150":      {limited(150, true), map[string]report.Verdict{"ONL-03": pass}},
		"room for 50":       {limited(50, true), map[string]report.Verdict{"ONL-03": skip}},
		"busy from 150":     {limited(150, false), map[string]report.Verdict{"ONL-03": fail}},
		"busy even from 20": {limited(20, false), map[string]report.Verdict{"ONL-03": fail}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := start(t, test.serve)
			for _, k := range Chapter.Cases {
				want, judged := test.want[k.ID]
				if !judged {
					continue
				}
				if o := spec.Execute(t.Context(), env, k); o.Verdict != want {
					t.Errorf("%s: %s, want %s: %s %+v", k.ID, o.Verdict, want, o.Reason, o.Findings)
				}
			}
		})
	}
}

// TestUsualTime proves that a gateway that is slow once in a while is not found
// slow, and one that mostly is, is.
func TestUsualTime(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		took []int // milliseconds
		want report.Verdict
	}{
		"always quick":  {[]int{3, 2, 1, 2, 3}, report.Pass},
		"slow at times": {[]int{3, 2500, 1, 2500, 3}, report.Pass},
		"just in time":  {[]int{1000, 1000, 1000, 1000, 1000}, report.Pass},
		"mostly slow":   {[]int{3, 1100, 1100, 3, 1100}, report.Warning},
		"always slow":   {[]int{1100, 1100, 1100, 1100, 1100}, report.Warning},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sent := time.Now().Add(-time.Minute)
			var answers []*client.Response
			for _, ms := range test.took {
				answers = append(answers, &client.Response{Sent: sent, Received: sent.Add(time.Duration(ms) * time.Millisecond)})
			}
			env := spec.NewEnv(spec.Target{Address: "127.0.0.1:9"}, spec.Settings{Profile: "reference"})
			defer env.Close()
			o := spec.Execute(t.Context(), env, spec.Case{ID: "ONL-04", Run: func(c *spec.C) { areUsuallyInTime(c, answers) }})
			if o.Verdict != test.want {
				t.Errorf("the verdict is %s, want %s: %+v", o.Verdict, test.want, o.Findings)
			}
		})
	}
}
