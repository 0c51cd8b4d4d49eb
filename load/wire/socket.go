package wire

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
)

// Socket is an open WebSocket. One that is not given to Pool.Add must be aborted; nobody
// else would close it.
type Socket struct {
	// Owner is the caller's: set before Add, and read by the Handler.
	Owner any

	pool   *Pool
	worker int
	line   line
	turn   chan struct{} // of its worker, where that is several goroutines; else nil
	slot   int32         // its place with its worker
	in     inbox
	over   atomic.Bool // aborted or ended: nothing is handed on any more

	mu      sync.Mutex
	added   bool  // a worker has it, which alone closes the connection
	closing bool  // we began to close
	cause   Cause // why it ends; the first cause counts
}

// line is the connection of a socket.
type line interface {
	// write sends a whole frame. After the last one nothing can be sent (RFC 6455 §5.5.1):
	// the error is net.ErrClosed then, and errStuck if the peer takes nothing.
	write(frame []byte, last bool) error
	// shut ends the connection, in such a way that its reader notices.
	shut()
	// free closes it for good, once or more often. Where a worker has the socket, only it
	// may call this.
	free()
}

// errStuck says that the buffers towards the peer are full.
var errStuck = errors.New("the peer does not read")

// Send sends a text message. An error says nothing of its content, and means that the
// socket is closing or has ended; if that was not known yet, the Handler hears of it.
func (s *Socket) Send(text []byte) error {
	err := s.line.write(encode(opText, text), false)
	if err == nil {
		return nil
	}
	s.noteStuck(err)
	if !errors.Is(err, errStuck) {
		err = plain(err)
	}
	return fmt.Errorf("send on a WebSocket: %w", err)
}

// Close begins the closing handshake with a code (RFC 6455 §7.1.2), unless the socket is
// closing already. Handler.Closed follows when the peer has answered or ended the
// connection, which may be never: see Abort.
func (s *Socket) Close(code int) {
	s.mu.Lock()
	begun := s.closing || s.cause != ""
	s.closing = true
	s.mu.Unlock()
	if !begun {
		s.reply(opClose, closePayload(code))
	}
}

// Abort ends the socket at once, without a closing handshake. Handler.Closed follows with
// the cause, unless the socket ends for another just then.
func (s *Socket) Abort(cause Cause) {
	if cause == "" {
		cause = Ours
	}
	s.over.Store(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause == "" {
		s.cause = cause
	}
	if s.added {
		s.line.shut()
	} else {
		s.line.free()
	}
}

// reply sends a control frame. If it cannot be sent for the connection has ended, its
// reader will notice.
func (s *Socket) reply(opcode byte, payload []byte) {
	s.noteStuck(s.line.write(encode(opcode, payload), opcode == opClose))
}

// noteStuck gives a peer up that takes nothing: nobody could wait for it without holding
// up others.
func (s *Socket) noteStuck(err error) {
	if errors.Is(err, errStuck) {
		s.Abort(causeStuck)
	}
}

// unlessOurs is the cause of an end that the peer may have brought about because we asked
// for it.
func (s *Socket) unlessOurs(cause Cause) Cause {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return Ours
	}
	return cause
}

// adopt notes that the socket is a worker's from now on; false if it was before.
func (s *Socket) adopt() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.added
	s.added = true
	return !was
}

// finish closes the connection, and returns why.
func (s *Socket) finish(cause Cause) Cause {
	s.over.Store(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause == "" {
		s.cause = cause
	}
	s.line.free()
	return s.cause
}

// plain is the reason of a network error alone: with the ports of each socket in it, no two
// would read alike.
func plain(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err
	}
	return err
}
