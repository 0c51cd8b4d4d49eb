//go:build !linux

package wire

import "syscall"

// newEngine reads each connection by a goroutine where there is no epoll.
func newEngine(p *Pool) (engine, error) {
	return newStreams(p, "only on Linux is the kernel asked when bytes arrived"), nil
}

// latePort has nothing to do where the system has no such option.
func latePort(string, string, syscall.RawConn) error { return nil }
