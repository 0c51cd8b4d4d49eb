package wire

import (
	"io"
	"net"
)

// maxHeader bounds the header of an answer, in bytes. The library does not.
const maxHeader = 16 << 10

// untilHeader is a connection that can be read up to the end of an HTTP header. What
// follows is frames, and ours to read: gorilla's reader would keep them.
type untilHeader struct {
	net.Conn
	left   int // bytes of the header that may still come
	line   lineState
	over   func(rest []byte) // told once, with what was read of the frames
	ended  bool
	failed error // the first error of the connection
}

// lineState is how far the end of a header has been seen: it ends with an empty line.
type lineState int

const (
	inLine    lineState = iota
	newLine             // a line feed was the last byte
	emptyLine           // a carriage return after that
)

// Read reads no byte after the header: as if the connection ended there.
func (c *untilHeader) Read(p []byte) (int, error) {
	switch {
	case c.ended:
		return 0, io.EOF
	case c.left == 0:
		c.failed = errLargeHeader
		return 0, c.failed
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	if end := c.end(p[:n]); end >= 0 {
		c.ended = true
		c.over(p[end:n])
		return end, nil // an error of the connection is found again by whoever reads next
	}
	if err != nil && c.failed == nil {
		c.failed = err
	}
	return n, err
}

// Write notes why the connection takes no request.
func (c *untilHeader) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err != nil && c.failed == nil {
		c.failed = err
	}
	return n, err
}

// end is where the header ends in what was read, or -1. Lines end with a line feed; that a
// carriage return precedes it is usual, but net/http does without.
func (c *untilHeader) end(p []byte) int {
	for i, b := range p {
		switch {
		case b == '\n' && c.line != inLine:
			return i + 1
		case b == '\n':
			c.line = newLine
		case b == '\r' && c.line == newLine:
			c.line = emptyLine
		default:
			c.line = inLine
		}
	}
	return -1
}
