package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
)

// clientOf is a client of a server that answers each path with a status, 404 by default.
func clientOf(t *testing.T, statuses map[string]int) *client.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status, ok := statuses[r.URL.Path]; ok {
			w.WriteHeader(status)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	return to(t, server.Listener.Addr().String())
}

func to(t *testing.T, address string) *client.Client {
	t.Helper()
	c := client.New(client.Options{Address: address, Timeout: requestTimeout})
	t.Cleanup(c.Close)
	return c
}

func TestAnswersAsGateway(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		gateway *client.Client
		says    string // "" if it may be a gateway
	}{
		"online":             {clientOf(t, map[string]int{protocol.Base: 200}), ""},
		"online check fails": {clientOf(t, map[string]int{protocol.Base: 503}), ""},
		"only orders":        {clientOf(t, map[string]int{protocol.PathActiveOrders: 401}), ""},
		"something else":     {clientOf(t, nil), "not as a Table Tracker gateway"},
		"off":                {to(t, closedPort(t)), "does not answer: connect: connection refused"},
		"unknown":            {to(t, "gateway..invalid:8000"), "does not answer: no such host"},
	} {
		err := answersAsGateway(t.Context(), test.gateway)
		if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
}

// TestObtainFromNobody proves that who makes no tokens is not asked again.
func TestObtainFromNobody(t *testing.T) {
	t.Parallel()
	pressed := client.PressFunc(func() {})
	for _, status := range []int{http.StatusNotFound, http.StatusNotImplemented, http.StatusInternalServerError} {
		gateway := clientOf(t, map[string]int{protocol.PathGenerate: status})
		began := time.Now()
		_, err := obtain(t.Context(), gateway, pressed, "test", func() {})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("is answered HTTP %d", status)) {
			t.Errorf("%d: %v", status, err)
		}
		if took := time.Since(began); took >= pollEvery {
			t.Errorf("%d: it took %v", status, took)
		}
	}
}

// TestDoesNotAnswer proves that the reason is told in a few words.
func TestDoesNotAnswer(t *testing.T) {
	t.Parallel()
	gateway := to(t, "127.0.0.1:8000")
	for want, err := range map[string]error{
		"connection refused":           &net.OpError{Op: "dial", Err: errors.New("connection refused")},
		"no such host":                 &net.OpError{Op: "dial", Err: &net.DNSError{Name: "x", Server: "192.0.2.1:53", IsNotFound: true}},
		"its name cannot be looked up": &net.OpError{Op: "dial", Err: &net.DNSError{Name: "x", Server: "192.0.2.1:53", IsTemporary: true}},
		"no answer within 4s":          &net.OpError{Op: "dial", Err: context.DeadlineExceeded},
	} {
		if got := doesNotAnswer(gateway, err).Error(); got != "127.0.0.1:8000 does not answer: "+want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}
