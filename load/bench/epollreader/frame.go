//go:build linux

package main

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// The opcodes of RFC 6455 §5.2 that a gateway sends, with FIN set.
const (
	text  = 0x81
	ping  = 0x89
	pong  = 0x8a
	limit = 16 << 20 // bytes of a frame
)

var seqKey = []byte(`"seq":`)

// parse goes through the frames that have arrived whole and keeps what is left. False
// ends the socket: a close frame, a fragment (a gateway's events are too small to come in
// several) or what is no frame.
func (w *worker) parse(fd int, data []byte) bool {
	s := &w.states[fd]
	if len(s.partial) > 0 {
		s.partial = append(s.partial, data...)
		data = s.partial
	}
	for len(data) >= 2 {
		if data[1] >= 0x80 {
			return false // no server masks (RFC 6455 §5.1)
		}
		length, head := uint64(data[1]), 2
		switch length {
		case 126:
			head = 4
		case 127:
			head = 10
		}
		if len(data) < head {
			break
		}
		switch length {
		case 126:
			length = uint64(binary.BigEndian.Uint16(data[2:]))
		case 127:
			length = binary.BigEndian.Uint64(data[2:])
		}
		if length > limit {
			return false
		}
		end := head + int(length)
		if len(data) < end {
			break
		}
		switch data[0] {
		case text:
			w.event(s, data[head:end])
		case ping:
			if length > 125 || !answer(fd, data[head:end]) {
				return false
			}
		case pong:
		default:
			return false
		}
		data = data[end:]
	}
	s.partial = append(s.partial[:0], data...)
	if len(data) == 0 {
		s.partial = nil
	}
	return true
}

// event counts a message that has a seq; the snapshot has none.
func (w *worker) event(s *state, body []byte) {
	at := bytes.Index(body, seqKey)
	if at < 0 {
		return
	}
	var seq int64
	for _, digit := range body[at+len(seqKey):] {
		if digit < '0' || digit > '9' {
			break
		}
		seq = seq*10 + int64(digit-'0')
	}
	if s.seq != 0 && seq != s.seq+1 {
		w.gaps++
	}
	s.seq = seq
	w.events++
}

// answer sends the pong that a ping asks for, masked with zeros (RFC 6455 §5.3 wants a
// mask that cannot be foretold, but only to protect proxies).
func answer(fd int, payload []byte) bool {
	frame := append([]byte{pong, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...) //nolint:gosec // at most 125
	n, err := unix.Write(fd, frame)
	return err == nil && n == len(frame)
}
