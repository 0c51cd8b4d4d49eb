package spec

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
)

// TestOrdersAreCleared: however a case ends, the orders that it made are gone
// from the gateway, its names are free again, and foreign orders are untouched.
func TestOrdersAreCleared(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name    string
		end     func(c *C, cancel context.CancelFunc)
		verdict report.Verdict
	}{
		{"it passes", func(*C, context.CancelFunc) {}, report.Pass},
		{"it fails", func(c *C, _ context.CancelFunc) { c.Expect(1).To(gomega.BeNil()) }, report.Fail},
		{"it warns", func(c *C, _ context.CancelFunc) { c.Should(1).To(gomega.BeNil()) }, report.Warning},
		{"it breaks", func(*C, context.CancelFunc) { panicking() }, report.Error},
		{"its set-up breaks", func(c *C, _ context.CancelFunc) { c.Order("4711") }, report.Error},
		{"it is skipped", func(c *C, _ context.CancelFunc) { c.Unsupported("no more") }, report.Skipped},
		{"it is cut off", func(c *C, cancel context.CancelFunc) { cancel(); c.Expect(1).To(gomega.BeNil()) }, report.Error},
		{"its clean-up breaks", func(c *C, _ context.CancelFunc) { c.Later(panicking) }, report.Pass},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t)
			g.orders["66"] = protocol.Order{Name: "66"}
			e := g.env(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			outcome := Execute(ctx, e, Case{ID: idOf(protocol.Must), Run: func(c *C) {
				c.Start(protocol.ToGo)
				c.StartNamed(c.OrderName(), protocol.OnPremise, "12")
				c.Clear(c.Start(protocol.ToGo)) // is cleared already
				c.OrderName()                   // is never used
				if active := g.active(); !slices.Equal(active, []string{"66", "9000", "9001"}) {
					t.Errorf("in the case %q are active", active)
				}
				if busy := e.Orders.Busy(); len(busy) != 4 {
					t.Errorf("in the case the names %q are taken", busy)
				}
				x.end(c, cancel)
			}})
			if outcome.Verdict != x.verdict {
				t.Errorf("the verdict is %s (%s), want %s", outcome.Verdict, outcome.Reason, x.verdict)
			}
			if active := g.active(); !slices.Equal(active, []string{"66"}) {
				t.Errorf("%q are left active", active)
			}
			if busy := e.Orders.Busy(); len(busy) > 0 {
				t.Errorf("the names %q are not given back", busy)
			}
			if brokeUp := slices.Equal(outcome.Notes, []string{"the clean-up broke: oh no"}); brokeUp != (x.name == "its clean-up breaks") {
				t.Errorf("the notes are %q", outcome.Notes)
			}
		})
	}
}

// TestClearingFails: a name whose order may still be active is not given back, and
// is tried again at the end of the run.
func TestClearingFails(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name   string
		answer http.HandlerFunc
		free   bool
	}{
		{"cleared with a body", says(200, `{"status":200}`), true},
		{"cleared without one", says(204, ""), true},
		{"unknown", says(404, "<html>"), true},
		{"unknown by its code", says(400, `{"returnCode":-6}`), true},
		{"refused", says(401, `{"returnCode":-2,"message":"who is `+secret+`?"}`), false},
		{"another trouble with the name", says(400, `{"returnCode":-7}`), false},
		{"broken", says(500, ""), false},
		{"no answer", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t)
			e := g.env(t)
			e.Secrets().Learn(secret)
			g.replace("DELETE "+protocol.PathOrder("9000"), x.answer)
			outcome := Execute(t.Context(), e, Case{ID: idOf(protocol.Must), Run: func(c *C) { c.Start(protocol.ToGo) }})
			wantVerdict(t, outcome, report.Pass, "")
			if busy := e.Orders.Busy(); (len(busy) == 0) != x.free {
				t.Errorf("%q are still taken", busy)
			}
			err := e.ClearOrders(t.Context())
			if (err == nil) != x.free {
				t.Errorf("the error is %v", err)
			}
			if err != nil && (!strings.HasPrefix(err.Error(), "orders of this run that could not be cleared: 9000 (") || strings.Contains(err.Error(), secret)) {
				t.Errorf("the error is %v", err)
			}
			g.replace("DELETE "+protocol.PathOrder("9000"), nil)
			if err := e.ClearOrders(t.Context()); err != nil || len(e.Orders.Busy()) > 0 {
				t.Errorf("in the end: %v, taken %q", err, e.Orders.Busy())
			}
		})
	}
}

// TestClearOrders: one order that cannot be cleared does not save the others, and
// one that never was is not missed.
func TestClearOrders(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	e := g.env(t)
	g.replace("DELETE "+protocol.PathOrder("9001"), says(503, ""))
	g.replace("DELETE "+protocol.PathOrder("9003"), says(405, ""))
	take(t, e.Orders, "9000", "9001", "9002", "9003")
	for _, name := range []string{"9000", "9001", "9002", "9004"} {
		g.orders[name] = protocol.Order{Name: name}
	}
	err := e.ClearOrders(t.Context())
	if err == nil || err.Error() != "orders of this run that could not be cleared: 9001 (HTTP 503)" {
		t.Errorf("the error is %v", err)
	}
	if active, busy := g.active(), e.Orders.Busy(); !slices.Equal(active, []string{"9001", "9004"}) || !slices.Equal(busy, []string{"9001"}) {
		t.Errorf("%q are active and %q are taken", active, busy)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.ClearOrders(ctx); err == nil {
		t.Error("without time there is no error")
	}
}

// TestNamesRunOut: a case that finds no name is told so; nothing is said of the
// gateway.
func TestNamesRunOut(t *testing.T) {
	t.Parallel()
	e := nowhere(t)
	for range 100 {
		if _, err := e.Orders.Take(); err != nil {
			t.Fatal(err)
		}
	}
	outcome := Execute(t.Context(), e, Case{ID: idOf(protocol.Must), Run: func(c *C) { c.OrderName() }})
	wantVerdict(t, outcome, report.Error, "all order names of 9000-9099 are in use")
}

func TestRevokeTokens(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	e := g.env(t)
	var revoked []string
	answers := map[string]int{} // by token
	g.replace("DELETE "+protocol.PathToken, func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		revoked = append(revoked, token)
		w.WriteHeader(answers[token])
	})
	var own []string
	for i, status := range []int{200, 401, 404, 500, 502} {
		token := fmt.Sprintf("%048x", i)
		own, answers[token] = append(own, token), status
		e.OwnToken(token)
	}
	err := e.RevokeTokens(t.Context())
	if err == nil || err.Error() != "2 tokens of this run could not be revoked" {
		t.Errorf("the error is %v", err)
	}
	if !slices.Equal(revoked, own) {
		t.Errorf("%q were revoked, want %q", revoked, own)
	}
	answers[own[3]], answers[own[4]] = 200, 204
	if err := e.RevokeTokens(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestUndoing: the last first, all of it, and once.
func TestUndoing(t *testing.T) {
	t.Parallel()
	s := nowhere(t).Scene(t.Context())
	var done []string
	note := func(what string) func() { return func() { done = append(done, what) } }
	s.Later(note("first"))
	s.Later(func() { done = append(done, "second"); panicking() })
	s.Later(func() { s.Later(note("added")); done = append(done, "third") })
	func() {
		defer func() {
			if r := recover(); r != "oh no" {
				t.Errorf("the panic is %v", r)
			}
		}()
		s.CleanUp()
	}()
	s.CleanUp()
	if !slices.Equal(done, []string{"third", "added", "second", "first"}) {
		t.Errorf("undone were %q", done)
	}
}

// TestSocketsAreClosed with the scene that opened them, a branch's with the branch.
func TestSocketsAreClosed(t *testing.T) {
	t.Parallel()
	s := newGateway(t).scene(t)
	branch := s.Branch()
	mine, _ := s.Open(nil)
	its, _ := branch.Open(client.BearerHeader(goodToken))
	if mine == nil || its == nil {
		t.Fatal("a handshake was refused")
	}
	branch.CleanUp()
	if mine.Closure() != nil || its.Closure() == nil {
		t.Errorf("after the branch: %v and %v", mine.Closure(), its.Closure())
	}
	s.CleanUp()
	if mine.Closure() == nil {
		t.Error("the scene's socket is open")
	}
}
