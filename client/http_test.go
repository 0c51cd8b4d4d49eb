package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
)

// received is what a gateway saw of a request.
type received struct {
	Method, URI, Body string
	Header            http.Header
	Length            int64
	Encoding          []string
}

// TestDoSendsWhatIsAsked: a tester's request is what it says and nothing more.
func TestDoSendsWhatIsAsked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		req  client.Request
		want received // of the header, only what is named
		no   []string // header fields that must not be there
	}{
		"nothing": {
			client.Request{Path: protocol.Base},
			received{Method: "GET", URI: "/api/v2"},
			[]string{"Authorization", "Content-Type", "Content-Length", "Accept-Encoding", "Transfer-Encoding", "Cookie"},
		},
		"a token": {
			client.Request{Path: protocol.PathHistory, Token: token},
			received{Method: "GET", URI: "/api/v2/orders", Header: http.Header{"Authorization": {"Bearer " + token}}}, nil,
		},
		"credentials of another kind": {
			client.Request{Path: "/", Header: http.Header{"Authorization": {"Basic x", "Bearer y"}}},
			received{Method: "GET", URI: "/", Header: http.Header{"Authorization": {"Basic x", "Bearer y"}}}, nil,
		},
		"a token beside other credentials": {
			client.Request{Path: "/", Token: token, Header: http.Header{"Authorization": {"Basic x"}}},
			received{Method: "GET", URI: "/", Header: http.Header{"Authorization": {"Bearer " + token}}}, nil,
		},
		"a query": {
			client.Request{Path: protocol.PathGenerate, Query: url.Values{"name": {"a b&c=ü"}, "also": {"1", "2"}}},
			received{Method: "GET", URI: "/api/v2/accesstoken/generate?also=1&also=2&name=a+b%26c%3D%C3%BC"}, nil,
		},
		"a path to escape": {
			client.Request{Path: "/a b/%2F?x#y"}, received{Method: "GET", URI: "/a%20b/%252F%3Fx%23y"}, nil,
		},
		"JSON": {
			client.Request{Method: http.MethodPost, Path: "/", JSON: map[string]any{"name": "66", "n": 1}},
			received{Method: "POST", URI: "/", Body: `{"n":1,"name":"66"}`, Length: 19, Header: http.Header{"Content-Type": {"application/json"}}}, nil,
		},
		"JSON under another label": {
			client.Request{Method: http.MethodPost, Path: "/", JSON: 1, Header: http.Header{"Content-Type": {"text/plain"}}},
			received{Method: "POST", URI: "/", Body: "1", Length: 1, Header: http.Header{"Content-Type": {"text/plain"}}}, nil,
		},
		"bytes": {
			client.Request{Method: http.MethodPost, Path: "/", Body: []byte("{\"\xff")},
			received{Method: "POST", URI: "/", Body: "{\"\xff", Length: 3}, []string{"Content-Type"},
		},
		"JSON rather than bytes": {
			client.Request{Method: http.MethodPut, Path: "/", JSON: []int{}, Body: []byte("x")},
			received{Method: "PUT", URI: "/", Body: "[]", Length: 2}, nil,
		},
		"a POST without a body": {
			client.Request{Method: http.MethodPost, Path: "/"}, received{Method: "POST", URI: "/"}, []string{"Transfer-Encoding"},
		},
		"a DELETE without a body": {
			client.Request{Method: http.MethodDelete, Path: "/"}, received{Method: "DELETE", URI: "/"}, []string{"Transfer-Encoding"},
		},
		"a TRACE without a body": {
			client.Request{Method: http.MethodTrace, Path: "/"}, received{Method: "TRACE", URI: "/"}, []string{"Transfer-Encoding"},
		},
		"a GET with a body": {
			client.Request{Path: "/", Body: []byte("body")}, received{Method: "GET", URI: "/", Body: "body", Length: 4}, nil,
		},
		"a HEAD": {client.Request{Method: http.MethodHead, Path: "/"}, received{Method: "HEAD", URI: "/"}, nil},
		"a method of its own": {
			client.Request{Method: "BREW", Path: "/"}, received{Method: "BREW", URI: "/"}, []string{"Transfer-Encoding"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got received
			c := serve(t, func(_ http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				got = received{r.Method, r.RequestURI, string(body), r.Header, r.ContentLength, r.TransferEncoding}
			})
			before := test.req.Header.Clone()
			res := c.Do(t.Context(), test.req)
			if res.Err != nil || res.Status != http.StatusOK {
				t.Fatalf("got %v", res)
			}
			if got.Method != test.want.Method || got.URI != test.want.URI || got.Body != test.want.Body || got.Length != test.want.Length || got.Encoding != nil {
				t.Errorf("the gateway saw %+v, want %+v", got, test.want)
			}
			for key, want := range test.want.Header {
				if !slices.Equal(got.Header[key], want) {
					t.Errorf("the gateway saw %s: %q, want %q", key, got.Header[key], want)
				}
			}
			for _, key := range test.no {
				if value, ok := got.Header[key]; ok {
					t.Errorf("the gateway saw %s: %q", key, value)
				}
			}
			if fmt.Sprint(before) != fmt.Sprint(test.req.Header) {
				t.Errorf("the header of the request became %v", test.req.Header)
			}
		})
	}
}

func TestDoReturnsTheAnswerAsItIs(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "/zipped":
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "\x1f\x8bnot really")
		case "/broken":
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprint(w, "<html>\xff")
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	for path, want := range map[string]struct {
		status int
		body   string
	}{
		"/redirect": {http.StatusFound, "<a href=\"/elsewhere\">Found</a>.\n\n"},
		"/zipped":   {http.StatusOK, "\x1f\x8bnot really"},
		"/broken":   {http.StatusInternalServerError, "<html>\xff"},
		"/none":     {http.StatusNotFound, ""},
	} {
		before := time.Now()
		res := c.Do(t.Context(), client.Request{Path: path})
		if res.Err != nil || res.Status != want.status || string(res.Body) != want.body {
			t.Errorf("%s: %v with the body %q", path, res, res.Body)
		}
		if res.Sent.Before(before) || res.Received.Before(res.Sent) || res.Received.After(time.Now()) || res.Took() <= 0 {
			t.Errorf("%s: sent at %v, received at %v", path, res.Sent, res.Received)
		}
	}
}

func TestResponseInWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		res  client.Response
		want string
	}{
		{client.Response{Status: 200}, "HTTP 200"},
		{client.Response{Status: 200, Body: []byte("<html>")}, "HTTP 200"},
		{client.Response{Status: 200, Body: []byte(`{"returnCode":"5","message":7}`)}, "HTTP 200"},
		{client.Response{Status: 404, Body: []byte(`{"returnCode":-6,"message":"no\nsuch order"}`)}, `HTTP 404, returnCode -6 (order not found), message "no\nsuch order"`},
		{client.Response{Status: 401, Body: []byte(`{"message":"` + strings.Repeat("x", 70) + token + strings.Repeat("y", 70) + `"}`)},
			`HTTP 401, message "` + strings.Repeat("x", 70) + tokenShort + `y"`},
		{client.Response{Status: 200, Err: errors.New("cut off")}, "no answer: cut off"},
	} {
		if got := test.res.String(); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// TestResponseInWordsHidesWhatWasLearnt, also where it is cut.
func TestResponseInWordsHidesWhatWasLearnt(t *testing.T) {
	t.Parallel()
	c := serve(t, echo)
	c.Transcript().Secrets().Learn("correct-horse-battery-staple")
	message := strings.Repeat("x", 70) + "correct-horse-battery-staple"
	res := c.Do(t.Context(), say(`{"message":"`+message+`"}`))
	if want := `HTTP 200, message "` + strings.Repeat("x", 70) + `corr…aple"`; res.String() != want {
		t.Errorf("got  %s\nwant %s", res, want)
	}
	if o, err := res.Object(); err != nil || string(o["message"]) != `"`+message+`"` {
		t.Errorf("the body itself is %v, %v", o, err)
	}
}

func TestResponseObject(t *testing.T) {
	t.Parallel()
	cut := errors.New("cut off")
	if o, err := (&client.Response{Body: []byte("{}"), Err: cut}).Object(); !errors.Is(err, cut) || o != nil {
		t.Errorf("half an answer is the object %v, %v", o, err)
	}
	if o, err := (&client.Response{Body: []byte("[]")}).Object(); err == nil {
		t.Errorf("an array is the object %v", o)
	}
	if o, err := (&client.Response{Body: []byte(`{"a":1}`)}).Object(); err != nil || !o.Has("a") {
		t.Errorf("an object is %v, %v", o, err)
	}
}

// TestLocalIP: every connection comes from the address that was asked for.
func TestLocalIP(t *testing.T) {
	t.Parallel()
	peers := make(chan string, 10)
	open := serve(t, func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		peers <- host
		w.WriteHeader(http.StatusTeapot)
	})
	bound := client.New(client.Options{Address: open.Address(), LocalIP: net.IPv4(127, 0, 0, 2)})
	t.Cleanup(bound.Close)
	raw := []byte("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	for c, want := range map[*client.Client]string{open: "127.0.0.1", bound: "127.0.0.2"} {
		_, refused := c.Dial(t.Context(), nil)
		for _, res := range []*client.Response{
			c.Do(t.Context(), client.Request{Path: "/"}),
			c.Do(t.Context(), client.Request{Path: "/"}),
			c.Do(t.Context(), client.Request{Method: http.MethodPost, Path: "/"}),
			c.Raw(t.Context(), http.MethodGet, raw),
			refused,
		} {
			if seen := <-peers; res.Status != http.StatusTeapot || res.LocalIP.String() != want || seen != want {
				t.Errorf("%v from %v, seen as %s, want %s", res, res.LocalIP, seen, want)
			}
		}
	}
}

func TestLocalIPOfSomebodyElse(t *testing.T) {
	t.Parallel()
	c := client.New(client.Options{Address: "127.0.0.1:9", LocalIP: net.IPv4(192, 0, 2, 1)})
	if res := c.Do(t.Context(), client.Request{Path: "/"}); !client.IsLocal(res.Err) {
		t.Errorf("%v says something of the gateway", res)
	}
}

func TestIsLocal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("socket", syscall.EMFILE)}, true},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("socket", syscall.ENFILE)}, true},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.EADDRNOTAVAIL)}, true},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}, true},
		{fmt.Errorf("read: %w", syscall.ENOBUFS), true},
		{fmt.Errorf("read: %w", syscall.ENOMEM), true},
		{fmt.Errorf("GET: %w", context.Canceled), true},
		{context.DeadlineExceeded, false},
		{syscall.ECONNREFUSED, false},
		{syscall.ECONNRESET, false},
		{syscall.EHOSTUNREACH, false},
		{io.EOF, false},
	} {
		if got := client.IsLocal(test.err); got != test.want {
			t.Errorf("IsLocal(%v) = %t", test.err, got)
		}
	}
}
