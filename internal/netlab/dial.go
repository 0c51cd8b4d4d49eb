//go:build linux

package netlab

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Dial connects from the host to an address such as "127.0.0.1:8001", as a process on
// it would. The address must be an IP address.
func (h *Host) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	type dialed struct {
		conn net.Conn
		err  error
	}
	result := make(chan dialed, 1)
	go func() {
		conn, err := h.dialInside(ctx, network, address)
		result <- dialed{conn, err}
	}()
	r := <-result
	return r.conn, r.err
}

// dialInside takes its thread into the host's namespace and back again. If it cannot
// come back, the thread stays locked, and ends with the goroutine.
func (h *Host) dialInside(ctx context.Context, network, address string) (net.Conn, error) {
	runtime.LockOSThread()
	outside, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return nil, err
	}
	defer outside.Close()
	inside, err := os.Open("/run/netns/" + h.space)
	if err != nil {
		return nil, err
	}
	defer inside.Close()
	if err := unix.Setns(int(inside.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("enter %s: %w", h.space, err)
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if unix.Setns(int(outside.Fd()), unix.CLONE_NEWNET) == nil {
		runtime.UnlockOSThread()
	}
	return conn, err
}
