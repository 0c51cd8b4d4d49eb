package management

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"ttcheck/protocol"
)

// The ways in which faults change what is asked, or call back.

func clampTarget(b object) {
	if n, ok := b["targetTimeDefault"].(float64); ok && n < 0 {
		b["targetTimeDefault"] = 1
	}
}

func anyZone(b object) {
	if zone, ok := b["timezone"].(string); ok && strings.HasPrefix(zone, "Nowhere") {
		b["timezone"] = "UTC"
	}
}

// cutCode takes the code out of whatever stands around it, but only at the front.
func cutCode(b object) {
	if code, ok := b["deviceCode"].(string); ok {
		b["deviceCode"] = strings.TrimPrefix(code, "x")
	}
}

func cutTimeout(b object) {
	if n, ok := b["timeout"].(float64); ok && n >= 256 {
		b["timeout"] = int(n) % 256
	}
}

func lessTimeout(b object) {
	if n, ok := b["timeout"].(float64); ok && n > 0 {
		b["timeout"] = n - 1
	}
}

// refusesButObeys refuses a change with something wrong in it and makes the part
// that is right.
func refusesButObeys(found string) fault {
	return fault{found: found, serve: func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if !is(r, http.MethodPost, protocol.PathSettings) {
			return false
		}
		raw, _ := io.ReadAll(r.Body)
		whole := r.Clone(r.Context())
		setBody(whole, raw)
		next.ServeHTTP(w, whole)
		for _, member := range membersOf(raw) {
			part := r.Clone(r.Context())
			setBody(part, []byte("{"+member+"}"))
			next.ServeHTTP(httptest.NewRecorder(), part)
		}
		return true
	}}
}

// callAs calls by another method.
func callAs(method string) func(string, *http.Request) {
	return func(url string, r *http.Request) { post(method, url, r.URL.Path) }
}

// callWith calls with a body that is always the same.
func callWith(body string) func(string, *http.Request) {
	return func(url string, _ *http.Request) { post(http.MethodPost, url, body) }
}

// everyName holds each name that a case may have taken.
var everyName = strings.Join([]string{"9000", "9001", "9002", "9003", "9004"}, " ")

// callFirst calls once, and never again.
func callFirst() func(string, *http.Request) {
	called := false
	return func(url string, _ *http.Request) {
		if !called {
			called = true
			post(http.MethodPost, url, everyName)
		}
	}
}

// callOn calls after requests of one method.
func callOn(method string) func(string, *http.Request) {
	return func(url string, r *http.Request) {
		if r.Method == method {
			post(http.MethodPost, url, everyName)
		}
	}
}
