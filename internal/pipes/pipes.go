// Package pipes is TCP in memory, for tests in synctest bubbles: connections are pipes, so
// that time passes only while everybody waits, and none of it on the way.
package pipes

import (
	"context"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Network is a network on which listeners are dialled by their addresses. The zero value is
// ready for use.
type Network struct {
	mu        sync.Mutex
	listeners map[string]*listener
	open      map[*conn]bool
	attempts  []Attempt
	taps      []func(sent []byte)
	refuses   bool
	silent    chan struct{} // closed when silence ends; nil while there is none
}

// Attempt is one to connect.
type Attempt struct {
	At time.Time
	To string // the address
}

// Listen adds a listener at an address of any kind.
func (n *Network) Listen(address string) net.Listener {
	return n.add(&listener{address: addr(address)})
}

// Replace adds a listener that takes the place of another, at its address and until it is
// closed. It closes the other one too.
func (n *Network) Replace(other net.Listener) net.Listener {
	return n.add(&listener{address: other.Addr(), other: other})
}

func (n *Network) add(l *listener) *listener {
	l.network, l.conns, l.closed = n, make(chan net.Conn), make(chan struct{})
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners == nil {
		n.listeners, n.open = map[string]*listener{}, map[*conn]bool{}
	}
	n.listeners[l.address.String()] = l
	return l
}

// Dial connects to the listener at an address, as net.Dialer.DialContext does. It fails with
// ECONNREFUSED where there is none.
func (n *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	to, silent := n.listeners[address], n.silent
	if n.refuses {
		to = nil
	}
	n.attempts = append(n.attempts, Attempt{time.Now(), address})
	n.mu.Unlock()
	if silent != nil {
		select {
		case <-silent:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	refused := &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	if to == nil {
		return nil, refused
	}
	near, far := net.Pipe()
	select {
	case to.conns <- far:
	case <-to.closed:
		return nil, refused
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c := &conn{Conn: near, network: n, closed: make(chan struct{})}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open[c] = true
	return c, nil
}

// Attempts are those to connect so far, failed ones included.
func (n *Network) Attempts() []Attempt {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.attempts)
}

// Tap has what those who dialled send from now on told to f, write by write. It must not keep
// the bytes, nor call the Network.
func (n *Network) Tap(f func(sent []byte)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.taps = append(n.taps, f)
}

// Cut ends every connection without a word.
func (n *Network) Cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.open {
		_ = c.Conn.Close()
	}
}

// Refuse lets every attempt to connect be refused, or no longer. The connections that are
// open when it begins are cut.
func (n *Network) Refuse(on bool) {
	n.mu.Lock()
	n.refuses = on
	n.mu.Unlock()
	if on {
		n.Cut()
	}
}

// Silence lets nothing pass, neither way and without anybody being told, or lets it pass
// again. The connections that are open when it ends are cut.
func (n *Network) Silence(on bool) {
	n.mu.Lock()
	was := n.silent
	if n.silent = nil; on {
		n.silent = make(chan struct{})
	}
	n.mu.Unlock()
	if was != nil {
		n.Cut()
		close(was)
	}
}

// silence is closed when the present silence ends; nil while there is none.
func (n *Network) silence() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.silent
}

// addr is an address of no kind.
type addr string

func (addr) Network() string  { return "pipe" }
func (a addr) String() string { return string(a) }

type listener struct {
	network *Network
	address net.Addr
	other   net.Listener // the one that it replaces; nil if none
	conns   chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func (l *listener) Addr() net.Addr { return l.address }

func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.network.mu.Lock()
		defer l.network.mu.Unlock()
		if at := l.address.String(); l.network.listeners[at] == l {
			delete(l.network.listeners, at)
		}
	})
	if l.other != nil {
		return l.other.Close()
	}
	return nil
}
