package client

import (
	"fmt"
	"time"

	"ttcheck/protocol"
)

// Message is one data message that a socket received.
type Message struct {
	At     time.Time // when its last byte was read
	Binary bool
	Data   []byte
	// Object is the message as JSON, or nil, with the reason in Err, whose text holds
	// no secret.
	Object protocol.Object
	Err    error
	// Exchange is the message as recorded.
	Exchange Exchange
}

// Type returns the message's "type", or "".
func (m Message) Type() protocol.EventType {
	kind, _ := m.Object.String("type")
	return protocol.EventType(kind)
}

// UUID returns the "uuid" of the order that the message speaks of, or "".
func (m Message) UUID() string {
	uuid, _ := m.Object.String("uuid")
	return uuid
}

func (m Message) String() string {
	switch {
	case m.Err != nil:
		return m.Err.Error()
	case m.Type() != "":
		return string(m.Type())
	}
	return fmt.Sprintf("a message without type (%d bytes)", len(m.Data))
}

// Closure is how a socket ended.
type Closure struct {
	At     time.Time // when the close frame or, without one, the end was seen
	Frame  bool      // a close frame came
	Code   int       // its status code, 1005 if it had none
	Reason string
	Err    error // why there was no close frame: the end of the stream, or a protocol error

	secrets *Secrets
}

// String sums the closure up in a line, without a secret.
func (c Closure) String() string {
	if c.Frame {
		return fmt.Sprintf("close frame, code %d, reason %.80q", c.Code, c.secrets.Redact(c.Reason))
	}
	return fmt.Sprintf("connection ended without a close frame: %v", c.Err)
}

// Pong is one pong frame that a socket received.
type Pong struct {
	At      time.Time
	Payload string
}
