package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// DefaultTimeout is how long a request may take if nothing else is asked for.
	DefaultTimeout = 10 * time.Second
	// maxHeader bounds the header of an answer, in bytes.
	maxHeader = 64 << 10
)

var errHeaderTooLarge = fmt.Errorf("the header of the answer is larger than %d bytes", maxHeader)

// Options say how to reach a gateway.
type Options struct {
	Address    string // HOST:PORT
	LocalIP    net.IP // source address of every connection; nil for the system's choice
	Transcript *Transcript
	Timeout    time.Duration // of one request; zero is DefaultTimeout
	// Dial connects in place of the system, such as to a network in memory; nil for the
	// system. LocalIP is then for it to heed.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Client speaks to one gateway. It is safe for concurrent use.
type Client struct {
	address    *atomic.Pointer[string] // shared by all that record elsewhere
	dial       dialFunc
	transport  *http.Transport
	transcript *Transcript
	timeout    time.Duration
}

// dialFunc connects, as net.Dialer does.
type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// New returns a client for the gateway at opts.Address. It connects to nothing yet.
func New(opts Options) *Client {
	if opts.Dial != nil {
		return newClient(opts, opts.Dial)
	}
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if opts.LocalIP != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: opts.LocalIP}
	}
	return newClient(opts, dialer.DialContext)
}

func newClient(opts Options, dial dialFunc) *Client {
	if opts.Transcript == nil {
		opts.Transcript = NewTranscript(&Secrets{})
	}
	if opts.Timeout == 0 {
		opts.Timeout = DefaultTimeout
	}
	address := &atomic.Pointer[string]{}
	address.Store(&opts.Address)
	return &Client{
		address: address,
		dial:    dial,
		transport: &http.Transport{
			DialContext: dial,
			// A connection of its own for every request. On one that was kept open and
			// just then ended, a request fails through nobody's fault, and net/http sends
			// a read again in silence: a tester must know what it sent. What comes on it
			// unasked, net/http writes to the log, tokens and all.
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: maxHeader,
		},
		transcript: opts.Transcript,
		timeout:    opts.Timeout,
	}
}

// Recording returns a client that is c but records into t.
func (c *Client) Recording(t *Transcript) *Client {
	scoped := *c
	scoped.transcript = t
	return &scoped
}

// Address returns the gateway's HOST:PORT.
func (c *Client) Address() string { return *c.address.Load() }

// Move has c, and what it was made of by Recording, look for the gateway at another
// HOST:PORT from now on.
func (c *Client) Move(address string) { c.address.Store(&address) }

// Transcript returns where the client records.
func (c *Client) Transcript() *Transcript { return c.transcript }

// Close ends what the client holds besides sockets, which have a Close of their own.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// reason names what failed without repeating the URL or quoting a secret.
func (c *Client) reason(what string, err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("no answer in time: %w", err)
	case errors.Is(err, os.ErrDeadlineExceeded): // a connection has no context
		err = fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
	}
	return c.transcript.cleanError(fmt.Errorf("%s to %s: %w", what, c.Address(), err))
}

// closeWith closes conn when ctx is done, for what cannot wait for both. The
// returned function ends that.
func closeWith(ctx context.Context, conn net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = conn.Close() })
}

// IsLocal tells whether err is the tester's own trouble, such as a lack of file
// descriptors or local ports, and so says nothing of the gateway.
func IsLocal(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) ||
		errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EADDRINUSE) ||
		errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.ENOMEM) ||
		errors.Is(err, context.Canceled)
}
