package wire_test

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"ttcheck/load/wire"
)

const secret = "TOKEN-THAT-NOBODY-MAY-SEE"

// listen runs a server that answers each request by a script; the key is the request's.
func listen(t *testing.T, script func(conn net.Conn, key string)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	t.Cleanup(func() { listener.Close(); <-ended })
	go func() {
		defer close(ended)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				script(conn, req.Header.Get("Sec-WebSocket-Key"))
			}
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

// accept is a right answer to a handshake, but for what is added.
func accept(key string, added ...string) string {
	return strings.Join(append([]string{
		"HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Accept: " + acceptKey(key),
	}, added...), "\r\n") + "\r\n\r\n"
}

// TestDial: whatever the answer to the handshake is, it is told apart, and none of it quoted.
func TestDial(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(key string) string // the connection ends after that
		want   string                  // of the error; nothing if it opens
		heard  []string
	}{
		"right":                   {func(key string) string { return accept(key) }, "", nil},
		"frames along with it":    {func(key string) string { return accept(key) + text("a") + text("b")[:2] + "b" }, "", []string{"a", "b"}},
		"lines without returns":   {func(key string) string { return strings.ReplaceAll(accept(key), "\r", "") + text("a") }, "", []string{"a"}},
		"refused":                 {func(string) string { return "HTTP/1.1 401 " + secret + "\r\nX: " + secret + "\r\n\r\n" + secret }, "answered 401 instead of 101", nil},
		"a body that never comes": {func(string) string { return "HTTP/1.1 503 No\r\nContent-Length: 100\r\n\r\n" }, "answered 503 instead of 101", nil},
		"a wrong key":             {func(string) string { return accept(secret) }, "answered 101 without a right Upgrade, Connection or Sec-WebSocket-Accept header", nil},
		"an extension":            {func(key string) string { return accept(key, "Sec-WebSocket-Extensions: permessage-deflate") }, "answered 101 with an extension that was not offered", nil},
		"another extension":       {func(key string) string { return accept(key, "Sec-WebSocket-Extensions: "+secret) }, "answered 101 with an extension that was not offered", nil},
		"a subprotocol":           {func(key string) string { return accept(key, "Sec-WebSocket-Protocol: "+secret) }, "answered 101 with a subprotocol that was not offered", nil},
		"an offered subprotocol":  {func(key string) string { return accept(key, "Sec-WebSocket-Protocol: two") }, "", nil},
		"nothing":                 {func(string) string { return "" }, "unexpected EOF", nil},
		"half a header":           {func(string) string { return "HTTP/1.1 101 Switching Protocols\r\n" }, "unexpected EOF", nil},
		"no HTTP":                 {func(string) string { return secret + "\r\n\r\n" }, "the answer is not HTTP", nil},
		"a giant header":          {func(key string) string { return accept(key, "X: "+strings.Repeat("x", 20<<10)) }, "the header of the answer exceeds 16 KiB", nil},
	} {
		for mode, set := range modes {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				address := listen(t, func(conn net.Conn, key string) {
					_, _ = io.WriteString(conn, c.answer(key))
					_ = conn.(*net.TCPConn).CloseWrite()
					_, _ = io.Copy(io.Discard, conn)
				})
				r := newRecorder()
				p := pool(t, r, set)
				s, phases, err := p.Dial(t.Context(), wire.Target{
					Address: address, Path: "/x",
					Header: http.Header{"Authorization": {"Bearer " + secret}, "Sec-Websocket-Protocol": {"one, two"}},
				})
				if phases.Connect <= 0 {
					t.Errorf("connected in %v", phases.Connect)
				}
				if c.want != "" {
					if want := "WebSocket handshake with " + address + ": " + c.want; err == nil || err.Error() != want || s != nil {
						t.Errorf("%v, not %s", err, want)
					}
					if refused, ok := errors.AsType[*wire.RefusedError](err); strings.Contains(c.want, "instead") != ok || ok && !strings.Contains(c.want, fmt.Sprint(refused.Status)) {
						t.Errorf("%#v", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if phases.Upgrade <= 0 {
					t.Errorf("upgraded in %v", phases.Upgrade)
				}
				p.Add(s)
				for _, want := range c.heard {
					if m := next(t, r.messages, "message"); m.text != want {
						t.Errorf("heard %q, not %q", m.text, want)
					}
				}
				if cause := next(t, r.closed, "end"); cause != "end of stream" {
					t.Errorf("ended for %q", cause)
				}
			})
		}
	}
}

// TestDialGivesUp: a handshake takes no longer than it may.
func TestDialGivesUp(t *testing.T) {
	t.Parallel()
	for mode, set := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			asked := make(chan struct{}, 2)
			address := listen(t, func(conn net.Conn, _ string) {
				asked <- struct{}{}
				_, _ = io.Copy(io.Discard, conn)
			})
			p := pool(t, newRecorder(), set)
			to := wire.Target{Address: address, Path: "/x"}
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-asked; cancel() }()
			if _, _, err := p.Dial(ctx, to); !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled: %v", err)
			}
			ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			if _, _, err := p.Dial(ctx, to); !errors.Is(err, context.DeadlineExceeded) || !strings.HasSuffix(err.Error(), "no answer in time: context deadline exceeded") {
				t.Errorf("timed out: %v", err)
			}
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			listener.Close()
			to.Address = listener.Addr().String()
			if _, _, err := p.Dial(t.Context(), to); err == nil || err.Error() != "dial "+to.Address+": connect: connection refused" {
				t.Errorf("refused: %v", err)
			}
		})
	}
}

// TestNewPoolRefuses options that make no sense.
func TestNewPoolRefuses(t *testing.T) {
	t.Parallel()
	now := func() time.Duration { return 0 }
	for _, o := range []wire.Options{
		{Now: now}, {Handler: newRecorder()},
		{Now: now, Handler: newRecorder(), Workers: -1}, {Now: now, Handler: newRecorder(), Workers: 65},
		{Now: now, Handler: newRecorder(), MaxMessage: -1},
	} {
		if p, err := wire.NewPool(o); err == nil {
			p.Close()
			t.Errorf("%+v is taken", o)
		}
	}
	p, err := wire.NewPool(wire.Options{Now: now, Handler: newRecorder()})
	if err != nil || p.Workers() < 1 || p.Workers() > 4 {
		t.Fatalf("%d workers (%v)", p.Workers(), err)
	}
	p.Close()
}

// acceptKey answers a key (RFC 6455 §4.2.2).
func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
