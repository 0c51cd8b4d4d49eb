package wire

import (
	"crypto/rand"
	"encoding/binary"
	"unicode/utf8"
)

// The opcodes of frames (RFC 6455 §5.2).
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

const (
	finalBit   = 0x80
	maskBit    = 0x80
	maxControl = 125 // bytes of a control frame's payload (§5.5)
)

// frame is a frame of a server's.
type frame struct {
	final   bool
	opcode  byte
	payload []byte // where it lies
}

func (f frame) isControl() bool { return f.opcode&0x8 != 0 }

// cut takes the first frame off bytes from a server (RFC 6455 §5.2). The size is that of the
// whole frame, or zero if there is more to come. A frame that is wrong, or whose payload
// exceeds the limit, is found out as soon as its header shows it.
func cut(b []byte, limit int) (f frame, size int, cause Cause) {
	if len(b) < 2 {
		return frame{}, 0, ""
	}
	f.final, f.opcode = b[0]&finalBit != 0, b[0]&0x0F
	length := int(b[1] &^ maskBit)
	if cause := wrong(b[0], b[1]); cause != "" {
		return frame{}, 0, cause
	}
	header := 2
	switch length {
	case 126:
		if header = 4; len(b) < header {
			return frame{}, 0, ""
		}
		length = int(binary.BigEndian.Uint16(b[2:]))
	case 127:
		if header = 10; len(b) < header {
			return frame{}, 0, ""
		}
		long := binary.BigEndian.Uint64(b[2:])
		if long>>63 != 0 {
			return frame{}, 0, causeLength
		}
		if long > uint64(limit) { //nolint:gosec // never negative
			return frame{}, 0, causeLarge
		}
		length = int(long)
	}
	if length > limit && !f.isControl() {
		return frame{}, 0, causeLarge
	}
	if len(b)-header < length {
		return frame{}, 0, ""
	}
	size = header + length
	f.payload = b[header:size:size]
	return f, size, ""
}

// wrong tells what a server may not put into the first two bytes of a frame.
func wrong(first, second byte) Cause {
	switch opcode := first & 0x0F; {
	case first&0x70 != 0: // no extension was offered
		return causeReserved
	case opcode > opBinary && opcode < opClose, opcode > opPong:
		return causeOpcode
	case second&maskBit != 0: // §5.1
		return causeMasked
	case opcode >= opClose && first&finalBit == 0:
		return causeControl
	case opcode >= opClose && second > maxControl:
		return causeLongPing
	}
	return ""
}

// lastFrame is where the last frame begins, if the bytes end just where it does, else -1.
func lastFrame(b []byte, limit int) int {
	for at := 0; ; {
		_, size, cause := cut(b[at:], limit)
		switch {
		case cause != "" || size == 0:
			return -1
		case at+size == len(b):
			return at
		}
		at += size
	}
}

// assembly puts the fragments of a message together (RFC 6455 §5.4).
type assembly struct {
	parts *chunk // nil unless a message is underway
}

// add takes a data frame. If it ends a message, that is whole; it lies in the frame, or,
// if it came in fragments, in the assembly until release.
func (a *assembly) add(f frame, limit int) (text []byte, whole bool, cause Cause) {
	switch {
	case f.opcode == opBinary:
		return nil, false, causeBinary
	case f.opcode == opText && a.parts != nil:
		return nil, false, causeInterlaced
	case f.opcode == opContinuation && a.parts == nil:
		return nil, false, causeOrphan
	}
	text = f.payload
	if !f.final || a.parts != nil {
		if a.parts == nil {
			a.parts = take()
		}
		if len(a.parts.bytes)+len(f.payload) > limit {
			return nil, false, causeLarge
		}
		a.parts.bytes = append(a.parts.bytes, f.payload...)
		text = a.parts.bytes
	}
	if !f.final {
		return nil, false, ""
	}
	if !utf8.Valid(text) { // §8.1
		return nil, false, causeNotUTF8
	}
	return text, true, ""
}

// release forgets the fragments of a message that has been dealt with.
func (a *assembly) release() {
	a.parts.giveBack()
	a.parts = nil
}

// closeCode reads the payload of a close frame (RFC 6455 §5.5.1, §7.4).
func closeCode(payload []byte) (int, Cause) {
	if len(payload) == 0 {
		return codeNone, ""
	}
	if len(payload) == 1 || !utf8.Valid(payload[2:]) {
		return 0, causeBadClose
	}
	code := int(binary.BigEndian.Uint16(payload))
	if code < 1000 || code > 4999 || code == 1004 || code == codeNone || code == 1006 || code == 1015 {
		return 0, causeBadClose
	}
	return code, ""
}

// closePayload is the payload of a close frame with a code and no reason.
func closePayload(code int) []byte {
	if code == codeNone {
		return nil
	}
	return binary.BigEndian.AppendUint16(nil, uint16(code)) //nolint:gosec // a code of §7.4
}

// encode makes a whole frame of a client's: masked by a fresh key (RFC 6455 §5.3).
func encode(opcode byte, payload []byte) []byte {
	encoded := make([]byte, 0, 14+len(payload))
	encoded = append(encoded, finalBit|opcode)
	switch n := len(payload); {
	case n <= maxControl:
		encoded = append(encoded, maskBit|byte(n))
	case n < 1<<16:
		encoded = binary.BigEndian.AppendUint16(append(encoded, maskBit|126), uint16(n))
	default:
		encoded = binary.BigEndian.AppendUint64(append(encoded, maskBit|127), uint64(n))
	}
	var key [4]byte
	_, _ = rand.Read(key[:]) // crypto/rand does not fail (it ends the process instead)
	encoded = append(encoded, key[:]...)
	for i, b := range payload {
		encoded = append(encoded, b^key[i&3])
	}
	return encoded
}
