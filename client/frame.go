package client

import (
	"crypto/rand"
	"encoding/binary"
)

// The opcodes of WebSocket frames (RFC 6455 §5.2).
const (
	OpContinuation = 0x0
	OpText         = 0x1
	OpBinary       = 0x2
	OpClose        = 0x8
	OpPing         = 0x9
	OpPong         = 0xA
)

// Frame is one WebSocket frame with every bit in the tester's hand, right or
// wrong (RFC 6455 §5.2).
type Frame struct {
	Final    bool
	RSV      byte // the three reserved bits, 0 to 7
	Opcode   byte
	Unmasked bool // a client's frames must be masked (§5.3)
	Payload  []byte
}

// Bytes encodes the frame with a fresh masking key.
func (f Frame) Bytes() []byte {
	first := f.RSV<<4 | f.Opcode
	if f.Final {
		first |= 0x80
	}
	var mask byte = 0x80
	if f.Unmasked {
		mask = 0
	}
	encoded := []byte{first}
	switch n := len(f.Payload); {
	case n < 126:
		encoded = append(encoded, mask|byte(n))
	case n < 1<<16:
		encoded = binary.BigEndian.AppendUint16(append(encoded, mask|126), uint16(n))
	default:
		encoded = binary.BigEndian.AppendUint64(append(encoded, mask|127), uint64(n))
	}
	if f.Unmasked {
		return append(encoded, f.Payload...)
	}
	var key [4]byte
	_, _ = rand.Read(key[:]) // crypto/rand does not fail (it ends the process instead)
	encoded = append(encoded, key[:]...)
	for i, b := range f.Payload {
		encoded = append(encoded, b^key[i%4])
	}
	return encoded
}

// Fragments splits a text message into n frames of about equal length (§5.4), or
// one if n is less.
func Fragments(text []byte, n int) []Frame {
	n = max(n, 1)
	frames := make([]Frame, n)
	for i := range frames {
		frames[i] = Frame{
			Opcode:  OpContinuation,
			Final:   i == n-1,
			Payload: text[i*len(text)/n : (i+1)*len(text)/n],
		}
	}
	frames[0].Opcode = OpText
	return frames
}
