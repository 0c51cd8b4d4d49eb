package management

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

const (
	// callbackPort is taken if it is free, so that a gateway that is tested again is
	// given the same URL again and not one more.
	callbackPort = 47863
	maxCall      = 64 << 10 // bytes read of one call
	maxCalls     = 500      // calls kept
	callTimeout  = 5 * time.Second
)

// listener is a place that the gateway is to call. It answers every call at once.
type listener struct {
	url, path  string
	server     *http.Server
	served     chan struct{} // closed when it no longer listens
	transcript *client.Transcript

	mu      sync.Mutex
	calls   []call
	changed chan struct{} // closed and replaced at every call
}

// call is one request that came in.
type call struct {
	At     time.Time // when its last byte was read
	Method string
	Body   []byte
}

// names tells whether a call speaks of an order, by its name or UUID and in
// whatever form.
func (c call) names(o protocol.Order) bool {
	plain := func(uuid string) string { return strings.ToLower(strings.ReplaceAll(uuid, "-", "")) }
	if strings.Contains(plain(string(c.Body)), plain(o.UUID)) {
		return true
	}
	return regexp.MustCompile(`(^|[^0-9])` + regexp.QuoteMeta(o.Name) + `([^0-9]|$)`).Match(c.Body)
}

// listenForCalls opens a listener until the end of the case, on the address that
// faces the gateway.
func listenForCalls(c *spec.C) *listener {
	ip := facing(c).String()
	var config net.ListenConfig
	tcp, err := config.Listen(c, "tcp", net.JoinHostPort(ip, strconv.Itoa(callbackPort)))
	if err != nil {
		tcp, err = config.Listen(c, "tcp", net.JoinHostPort(ip, "0"))
	}
	if err != nil {
		c.Broken("no listener for the callback: %v", err)
	}
	path := callbackPath(c.Client.Address())
	l := &listener{
		url: "http://" + tcp.Addr().String() + path, path: path,
		served: make(chan struct{}), changed: make(chan struct{}), transcript: c.Client.Transcript(),
	}
	l.server = &http.Server{Handler: l, ReadTimeout: callTimeout, WriteTimeout: callTimeout, IdleTimeout: callTimeout, MaxHeaderBytes: 16 << 10}
	go func() {
		defer close(l.served)
		_ = l.server.Serve(tcp) // until it is closed
	}()
	c.Later(l.close)
	return l
}

// callbackPath is another one for each gateway: one that was tested before may still
// call.
func callbackPath(gateway string) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(gateway)) // it never fails
	return fmt.Sprintf("/ttcheck/%08x", sum.Sum32())
}

// ServeHTTP takes a call. What is longer than it has to be is taken as far as that.
func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != l.path {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxCall))
	if err != nil {
		body = nil
	}
	l.note(call{At: time.Now(), Method: r.Method, Body: body})
	l.transcript.Record(time.Now(), client.Exchange{
		Channel: "callback", Received: r.Method + " " + r.URL.Path + "\n\n" + string(body), Sent: "HTTP/1.1 200 OK",
	})
	w.WriteHeader(http.StatusOK)
}

func (l *listener) note(c call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.calls) == maxCalls {
		l.calls = append(l.calls[:0], l.calls[maxCalls/2:]...)
	}
	l.calls = append(l.calls, c)
	close(l.changed)
	l.changed = make(chan struct{})
}

// await waits until one of the calls satisfies match, and tells whether one did
// before ctx was done.
func (l *listener) await(ctx context.Context, match func(call) bool) bool {
	for {
		l.mu.Lock()
		calls, changed := append([]call(nil), l.calls...), l.changed
		l.mu.Unlock()
		for _, c := range calls {
			if match(c) {
				return true
			}
		}
		select {
		case <-ctx.Done():
			return false
		case <-changed:
		}
	}
}

// sum says in words what came since a time.
func (l *listener) sum(since time.Time) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.calls) == 0 {
		return "no call came at all: a firewall between the gateway and this machine may be why"
	}
	n, posts := 0, 0
	for _, c := range l.calls {
		if c.At.After(since) {
			n++
			if c.Method == http.MethodPost {
				posts++
			}
		}
	}
	return fmt.Sprintf("%d calls came, %d of them by POST; none of these named the order", n, posts)
}

// close ends the listener; whoever calls it then is refused at once.
func (l *listener) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := l.server.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
		_ = l.server.Close()
	}
	<-l.served
}
