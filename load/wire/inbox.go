package wire

import "time"

// inbox is what is remembered of a socket's bytes from one read to the next. It belongs to
// the socket's worker.
type inbox struct {
	assembly
	partial *chunk // the beginning of a frame; nil if the last read ended with a frame
	rest    []byte // what came along with the answer to the handshake
}

// discard forgets all.
func (i *inbox) discard() {
	i.release()
	i.partial.giveBack()
	i.partial, i.rest = nil, nil
}

// receive deals with what was read at a time, and returns why that ends the socket, or
// nothing. Early tells how long before the last byte of it had arrived; negative if unknown.
func (s *Socket) receive(data []byte, at, early time.Duration) Cause {
	if s.in.partial != nil {
		s.in.partial.bytes = append(s.in.partial.bytes, data...)
		data = s.in.partial.bytes
	}
	used, cause := s.frames(data, at, early)
	if cause != "" {
		return cause
	}
	s.in.keep(data[used:], used)
	return ""
}

// keep remembers the beginning of a frame: what is left after used bytes.
func (i *inbox) keep(rest []byte, used int) {
	switch {
	case len(rest) == 0:
		i.partial.giveBack()
		i.partial = nil
	case i.partial == nil:
		i.partial = take()
		i.partial.bytes = append(i.partial.bytes, rest...)
	case used > 0: // the rest lies further back in the chunk itself
		old := i.partial
		i.partial = take()
		i.partial.bytes = append(i.partial.bytes, rest...)
		old.giveBack()
	}
}

// frames deals with the whole frames at the beginning of the data.
func (s *Socket) frames(data []byte, at, early time.Duration) (used int, cause Cause) {
	limit, timed := s.pool.limit, -1
	if early >= 0 {
		timed = lastFrame(data, limit)
	}
	for used < len(data) {
		f, size, cause := cut(data[used:], limit)
		if cause != "" {
			return used, s.fail(cause)
		}
		if size == 0 {
			break
		}
		known := time.Duration(-1)
		if used == timed {
			known = early
		}
		if cause := s.frame(f, at, known); cause != "" {
			return used, cause
		}
		used += size
		if s.over.Load() { // aborted meanwhile, perhaps by the handler: it wants no more
			return used, Ours // the cause is on record already
		}
	}
	return used, ""
}

// frame deals with one frame.
func (s *Socket) frame(f frame, at, early time.Duration) Cause {
	switch f.opcode {
	case opPong:
		return ""
	case opPing:
		s.reply(opPong, f.payload)
		return ""
	case opClose:
		code, cause := closeCode(f.payload)
		if cause != "" {
			return s.fail(cause)
		}
		s.reply(opClose, closePayload(code))
		return s.unlessOurs(closed(code))
	}
	text, whole, cause := s.in.add(f, s.pool.limit)
	if cause != "" {
		return s.fail(cause)
	}
	if whole {
		s.hand(text, at, early)
		if s.in.parts != nil {
			s.in.release()
		}
	}
	return ""
}

// hand gives a message to the handler.
func (s *Socket) hand(text []byte, at, early time.Duration) {
	if s.turn != nil {
		s.turn <- struct{}{}
		defer func() { <-s.turn }()
	}
	s.pool.handler.Message(s.worker, s, text, at, early)
}

// fail tells the peer what it did wrong (RFC 6455 §7.1.7), and returns the cause.
func (s *Socket) fail(cause Cause) Cause {
	s.reply(opClose, closePayload(cause.answer()))
	return cause
}

// end closes the connection and tells the handler. It is the last that the worker does for
// the socket.
func (s *Socket) end(cause Cause) {
	cause = s.finish(cause)
	s.in.discard()
	if s.turn != nil {
		s.turn <- struct{}{}
		defer func() { <-s.turn }()
	}
	s.pool.handler.Closed(s.worker, s, cause, s.pool.now())
}
