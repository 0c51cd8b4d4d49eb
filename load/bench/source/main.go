// Command source changes orders at an even pace, so that whoever listens to a gateway has
// something to hear: it starts and clears orders of its own in turn. At the end it clears
// what it started, and prints how many changes there were.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"ttcheck/protocol"
)

const (
	names     = 25              // orders in use; each is changed by one goroutine
	firstName = 9500            // of these orders
	patience  = 5 * time.Second // for an answer
	lateAfter = 10 * time.Millisecond
)

type source struct {
	base    string
	token   string
	rate    float64
	client  *http.Client
	changes atomic.Int64
	failed  atomic.Int64
	late    atomic.Int64
}

func main() {
	var s source
	address := flag.String("address", "127.0.0.1:8000", "the gateway, `HOST:PORT`")
	tokenFile := flag.String("token-file", "", "the `file` with the token")
	duration := flag.Duration("duration", 10*time.Second, "how long to go on")
	flag.Float64Var(&s.rate, "rate", 25, "changes per second")
	flag.Parse()
	s.base = "http://" + *address
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := s.run(ctx, *tokenFile, *duration); err != nil {
		fmt.Fprintln(os.Stderr, "source:", err)
		os.Exit(1) //nolint:gocritic // the signals need no undoing
	}
}

func (s *source) run(ctx context.Context, tokenFile string, duration time.Duration) error {
	token, err := os.ReadFile(tokenFile) //nolint:gosec // the user names it
	if err != nil {
		return err
	}
	if s.rate <= 0 || duration <= 0 {
		return errors.New("want a rate and a duration above zero")
	}
	s.token = strings.TrimSpace(string(token))
	s.client = &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: names}}
	defer s.client.CloseIdleConnections()
	s.changeAll(ctx, time.Now(), duration)
	return json.NewEncoder(os.Stdout).Encode(map[string]int64{
		"changes": s.changes.Load(), "failed": s.failed.Load(), "late": s.late.Load(),
	})
}

func (s *source) changeAll(ctx context.Context, start time.Time, duration time.Duration) {
	var work sync.WaitGroup
	for i := range names {
		work.Go(func() { s.toggle(ctx, i, start, duration) })
	}
	work.Wait()
}

// toggle starts and clears one order at its turns among all, every names-th change.
// Whatever it started is cleared at the end, interrupted or not.
func (s *source) toggle(ctx context.Context, i int, start time.Time, duration time.Duration) {
	name, active := strconv.Itoa(firstName+i), false
	timer := time.NewTimer(0)
	defer timer.Stop()
	for k := i; ctx.Err() == nil; k += names {
		due := min(time.Duration(float64(k)/s.rate*float64(time.Second)), duration)
		timer.Reset(time.Until(start.Add(due)))
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		if due == duration || ctx.Err() != nil {
			break
		}
		if time.Since(start)-due > lateAfter {
			s.late.Add(1)
		}
		if s.change(name, active) {
			active = !active
		}
	}
	if active {
		s.change(name, active)
	}
}

// change starts an order, or clears it if it is active. Nothing but the client's timeout
// cuts it off: what came of it must be known, to undo it.
func (s *source) change(name string, active bool) bool {
	method, path, want := http.MethodPost, protocol.PathActiveOrders, http.StatusCreated
	var body io.Reader = bytes.NewReader([]byte(`{"name":"` + name + `","orderType":"ON_PREMISE"}`))
	if active {
		method, path, want, body = http.MethodDelete, protocol.PathOrder(name), http.StatusOK, http.NoBody
	}
	request, err := http.NewRequestWithContext(context.Background(), method, s.base+path, body)
	if err != nil {
		return s.fail("make a request", err)
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := s.client.Do(request)
	if err != nil {
		return s.fail(method, err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 1<<20) // so that the connection can be used again
	if answer.StatusCode != want {
		return s.fail(method, fmt.Errorf("%s %s: answered by %s", method, path, answer.Status))
	}
	s.changes.Add(1)
	return true
}

// fail counts a change that was not made and tells of the first one.
func (s *source) fail(what string, err error) bool {
	if s.failed.Add(1) == 1 {
		fmt.Fprintf(os.Stderr, "source: %s: %v\n", what, err)
	}
	return false
}
