package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"ttcheck/client"
)

// at returns a presser for a URL with a password.
func at(t *testing.T, address string) client.Presser {
	t.Helper()
	p, err := client.ParsePresser("http:http://user:hunter2@"+address+"/press?key=hunter2", nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestURLPresses(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 202, 204, 299} {
		var seen atomic.Value
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			user, password, _ := r.BasicAuth()
			seen.Store(fmt.Sprintf("%s %s %q %d by %s:%s", r.Method, r.RequestURI, body, r.ContentLength, user, password))
			w.WriteHeader(status)
		}))
		t.Cleanup(server.Close)
		before := time.Now()
		press, err := at(t, server.Listener.Addr().String()).Press(t.Context())
		after := time.Now()
		if err != nil {
			t.Errorf("answered %d: %v", status, err)
		}
		if press.Earliest.Before(before) || !press.Latest.After(press.Earliest) || press.Latest.After(after) {
			t.Errorf("pressed between %v and %v, asked between %v and %v", press.Earliest, press.Latest, before, after)
		}
		if got := seen.Load(); got != `POST /press?key=hunter2 "" 0 by user:hunter2` {
			t.Errorf("the button got %s", got)
		}
	}
}

// TestURLPressFails: the error says where and why, without the password.
func TestURLPressFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script func(net.Conn)
		reason string
	}{
		"404":          {answer(nil, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), "answered HTTP 404"},
		"500":          {answer(nil, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"), "answered HTTP 500"},
		"304":          {answer(nil, "HTTP/1.1 304 Not Modified\r\n\r\n"), "answered HTTP 304"},
		"no answer":    {answer(nil), "EOF"},
		"garbage":      {answer(nil, "garbage\r\n\r\n"), "malformed HTTP response"},
		"a loop":       {answer(nil, "HTTP/1.1 307 Temporary Redirect\r\nLocation: /press?key=hunter2\r\nContent-Length: 0\r\n\r\n"), "stopped after 10 redirects"},
		"a bad target": {answer(nil, "HTTP/1.1 307 Temporary Redirect\r\nLocation: ftp://user:hunter2@x/\r\nContent-Length: 0\r\n\r\n"), "unsupported protocol scheme"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := listen(t, test.script).Address()
			press, err := at(t, address).Press(t.Context())
			if err == nil || !strings.HasPrefix(err.Error(), "press the button at http:http://"+address+"/press: ") || !strings.Contains(err.Error(), test.reason) {
				t.Errorf("the error is %v, want %s", err, test.reason)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password stands in %v", err)
			}
			if press != (client.Press{}) {
				t.Errorf("pressed at %v", press)
			}
		})
	}
}

func TestURLPressRefused(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	_, err = at(t, listener.Addr().String()).Press(t.Context())
	if !errors.Is(err, syscall.ECONNREFUSED) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error is %v", err)
	}
}

// TestURLPressIsCutOff: an answer that does not come is not waited for, and one
// that does not end was an answer.
func TestURLPressIsCutOff(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := at(t, listen(t, hearOut).Address()).Press(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error is %v", err)
	}
	endlessly := listen(t, func(conn net.Conn) { answer(nil, lengthless)(conn); hearOut(conn) })
	if _, err := at(t, endlessly.Address()).Press(t.Context()); err != nil {
		t.Errorf("an answer without end is no press: %v", err)
	}
}

// TestURLIsPressedOnce: a press is never repeated, and leaves no connection.
func TestURLIsPressedOnce(t *testing.T) {
	t.Parallel()
	w := witness{silent: 3}
	p := at(t, listen(t, w.attend).Address())
	for i := 1; i <= 4; i++ {
		if _, err := p.Press(t.Context()); (err != nil) != (i >= 3) {
			t.Errorf("press %d: %v", i, err)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if got := strings.Join(w.seen, ", "); got != "1: POST /press, 2: POST /press, 3: POST /press, 4: POST /press" {
		t.Errorf("the button saw %s", got)
	}
}
