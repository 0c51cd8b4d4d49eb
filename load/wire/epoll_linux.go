package wire

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	readBuffer = 256 << 10
	turnEvents = 256 // sockets of one turn
	turnReads  = 8   // reads of one socket in a turn, so that a busy one does not starve others
	wakeSlot   = -1  // stands for the worker's own eventfd
)

// epoll is a worker: what is not guarded is its goroutine's alone.
type epoll struct {
	pool    *Pool
	engine  *epolls
	index   int
	epfd    int
	events  [turnEvents]unix.EpollEvent
	buffer  []byte
	asking  asking
	skip    uint // reads until one asks for the time of arrival
	random  *rand.PCG
	sockets []*Socket // by slot; nil where none is
	spare   []int32   // slots

	mu       sync.Mutex
	wakefd   int // an eventfd; written under the lock, closed under it
	incoming []*Socket
	closed   bool
}

func newEpoll(p *Pool, engine *epolls, index int) (*epoll, error) {
	w := &epoll{
		pool: p, engine: engine, index: index,
		buffer: make([]byte, readBuffer),
		random: rand.NewPCG(uint64(index), sampled), //nolint:gosec // no secret
	}
	var err error
	if w.epfd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, err
	}
	if w.wakefd, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		_ = unix.Close(w.epfd)
		return nil, err
	}
	if err := w.watch(w.wakefd, wakeSlot); err != nil {
		_ = unix.Close(w.epfd)
		_ = unix.Close(w.wakefd)
		return nil, err
	}
	return w, nil
}

func (w *epoll) watch(fd int, slot int32) error {
	return unix.EpollCtl(w.epfd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: slot})
}

// add leaves a socket to the worker; false if that has been closed.
func (w *epoll) add(s *Socket) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	w.incoming = append(w.incoming, s)
	w.wake()
	return true
}

func (w *epoll) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.closed = true
		w.wake()
	}
}

// wake has the worker look at what others left for it. Its lock is held.
func (w *epoll) wake() {
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	_, _ = unix.Write(w.wakefd, one[:]) // fails only if it was woken 2^64 times before
}

// run deals with what is ready until the worker is closed.
func (w *epoll) run() {
	for {
		n, err := unix.EpollWait(w.epfd, w.events[:], -1)
		if err != nil && !errors.Is(err, unix.EINTR) {
			w.leave(causePoll)
			return
		}
		woken := false
		for i := range max(n, 0) {
			if slot := w.events[i].Fd; slot != wakeSlot {
				w.ready(w.sockets[slot])
			} else {
				woken = true
			}
		}
		if woken && !w.welcome() {
			w.leave(Ours)
			return
		}
	}
}

// welcome takes on the sockets that others added; false if the worker is to end.
func (w *epoll) welcome() bool {
	w.mu.Lock()
	var count [8]byte
	_, _ = unix.Read(w.wakefd, count[:])
	incoming, closed := w.incoming, w.closed
	w.incoming = nil
	w.mu.Unlock()
	for _, s := range incoming {
		w.begin(s)
	}
	return !closed
}

// begin takes on a socket, and deals with what it brings along.
func (w *epoll) begin(s *Socket) {
	s.slot = w.place(s)
	if s.over.Load() {
		w.end(s, Ours) // the true cause is on record
		return
	}
	if rest := s.in.rest; len(rest) > 0 {
		s.in.rest = nil
		if cause := s.receive(rest, w.pool.now(), -1); cause != "" {
			w.end(s, cause)
			return
		}
	}
	if fd := number(s); fd < 0 || w.watch(fd, s.slot) != nil {
		w.end(s, causePoll)
	}
}

// place finds a slot for a socket.
func (w *epoll) place(s *Socket) int32 {
	if last := len(w.spare) - 1; last >= 0 {
		slot := w.spare[last]
		w.spare = w.spare[:last]
		w.sockets[slot] = s
		return slot
	}
	w.sockets = append(w.sockets, s)
	return int32(len(w.sockets) - 1) //nolint:gosec // fewer than descriptors
}

// end ends a socket for good. No event of this turn is about it any more, for it had its own
// just now; so its slot is free.
func (w *epoll) end(s *Socket, cause Cause) {
	if fd := number(s); fd >= 0 {
		// A child process that is just being started may share the connection, and keep
		// closing it from being enough.
		_ = unix.EpollCtl(w.epfd, unix.EPOLL_CTL_DEL, fd, nil)
	}
	w.sockets[s.slot] = nil
	w.spare = append(w.spare, s.slot)
	s.end(cause)
}

// leave ends all sockets for a cause, and what the worker has of the system.
func (w *epoll) leave(cause Cause) {
	w.mu.Lock()
	w.closed = true
	incoming := w.incoming
	w.incoming = nil
	_ = unix.Close(w.wakefd)
	w.mu.Unlock()
	for _, s := range incoming {
		s.slot = w.place(s)
	}
	for _, s := range w.sockets {
		if s != nil {
			w.end(s, cause)
		}
	}
	_ = unix.Close(w.epfd)
}

// ready reads what has come for a socket. What is left after that is ready still.
func (w *epoll) ready(s *Socket) {
	fd := number(s)
	for range turnReads {
		if s.over.Load() {
			w.end(s, Ours) // the true cause is on record
			return
		}
		n, early, err := w.read(fd)
		switch {
		case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
			return
		case err != nil:
			w.end(s, s.unlessOurs(causeOf(err)))
			return
		case n == 0:
			w.end(s, s.unlessOurs(causeEnd))
			return
		}
		if cause := s.receive(w.buffer[:n], w.pool.now(), early); cause != "" {
			w.end(s, cause)
			return
		}
		if n < len(w.buffer) {
			return
		}
	}
}

// read reads once, and now and then asks when the last of it arrived; early is negative if
// that is not known. Which reads ask is random: at a fixed interval it could always be the
// same sockets, such as the first of each turn, which wait the least.
func (w *epoll) read(fd int) (n int, early time.Duration, err error) {
	if w.skip > 0 || w.engine.refused != nil {
		w.skip = max(w.skip, 1) - 1
		n, err = unix.Read(fd, w.buffer)
		return n, -1, err
	}
	w.skip = uint(w.random.Uint64() % (2*sampled - 1)) // 15 on average
	n, early, told, err := w.asking.read(fd, w.buffer)
	if n > 0 {
		w.engine.asked.Add(1)
		if told {
			w.engine.told.Add(1)
		}
	}
	if n == len(w.buffer) {
		early = -1 // what is left may have come later, and lent its time
	}
	return n, early, err
}

// number is the descriptor of a socket, for its worker; -1 once closed.
func number(s *Socket) int {
	if d, ok := s.line.(*descriptor); ok {
		return d.number()
	}
	return -1
}
