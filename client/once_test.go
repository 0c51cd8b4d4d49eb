package client_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"ttcheck/client"
	"ttcheck/protocol"
)

// witness notes which request came on which connection.
type witness struct {
	silent int // the connection from which on requests are not answered

	mu    sync.Mutex
	conns int
	seen  []string
}

// attend is a script that answers every request of a connection.
func (w *witness) attend(conn net.Conn) {
	w.mu.Lock()
	w.conns++
	number := w.conns
	w.mu.Unlock()
	from := reader(conn)
	for {
		r, err := http.ReadRequest(from)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		w.mu.Lock()
		w.seen = append(w.seen, fmt.Sprintf("%d: %s %s", number, r.Method, r.URL.Path))
		w.mu.Unlock()
		if number >= w.silent {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	}
}

var requests = map[string]client.Request{
	"a read":                      {Path: protocol.Base},
	"a read with a body":          {Path: protocol.Base, Body: []byte("body")},
	"a HEAD":                      {Method: http.MethodHead, Path: protocol.Base},
	"OPTIONS":                     {Method: http.MethodOptions, Path: protocol.Base},
	"a request for a token":       {Path: protocol.PathGenerate},
	"a POST":                      {Method: http.MethodPost, Path: protocol.PathActiveOrders, JSON: 1},
	"a POST that may be repeated": {Method: http.MethodPost, Path: "/", Header: http.Header{"Idempotency-Key": {"1"}}},
	"a DELETE":                    {Method: http.MethodDelete, Path: protocol.PathToken},
}

// TestNothingIsSentTwice: on a kept connection that ends without an answer,
// net/http repeats what may be repeated, and says nothing. A tester must know
// what it sent.
func TestNothingIsSentTwice(t *testing.T) {
	t.Parallel()
	for name, req := range requests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := witness{silent: 3}
			c := listen(t, w.attend)
			var want []string
			for i := 1; i <= 4; i++ {
				res := c.Do(t.Context(), req)
				if failed := res.Err != nil; failed != (i >= 3) {
					t.Errorf("the answer to request %d is %v", i, res)
				}
				method := cmp.Or(req.Method, http.MethodGet)
				want = append(want, fmt.Sprintf("%d: %s %s", i, method, req.Path))
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			if !slices.Equal(w.seen, want) {
				t.Errorf("the gateway saw %q, want %q", w.seen, want)
			}
			if all := c.Transcript().Exchanges(); len(all) != len(want) {
				t.Errorf("recorded %d exchanges, want %d", len(all), len(want))
			}
		})
	}
}

// TestBytesOfARequest: nothing goes out that the transcript does not tell but what
// every request has.
func TestBytesOfARequest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		req  client.Request
		want string
	}{
		"a read": {
			client.Request{Path: protocol.Base, Token: "T"},
			"GET /api/v2 HTTP/1.1\r\nHost: ADDRESS\r\nUser-Agent: Go-http-client/1.1\r\nAuthorization: Bearer T\r\nConnection: close\r\n\r\n",
		},
		"a POST without a body": {
			client.Request{Method: http.MethodPost, Path: "/"},
			"POST / HTTP/1.1\r\nHost: ADDRESS\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []byte
			c := listen(t, func(conn net.Conn) {
				got = make([]byte, len(test.want)+len("127.0.0.1:65535"))
				n, _ := io.ReadAtLeast(conn, got, len(test.want))
				got = got[:n]
				_, _ = io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
			})
			res := c.Do(t.Context(), test.req)
			if want := strings.Replace(test.want, "ADDRESS", c.Address(), 1); res.Err != nil || string(got) != want {
				t.Errorf("%v to\n%q\nwant\n%q", res, got, want)
			}
		})
	}
}

// TestUnaskedAnswers: what a gateway sends beyond its answer is not read, and not
// written to the log, where it might show a token.
func TestUnaskedAnswers(t *testing.T) {
	var logged lockedBuffer
	log.SetOutput(&logged)
	defer log.SetOutput(os.Stderr)
	surplus := token + strings.Repeat("x", 1000)
	c := listen(t, func(conn net.Conn) {
		answer(nil, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"+surplus, surplus)(conn)
		hearOut(conn)
	})
	for range 20 {
		if res := c.Do(t.Context(), client.Request{Path: "/"}); res.Err != nil || string(res.Body) != "{}" {
			t.Errorf("got %v, body %q", res, res.Body)
		}
	}
	c.Close()
	if text := logged.String(); text != "" {
		t.Errorf("logged %q", text)
	}
}

// lockedBuffer is a buffer for several writers.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
