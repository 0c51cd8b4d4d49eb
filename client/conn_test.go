package client_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"ttcheck/client"
)

// twice answers two requests on one connection, and then waits for its end, which
// it returns.
func twice(ended chan<- error) func(net.Conn) {
	return func(conn net.Conn) {
		from := bufio.NewReader(conn)
		for _, body := range []string{"one", "two"} {
			r, err := http.ReadRequest(from)
			if err != nil {
				break
			}
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"+body)
		}
		_, err := conn.Read(make([]byte, 1))
		ended <- err
	}
}

// connect opens a connection that is closed at the end of the test at the latest.
func connect(t *testing.T, c *client.Client) *client.Conn {
	t.Helper()
	conn, err := c.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

func TestConn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		end  func(*client.Conn)
		seen error
	}{
		"closed": {(*client.Conn).Close, io.EOF},
		"reset":  {(*client.Conn).Reset, syscall.ECONNRESET},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ended := make(chan error, 1)
			c := listen(t, twice(ended))
			conn := connect(t, c)
			for i, want := range []string{"one", "two"} {
				for _, part := range []string{"GET /" + want, " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n"} {
					if err := conn.Send(t.Context(), []byte(part)); err != nil {
						t.Fatal(err)
					}
				}
				res := conn.Answer(t.Context(), http.MethodGet)
				if res.Err != nil || string(res.Body) != want || !res.LocalIP.IsLoopback() {
					t.Errorf("answer %d is %s with %q", i, res, res.Body)
				}
				if sent := res.Exchange.Sent; !strings.HasPrefix(sent, "GET /"+want) || strings.Contains(sent, token) {
					t.Errorf("recorded as sent: %q", sent)
				}
			}
			test.end(conn)
			if err := <-ended; !errors.Is(err, test.seen) {
				t.Errorf("the gateway saw %v, want %v", err, test.seen)
			}
		})
	}
}

func TestConnWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script func(net.Conn)
		want   error
		found  string
	}{
		"closed":  {func(net.Conn) {}, io.ErrUnexpectedEOF, "the connection was closed"},
		"silence": {hearOut, context.DeadlineExceeded, "no answer in time"},
		"endless": {func(conn net.Conn) { _, _ = io.Copy(conn, zeros{}) }, nil, "larger than"},
		"endless body": {func(conn net.Conn) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
			_, _ = io.Copy(conn, zeros{})
		}, nil, "larger than"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := connect(t, listen(t, test.script))
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			res := conn.Answer(ctx, http.MethodGet)
			if res.Err == nil || !strings.Contains(res.Err.Error(), test.found) || test.want != nil && !errors.Is(res.Err, test.want) {
				t.Errorf("the error is %v, want one that says %q", res.Err, test.found)
			}
		})
	}
}

// zeros is a stream without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

// TestConnThatIsNotRead proves that sending gives up with its context.
func TestConnThatIsNotRead(t *testing.T) {
	t.Parallel()
	over := make(chan struct{})
	conn := connect(t, listen(t, func(net.Conn) { <-over }))
	defer close(over)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := conn.Send(ctx, make([]byte, 64<<20)); err == nil {
		t.Error("64 MiB were taken by a gateway that reads nothing")
	}
}

func TestConnToNobody(t *testing.T) {
	t.Parallel()
	if _, err := reach(t, "127.0.0.1:1").Connect(t.Context()); err == nil || client.IsLocal(err) {
		t.Errorf("the error is %v, want that of the gateway", err)
	}
}

// TestSocketReset proves that the gateway sees a reset, and no close frame.
func TestSocketReset(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	socket := dial(t, listen(t, upgraded(func(f *far) {
		_, err := f.ReadByte()
		ended <- err
	})))
	socket.Reset()
	if err := <-ended; !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the gateway saw %v, want a reset", err)
	}
	if closure := socket.Closure(); closure == nil || closure.Frame {
		t.Errorf("the socket ended so: %v", closure)
	}
	socket.Close() // a reset socket may be closed
}
