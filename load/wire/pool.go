package wire

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	defaultMaxMessage = 16 << 20
	defaultWorkers    = 4
	maxWorkers        = 64
)

// Pool holds WebSockets, and reads what comes on them.
type Pool struct {
	handler Handler
	now     func() time.Duration
	limit   int // bytes of a message
	workers int
	opts    Options
	engine  engine
	dialled atomic.Uint64
	writes  sync.Pool // buffers for gorilla's writers
}

// engine is a way to read many connections.
type engine interface {
	// take makes the connection of a new socket its own, or leaves it alone on an error.
	take(conn net.Conn, s *Socket) error
	// add begins to read; false if the engine has been closed.
	add(s *Socket) bool
	// close ends what is left, and waits until the handler has heard of all.
	close()
	// handling tells whether early can be known, and how or why not.
	handling() (bool, string)
}

// NewPool starts the workers of a pool, which must be closed.
func NewPool(opts Options) (*Pool, error) {
	switch {
	case opts.Handler == nil || opts.Now == nil:
		return nil, errors.New("a pool of WebSockets needs a handler and a clock")
	case opts.Workers < 0 || opts.Workers > maxWorkers:
		return nil, fmt.Errorf("%d workers: give 0 to %d", opts.Workers, maxWorkers)
	case opts.MaxMessage < 0:
		return nil, fmt.Errorf("messages of %d bytes: give 0 or more", opts.MaxMessage)
	}
	p := &Pool{
		handler: opts.Handler, now: opts.Now, opts: opts,
		limit: opts.MaxMessage, workers: opts.Workers,
	}
	if p.limit == 0 {
		p.limit = defaultMaxMessage
	}
	if p.workers == 0 {
		p.workers = min(runtime.GOMAXPROCS(0), defaultWorkers)
	}
	if opts.Dial != nil {
		p.engine = newStreams(p, "each connection is read by a goroutine of its own, which no kernel tells when bytes arrived")
		return p, nil
	}
	var err error
	p.engine, err = newEngine(p)
	return p, err
}

// Workers is how many workers the Handler hears of: their indexes are less than that.
func (p *Pool) Workers() int { return p.workers }

// Add hands a socket to its worker: from now on the Handler hears of it, also of what came
// along with the handshake, and is told of its end, even if it has ended by now. Once the
// pool is closed, Add ends the socket, and nobody hears of it.
func (p *Pool) Add(s *Socket) {
	if s.adopt() && !p.engine.add(s) {
		s.finish(Ours)
	}
}

// Close ends the sockets that were added and are left, for the cause Ours, and the workers.
// It waits until the Handler has heard of all, so a Handler may not call it.
func (p *Pool) Close() { p.engine.close() }

// HandlingKnown tells whether messages can come with how early they had arrived, and in few
// words how, or why not. It is known for good only after some reads.
func (p *Pool) HandlingKnown() (bool, string) { return p.engine.handling() }

// nextWorker is the worker of a new socket.
func (p *Pool) nextWorker() int {
	n := p.dialled.Add(1) - 1
	return int(n % uint64(p.workers)) //nolint:gosec // 1 to maxWorkers
}
