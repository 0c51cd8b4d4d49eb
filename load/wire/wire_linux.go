package wire

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// epolls reads many connections by few workers, each of which waits for all of its own at
// once: at high rates that costs less than to wake a goroutine for each socket.
type epolls struct {
	workers []*epoll
	refused error         // why the kernel tells no times; nil if it promised to
	asked   atomic.Uint64 // reads that asked for the time of arrival
	told    atomic.Uint64 // those that were told
	running sync.WaitGroup
}

func newEngine(p *Pool) (engine, error) {
	t := &epolls{refused: tryStamps()}
	for i := range p.workers {
		w, err := newEpoll(p, t, i)
		if err != nil {
			t.close()
			return nil, fmt.Errorf("worker %d of %d: %w", i+1, p.workers, err)
		}
		t.workers = append(t.workers, w)
		t.running.Go(w.run)
	}
	return t, nil
}

// take copies the descriptor and closes the original, by which the runtime's own poller
// forgets the connection.
func (t *epolls) take(conn net.Conn, s *Socket) error {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return fmt.Errorf("a %T is no TCP connection", conn)
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return plain(err)
	}
	copied := -1
	var failed error
	err = raw.Control(func(fd uintptr) {
		// The copy does not block either: that belongs to what both refer to.
		copied, failed = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err = errors.Join(err, failed); err != nil {
		return plain(err)
	}
	_ = conn.Close()
	if t.refused == nil {
		_ = unix.SetsockoptInt(copied, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	}
	s.line = &descriptor{fd: copied}
	return nil
}

func (t *epolls) add(s *Socket) bool { return t.workers[s.worker].add(s) }

func (t *epolls) close() {
	for _, w := range t.workers {
		w.close()
	}
	t.running.Wait()
}

func (t *epolls) handling() (bool, string) {
	switch {
	case t.refused != nil:
		return false, "the kernel does not tell when bytes arrived: " + t.refused.Error()
	case t.asked.Load() > 0 && t.told.Load() == 0:
		return false, "the kernel was asked when bytes arrived, and did not tell"
	}
	return true, fmt.Sprintf("the kernel's time of arrival (SO_TIMESTAMPNS), on about one of %d reads", sampled)
}

// descriptor is a connection outside of the runtime's poller. The number is used only under
// the lock, or by the worker, which is who closes it: else it might mean another by then.
type descriptor struct {
	mu     sync.Mutex
	fd     int // -1 once closed
	sealed bool
}

func (d *descriptor) write(frame []byte, last bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fd < 0 || d.sealed {
		return net.ErrClosed
	}
	d.sealed = last
	n, err := unix.SendmsgN(d.fd, frame, nil, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
	switch {
	case errors.Is(err, unix.EAGAIN), err == nil && n < len(frame):
		d.sealed = true // what follows half a frame would be read as its other half
		return errStuck
	case err != nil:
		return err
	}
	return nil
}

func (d *descriptor) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fd >= 0 {
		_ = unix.Shutdown(d.fd, unix.SHUT_RDWR)
	}
}

func (d *descriptor) free() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fd >= 0 {
		_ = unix.Close(d.fd)
		d.fd = -1
	}
}

// number is the descriptor's, for its worker; -1 once closed.
func (d *descriptor) number() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fd
}

// latePort has the kernel choose the port only when it connects, when it knows the peer:
// chosen at bind, a port would serve one connection of the machine, not one to each peer.
func latePort(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) {
		// Without it, fewer sockets are possible; that is no reason to have none.
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	})
}
