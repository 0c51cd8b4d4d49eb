package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/client"
)

func TestDial(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header http.Header
		want   []string // Authorization
		sent   string
	}{
		"without credentials": {nil, nil, "GET " + path},
		"with a token": {
			client.BearerHeader(token), []string{"Bearer " + token}, "GET " + path + "\nAuthorization: Bearer " + tokenShort,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requests := make(chan *http.Request, 1)
			c := listen(t, upgradedWith("X: y\r\n", func(f *far) { requests <- f.request; hearOut(f) }))
			before := time.Now()
			socket, res := c.Dial(t.Context(), test.header)
			if socket == nil || res.Err != nil || res.Status != http.StatusSwitchingProtocols || res.Header.Get("X") != "y" {
				t.Fatalf("got %v", res)
			}
			defer socket.Drop()
			r := <-requests
			if r.URL.Path != path || r.Host != c.Address() || fmt.Sprint(r.Header["Authorization"]) != fmt.Sprint(test.want) {
				t.Errorf("the gateway saw %v of %s", r.Header, r.URL)
			}
			for key, want := range map[string]string{
				"Upgrade": "websocket", "Connection": "Upgrade", "Sec-Websocket-Version": "13", "Sec-Websocket-Extensions": "", "Sec-Websocket-Protocol": "",
			} {
				if got := r.Header.Get(key); got != want {
					t.Errorf("the gateway saw %s: %q, want %q", key, got, want)
				}
			}
			if socket.Asked.Before(before) || socket.Opened.Before(socket.Asked) || time.Now().Before(socket.Opened) {
				t.Errorf("asked at %v, opened at %v", socket.Asked, socket.Opened)
			}
			if res.Sent != socket.Asked || res.Received != socket.Opened || res.LocalIP.String() != "127.0.0.1" {
				t.Errorf("the answer is %+v", res)
			}
			x := c.Transcript().Exchanges()[0]
			if x != res.Exchange || x.Channel != "ws#1" || x.Channel != socket.Channel() || x.Sent != test.sent || x.Error != "" || x.Took != res.Took() {
				t.Errorf("recorded %+v", x)
			}
			if !strings.HasPrefix(x.Received, "HTTP/1.1 101 Switching Protocols\n") {
				t.Errorf("recorded the answer %q", x.Received)
			}
			secretless(t, res)
		})
	}
}

// TestChannels: sockets are numbered over the whole run.
func TestChannels(t *testing.T) {
	t.Parallel()
	c := listen(t, upgraded(func(f *far) { hearOut(f) }))
	for i := range 3 {
		scoped := c.Recording(c.Transcript().Scope())
		if got, want := dial(t, scoped).Channel(), fmt.Sprintf("ws#%d", i+1); got != want {
			t.Errorf("the channel is %s, want %s", got, want)
		}
		if got := len(scoped.Transcript().Exchanges()); got != 1 {
			t.Errorf("the scope holds %d exchanges", got)
		}
	}
	if got := c.Transcript().Exchanges(); len(got) != 0 {
		t.Errorf("the root holds %v", got)
	}
}

// TestHandshakeRefused: a refusal is an answer.
func TestHandshakeRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	for name, test := range map[string]struct {
		answer string
		status int
		body   string
	}{
		"401":          {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 17\r\n\r\n{\"returnCode\":-2}", 401, `{"returnCode":-2}`},
		"without body": {"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", 403, ""},
		"200":          {lengthless + "<html>", 200, "<html>"},
		"a long body":  {lengthless + long, 200, long[:1024]},
		"half a body":  {"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 100\r\n\r\nhalf", 500, "half"},
		"a token":      {"HTTP/1.1 400 Bad Request\r\nX: " + token + "\r\nContent-Length: 48\r\n\r\n" + token, 400, token},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := listen(t, answer(nil, test.answer))
			socket, res := c.Dial(t.Context(), client.BearerHeader(token))
			if socket != nil || res.Err != nil || res.Status != test.status || string(res.Body) != test.body {
				t.Errorf("got %v with the body %q, error %v", res, res.Body, res.Err)
			}
			if x := res.Exchange; !strings.HasPrefix(x.Received, fmt.Sprintf("HTTP/1.1 %d ", test.status)) {
				t.Errorf("recorded %+v", x)
			}
			secretless(t, res)
		})
	}
}

// TestHandshakeFailed: what is no answer, or a wrong 101, is an error and no
// socket (RFC 6455 §4.1).
func TestHandshakeFailed(t *testing.T) {
	t.Parallel()
	wrong := func(upgrade, connection, digest string) func(net.Conn) {
		return func(conn net.Conn) {
			r, err := http.ReadRequest(reader(conn))
			if err != nil {
				return
			}
			if digest == "" {
				digest = accept(r)
			}
			fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\n%s%sSec-WebSocket-Accept: %s\r\n\r\n", upgrade, connection, digest)
			hearOut(conn)
		}
	}
	const upgrade, connection = "Upgrade: websocket\r\n", "Connection: Upgrade\r\n"
	for name, test := range map[string]struct {
		script func(net.Conn)
		status int
		reason string
	}{
		"no answer": {answer(nil), 0, "EOF"},
		"garbage":   {answer(nil, "garbage "+token+"\r\n\r\n"), 0, "malformed HTTP"},
		"an endless header": {func(conn net.Conn) {
			answer(nil, "HTTP/1.1 101 Switching Protocols\r\n")(conn)
			endless(conn, "X: y\r\n")
		}, 0, "header of the answer is larger"},
		"an endless line":   {func(conn net.Conn) { answer(nil, "HTTP/1.1 101 ")(conn); endless(conn, "x") }, 0, "header of the answer is larger"},
		"a wrong digest":    {wrong(upgrade, connection, "c2hvdWxkIGJlIGFub3RoZXI="), 101, "Sec-WebSocket-Accept"},
		"no digest":         {wrong(upgrade, connection, " "), 101, "Sec-WebSocket-Accept"},
		"no Upgrade":        {wrong("", connection, ""), 101, "Upgrade"},
		"another Upgrade":   {wrong("Upgrade: h2c\r\n", connection, ""), 101, "Upgrade"},
		"no Connection":     {wrong(upgrade, "", ""), 101, "Connection"},
		"compression":       {upgradedWith("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n", func(f *far) { hearOut(f) }), 101, "extension that was not offered"},
		"another extension": {upgradedWith("Sec-WebSocket-Extensions: "+token+"\r\n", func(f *far) { hearOut(f) }), 101, "extension that was not offered"},
		"a subprotocol":     {upgradedWith("Sec-WebSocket-Protocol: chat\r\n", func(f *far) { hearOut(f) }), 101, "subprotocol that was not offered"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := listen(t, test.script)
			socket, res := c.Dial(t.Context(), nil)
			if socket != nil || res.Err == nil || res.Status != test.status {
				t.Fatalf("got %v, status %d", res, res.Status)
			}
			if text := res.Err.Error(); !strings.HasPrefix(text, "WebSocket handshake to "+c.Address()+": ") || !strings.Contains(text, test.reason) {
				t.Errorf("the error is %q, want %q", text, test.reason)
			}
			if client.IsLocal(res.Err) || res.Exchange.Error != res.Err.Error() {
				t.Errorf("recorded %+v", res.Exchange)
			}
			secretless(t, res)
		})
	}
}

// TestSubprotocolOffered: what was offered may be chosen.
func TestSubprotocolOffered(t *testing.T) {
	t.Parallel()
	c := listen(t, upgradedWith("Sec-WebSocket-Protocol: chat\r\n", func(f *far) { hearOut(f) }))
	socket, res := c.Dial(t.Context(), http.Header{"Sec-Websocket-Protocol": {"chat"}})
	if socket == nil {
		t.Fatal(res)
	}
	socket.Drop()
}

// TestDialWhatIsTheLibrarys: a header that the handshake sets itself is refused,
// without a word to the gateway.
func TestDialWhatIsTheLibrarys(t *testing.T) {
	t.Parallel()
	c := listen(t, func(net.Conn) { t.Error("the gateway was asked") })
	if socket, res := c.Dial(t.Context(), http.Header{"Upgrade": {"h2c"}}); socket != nil || res.Err == nil {
		t.Errorf("got %v", res)
	}
}

func TestHandshakeTimes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script func(net.Conn)
		giveUp time.Duration // zero for never
		took   time.Duration
		local  bool
	}{
		"no answer":     {hearOut, 0, client.DefaultTimeout, false},
		"half a header": {func(conn net.Conn) { answer(nil, "HTTP/1.1 101 Sw")(conn); hearOut(conn) }, 0, client.DefaultTimeout, false},
		"cancelled":     {hearOut, time.Second, time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := pipe(t, test.script)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.giveUp > 0 {
					time.AfterFunc(test.giveUp, cancel)
				}
				socket, res := c.Dial(ctx, nil)
				if socket != nil || res.Took() != test.took || client.IsLocal(res.Err) != test.local || errors.Is(res.Err, context.DeadlineExceeded) == test.local {
					t.Errorf("took %v: %v", res.Took(), res)
				}
			})
		})
	}
}

// TestSocketOutlivesItsHandshake: neither its context nor its bounds last.
func TestSocketOutlivesItsHandshake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		goOn := make(chan struct{})
		large := `{"type":"` + strings.Repeat("x", 2*client.MaxHeader) + `"}`
		c := pipe(t, upgraded(func(f *far) {
			<-goOn
			f.say(large)
			_, _ = io.Copy(io.Discard, f)
		}))
		ctx, cancel := context.WithCancel(t.Context())
		socket, res := c.Dial(ctx, nil)
		if socket == nil {
			t.Fatal(res)
		}
		defer socket.Drop()
		cancel()
		time.Sleep(time.Hour)
		close(goOn)
		m, _, ok := socket.Await(soon(t), 0, func(client.Message) bool { return true })
		if !ok || len(m.Data) != len(large) || m.At.Sub(socket.Opened) != time.Hour {
			t.Errorf("got %d bytes at %v, %v", len(m.Data), m.At, socket.Closure())
		}
	})
}
