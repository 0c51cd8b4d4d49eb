package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
)

const token = "abababababababababababababababababababababababab"

func tokenFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestRun makes changes on the reference gateway, which shows them in its history.
func TestRun(t *testing.T) {
	t.Parallel()
	g, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0", Tokens: []string{token}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	s := source{base: "http://" + g.Addr(), rate: 500}
	if err := s.run(t.Context(), tokenFile(t), 200*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	// 100 changes are due: each of the 25 orders is started, cleared, started, cleared.
	if s.changes.Load() != 100 || s.failed.Load() != 0 || len(g.State().Orders) != 0 {
		t.Errorf("%d changes, %d failed, %d orders left", s.changes.Load(), s.failed.Load(), len(g.State().Orders))
	}
}

// TestThePaceIsKept starts three orders in half a second, each of which is changed once: they
// are cleared at its end, not before.
func TestThePaceIsKept(t *testing.T) {
	t.Parallel()
	g, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0", Tokens: []string{token}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	start := time.Now()
	var early atomic.Int64
	s := source{base: "http://" + g.Addr(), rate: 6, token: token}
	s.client = &http.Client{Transport: answered(func(r *http.Request) {
		if r.Method == http.MethodDelete && time.Since(start) < 500*time.Millisecond {
			early.Add(1)
		}
	})}
	s.changeAll(t.Context(), start, 500*time.Millisecond)
	if s.changes.Load() != 6 || early.Load() != 0 || len(g.State().Orders) != 0 {
		t.Errorf("%d changes, %d orders cleared early, %d left", s.changes.Load(), early.Load(), len(g.State().Orders))
	}
}

func TestWhatWasStartedIsClearedAfterAnInterrupt(t *testing.T) {
	t.Parallel()
	g, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0", Tokens: []string{token}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	ctx, interrupt := context.WithCancel(t.Context())
	started := make(chan struct{})
	s := source{base: "http://" + g.Addr(), rate: 0.001, token: token}
	s.client = &http.Client{Transport: answered(func(r *http.Request) {
		if r.Method == http.MethodPost {
			close(started)
		}
	})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.toggle(ctx, 0, time.Now(), time.Hour)
	}()
	<-started
	interrupt()
	<-ended
	if left := len(g.State().Orders); left != 0 || s.changes.Load() != 2 {
		t.Errorf("%d orders left after %d changes", left, s.changes.Load())
	}
}

// answered tells of each request that has been answered.
type answered func(*http.Request)

func (a answered) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	a(r)
	return answer, err
}

func TestRefusalsAreCounted(t *testing.T) {
	t.Parallel()
	g, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0"}) // which knows no token
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	s := source{base: "http://" + g.Addr(), rate: 1000}
	if err := s.run(t.Context(), tokenFile(t), 25*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if s.changes.Load() != 0 || s.failed.Load() != 25 {
		t.Errorf("%d changes, %d failed", s.changes.Load(), s.failed.Load())
	}
}
