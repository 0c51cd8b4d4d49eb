package robustness

import (
	"bytes"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// rough stands between clients and a sound gateway, byte by byte, and does what a
// gateway that errs would. A nil member does nothing.
type rough struct {
	gateway string
	// admit is asked before anything of a client is passed on, and may wait.
	admit func(p *rough, c *passage) bool
	// seen is told whenever a client has sent something, and when it is gone.
	seen func(p *rough, c *passage)
	// gone is told when a connection is over.
	gone func(p *rough, c *passage)

	hurt   atomic.Bool // harm was done
	closed atomic.Bool // nobody is let in any more
	stop   chan struct{}
	wait   sync.WaitGroup

	mu   sync.Mutex
	open map[*passage]bool
}

// passage is one connection through it.
type passage struct {
	client net.Conn

	mu       sync.Mutex
	head     []byte // the first bytes of the client
	total    int    // bytes that the client sent
	over     bool   // the client is gone
	reset    bool   // by a reset
	upgraded bool   // the gateway accepted a WebSocket
	served   bool   // it sent the snapshot
	orderly  bool   // the gateway sent a close frame
	muted    bool   // the client gets nothing any more
	kept     bool   // the client is not told that the gateway ended it
}

// front starts it before a gateway and returns its address.
func (p *rough) front(t *testing.T, gateway string) string {
	t.Helper()
	p.gateway, p.open, p.stop = gateway, map[*passage]bool{}, make(chan struct{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.wait.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			p.wait.Go(func() { p.pass(conn) })
		}
	})
	t.Cleanup(func() {
		close(p.stop)
		_ = listener.Close()
		p.end(func(*passage) bool { return true })
		p.wait.Wait()
	})
	return listener.Addr().String()
}

// pass carries one connection.
func (p *rough) pass(conn net.Conn) {
	defer conn.Close()
	c := &passage{client: conn}
	p.mu.Lock()
	p.open[c] = true
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.open, c)
		p.mu.Unlock()
	}()
	if p.closed.Load() || p.admit != nil && !p.admit(p, c) {
		return
	}
	if p.gone != nil {
		defer p.gone(p, c)
	}
	gateway, err := net.Dial("tcp", p.gateway)
	if err != nil {
		return
	}
	defer gateway.Close()
	var back sync.WaitGroup
	back.Go(func() {
		p.answers(c, gateway)
		if !c.isKept() {
			_ = conn.Close()
		}
	})
	p.requests(c, gateway)
	_ = gateway.Close()
	back.Wait()
}

// requests carries what the client sends, to its end.
func (p *rough) requests(c *passage, gateway net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := c.client.Read(buffer)
		c.mu.Lock()
		c.total += n
		c.head = append(c.head, buffer[:min(n, max(0, 4<<10-len(c.head)))]...)
		c.over, c.reset = err != nil, errors.Is(err, syscall.ECONNRESET)
		c.mu.Unlock()
		if p.seen != nil {
			p.seen(p, c)
		}
		if n > 0 {
			_, _ = gateway.Write(buffer[:n]) // it may have refused it already
		}
		if err != nil {
			return
		}
	}
}

// answers carries what the gateway sends, to its end.
func (p *rough) answers(c *passage, gateway net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := gateway.Read(buffer)
		c.mu.Lock()
		c.upgraded = c.upgraded || bytes.HasPrefix(buffer[:n], []byte("HTTP/1.1 101"))
		c.served = c.served || c.upgraded && bytes.Contains(buffer[:n], []byte("ACTIVE_ORDERS"))
		c.orderly = c.orderly || c.upgraded && n > 0 && buffer[0] == 0x88
		held := c.muted
		c.mu.Unlock()
		if n > 0 && !held {
			_, _ = c.client.Write(buffer[:n])
		}
		if err != nil {
			return
		}
	}
}

// end closes connections.
func (p *rough) end(which func(*passage) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		if which(c) {
			_ = c.client.Close()
		}
	}
}

// mute has the WebSockets that were served bring nothing any more. One that is just being let
// in is left alone: to leave that waiting would be another fault.
func (p *rough) mute() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		c.mu.Lock()
		c.muted = c.served
		c.mu.Unlock()
	}
}

// count counts connections.
func (p *rough) count(which func(*passage) bool) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for c := range p.open {
		if which(c) {
			n++
		}
	}
	return n
}

func (c *passage) isKept() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept
}

func isUpgraded(c *passage) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.upgraded
}

func isPlain(c *passage) bool { return !isUpgraded(c) }
