package orders_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/foreign"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/orders"
	"ttcheck/suites/spec"
)

// trips has a gateway answer 500 where something trips it.
func trips(which func(r *http.Request, body []byte) bool) fault {
	return fault{found: "be answered, and not by 5xx", serve: func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if !which(r, peek(r)) {
			return false
		}
		w.WriteHeader(http.StatusInternalServerError)
		return true
	}}
}

// peek reads the body of a request, and leaves it to be read again.
func peek(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body
}

// tripsOn has it trip over what a member of a posted object is.
func tripsOn(key string, which func(value any) bool) fault {
	return trips(func(r *http.Request, body []byte) bool {
		var o object
		return isPost(r) && json.Unmarshal(body, &o) == nil && which(o[key])
	})
}

// oddFaults lists ways to break ORD-15.
func oddFaults() map[string]fault {
	var down atomic.Bool
	deletes := func(r *http.Request) bool { return r.Method == http.MethodDelete && strings.ContainsAny(id(r), `'"`) }
	return map[string]fault{
		"ORD-15 digits":    tripsOn("name", func(v any) bool { s, _ := v.(string); return len(s) > 4300 }),
		"ORD-15 control":   tripsOn("name", func(v any) bool { s, _ := v.(string); return strings.Contains(s, "\x1b") }),
		"ORD-15 emoji":     tripsOn("locationName", func(v any) bool { s, _ := v.(string); return strings.Contains(s, "🍕") }),
		"ORD-15 number":    tripsOn("name", func(v any) bool { _, is := v.(float64); return is }),
		"ORD-15 list":      tripsOn("orderType", func(v any) bool { _, is := v.([]any); return is }),
		"ORD-15 object":    tripsOn("locationName", func(v any) bool { _, is := v.(object); return is }),
		"ORD-15 infinity":  trips(func(_ *http.Request, body []byte) bool { return bytes.Contains(body, []byte("1e999")) }),
		"ORD-15 recursion": trips(func(_ *http.Request, body []byte) bool { return bytes.Count(body, []byte("[")) > 990 }),
		"ORD-15 no object": trips(func(r *http.Request, body []byte) bool { return isPost(r) && string(body) == "null" }),
		"ORD-15 encoding":  trips(func(r *http.Request, body []byte) bool { return isPost(r) && bytes.HasPrefix(body, []byte("\xff")) }),
		"ORD-15 large":     trips(func(_ *http.Request, body []byte) bool { return len(body) > 1<<20 }),
		"ORD-15 no label":  trips(func(r *http.Request, _ []byte) bool { return isPost(r) && r.Header.Get("Content-Type") == "" }),
		"ORD-15 label": trips(func(r *http.Request, _ []byte) bool {
			_, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
			return isPost(r) && err != nil && r.Header.Get("Content-Type") != ""
		}),
		"ORD-15 NUL in a path":   trips(func(r *http.Request, _ []byte) bool { return strings.Contains(r.URL.Path, "\x00") }),
		"ORD-15 bytes in a path": trips(func(r *http.Request, _ []byte) bool { return strings.Contains(r.URL.Path, "\xff") }),
		"ORD-15 page": trips(func(r *http.Request, body []byte) bool {
			return strings.HasSuffix(r.URL.Path, "/page") && string(body) == "[]"
		}),
		"ORD-15 hangs up": {found: "be answered, and not by 5xx", serve: func(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
			if isPost(r) && bytes.HasPrefix(peek(r), []byte("\x00")) {
				panic(http.ErrAbortHandler)
			}
			return false
		}},
		"ORD-15 goes down": {found: "the list of active orders after", serve: func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
			if down.Load() {
				w.WriteHeader(http.StatusInternalServerError)
				return true
			}
			down.Store(isPost(r) && bytes.Count(peek(r), []byte("[")) > 990)
			return false
		}},
		"ORD-15 clears others": beside("the look-up of active order", deletes, http.MethodDelete, protocol.PathActiveOrders),
	}
}

// TestOddInputOnTheForeignGateway shows that a gateway which refuses other things than
// the reference, and in other ways, passes.
func TestOddInputOnTheForeignGateway(t *testing.T) {
	t.Parallel()
	g, err := foreign.Start(foreign.Options{Listen: "127.0.0.1:0", Speedup: 12})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	env := spec.NewEnv(
		spec.Target{Address: g.Addr(), Embedded: true},
		spec.Settings{Profile: "full", Speedup: 12, Grace: time.Second},
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
	for _, k := range orders.Chapter.Cases {
		if k.ID != "ORD-15" {
			continue
		}
		if o := spec.Execute(t.Context(), env, k); o.Verdict != report.Pass {
			t.Errorf("%s: %s: %s %+v", k.FullName(), o.Verdict, o.Reason, o.Findings)
		} else {
			t.Logf("%s took %v %q", k.FullName(), o.Took.Round(time.Millisecond), o.Notes)
		}
	}
}
