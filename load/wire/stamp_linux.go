package wire

import (
	"encoding/binary"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sampled is of how many reads, on average, one asks for the time of arrival, which costs more than
// reading alone.
const sampled = 16

// tryStamps tells whether the kernel takes the option to note when packets arrive.
func tryStamps() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	defer func() { _ = unix.Close(fd) }()
	return os.NewSyscallError("setsockopt", unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1))
}

// asking is what a read that asks for the time of arrival needs, for one read at a time.
// unix.Recvmsg would do, but allocates each time.
type asking struct {
	header  unix.Msghdr
	vector  unix.Iovec
	control [64]byte
}

// read reads once, and tells how long ago the last segment of what it read arrived, if the
// kernel tells; else early is -1. The buffer may not be empty.
func (a *asking) read(fd int, buffer []byte) (n int, early time.Duration, told bool, err error) {
	a.vector.Base = &buffer[0]
	a.vector.SetLen(len(buffer))
	a.header = unix.Msghdr{Iov: &a.vector, Control: &a.control[0]}
	a.header.SetIovlen(1)
	a.header.SetControllen(len(a.control))
	got, _, errno := unix.Syscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&a.header)), unix.MSG_DONTWAIT) //nolint:gosec // as the system wants it
	if errno != 0 {
		return 0, -1, false, errno
	}
	n = int(got)
	have := min(int(a.header.Controllen), len(a.control)) //nolint:gosec // what the kernel left of it
	arrived, told := stamp(a.control[:have])
	if n == 0 || !told {
		return n, -1, false, nil
	}
	// Both by the wall clock. If that was just set, the difference may be negative.
	return n, max(time.Since(arrived), 0), true, nil
}

// stamp finds the time of arrival in the control messages of a read.
func stamp(control []byte) (time.Time, bool) {
	for len(control) > 0 {
		header, data, rest, err := unix.ParseOneSocketControlMessage(control)
		if err != nil {
			return time.Time{}, false
		}
		if header.Level == unix.SOL_SOCKET && header.Type == unix.SCM_TIMESTAMPNS {
			return timespec(data)
		}
		control = rest
	}
	return time.Time{}, false
}

// timespec reads a struct timespec, which has 32 bits a field on small machines.
func timespec(data []byte) (time.Time, bool) {
	switch order := binary.NativeEndian; {
	case len(data) >= 16:
		return time.Unix(int64(order.Uint64(data)), int64(order.Uint64(data[8:]))), true //nolint:gosec // signed there
	case len(data) >= 8:
		return time.Unix(int64(int32(order.Uint32(data))), int64(order.Uint32(data[4:]))), true //nolint:gosec // signed there
	}
	return time.Time{}, false
}
