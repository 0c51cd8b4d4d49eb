package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"ttcheck/client"
	"ttcheck/protocol"
)

// asking are the ways to ask over HTTP: on a connection that is kept, on one of
// its own, and by hand.
var asking = map[string]func(context.Context, *client.Client) *client.Response{
	"GET": func(ctx context.Context, c *client.Client) *client.Response {
		return c.Do(ctx, client.Request{Path: "/"})
	},
	"POST": func(ctx context.Context, c *client.Client) *client.Response {
		return c.Do(ctx, client.Request{Method: http.MethodPost, Path: "/"})
	},
	"raw": func(ctx context.Context, c *client.Client) *client.Response {
		return c.Raw(ctx, http.MethodGet, []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
	},
}

const (
	lengthless = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
	chunked    = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
)

// endless writes a text over and over, until nobody reads.
func endless(conn net.Conn, text string) {
	many := []byte(strings.Repeat(text, 1+(64<<10)/len(text)))
	for {
		if _, err := conn.Write(many); err != nil {
			return
		}
	}
}

// TestBodyBounds: a body may have 8 MiB; of a larger one that much is kept.
func TestBodyBounds(t *testing.T) {
	t.Parallel()
	sized := func(size int) func(net.Conn) {
		return func(conn net.Conn) {
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", size)
			_, _ = conn.Write(make([]byte, size))
		}
	}
	after := func(header, text string) func(net.Conn) {
		return func(conn net.Conn) {
			_, _ = io.WriteString(conn, header)
			endless(conn, text)
		}
	}
	chunk := "400\r\n" + strings.Repeat("x", 0x400) + "\r\n"
	small := "80\r\n" + strings.Repeat("x", 0x80) + "\r\n" // whose sizes take up some room
	for name, test := range map[string]struct {
		how      string
		script   func(net.Conn)
		tooLarge bool
	}{
		"as large as may be":    {"GET", sized(client.MaxBody), false},
		"one byte more":         {"GET", sized(client.MaxBody + 1), true},
		"one byte more, raw":    {"raw", sized(client.MaxBody + 1), true},
		"endless":               {"GET", after(lengthless, "x"), true},
		"endless, raw":          {"raw", after(lengthless, "x"), true},
		"endless, chunked":      {"POST", after(chunked, chunk), true},
		"endless, chunked, raw": {"raw", after(chunked, small), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := listen(t, func(conn net.Conn) {
				if _, err := http.ReadRequest(reader(conn)); err == nil {
					test.script(conn)
				}
			})
			res := asking[test.how](t.Context(), c)
			if len(res.Body) > client.MaxBody || len(res.Body) < client.MaxBody*9/10 || !test.tooLarge && len(res.Body) != client.MaxBody {
				t.Errorf("%d bytes are kept", len(res.Body))
			}
			if test.tooLarge != (res.Err != nil) || test.tooLarge && !strings.Contains(res.Err.Error(), "larger") {
				t.Errorf("the error is %v", res.Err)
			}
			if res.Status != http.StatusOK {
				t.Errorf("the status is %d", res.Status)
			}
		})
	}
}

// TestNoAnswer: whatever comes in place of an answer is an error that says what
// was asked of whom, in bounds, and shows no token.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]func(net.Conn){
		"nothing":          func(net.Conn) {},
		"half a line":      func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 2") },
		"half a header":    func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nX: y\r\n") },
		"another protocol": func(conn net.Conn) { _, _ = io.WriteString(conn, "SSH-2.0-OpenSSH_9.6\r\n") },
		"a token":          func(conn net.Conn) { _, _ = io.WriteString(conn, strings.ToUpper(token)+"\r\n\r\n") },
		"a long line":      func(conn net.Conn) { _, _ = io.WriteString(conn, strings.Repeat("x", 10000)+"\r\n\r\n") },
		"a broken header":  func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+token+"\r\n\r\n") },
		"an endless line":  func(conn net.Conn) { endless(conn, "x") },
		"an endless header": func(conn net.Conn) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
			endless(conn, "X: y\r\n")
		},
		"a reset": func(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) },
	} {
		for how, ask := range asking {
			t.Run(name+"/"+how, func(t *testing.T) {
				t.Parallel()
				c := listen(t, func(conn net.Conn) {
					if _, err := http.ReadRequest(reader(conn)); err == nil {
						script(conn)
					}
				})
				res := ask(t.Context(), c)
				if res.Err == nil || res.Status != 0 || res.Body != nil {
					t.Fatalf("got %v", res)
				}
				method := strings.Replace(how, "raw", "GET", 1)
				if text := res.Err.Error(); !strings.HasPrefix(text, method+" to "+c.Address()+": ") || len(text) > client.MaxText+100 {
					t.Errorf("the error is %q", text)
				}
				if strings.HasPrefix(name, "an endless") && !strings.Contains(res.Err.Error(), fmt.Sprint(client.MaxHeader)) {
					t.Errorf("the error is %v, and speaks of no bound", res.Err)
				}
				if res.Exchange.Error != res.Err.Error() || res.Exchange.Received != "" {
					t.Errorf("recorded %+v", res.Exchange)
				}
				if client.IsLocal(res.Err) {
					t.Errorf("%v is held to be the tester's trouble", res.Err)
				}
				secretless(t, res)
			})
		}
	}
}

// TestHalfAnAnswer: what came is kept, beside the error.
func TestHalfAnAnswer(t *testing.T) {
	t.Parallel()
	for how, ask := range asking {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			c := listen(t, answer(nil, "HTTP/1.1 401 Unauthorized\r\nX-Token: "+token+"\r\nContent-Length: 100\r\n\r\n{\"token\":\"", token))
			res := ask(t.Context(), c)
			if res.Status != 401 || string(res.Body) != `{"token":"`+token || !ended(res.Err) {
				t.Errorf("got status %d, body %q, error %v", res.Status, res.Body, res.Err)
			}
			if !strings.HasPrefix(res.String(), "no answer: ") {
				t.Errorf("in words: %s", res)
			}
			secretless(t, res)
		})
	}
}

func TestRefusedConnection(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	c := reach(t, listener.Addr().String())
	asked := map[string]*client.Response{}
	for how, ask := range asking {
		asked[how] = ask(t.Context(), c)
	}
	var socket *client.Socket
	socket, asked["WebSocket"] = c.Dial(t.Context(), client.BearerHeader(token))
	if socket != nil {
		t.Error("there is a socket")
	}
	for how, res := range asked {
		if !errors.Is(res.Err, syscall.ECONNREFUSED) || client.IsLocal(res.Err) || !strings.Contains(res.Err.Error(), c.Address()) {
			t.Errorf("%s: %v", how, res.Err)
		}
		if res.Exchange.Error != res.Err.Error() {
			t.Errorf("%s: recorded %+v", how, res.Exchange)
		}
		secretless(t, res)
	}
}

// TestUnaskedUpgrade: after an answer 101 no body is waited for.
func TestUnaskedUpgrade(t *testing.T) {
	t.Parallel()
	for how, ask := range asking {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			c := listen(t, func(conn net.Conn) {
				answer(nil, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x02{}")(conn)
				hearOut(conn)
			})
			if res := ask(t.Context(), c); res.Status != http.StatusSwitchingProtocols || res.Err != nil || len(res.Body) != 0 {
				t.Errorf("got %v, body %q", res, res.Body)
			}
		})
	}
}

// TestRequestThatCannotBeMade: it is an error that goes nowhere.
func TestRequestThatCannotBeMade(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		address string
		req     client.Request
	}{
		"JSON":    {"127.0.0.1:9", client.Request{Path: "/", JSON: func() {}, Token: token}},
		"method":  {"127.0.0.1:9", client.Request{Method: "G T", Path: "/", Token: token}},
		"header":  {"127.0.0.1:9", client.Request{Path: "/", Header: http.Header{"X": {token + "\n"}}}},
		"token":   {"127.0.0.1:9", client.Request{Path: "/", Token: token + "\n"}},
		"address": {"127.0.0.1:%zz", client.Request{Path: "/", Token: token, Query: map[string][]string{"token": {token}}}},
		"no host": {"", client.Request{Path: protocol.PathToken, Token: token}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := reach(t, test.address).Do(t.Context(), test.req)
			if res.Err == nil || res.Status != 0 || res.Sent.IsZero() || res.Took() < 0 || strings.Contains(res.Err.Error(), "token=") {
				t.Errorf("got %+v", res)
			}
			secretless(t, res)
		})
	}
}
