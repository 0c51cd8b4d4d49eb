package pos

import (
	"encoding/json"
	"time"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/witness"
)

// message is a whole message of an integration: fragments are put together.
type message struct {
	at      time.Time // of its last frame
	op      byte
	payload []byte
	cut     bool // not all of it was recorded
}

// messages are what an integration sent on a socket, control frames left out.
func messages(k *witness.Socket) []message {
	var all []message
	var open *message
	for _, f := range k.Frames {
		if f.FromGateway || f.Op() >= decorate.OpClose {
			continue
		}
		if f.Op() != decorate.OpContinuation || open == nil {
			open = &message{op: f.Op()}
		}
		open.at = f.At
		open.payload = append(open.payload, f.Payload...)
		open.cut = open.cut || f.Size > len(f.Payload)
		if f.First&final != 0 {
			all = append(all, *open)
			open = nil
		}
	}
	return all
}

// final is the FIN bit of a frame's first byte (RFC 6455 §5.2).
const final = 0x80

// token is the token that a message passes; empty if it is no such message.
func (m message) token() string {
	var object map[string]json.RawMessage
	var token string
	if m.op != decorate.OpText || json.Unmarshal(m.payload, &object) != nil || json.Unmarshal(object["accesstoken"], &token) != nil {
		return ""
	}
	return token
}

// goodbye is the close frame of the integration; nil if there was none.
func goodbye(k *witness.Socket) *witness.Frame {
	for i := range k.Frames {
		if f := &k.Frames[i]; !f.FromGateway && f.Op() == decorate.OpClose {
			return f
		}
	}
	return nil
}
