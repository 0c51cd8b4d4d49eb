package spec

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
)

// TestRequests: what is asked, and under which token.
func TestRequests(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	s := g.scene(t)
	var asked string
	for _, route := range []string{"GET /x", "POST /x", "DELETE /x", "DELETE " + protocol.PathToken} {
		g.replace(route, func(w http.ResponseWriter, r *http.Request) {
			body := make([]byte, 20)
			n, _ := r.Body.Read(body)
			asked = fmt.Sprintf("%s %s %s %s", r.Method, r.URL, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), body[:n])
			w.WriteHeader(299)
		})
	}
	for want, ask := range map[string]func() *client.Response{
		"GET /x " + goodToken + " ":         func() *client.Response { return s.Get("/x") },
		"GET /x?limit=5 " + goodToken + " ": func() *client.Response { return s.Get("/x", url.Values{"limit": {"5"}}) },
		"POST /x " + goodToken + ` {"a":1}`: func() *client.Response { return s.Post("/x", map[string]int{"a": 1}) },
		"DELETE /x " + goodToken + " ":      func() *client.Response { return s.Delete("/x") },
		"GET /x  ":                          func() *client.Response { return s.Do(client.Request{Path: "/x"}) },
		"DELETE /x " + otherToken + " ": func() *client.Response {
			return s.Do(client.Request{Method: http.MethodDelete, Path: "/x", Token: otherToken})
		},
		"DELETE " + protocol.PathToken + " " + otherToken + " ": func() *client.Response { return s.Revoke(otherToken) },
	} {
		if res := ask(); res.Status != 299 || asked != want {
			t.Errorf("asked %q (%s), want %q", asked, res, want)
		}
	}
}

// TestChangesAreNotCutOff: what became of a request that may change something must
// be known, so that it can be undone; one that reads ends with the scene.
func TestChangesAreNotCutOff(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	ctx, cancel := context.WithCancel(t.Context())
	s := g.env(t).Scene(ctx)
	cancel()
	for _, method := range []string{http.MethodPost, http.MethodDelete, http.MethodPut} {
		if res := s.Do(client.Request{Method: method, Path: "/x"}); res.Status == 0 {
			t.Errorf("%s: %s", method, res)
		}
	}
	for _, method := range []string{http.MethodGet, ""} {
		if res := s.Do(client.Request{Method: method, Path: "/x"}); res.Status != 0 {
			t.Errorf("%q: %s", method, res)
		}
	}
	if asked := g.requests(""); len(asked) != 3 {
		t.Errorf("the gateway was asked %q", asked)
	}
}

// inButtonLane is a scene that may have tokens made.
func inButtonLane(t *testing.T, g *gateway) *Scene {
	t.Helper()
	s := g.scene(t)
	s.lane = ButtonLane
	return s
}

func TestTokensAreOwned(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, body string
		own        bool
		object     bool
	}{
		{"a token", `{"status":201,"token":{"name":"default","token":"` + otherToken + `"}}`, true, true},
		{"of another form", `{"token":{"token":"` + secret + `"}}`, true, true},
		{"an empty token", `{"token":{"token":""}}`, false, true},
		{"a description", `{"token":{"name":"default"}}`, false, true},
		{"a number", `{"token":{"token":5}}`, false, true},
		{"the run's own again", `{"token":{"token":"` + goodToken + `"}}`, false, true},
		{"a refusal", `{"status":403,"returnCode":-3}`, false, false},
		{"a string", `{"token":"` + otherToken + `"}`, false, false},
		{"null", `{"token":null}`, false, false},
		{"no JSON", `<html>`, false, false},
		{"nothing", ``, false, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t)
			for _, method := range []string{"GET ", "POST "} {
				g.replace(method+protocol.PathGenerate, says(201, x.body))
			}
			for how, ask := range map[string]func(s *Scene) (*client.Response, protocol.Object){
				"by the button":       func(s *Scene) (*client.Response, protocol.Object) { return s.GenerateToken("") },
				"under another token": func(s *Scene) (*client.Response, protocol.Object) { return s.FurtherToken(goodToken, "x") },
			} {
				s := inButtonLane(t, g)
				res, token := ask(s)
				if res.Status != 201 || (token != nil) != x.object {
					t.Errorf("%s: %s, object %v", how, res, token)
				}
				if own := s.OwnTokens(); (len(own) == 1) != x.own || len(own) > 1 {
					t.Errorf("%s: the run owns %q", how, own)
				}
			}
		})
	}
}

func TestTokenRequests(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	var asked []string
	for _, method := range []string{"GET ", "POST "} {
		g.replace(method+protocol.PathGenerate, func(_ http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("Authorization"))
		})
	}
	s := inButtonLane(t, g)
	s.GenerateToken("")
	s.GenerateToken("a b")
	s.FurtherToken(otherToken, "c")
	s.Branch().FurtherToken("", "")
	const path = protocol.PathGenerate
	want := []string{"GET " + path + " ", "GET " + path + "?name=a+b ", "POST " + path + "?name=c Bearer " + otherToken, "POST " + path + " "}
	if !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
}

// TestTokensOnlyInTheirLane: a token that is asked for at any time could close a
// window that a probe is watching.
func TestTokensOnlyInTheirLane(t *testing.T) {
	t.Parallel()
	ask := func(c *C) { c.FurtherToken(goodToken, "") }
	for _, x := range []struct {
		k  Case
		ok bool
	}{
		{Case{Run: ask}, false},
		{Case{Run: ask, Lane: "another", Needs: []Need{NeedTokens}}, false},
		{Case{Run: ask, Lane: ButtonLane}, true},
		{Case{Run: ask, Needs: []Need{NeedTokens}}, true},
	} {
		g := newGateway(t)
		x.k.ID = idOf(protocol.Must)
		outcome := Execute(t.Context(), g.env(t), x.k)
		if asked := len(g.requests("POST")) == 1; asked != x.ok || (outcome.Verdict == report.Pass) != x.ok {
			t.Errorf("in lane %q: asked is %t, %s (%.200s)", x.k.LaneName(), asked, outcome.Verdict, outcome.Reason)
		}
	}
	for lane, ok := range map[string]bool{ButtonLane: true, "": false, "another": false} {
		g := newGateway(t)
		p := &Probe[int]{Name: "x", Lane: lane, Run: func(s *Scene) (int, error) { s.GenerateToken(""); return 0, nil }}
		if _, err := p.Now(t.Context(), g.env(t)); (err == nil) != ok {
			t.Errorf("a probe in lane %q: %v", lane, err)
		}
	}
}

func TestUntil(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stop := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, stop)
		defer cancel()
		s := nowhere(t).Scene(ctx)
		started := time.Now()
		for _, x := range []struct {
			at, took time.Duration // from the start
			want     error
		}{
			{-time.Hour, 0, nil},
			{0, 0, nil},
			{20 * time.Second, 20 * time.Second, nil},
			{time.Hour, time.Minute, stop},
		} {
			if err := s.Until(started.Add(x.at)); !errors.Is(err, x.want) {
				t.Errorf("until %v: %v, want %v", x.at, err, x.want)
			}
			if took := time.Since(started); took != x.took {
				t.Errorf("until %v: it is %v", x.at, took)
			}
		}
		for range 50 { // what is over stays over, whichever is looked at first
			if err := s.Until(started); !errors.Is(err, stop) {
				t.Errorf("after the end: %v", err)
			}
		}
		if within, cancel := s.Within(time.Hour); within.Err() == nil {
			t.Error("a part of the scene outlives it")
		} else {
			cancel()
		}
	})
}

func TestTick(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for speedup, want := range map[float64]time.Duration{1: 3020 * time.Millisecond, 100: 50 * time.Millisecond} {
			e := nowhere(t)
			e.Settings.Speedup = speedup
			started := time.Now()
			if err := e.Scene(t.Context()).Tick(3); err != nil || time.Since(started) != want {
				t.Errorf("%g times: %v after %v, want %v", speedup, err, time.Since(started), want)
			}
		}
	})
}

// TestWithin bounds a part of a scene in real time.
func TestWithin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		ctx, cancel := nowhere(t).Scene(t.Context()).Within(3 * time.Second)
		defer cancel()
		<-ctx.Done()
		if took := time.Since(started); took != 3*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}
