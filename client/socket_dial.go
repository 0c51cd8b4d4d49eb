package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"ttcheck/protocol"
)

// Dial opens the WebSocket with the given header and nothing else: no token is
// passed unless the header holds one. The response tells how the gateway
// answered the handshake; the socket is nil unless that was 101, rightly
// (RFC 6455 §4.1): a 101 that is wrong is an error.
func (c *Client) Dial(ctx context.Context, header http.Header) (*Socket, *Response) {
	return c.dialFor(ctx, header, nil)
}

// Stream is Dial for a socket that lasts, such as that of a POS which runs for days: hear is
// called with each message, by the goroutine that reads the socket, and the socket keeps
// none. Await and Messages see nothing of them, and AwaitPong only the latest pongs. While
// hear does not return, nothing is read, pings and the end of the socket included; it must
// not end the socket itself.
func (c *Client) Stream(ctx context.Context, header http.Header, hear func(Message)) (*Socket, *Response) {
	return c.dialFor(ctx, header, hear)
}

func (c *Client) dialFor(ctx context.Context, header http.Header, hear func(Message)) (*Socket, *Response) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	s := &Socket{
		transcript: c.transcript,
		hear:       hear,
		channel:    fmt.Sprintf("ws#%d", c.transcript.run.nextSocket()),
		writing:    make(chan struct{}, 1),
		changed:    make(chan struct{}),
		ended:      make(chan struct{}),
		Asked:      time.Now(),
	}
	res := &Response{Sent: s.Asked, secrets: c.transcript.run.secrets}
	err := c.shakeHands(ctx, s, res, header)
	s.Opened = time.Now()
	res.Received = s.Opened
	if err != nil && !errors.Is(err, websocket.ErrBadHandshake) {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		res.Err = c.reason("WebSocket handshake", err)
		err = res.Err
	}
	res.Exchange = c.transcript.Record(s.Asked, Exchange{
		Took: res.Took(), Channel: s.channel,
		Sent:     dumpRequest(http.MethodGet, protocol.PathWebSocket, header, nil),
		Received: dumpResponse(res.Status, res.Header, res.Body),
		Error:    errorText(err),
	})
	if err != nil {
		return nil, res
	}
	s.conn.SetReadLimit(maxMessage)
	s.conn.SetPongHandler(s.notePong)
	s.conn.SetPingHandler(s.answerPing)
	s.conn.SetCloseHandler(s.answerClose)
	go s.read()
	return s, res
}

// shakeHands opens the connection of s and notes the answer in res.
func (c *Client) shakeHands(ctx context.Context, s *Socket, res *Response, header http.Header) error {
	var raw *handshakeConn
	dialer := websocket.Dialer{
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := c.dial(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			res.LocalIP = localIP(conn)
			raw = &handshakeConn{Conn: conn, left: maxHeader, stop: closeWith(ctx, conn)}
			return raw, nil
		},
		ReadBufferSize: 1024, WriteBufferSize: 1024,
	}
	conn, answer, err := dialer.DialContext(ctx, "ws://"+c.Address()+protocol.PathWebSocket, header)
	if raw != nil && !raw.over() {
		err = ctx.Err() // the connection is closed, even if the answer came
	}
	if answer != nil {
		defer answer.Body.Close()
		res.Status, res.Header = answer.StatusCode, answer.Header
		res.Body, _ = io.ReadAll(answer.Body) // gorilla keeps at most 1,024 bytes
	}
	switch {
	case errors.Is(err, websocket.ErrBadHandshake) && res.Status == http.StatusSwitchingProtocols:
		return errors.New("answered 101 without a right Upgrade, Connection or Sec-WebSocket-Accept header")
	case err != nil:
		return err
	}
	if err := unoffered(header, res.Header); err != nil {
		_ = conn.Close()
		return err
	}
	s.conn = conn
	return nil
}

// unoffered finds what a gateway may not choose, as nobody offered it; a client
// must fail the connection then (RFC 6455 §4.1). Compression, in particular, would
// let a short message grow without a bound.
func unoffered(asked, answer http.Header) error {
	if extension := answer.Get("Sec-WebSocket-Extensions"); extension != "" {
		return fmt.Errorf("the gateway chose an extension that was not offered: %q", extension)
	}
	if protocol := answer.Get("Sec-WebSocket-Protocol"); protocol != "" && asked.Get("Sec-WebSocket-Protocol") == "" {
		return fmt.Errorf("the gateway chose a subprotocol that was not offered: %q", protocol)
	}
	return nil
}

// handshakeConn bounds what is read during the handshake: the library does not.
// It is also closed when the context of the handshake ends.
type handshakeConn struct {
	net.Conn
	left int // bytes that may still be read; negative for any number
	stop func() bool
}

// over lifts the bounds, and tells whether the connection is still there. Nobody
// may be reading.
func (c *handshakeConn) over() bool {
	c.left = -1
	return c.stop()
}

func (c *handshakeConn) Read(p []byte) (int, error) {
	switch {
	case c.left < 0:
		return c.Conn.Read(p)
	case c.left == 0:
		return 0, errHeaderTooLarge
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

// BearerHeader is the handshake header that presents a token.
func BearerHeader(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}}
}
