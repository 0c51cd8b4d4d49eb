package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"ttcheck/protocol"
)

const (
	maxMessage = 4 << 20 // bytes of one message
	// maxMessages and maxKept bound what one socket keeps, in number and in bytes;
	// more than any case waits for. Beyond them the socket is read no further.
	maxMessages = 20_000
	maxKept     = 8 << 20
	// latestPongs is how many pongs a socket keeps that lasts.
	latestPongs = 16
	// endTimeout is how long the gateway may take to end the TCP connection after
	// the close handshake.
	endTimeout = 5 * time.Second
	// closeTimeout is how long Close waits for the gateway's close frame.
	closeTimeout = time.Second
)

var (
	errFlood   = fmt.Errorf("more came than the tester keeps (%d messages, %d bytes)", maxMessages, maxKept)
	errDropped = errors.New("the tester ended the connection")
)

// Socket is a WebSocket to the gateway. A goroutine of its own reads it from the
// start, so that every message has the time at which it came; Close ends it.
type Socket struct {
	conn       *websocket.Conn
	transcript *Transcript
	channel    string
	hear       func(Message) // takes the messages in place of the socket; nil for the socket
	// Asked and Opened are the times before the handshake's first byte went out
	// and after its answer came in.
	Asked, Opened time.Time

	writing chan struct{} // full while somebody writes
	leaving atomic.Bool   // a close frame was sent
	dropped atomic.Bool   // the tester ended the connection

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at every change
	messages []Message
	kept     int // bytes of the messages
	pongs    []Pong
	pings    int
	closure  *Closure
	ended    chan struct{} // closed when the TCP connection is over
	endedAt  time.Time
}

func (s *Socket) read() {
	defer close(s.ended)
	for {
		kind, data, err := s.conn.ReadMessage()
		now := time.Now()
		if err == nil {
			err = s.keep(Message{At: now, Binary: kind == websocket.BinaryMessage, Data: data})
		}
		if err != nil {
			s.finish(now, err)
			return
		}
	}
}

// keep takes in a message, unless that would be too much.
func (s *Socket) keep(m Message) error {
	if m.Binary {
		m.Err = fmt.Errorf("a binary message of %d bytes", len(m.Data))
	} else {
		m.Object, m.Err = protocol.ParseObject(m.Data)
		m.Err = s.transcript.cleanError(m.Err)
	}
	m.Exchange = s.transcript.Record(m.At, Exchange{Channel: s.channel, Received: string(m.Data), Error: errorText(m.Err)})
	if m.Err != nil {
		s.transcript.run.collect(&s.transcript.run.malformed, m.Exchange)
	}
	if s.hear != nil {
		s.hear(m)
		return nil
	}
	fits := true
	s.change(func() {
		if fits = len(s.messages) < maxMessages && s.kept+len(m.Data) <= maxKept; fits {
			s.messages, s.kept = append(s.messages, m), s.kept+len(m.Data)
		}
	})
	if !fits {
		return errFlood
	}
	return nil
}

// finish notes how the stream of frames ended, and waits for the TCP connection
// to end too.
func (s *Socket) finish(at time.Time, err error) {
	closure := &Closure{At: at, secrets: s.transcript.run.secrets}
	x := Exchange{Channel: s.channel}
	frame, ok := errors.AsType[*websocket.CloseError](err)
	switch {
	case ok && frame.Code != websocket.CloseAbnormalClosure: // which is gorilla's word for no frame
		closure.Frame, closure.Code, closure.Reason = true, frame.Code, frame.Text
		x.Received = fmt.Sprintf("close frame, code %d, reason %q", frame.Code, frame.Text)
	case s.dropped.Load():
		closure.Err = errDropped
		x.Error = closure.String()
	default:
		closure.Err = s.transcript.cleanError(err)
		x.Error = closure.String()
	}
	s.transcript.Record(at, x)
	s.change(func() { s.closure = closure })
	if s.seesEnd() {
		s.change(func() { s.endedAt = time.Now() })
	}
}

// seesEnd waits for the gateway to end the TCP connection, and tells whether it
// did. After a close frame it should (RFC 6455 §7.1.1); after a broken frame it may.
func (s *Socket) seesEnd() bool {
	conn := s.conn.NetConn()
	_ = conn.SetReadDeadline(time.Now().Add(endTimeout))
	n, err := io.Copy(io.Discard, io.LimitReader(conn, maxMessage))
	return n < maxMessage && !s.dropped.Load() && !errors.Is(err, os.ErrDeadlineExceeded)
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
	s.transcript.Record(at, Exchange{Channel: s.channel, Received: fmt.Sprintf("pong %q", payload)})
	fits := true
	s.change(func() {
		if s.hear != nil && len(s.pongs) == latestPongs {
			s.pongs = slices.Delete(s.pongs, 0, 1)
		}
		if fits = len(s.pongs) < maxMessages; fits {
			s.pongs = append(s.pongs, Pong{At: at, Payload: payload})
		}
	})
	if !fits {
		return errFlood
	}
	return nil
}

func (s *Socket) answerPing(payload string) error {
	s.transcript.Record(time.Now(), Exchange{Channel: s.channel, Received: fmt.Sprintf("ping %q", payload), Sent: fmt.Sprintf("pong %q", payload)})
	s.change(func() { s.pings++ })
	_ = s.write(Frame{Final: true, Opcode: OpPong, Payload: []byte(payload)}.Bytes())
	return nil
}

// answerClose answers a close frame, unless that is the answer itself: nobody
// sends two (RFC 6455 §5.5.1).
func (s *Socket) answerClose(code int, _ string) error {
	if s.leaving.Swap(true) {
		return nil
	}
	_ = s.write(Frame{Final: true, Opcode: OpClose, Payload: websocket.FormatCloseMessage(code, "")}.Bytes())
	return nil
}

// Close leaves in order: it sends a close frame, waits a moment for the answer,
// and ends the connection. It may be called more than once.
func (s *Socket) Close() {
	if s.Closure() == nil {
		// A gateway that reads nothing, or answers nothing, must not hold us up.
		impatience := time.AfterFunc(closeTimeout, s.cut)
		if !s.leaving.Swap(true) {
			_ = s.write(normalClosure.Bytes())
		}
		s.AwaitClosure(context.Background())
		impatience.Stop()
	}
	s.Drop()
}

// Drop ends the connection without a word, and waits for the reader to end.
func (s *Socket) Drop() {
	s.cut()
	<-s.ended
}

func (s *Socket) cut() {
	s.dropped.Store(true)
	_ = s.conn.NetConn().Close()
}

// Channel names the socket in transcripts.
func (s *Socket) Channel() string { return s.channel }
