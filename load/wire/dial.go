package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// longest is how long a handshake may take if its context allows more.
const longest = time.Minute

// What is wrong with the answer to a handshake. Nothing of it is quoted: it may hold the
// token.
var (
	errNoAnswer    = fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
	errNoHTTP      = errors.New("the answer is not HTTP")
	errLargeHeader = errors.New("the header of the answer exceeds 16 KiB")
	errWrong101    = errors.New("answered 101 without a right Upgrade, Connection or Sec-WebSocket-Accept header")
	errExtension   = errors.New("answered 101 with an extension that was not offered")
	errSubprotocol = errors.New("answered 101 with a subprotocol that was not offered")
)

// Error tells the status.
func (e *RefusedError) Error() string { return fmt.Sprintf("answered %d instead of 101", e.Status) }

// Dial opens a WebSocket (RFC 6455 §4.1) and tells how long that took, as far as it came.
// Nothing is read but the answer to the handshake, until the socket is given to Add; one
// that is not must be aborted. An answer other than 101 is a *RefusedError. No error quotes
// the header, and errors of the same kind to the same target read alike.
func (p *Pool) Dial(ctx context.Context, to Target) (*Socket, Phases, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	h := &handshake{to: to, dial: p.opts.Dial}
	if h.dial == nil {
		h.dial = dialTCP
	}
	dialer := websocket.Dialer{
		NetDialContext: h.connect,
		ReadBufferSize: 1024, WriteBufferSize: 512, WriteBufferPool: &p.writes,
	}
	_, answer, err := dialer.DialContext(ctx, "ws://"+to.Address+to.Path, to.Header)
	if answer != nil {
		_ = answer.Body.Close() // holds nothing: the connection says it ends with the header
	}
	if h.conn != nil && !h.stop() && err == nil {
		err = ctx.Err() // the connection is closed, even if the answer came
	}
	if err == nil {
		err = unoffered(to.Header, answer.Header)
	}
	if err == nil {
		s := &Socket{pool: p, worker: p.nextWorker(), in: inbox{rest: h.rest}}
		if err = p.engine.take(h.conn.Conn, s); err == nil {
			return s, h.phases, nil
		}
	}
	if h.conn != nil {
		_ = h.conn.Close()
	}
	return nil, h.phases, h.reason(ctx, answer, err)
}

// dialTCP connects from an address, or from any. Keep-alive probes would be a load that
// nobody asked for.
func dialTCP(ctx context.Context, source net.IP, address string) (net.Conn, error) {
	dialer := net.Dialer{KeepAlive: -1}
	if source != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: source}
		dialer.Control = latePort
	}
	return dialer.DialContext(ctx, "tcp", address)
}

// handshake is what Dial knows of one.
type handshake struct {
	to     Target
	dial   func(ctx context.Context, source net.IP, address string) (net.Conn, error)
	conn   *untilHeader // nil before it is connected
	stop   func() bool  // false if the connection was closed, for the context ended
	rest   []byte       // what came after the header of the answer
	phases Phases
}

// connect makes the connection, and bounds what is read of it.
func (h *handshake) connect(ctx context.Context, _, _ string) (net.Conn, error) {
	begun := time.Now()
	conn, err := h.dial(ctx, h.to.Source, h.to.Address)
	connected := time.Now()
	h.phases.Connect = connected.Sub(begun)
	if err != nil {
		return nil, err
	}
	h.stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
	h.conn = &untilHeader{Conn: conn, left: maxHeader, over: func(rest []byte) {
		h.phases.Upgrade = time.Since(connected)
		h.rest = append(h.rest, rest...)
	}}
	return h.conn, nil
}

// reason puts into words why a handshake failed.
func (h *handshake) reason(ctx context.Context, answer *http.Response, err error) error {
	doing := "WebSocket handshake with "
	if h.conn == nil {
		doing = "dial "
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded),
		errors.Is(err, os.ErrDeadlineExceeded): // the same one, of which the connection knew first
		err = errNoAnswer
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case h.conn == nil:
		err = plain(err)
	case h.conn.failed != nil:
		err = plain(h.conn.failed)
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
	case answer == nil:
		err = errNoHTTP
	case answer.StatusCode != http.StatusSwitchingProtocols:
		err = &RefusedError{Status: answer.StatusCode}
	case errors.Is(err, errSubprotocol):
	case errors.Is(err, websocket.ErrBadHandshake):
		err = errWrong101
	case answer.Header.Get("Sec-WebSocket-Extensions") != "":
		err = errExtension
	}
	return fmt.Errorf("%s%s: %w", doing, h.to.Address, err)
}

// unoffered finds what a gateway may not choose, as nobody offered it (RFC 6455 §4.1).
func unoffered(asked, answer http.Header) error {
	if answer.Get("Sec-WebSocket-Extensions") != "" {
		return errExtension
	}
	chosen := answer.Get("Sec-WebSocket-Protocol")
	if chosen == "" {
		return nil
	}
	for _, offered := range asked.Values("Sec-WebSocket-Protocol") {
		for one := range strings.SplitSeq(offered, ",") {
			if strings.TrimSpace(one) == chosen {
				return nil
			}
		}
	}
	return errSubprotocol
}
