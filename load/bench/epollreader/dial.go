//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

const (
	patience  = 10 * time.Second // for each step of a handshake
	maxHeader = 16 << 10         // bytes of an answer
)

// resolve reads an IPv4 address with a port.
func resolve(address string) (*unix.SockaddrInet4, error) {
	found, err := net.ResolveTCPAddr("tcp4", address)
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	where := &unix.SockaddrInet4{Port: found.Port}
	copy(where.Addr[:], found.IP.To4())
	return where, nil
}

// handshake is the request of RFC 6455 §4.1. The key may be the same each time: it is
// there to keep caches away.
func handshake(address, token string) []byte {
	return []byte("GET /api/v2/websocket HTTP/1.1\r\nHost: " + address +
		"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer " + token + "\r\n\r\n")
}

// dial opens a WebSocket, and returns what came behind the answer with it. Go's own
// poller never hears of the descriptor.
func dial(where *unix.SockaddrInet4, request []byte) (fd int, rest []byte, err error) {
	fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, nil, fmt.Errorf("socket: %w", err)
	}
	defer func() {
		if err != nil {
			_ = unix.Close(fd)
		}
	}()
	wait := unix.NsecToTimeval(patience.Nanoseconds())
	for _, option := range []int{unix.SO_RCVTIMEO, unix.SO_SNDTIMEO} { // the latter bounds connect too
		if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, option, &wait); err != nil {
			return 0, nil, fmt.Errorf("set a timeout: %w", err)
		}
	}
	if err := again(func() error { return unix.Connect(fd, where) }); err != nil {
		return 0, nil, fmt.Errorf("connect: %w", err)
	}
	if n, err := unix.Write(fd, request); err != nil || n != len(request) {
		return 0, nil, fmt.Errorf("send the handshake: %d of %d bytes: %w", n, len(request), err)
	}
	rest, err = upgraded(fd)
	return fd, rest, err
}

// upgraded reads the answer to a handshake.
func upgraded(fd int) (rest []byte, err error) {
	answer, end := make([]byte, 0, 1024), []byte("\r\n\r\n")
	for deadline := time.Now().Add(patience); time.Now().Before(deadline) && len(answer) < maxHeader; {
		part := make([]byte, 1024)
		n := 0
		if err := again(func() (err error) { n, err = unix.Read(fd, part); return err }); err != nil {
			return nil, fmt.Errorf("read the answer to the handshake: %w", err)
		}
		if n == 0 {
			return nil, errors.New("the connection was closed in the handshake")
		}
		answer = append(answer, part[:n]...)
		if at := bytes.Index(answer, end); at >= 0 {
			if !bytes.HasPrefix(answer, []byte("HTTP/1.1 101 ")) {
				line, _, _ := bytes.Cut(answer, []byte("\r\n"))
				return nil, fmt.Errorf("the handshake was answered by %q", line)
			}
			return bytes.Clone(answer[at+len(end):]), nil
		}
	}
	return nil, errors.New("the answer to the handshake does not end")
}

// again repeats a call that a signal has interrupted, such as Go's own for preemption.
func again(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
