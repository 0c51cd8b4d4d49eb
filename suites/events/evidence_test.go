package events_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ttcheck/fixtures/gateway"
	"ttcheck/report"
	"ttcheck/suites/events"
	"ttcheck/suites/spec"
)

// caseOf returns the first case of a requirement.
func caseOf(id string) spec.Case {
	at := slices.IndexFunc(events.Chapter.Cases, func(k spec.Case) bool { return k.ID == id })
	return events.Chapter.Cases[at]
}

// TestEvidenceIsOfOrderAndConnection proves that a finding about one order on one
// connection shows the request that caused it, and what came of it there alone.
func TestEvidenceIsOfOrderAndConnection(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ id, from, to, request string }{
		{"EVT-04", "ORDER_CREATED", "ORDER_CREETED", "POST /"},
		{"EVT-06", "ORDER_PAGED", "ORDER_PIGED", "/page"},
	} {
		t.Run(test.id, func(t *testing.T) {
			t.Parallel()
			misspelt := onEvent(test.from, func(m object) { m["type"] = test.to })
			o := spec.Execute(t.Context(), prepare(t, startProxy(t, startGateway(t, gateway.Options{}), misspelt)), caseOf(test.id))
			if o.Verdict != report.Fail {
				t.Fatalf("%s: %s", o.Verdict, o.Reason)
			}
			f := o.Findings[0]
			words := regexp.MustCompile(`(ws#\d+) to tell of order (\d+)`).FindStringSubmatch(f.Expected)
			if words == nil || len(f.Evidence) < 2 {
				t.Fatalf("expected %s, with %d exchanges", f.Expected, len(f.Evidence))
			}
			channel, name := words[1], words[2]
			if cause := f.Evidence[0].Sent; !strings.Contains(cause, test.request) || !strings.Contains(cause, name) {
				t.Errorf("the first exchange is not the request about order %s: %s", name, cause)
			}
			for _, x := range f.Evidence[1:] {
				if x.Channel != channel || !strings.Contains(x.Received, `"`+name+`"`) {
					t.Errorf("an exchange of %s that is not about order %s on %s: %s", x.Channel, name, channel, x.Received)
				}
			}
			if last := f.Evidence[len(f.Evidence)-1].Received; !strings.Contains(last, test.to) {
				t.Errorf("the message that is wrong is not shown, but %s", last)
			}
		})
	}
}

// TestPagingThatFails proves that a 5xx is no lack of a tracker, whatever code it
// carries.
func TestPagingThatFails(t *testing.T) {
	t.Parallel()
	fail := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/page") {
				w.WriteHeader(http.StatusInternalServerError)
				_, _ = w.Write([]byte(`{"status":500,"returnCode":-14,"message":"no tracker"}`))
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	env := prepare(t, startGateway(t, gateway.Options{Middleware: fail}))
	for _, id := range []string{"EVT-06", "EVT-12"} {
		if o := spec.Execute(t.Context(), env, caseOf(id)); o.Verdict != report.Error || !strings.Contains(o.Reason, "page order") {
			t.Errorf("%s: %s: %s", id, o.Verdict, o.Reason)
		}
	}
}
