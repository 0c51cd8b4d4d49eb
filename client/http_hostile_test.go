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
	"testing/synctest"
	"time"

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
	for name, test := range map[string]struct {
		script func(net.Conn)
		size   int
		bad    bool
	}{
		"as large as may be": {func(conn net.Conn) {
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", client.MaxBody)
			_, _ = conn.Write(make([]byte, client.MaxBody))
		}, client.MaxBody, false},
		"one byte more": {func(conn net.Conn) {
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", client.MaxBody+1)
			_, _ = conn.Write(make([]byte, client.MaxBody+1))
			hearOut(conn)
		}, client.MaxBody, true},
		"endless": {func(conn net.Conn) { _, _ = io.WriteString(conn, lengthless); endless(conn, "x") }, client.MaxBody, true},
		"endless in chunks": {func(conn net.Conn) {
			_, _ = io.WriteString(conn, chunked)
			endless(conn, "400\r\n"+strings.Repeat("x", 0x400)+"\r\n")
		}, client.MaxBody, true},
	} {
		for _, how := range []string{"GET", "raw"} {
			t.Run(name+"/"+how, func(t *testing.T) {
				t.Parallel()
				c := listen(t, func(conn net.Conn) {
					if _, err := http.ReadRequest(reader(conn)); err == nil {
						test.script(conn)
					}
				})
				res := asking[how](t.Context(), c)
				if len(res.Body) > test.size || !test.bad && len(res.Body) != test.size {
					t.Errorf("%d bytes are kept, want %d", len(res.Body), test.size)
				}
				if test.bad != (res.Err != nil) || test.bad && !strings.Contains(res.Err.Error(), "larger") {
					t.Errorf("the error is %v", res.Err)
				}
				if res.Status != http.StatusOK {
					t.Errorf("the status is %d", res.Status)
				}
			})
		}
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

// TestSlowGateway: a request takes no longer than it may, wherever the gateway
// dawdles.
func TestSlowGateway(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]func(net.Conn){
		"reads nothing":   func(conn net.Conn) { <-t.Context().Done() },
		"answers nothing": hearOut,
		"half a header":   func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"); hearOut(conn) },
		"half a body": func(conn net.Conn) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
			hearOut(conn)
		},
		"a byte at a time": func(conn net.Conn) {
			_, _ = io.WriteString(conn, lengthless)
			for {
				if _, err := conn.Write([]byte("x")); err != nil {
					return
				}
				time.Sleep(900 * time.Millisecond)
			}
		},
	} {
		for how, ask := range asking {
			t.Run(name+"/"+how, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					begun := time.Now()
					c := pipe(t, func(conn net.Conn) {
						if name == "reads nothing" {
							<-t.Context().Done()
							return
						}
						if _, err := http.ReadRequest(reader(conn)); err == nil {
							script(conn)
						}
					})
					res := ask(t.Context(), c)
					if took := time.Since(begun); took != client.DefaultTimeout || res.Took() != took {
						t.Errorf("it took %v, and is said to have taken %v", took, res.Took())
					}
					if !errors.Is(res.Err, context.DeadlineExceeded) || !strings.Contains(res.Err.Error(), "no answer in time") || client.IsLocal(res.Err) {
						t.Errorf("the error is %v", res.Err)
					}
				})
			})
		}
	}
}

func TestTimeoutIsWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dial := func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			context.AfterFunc(t.Context(), func() { far.Close() })
			return near, nil
		}
		c := client.NewOver(client.Options{Address: "gateway:8000", Timeout: 3 * time.Second}, dial)
		for how, ask := range asking {
			if res := ask(t.Context(), c); res.Took() != 3*time.Second || !errors.Is(res.Err, context.DeadlineExceeded) {
				t.Errorf("%s took %v: %v", how, res.Took(), res.Err)
			}
		}
	})
}

// TestCancel: the tester who gives up waits no longer, and it is not the gateway's
// fault.
func TestCancel(t *testing.T) {
	t.Parallel()
	for how, ask := range asking {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := pipe(t, hearOut)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				if res := ask(ctx, c); res.Took() != time.Second || !client.IsLocal(res.Err) {
					t.Errorf("took %v: %v", res.Took(), res.Err)
				}
			})
		})
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
			if res.Err == nil || res.Status != 0 || res.Sent.IsZero() || res.Took() < 0 {
				t.Errorf("got %+v", res)
			}
			secretless(t, res)
		})
	}
}
