package pipes

import (
	"errors"
	"net"
	"os"
	"sync"
)

// conn is the end of a connection that dialled.
type conn struct {
	net.Conn
	network *Network
	closed  chan struct{}
	once    sync.Once
}

func (c *conn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		silent := c.network.silence()
		switch {
		case silent == nil, errors.Is(err, os.ErrDeadlineExceeded):
			return n, err
		case err != nil: // the other side's end is not heard of either
			select {
			case <-silent:
			case <-c.closed:
			}
			return 0, err
		}
	}
}

func (c *conn) Write(p []byte) (int, error) {
	if c.network.silence() != nil {
		select {
		case <-c.closed:
			return 0, net.ErrClosed
		default:
			return len(p), nil
		}
	}
	c.network.mu.Lock()
	for _, tap := range c.network.taps {
		tap(p)
	}
	c.network.mu.Unlock()
	return c.Conn.Write(p)
}

func (c *conn) Close() error {
	c.once.Do(func() {
		close(c.closed)
		c.network.mu.Lock()
		defer c.network.mu.Unlock()
		delete(c.network.open, c)
	})
	return c.Conn.Close()
}
