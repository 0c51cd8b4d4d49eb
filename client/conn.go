package client

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Conn is a TCP connection to the gateway with every byte in the tester's hand, for
// several requests in a row, or for none that is ever finished.
type Conn struct {
	client  *Client
	conn    net.Conn
	limited *io.LimitedReader
	reader  *bufio.Reader
	sent    bytes.Buffer // since the last answer, as far as it is recorded
	LocalIP net.IP       // the address that the gateway sees, unless something translates it
}

// Connect opens a connection and sends nothing. Whoever opens it ends it, by Close or
// Reset.
func (c *Client) Connect(ctx context.Context) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	conn, err := c.dial(ctx, "tcp", c.Address())
	if err != nil {
		return nil, c.reason("connect", err)
	}
	limited := &io.LimitedReader{R: conn}
	return &Conn{client: c, conn: conn, limited: limited, reader: bufio.NewReader(limited), LocalIP: localIP(conn)}, nil
}

// Send puts bytes on the connection as they are. The error tells that the gateway
// ended the connection, or took no more of them until ctx was done.
func (c *Conn) Send(ctx context.Context, data []byte) error {
	if c.sent.Len()+len(data) <= maxText {
		c.sent.Write(data)
	}
	defer closeWith(ctx, c.conn)()
	_ = c.conn.SetWriteDeadline(time.Now().Add(c.client.timeout))
	if _, err := c.conn.Write(data); err != nil {
		return c.client.reason("send", err)
	}
	return nil
}

// Answer reads one HTTP answer, to a request of the given method, and records it
// with what was sent since the one before. The connection is of no more use after
// an answer whose Err is set.
func (c *Conn) Answer(ctx context.Context, method string) *Response {
	ctx, cancel := context.WithTimeout(ctx, c.client.timeout)
	defer cancel()
	res := &Response{Sent: time.Now(), LocalIP: c.LocalIP, secrets: c.client.transcript.run.secrets}
	if err := c.read(ctx, res, method); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		res.Err = c.client.reason(method, err)
	}
	res.Received = time.Now()
	res.Exchange = c.client.transcript.Record(res.Sent, Exchange{
		Took: res.Took(), Channel: "tcp",
		Sent:     string(bytes.ReplaceAll(c.sent.Bytes(), []byte("\r\n"), []byte("\n"))),
		Received: dumpResponse(res.Status, res.Header, res.Body),
		Error:    errorText(res.Err),
	})
	c.sent.Reset()
	return res
}

func (c *Conn) read(ctx context.Context, res *Response, method string) error {
	defer closeWith(ctx, c.conn)()
	c.limited.N = maxHeader
	answer, err := http.ReadResponse(c.reader, &http.Request{Method: method})
	switch {
	case err != nil && c.limited.N == 0:
		return errHeaderTooLarge
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the connection was closed: %w", err)
	case err != nil:
		return fmt.Errorf("read the answer: %w", err)
	}
	defer answer.Body.Close()
	res.Status, res.Header = answer.StatusCode, answer.Header
	c.limited.N = maxBody + maxHeader // which may come in chunks, with a trailer
	if err = readBody(res, answer.Body); err != nil && c.limited.N == 0 {
		return errBodyTooLarge
	}
	return err
}

// Close ends the connection.
func (c *Conn) Close() { _ = c.conn.Close() }

// Reset ends the connection by RST in place of FIN, as a machine does that has
// forgotten it.
func (c *Conn) Reset() { reset(c.conn) }

// Reset ends the WebSocket without a close frame, and its connection by RST in place
// of FIN. It waits for the reader to end.
func (s *Socket) Reset() {
	s.dropped.Store(true)
	reset(s.conn.NetConn())
	<-s.ended
}

func reset(conn net.Conn) {
	if wrapped, ok := conn.(*handshakeConn); ok {
		conn = wrapped.Conn
	}
	if tcp, ok := conn.(interface{ SetLinger(sec int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
