package client

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gorilla/websocket"

	"ttcheck/protocol"
)

// write puts bytes on the connection as they are.
func (s *Socket) write(data []byte) error {
	s.writing <- struct{}{}
	defer func() { <-s.writing }()
	conn := s.conn.NetConn()
	_ = conn.SetWriteDeadline(time.Now().Add(DefaultTimeout))
	_, err := conn.Write(data)
	return err
}

// SendJSON sends v as one text message.
func (s *Socket) SendJSON(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a WebSocket message: %w", err)
	}
	return s.SendText(string(data))
}

// SendText sends text as one text message in one frame.
func (s *Socket) SendText(text string) error {
	return s.send(text, Frame{Final: true, Opcode: OpText, Payload: []byte(text)})
}

// SendFrames sends frames as they are, one write each. They are recorded by
// their kind and size alone, as a token may be spread over them.
func (s *Socket) SendFrames(frames ...Frame) error {
	for _, f := range frames {
		what := fmt.Sprintf("frame: final %t, opcode %#x, %d bytes", f.Final, f.Opcode, len(f.Payload))
		if err := s.send(what, f); err != nil {
			return err
		}
	}
	return nil
}

// SendSegments sends one frame in n TCP segments, gap apart.
func (s *Socket) SendSegments(ctx context.Context, f Frame, n int, gap time.Duration) (err error) {
	data := f.Bytes()
	at := time.Now()
	defer func() {
		what := fmt.Sprintf("frame of %d bytes in %d segments", len(data), n)
		s.transcript.Record(at, Exchange{Channel: s.channel, Sent: what, Error: errorText(err)})
	}()
	for i := range n {
		if i > 0 && !pause(ctx, gap) {
			return fmt.Errorf("send segment %d of %d on %s: %w", i+1, n, s.channel, ctx.Err())
		}
		if err := s.write(data[i*len(data)/n : (i+1)*len(data)/n]); err != nil {
			return fmt.Errorf("send segment %d of %d on %s: %w", i+1, n, s.channel, err)
		}
	}
	return nil
}

// pause waits for d, and tells whether ctx lasted that long.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// Ping sends a ping with the payload, at most 125 bytes (RFC 6455 §5.5.2).
func (s *Socket) Ping(payload string) error {
	return s.send(fmt.Sprintf("ping %q", payload), Frame{Final: true, Opcode: OpPing, Payload: []byte(payload)})
}

// normalClosure is the close frame of someone who has what he came for (§7.4.1).
var normalClosure = Frame{Final: true, Opcode: OpClose, Payload: websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")}

// SendClose begins the close handshake with status 1000 (§7.1.2).
func (s *Socket) SendClose() error { return s.send("close frame, code 1000", normalClosure) }

func (s *Socket) send(text string, f Frame) error {
	if f.Opcode == OpClose {
		s.leaving.Store(true)
	}
	at := time.Now() // an answer may come before the write returns
	err := s.write(f.Bytes())
	s.transcript.Record(at, Exchange{Channel: s.channel, Sent: text, Error: errorText(err)})
	if err != nil {
		return fmt.Errorf("send on %s: %w", s.channel, err)
	}
	return nil
}

// Authenticate passes the token as the first message (Q).
func (s *Socket) Authenticate(token string) error {
	return s.SendJSON(protocol.AuthMessage{AccessToken: token})
}
