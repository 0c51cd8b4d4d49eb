//go:build linux

package main

import (
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	readSize = 64 << 10 // bytes of a read
	batch    = 512      // sockets that one wait may tell of
	stopPoll = 100      // ms within which a worker notices that it is to stop
)

// worker reads its share of the sockets: one read for each that is ready, as epoll tells
// of it again for as long as something is left.
type worker struct {
	epoll  int
	states []state // by file descriptor
	buffer []byte
	stop   atomic.Bool

	events, gaps int64
	ended        int
}

// state is what has to be kept of a socket between two reads.
type state struct {
	partial []byte // the beginning of a frame
	seq     int64  // of its last event; 0 before the first
}

func newWorkers(n, sockets int) ([]*worker, error) {
	workers := make([]*worker, n)
	for i := range workers {
		epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
		if err != nil {
			return nil, fmt.Errorf("epoll: %w", err)
		}
		// The system hands out the lowest free descriptor, so that they fit a table.
		workers[i] = &worker{epoll: epoll, buffer: make([]byte, readSize), states: make([]state, sockets+64)}
	}
	return workers, nil
}

// open adds a WebSocket that has passed its handshake.
func (w *worker) open(where *unix.SockaddrInet4, request []byte) error {
	fd, rest, err := dial(where, request)
	if err != nil {
		return err
	}
	if fd >= len(w.states) {
		return fmt.Errorf("file descriptor %d is beyond the table", fd)
	}
	w.states[fd].partial = rest
	if err := unix.SetNonblock(fd, true); err != nil {
		return fmt.Errorf("make it non-blocking: %w", err)
	}
	ready := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)} //nolint:gosec // below the table's length
	if err := unix.EpollCtl(w.epoll, unix.EPOLL_CTL_ADD, fd, &ready); err != nil {
		return fmt.Errorf("add it to epoll: %w", err)
	}
	return nil
}

// read reads until it is told to stop.
func (w *worker) read() error {
	ready := make([]unix.EpollEvent, batch)
	for !w.stop.Load() {
		n, err := unix.EpollWait(w.epoll, ready, stopPoll)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("wait for sockets: %w", err)
		}
		for i := range max(n, 0) {
			w.take(int(ready[i].Fd))
		}
	}
	return nil
}

// take makes one read, and ends a socket that is of no more use.
func (w *worker) take(fd int) {
	n, err := readNow(fd, w.buffer)
	switch {
	case err == unix.EAGAIN, err == unix.EINTR:
		return
	case err == 0 && n > 0 && w.parse(fd, w.buffer[:n]):
		return
	}
	w.ended++
	w.states[fd] = state{}
	_ = unix.Close(fd) // which takes it out of epoll as well
}

// readNow reads from a non-blocking socket. As that cannot wait, Go's scheduler need not
// be told of the call.
func readNow(fd int, into []byte) (int, syscall.Errno) {
	n, _, err := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&into[0])), uintptr(len(into))) //nolint:gosec // as the system has it
	return int(n), err
}
