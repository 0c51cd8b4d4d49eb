package client_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"ttcheck/client"
)

// serve runs a gateway of one handler, and returns a client for it.
func serve(t *testing.T, handler http.HandlerFunc) *client.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return reach(t, strings.TrimPrefix(server.URL, "http://"))
}

// listen runs a gateway that handles every TCP connection by script, and returns
// a client for it. Connections are closed when their script returns.
func listen(t *testing.T, script func(net.Conn)) *client.Client {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer conn.Close()
				script(conn)
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		conns.Wait()
	})
	return reach(t, listener.Addr().String())
}

// reach returns a client that knows the token.
func reach(t *testing.T, address string) *client.Client {
	t.Helper()
	c := client.New(client.Options{Address: address, Transcript: client.NewTranscript(knowing(token))})
	t.Cleanup(c.Close)
	return c
}

// pipe is listen without a network: time may be that of a synctest bubble. The
// script runs once, on the only connection there is.
func pipe(t *testing.T, script func(net.Conn)) *client.Client {
	t.Helper()
	var scripts sync.WaitGroup
	dial := func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		scripts.Go(func() {
			defer far.Close()
			script(far)
		})
		return near, nil
	}
	c := client.NewOver(client.Options{Address: "gateway:8000", Transcript: client.NewTranscript(knowing(token))}, dial)
	t.Cleanup(func() {
		c.Close()
		scripts.Wait()
	})
	return c
}

// answer is a script that reads one request, calls before, and writes answers.
func answer(before func(), answers ...string) func(net.Conn) {
	return func(conn net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		if before != nil {
			before()
		}
		for _, a := range answers {
			if _, err := io.WriteString(conn, a); err != nil {
				return
			}
		}
	}
}

func reader(conn net.Conn) *bufio.Reader { return bufio.NewReader(conn) }

// hearOut reads until the other side ends the connection.
func hearOut(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// ended tells whether an error is that of a connection that is over.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// secretless asserts that nothing which is written of an answer holds the token.
func secretless(t *testing.T, res *client.Response) {
	t.Helper()
	texts := []string{res.String(), res.Exchange.Sent, res.Exchange.Received, res.Exchange.Error}
	if res.Err != nil {
		texts = append(texts, res.Err.Error())
	}
	for _, text := range texts {
		if strings.Contains(strings.ToLower(text), token) {
			t.Errorf("the token stands in %q", text)
		}
	}
}
