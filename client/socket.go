package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"ttcheck/protocol"
)

const (
	maxMessage  = 16 << 20 // bytes of one message
	maxMessages = 20_000   // kept per socket; more than any case waits for
	// endTimeout is how long the gateway may take to end the TCP connection after
	// the close handshake.
	endTimeout = 5 * time.Second
)

// Socket is a WebSocket to the gateway. A goroutine of its own reads it from the
// start, so that every message has the time at which it came; Close ends it.
type Socket struct {
	conn       *websocket.Conn
	transcript *Transcript
	channel    string
	// Asked and Opened are the times before the handshake's first byte went out
	// and after its answer came in.
	Asked, Opened time.Time

	writing sync.Mutex

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at every change
	messages []Message
	pongs    []Pong
	pings    int
	closure  *Closure
	ended    chan struct{} // closed when the TCP connection is over
	endedAt  time.Time
}

// Dial opens the WebSocket with the given header and nothing else: no token is
// passed unless the header holds one. The response tells how the gateway
// answered the handshake; the socket is nil unless that was 101.
func (c *Client) Dial(ctx context.Context, header http.Header) (*Socket, *Response) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	s := &Socket{
		transcript: c.transcript,
		channel:    fmt.Sprintf("ws#%d", c.transcript.run.nextSocket()),
		changed:    make(chan struct{}),
		ended:      make(chan struct{}),
		Asked:      time.Now(),
	}
	res := &Response{Sent: s.Asked}
	dialer := websocket.Dialer{
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := c.dialer.DialContext(ctx, network, addr)
			if err == nil {
				res.LocalIP = conn.LocalAddr().(*net.TCPAddr).IP
			}
			return conn, err
		},
		ReadBufferSize: 1024, WriteBufferSize: 1024,
	}
	conn, answer, err := dialer.DialContext(ctx, "ws://"+c.address+protocol.PathWebSocket, header)
	s.Opened = time.Now()
	res.Received = s.Opened
	if answer != nil {
		res.Status, res.Header = answer.StatusCode, answer.Header
		res.Body, _ = io.ReadAll(answer.Body) // gorilla keeps at most 1,024 bytes
	}
	if err != nil && !errors.Is(err, websocket.ErrBadHandshake) {
		res.Err = c.reason("WebSocket handshake", err)
	}
	res.Exchange = c.transcript.record(s.Asked, Exchange{
		Took: res.Took(), Channel: s.channel,
		Sent:     dumpRequest(http.MethodGet, protocol.PathWebSocket, header, nil),
		Received: dumpResponse(res.Status, res.Header, res.Body),
		Error:    errorText(err),
	})
	if err != nil {
		return nil, res
	}
	s.conn = conn
	conn.SetReadLimit(maxMessage)
	conn.SetPongHandler(s.notePong)
	conn.SetPingHandler(s.answerPing)
	conn.SetCloseHandler(s.answerClose)
	go s.read()
	return s, res
}

// BearerHeader is the handshake header that presents a token.
func BearerHeader(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}}
}

func (s *Socket) read() {
	defer close(s.ended)
	for {
		kind, data, err := s.conn.ReadMessage()
		now := time.Now()
		if err != nil {
			s.finish(now, err)
			return
		}
		m := Message{At: now, Binary: kind == websocket.BinaryMessage, Data: data}
		switch {
		case m.Binary:
			m.Err = fmt.Errorf("a binary message of %d bytes", len(data))
		default:
			m.Object, m.Err = protocol.ParseObject(data)
		}
		m.Exchange = s.transcript.record(now, Exchange{Channel: s.channel, Received: string(data), Error: errorText(m.Err)})
		if m.Err != nil {
			s.transcript.run.collect(&s.transcript.run.malformed, m.Exchange)
		}
		s.change(func() {
			if len(s.messages) < maxMessages {
				s.messages = append(s.messages, m)
			}
		})
	}
}

// finish notes how the stream of frames ended, and waits for the TCP connection
// to end too.
func (s *Socket) finish(at time.Time, err error) {
	closure := &Closure{At: at, Err: err}
	if frame, ok := errors.AsType[*websocket.CloseError](err); ok && frame.Code != websocket.CloseAbnormalClosure {
		closure.Frame, closure.Code, closure.Reason, closure.Err = true, frame.Code, frame.Text, nil
	}
	s.transcript.record(at, Exchange{Channel: s.channel, Error: closure.String()})
	s.change(func() { s.closure = closure })
	if closure.Frame {
		conn := s.conn.NetConn()
		_ = conn.SetReadDeadline(time.Now().Add(endTimeout))
		_, err = io.Copy(io.Discard, io.LimitReader(conn, maxMessage))
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return // the gateway left the connection open: endedAt stays zero
		}
	}
	s.change(func() { s.endedAt = time.Now() })
}

// change applies f under the lock and wakes whoever waits.
func (s *Socket) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Socket) notePong(payload string) error {
	at := time.Now()
	s.transcript.record(at, Exchange{Channel: s.channel, Received: fmt.Sprintf("pong %q", payload)})
	s.change(func() { s.pongs = append(s.pongs, Pong{At: at, Payload: payload}) })
	return nil
}

func (s *Socket) answerPing(payload string) error {
	s.change(func() { s.pings++ })
	_ = s.write(Frame{Final: true, Opcode: OpPong, Payload: []byte(payload)}.Bytes())
	return nil
}

func (s *Socket) answerClose(code int, _ string) error {
	var payload []byte
	if code != websocket.CloseNoStatusReceived {
		payload = websocket.FormatCloseMessage(code, "")
	}
	_ = s.write(Frame{Final: true, Opcode: OpClose, Payload: payload}.Bytes())
	return nil
}

// Close leaves in order: it sends a close frame, waits a moment for the answer,
// and ends the connection. It may be called more than once.
func (s *Socket) Close() {
	if s.Closure() == nil {
		_ = s.write(Frame{Final: true, Opcode: OpClose, Payload: websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")}.Bytes())
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		s.AwaitClosure(ctx)
		cancel()
	}
	s.Drop()
}

// Drop ends the connection without a word, and waits for the reader to end.
func (s *Socket) Drop() {
	_ = s.conn.NetConn().Close()
	<-s.ended
}

// Channel names the socket in transcripts.
func (s *Socket) Channel() string { return s.channel }
