package spec

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
)

// against runs a MUST case against a gateway.
func against(t *testing.T, g *gateway, run func(c *C)) Outcome {
	t.Helper()
	return Execute(t.Context(), g.env(t), Case{ID: idOf(protocol.Must), Run: run})
}

func TestLifeOfAnOrder(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	outcome := against(t, g, func(c *C) {
		order := c.Start(protocol.ToGo)
		if order.Name != "9000" || order.Type != protocol.ToGo || order.State != protocol.Started || order.Location != "" {
			t.Errorf("started: %+v", order)
		}
		located := c.Locate(order, "12")
		if located.UUID != order.UUID || located.State != protocol.Located || located.Location != "12" || located.Type != protocol.ToGo {
			t.Errorf("located: %+v", located)
		}
		placed := c.StartNamed(c.OrderName(), protocol.OnPremise, "7")
		if placed.State != protocol.Located || placed.Location != "7" {
			t.Errorf("placed: %+v", placed)
		}
		if items := c.ActiveOrders(); len(items) != 2 {
			t.Errorf("active are %v", items)
		}
		c.Clear(order)
		if active := g.active(); !slices.Equal(active, []string{"9001"}) {
			t.Errorf("after clearing %q are active", active)
		}
	})
	wantVerdict(t, outcome, report.Pass, "")
}

// TestPostedOrder: what is posted is what the API documents, and no more.
func TestPostedOrder(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	var bodies []map[string]any
	g.replace("POST "+protocol.PathActiveOrders, func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("the body, labelled %q: %v", r.Header.Get("Content-Type"), err)
		}
		bodies = append(bodies, body)
		w.WriteHeader(http.StatusTeapot)
	})
	outcome := against(t, g, func(c *C) {
		if res := c.PostOrder("66", protocol.ToGo, ""); res.Status != http.StatusTeapot {
			t.Errorf("the answer is %s", res)
		}
		c.PostOrder("66", protocol.OnPremises, "12")
	})
	wantVerdict(t, outcome, report.Pass, "")
	if len(bodies) != 2 || len(bodies[0]) != 2 || bodies[0]["name"] != "66" || bodies[0]["orderType"] != "TO_GO" ||
		len(bodies[1]) != 3 || bodies[1]["orderType"] != "ON_PREMISES" || bodies[1]["locationName"] != "12" {
		t.Errorf("the bodies are %v", bodies)
	}
}

// TestSetUpFails: where an order is only means to an end, trouble with it says
// nothing of the requirement.
func TestSetUpFails(t *testing.T) {
	t.Parallel()
	start := func(c *C) { c.Start(protocol.ToGo) }
	const post, show = "POST " + protocol.PathActiveOrders, "GET " + protocol.PathActiveOrders + "/9000"
	list, clearing := "GET "+protocol.PathActiveOrders, "DELETE "+protocol.PathOrder("9000")
	for _, x := range []struct {
		name    string
		route   string
		answer  http.HandlerFunc
		run     func(c *C)
		verdict report.Verdict
		reason  string
	}{
		{"start refused", post, says(400, `{"returnCode":-9}`), start, report.Error,
			"the set-up failed: start or locate order 9000: HTTP 400, returnCode -9 (invalid order name)"},
		{"start unanswered", post, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, start, report.Error,
			"the set-up failed: start or locate order 9000: no answer: POST to "},
		{"not shown", show, says(404, `{"returnCode":-6}`), start, report.Error,
			"the set-up failed: read order 9000: HTTP 404, returnCode -6 (order not found)"},
		{"shown as nonsense", show, says(200, `<html>`), start, report.Error, "the set-up failed: read order 9000: HTTP 200"},
		{"shown under another key", show, says(200, `{"order":{"uuid":"x"}}`), start, report.Error, "the set-up failed: read order 9000: HTTP 200"},
		{"shown with an error", show, says(500, `{"activeorder":{"uuid":"x"}}`), start, report.Error, "the set-up failed: read order 9000: HTTP 500"},
		{"shown without a uuid", show, says(200, `{"activeorder":{"name":"9000"}}`), start, report.Error,
			"the set-up failed: order 9000 has no uuid: HTTP 200"},
		{"shown with odd fields", show, says(200, `{"activeorder":{"uuid":"x","name":5}}`), start, report.Pass, ""},
		{"no list", list, says(401, `{}`), func(c *C) { c.ActiveOrders() }, report.Error, "the set-up failed: list active orders: HTTP 401"},
		{"a list of nonsense", list, says(200, `[]`), func(c *C) { c.ActiveOrders() }, report.Error, "the set-up failed: list active orders: HTTP 200"},
		{"a list without items", list, says(200, `{"count":0}`), func(c *C) { c.ActiveOrders() }, report.Error,
			`the set-up failed: list active orders: "items" is missing (want an array of objects)`},
		{"clearing refused", clearing, says(400, ""), func(c *C) { c.Clear(protocol.Order{Name: "9000"}) }, report.Error,
			"the set-up failed: clear order 9000: HTTP 400"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t)
			g.replace(x.route, x.answer)
			outcome := against(t, g, x.run)
			if outcome.Verdict != x.verdict || !strings.HasPrefix(outcome.Reason, x.reason) || (x.reason == "") != (outcome.Reason == "") {
				t.Errorf("%s (%s), want %s (%s)", outcome.Verdict, outcome.Reason, x.verdict, x.reason)
			}
			if len(outcome.Findings) > 0 {
				t.Errorf("findings %v", outcome.Findings)
			}
		})
	}
}

func TestReturnCode(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]protocol.ReturnCode{
		`{"returnCode":-6}`: protocol.CodeOrderNotFound, `{"returnCode":"5"}`: 0, `{}`: 0, "": 0, "[5]": 0,
	} {
		if got := ReturnCode(&client.Response{Status: 200, Body: []byte(body)}); got != want {
			t.Errorf("%s: %d, want %d", body, got, want)
		}
	}
	if got := ReturnCode(&client.Response{Body: []byte(`{"returnCode":5}`), Err: http.ErrBodyNotAllowed}); got != 0 {
		t.Errorf("of half an answer: %d", got)
	}
}
