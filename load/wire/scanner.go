package wire

import (
	"encoding/binary"
	"math/bits"
)

// scanner goes through a JSON text (RFC 8259) once. Its methods return false where the text
// is not as it should be.
type scanner struct {
	b  []byte
	at int
}

// eat passes over a byte, if it is there.
func (s *scanner) eat(c byte) bool {
	if s.at < len(s.b) && s.b[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) space() {
	for s.at < len(s.b) {
		switch s.b[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

// value passes over a value at the given depth: how many values it is within. It remembers
// of each whether that is an object by a bit.
func (s *scanner) value(depth int) bool {
	outer := depth
	var objects uint64
	for {
		// A value begins here.
		if s.at == len(s.b) {
			return false
		}
		c := s.b[s.at]
		if c == '{' || c == '[' {
			if depth++; depth > maxDepth {
				return false
			}
			objects <<= 1
			if c == '{' {
				objects |= 1
			}
			s.at++
			s.space()
			if !s.eat(c + 2) { // '}' is two after '{', as ']' after '['
				if c == '{' && !s.key() {
					return false
				}
				continue
			}
			depth--
			objects >>= 1
		} else if !s.scalar(c) {
			return false
		}
		// A value ended here, and with it perhaps what it is within.
		for {
			if depth == outer {
				return true
			}
			s.space()
			object := objects&1 != 0
			if s.eat(',') {
				s.space()
				if object && !s.key() {
					return false
				}
				break
			}
			if object && !s.eat('}') || !object && !s.eat(']') {
				return false
			}
			depth--
			objects >>= 1
		}
	}
}

// key passes over a key and what separates it from its value.
func (s *scanner) key() bool {
	if _, ok := s.text(); !ok {
		return false
	}
	s.space()
	if !s.eat(':') {
		return false
	}
	s.space()
	return true
}

// scalar passes over a value that begins with c and holds no others.
func (s *scanner) scalar(c byte) bool {
	switch c {
	case '"':
		_, ok := s.text()
		return ok
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	}
	return s.number()
}

func (s *scanner) literal(word string) bool {
	if len(s.b)-s.at < len(word) || string(s.b[s.at:s.at+len(word)]) != word {
		return false
	}
	s.at += len(word)
	return true
}

// number passes over a number (RFC 8259 §6).
func (s *scanner) number() bool {
	s.eat('-')
	if !s.eat('0') && !s.digits() {
		return false
	}
	if s.eat('.') && !s.digits() {
		return false
	}
	if s.eat('e') || s.eat('E') {
		if !s.eat('+') {
			s.eat('-')
		}
		return s.digits()
	}
	return true
}

// digits passes over digits, of which there must be one.
func (s *scanner) digits() bool {
	begin := s.at
	for s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '9' {
		s.at++
	}
	return s.at > begin
}

// text passes over a string (RFC 8259 §7) and returns what is between its quotes.
func (s *scanner) text() ([]byte, bool) {
	if !s.eat('"') {
		return nil, false
	}
	begin := s.at
	for {
		s.plain()
		if s.at == len(s.b) {
			return nil, false
		}
		switch s.b[s.at] {
		case '"':
			s.at++
			return s.b[begin : s.at-1 : s.at-1], true
		case '\\':
			if !s.escape() {
				return nil, false
			}
		default:
			return nil, false // a control character
		}
	}
}

const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

// plain passes over what means itself in a string, eight bytes at a time. In a word, v-ones
// borrows into the top bit of a byte of v that is 0, and into none before the first such
// byte; likewise with 0x20 for those that are less.
func (s *scanner) plain() {
	for len(s.b)-s.at >= 8 {
		v := binary.LittleEndian.Uint64(s.b[s.at:])
		quote, slash := v^(ones*'"'), v^(ones*'\\')
		found := ((v-ones*0x20)&^v | (quote-ones)&^quote | (slash-ones)&^slash) & tops
		if found != 0 {
			s.at += bits.TrailingZeros64(found) / 8
			return
		}
		s.at += 8
	}
	for s.at < len(s.b) {
		if c := s.b[s.at]; c == '"' || c == '\\' || c < 0x20 {
			return
		}
		s.at++
	}
}

// escape passes over a backslash and what it is for.
func (s *scanner) escape() bool {
	if len(s.b)-s.at < 2 {
		return false
	}
	c := s.b[s.at+1]
	s.at += 2
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		if len(s.b)-s.at < 4 {
			return false
		}
		for _, h := range s.b[s.at : s.at+4] {
			if (h < '0' || h > '9') && (h|0x20 < 'a' || h|0x20 > 'f') {
				return false
			}
		}
		s.at += 4
		return true
	}
	return false
}
