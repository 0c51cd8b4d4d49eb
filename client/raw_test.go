package client_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"ttcheck/client"
)

func TestRaw(t *testing.T) {
	t.Parallel()
	// Two requests at once, the first with what net/http would not send.
	const data = "get /a  HTTP/1.1\r\nHost:x\r\nAuthorization: Bearer " + token + "\r\n\r\nGET /b HTTP/1.1\r\n\r\n"
	var got string
	c := listen(t, func(conn net.Conn) {
		buffer := make([]byte, len(data))
		_, _ = io.ReadFull(conn, buffer)
		got = string(buffer)
		_, _ = io.WriteString(conn, "HTTP/1.0 400 Whatever\r\nContent-Length: 3\r\nX: y\r\n\r\nbadHTTP/1.1 200 OK\r\n\r\n")
	})
	res := c.Raw(t.Context(), http.MethodGet, []byte(data))
	if got != data {
		t.Errorf("the gateway got %q", got)
	}
	if res.Err != nil || res.Status != 400 || string(res.Body) != "bad" || res.Header.Get("X") != "y" {
		t.Errorf("got %+v", res)
	}
	x := c.Transcript().Exchanges()[0]
	wantSent := "get /a  HTTP/1.1\nHost:x\nAuthorization: Bearer " + tokenShort + "\n\nGET /b HTTP/1.1\n\n"
	if x != res.Exchange || x.Channel != "tcp" || x.Sent != wantSent || x.Took != res.Took() || x.Took <= 0 {
		t.Errorf("recorded %+v", x)
	}
	if want := "HTTP/1.1 400 Bad Request\nContent-Length: 3\nX: y\n\nbad"; x.Received != want {
		t.Errorf("recorded %q, want %q", x.Received, want)
	}
}

// TestRawHead: whether a body follows depends on the method that was sent.
func TestRawHead(t *testing.T) {
	t.Parallel()
	c := listen(t, func(conn net.Conn) {
		answer(nil, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")(conn)
		hearOut(conn)
	})
	res := c.Raw(t.Context(), http.MethodHead, []byte("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"))
	if res.Err != nil || res.Status != 200 || len(res.Body) != 0 {
		t.Errorf("got %v", res)
	}
}

// deafConn fails a write after some bytes, and still has an answer to read.
type deafConn struct {
	net.Conn
	answer io.Reader
}

func (deafConn) Write([]byte) (int, error)    { return 7, syscall.EPIPE }
func (c deafConn) Read(p []byte) (int, error) { return c.answer.Read(p) }
func (c deafConn) Close() error               { return c.Conn.Close() }
func deaf(answer string) (c *client.Client) {
	dial := func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		far.Close()
		return deafConn{near, strings.NewReader(answer)}, nil
	}
	return client.NewOver(client.Options{Address: "gateway:8000"}, dial)
}

// TestRawAnsweredEarly: a gateway may refuse what it did not read to the end.
func TestRawAnsweredEarly(t *testing.T) {
	t.Parallel()
	res := deaf("HTTP/1.1 431 Request Header Fields Too Large\r\n\r\ntoo much").Raw(t.Context(), http.MethodGet, make([]byte, 1<<20))
	if res.Err != nil || res.Status != 431 || string(res.Body) != "too much" {
		t.Errorf("got %v", res)
	}
	res = deaf("").Raw(t.Context(), http.MethodGet, make([]byte, 1<<20))
	if !errors.Is(res.Err, syscall.EPIPE) || !strings.HasPrefix(res.Err.Error(), "GET to gateway:8000: write: ") {
		t.Errorf("without an answer: %v", res.Err)
	}
}
