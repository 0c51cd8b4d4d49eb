package wire

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

const (
	smallBuffer = 1 << 10
	largeBuffer = 64 << 10
	// patience is how long a peer may leave what we send untaken, where a write waits.
	patience = 5 * time.Second
)

// larges are for readers that have much to read, until they have read it.
var larges = sync.Pool{New: func() any { return &chunk{bytes: make([]byte, largeBuffer)} }}

// streams reads each connection by a goroutine.
type streams struct {
	pool *Pool
	why  string          // handling is not known
	turn []chan struct{} // of each worker: what its goroutines hand on, they hand on in turns

	mu      sync.Mutex
	sockets map[*Socket]net.Conn
	closed  bool
	readers sync.WaitGroup
}

func newStreams(p *Pool, why string) *streams {
	t := &streams{pool: p, why: why, sockets: make(map[*Socket]net.Conn)}
	for range p.workers {
		t.turn = append(t.turn, make(chan struct{}, 1))
	}
	return t
}

func (t *streams) take(conn net.Conn, s *Socket) error {
	s.line = &stream{conn: conn, writing: make(chan struct{}, 1)}
	s.turn = t.turn[s.worker]
	return nil
}

func (t *streams) add(s *Socket) bool {
	line, ok := s.line.(*stream)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || !ok {
		return false
	}
	t.sockets[s] = line.conn
	t.readers.Go(func() { t.read(s, line.conn) })
	return true
}

// read hands on what comes on a connection until it ends.
func (t *streams) read(s *Socket, conn net.Conn) {
	var cause Cause
	if s.over.Load() {
		cause = Ours // the true one is on record
	} else if rest := s.in.rest; len(rest) > 0 {
		s.in.rest = nil
		cause = s.receive(rest, t.pool.now(), -1)
	}
	small := &chunk{bytes: make([]byte, smallBuffer)} // every socket has one
	for buffer := small; cause == ""; {
		n, err := conn.Read(buffer.bytes)
		if n > 0 && !s.over.Load() {
			cause = s.receive(buffer.bytes[:n], t.pool.now(), -1)
		}
		if cause == "" && err != nil {
			cause = s.unlessOurs(causeOf(err))
		}
		switch {
		case n == smallBuffer && buffer == small:
			buffer, _ = larges.Get().(*chunk)
		case buffer != small && (n < largeBuffer || cause != ""):
			larges.Put(buffer)
			buffer = small
		}
	}
	t.mu.Lock()
	delete(t.sockets, s)
	t.mu.Unlock()
	s.end(cause)
}

func (t *streams) close() {
	t.mu.Lock()
	t.closed = true
	for s := range t.sockets {
		s.Abort(Ours)
	}
	t.mu.Unlock()
	t.readers.Wait()
}

func (t *streams) handling() (bool, string) { return false, t.why }

// stream is a connection that the standard library reads and writes. Its locks are
// channels, for a goroutine that waits for a mutex keeps the clock of a synctest bubble
// from going on, for which the one that holds the lock may be waiting.
type stream struct {
	conn    net.Conn
	writing chan struct{}
	sealed  bool // the last frame was sent; guarded by writing
}

func (l *stream) write(frame []byte, last bool) error {
	l.writing <- struct{}{}
	defer func() { <-l.writing }()
	if l.sealed {
		return net.ErrClosed
	}
	l.sealed = last
	if err := l.conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := l.conn.Write(frame)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errStuck
	}
	return err
}

func (l *stream) shut() { _ = l.conn.Close() }
func (l *stream) free() { _ = l.conn.Close() }
