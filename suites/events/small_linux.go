package events

import "syscall"

// small makes the buffer and the segments of a connection small before it is made.
// A system that does not know how leaves them as they are.
func small(_, _ string, conn syscall.RawConn) error {
	const segment, buffer = 536, 2048 // bytes; the former is what IPv4 promises (RFC 9293 §3.7.1)
	return conn.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, segment)
		_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, buffer)
	})
}
