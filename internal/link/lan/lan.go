// Package lan is a local network in memory, for trials and tests of what speaks multicast
// DNS. It has no sockets and no clock of its own, and so works in a synctest bubble.
package lan

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"ttcheck/internal/link"
)

const (
	inbox          = 256
	firstEphemeral = 40000
)

// Network is a network on which every datagram arrives at once, but for those that are
// sent to a full inbox.
type Network struct {
	mu    sync.Mutex
	conns []*conn
	port  uint16
	taps  []func(Sent)
}

// Sent is a datagram on the network.
type Sent struct {
	From netip.AddrPort
	To   netip.AddrPort // the group's address if it was multicast
	Data []byte
}

// Host is a host of a Network; it is a link.Link.
type Host struct {
	lan *Network

	mu       sync.Mutex
	prefixes []netip.Prefix
	cut      bool
}

// Host adds a host with addresses such as "10.77.0.10/24".
func (l *Network) Host(addresses ...string) *Host {
	h := &Host{lan: l}
	h.SetAddresses(addresses...)
	return h
}

// Network is the network that the host is on.
func (h *Host) Network() *Network { return h.lan }

// Tap has every datagram that is sent from now on told to f, which must not block
// or call the Network.
func (l *Network) Tap(f func(Sent)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taps = append(l.taps, f)
}

// SetAddresses replaces the addresses of the host. Speakers that are open keep
// theirs, and can no longer send from one that is gone.
func (h *Host) SetAddresses(addresses ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.prefixes = nil
	for _, a := range addresses {
		h.prefixes = append(h.prefixes, netip.MustParsePrefix(a))
	}
}

// Cut takes the host's cable out, or puts it back: nothing comes or goes.
func (h *Host) Cut(cut bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cut = cut
}

func (h *Host) isCut() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.cut
}

func (h *Host) has(ip netip.Addr) bool {
	prefixes, _ := h.Prefixes()
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Addr() == ip })
}

// Name is the name of the interface.
func (h *Host) Name() string { return "lan0" }

// Prefixes returns the host's addresses.
func (h *Host) Prefixes() ([]netip.Prefix, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.prefixes), nil
}

// Listen opens a speaker with opts.Source, the address nearest to opts.Peer, or
// the first.
func (h *Host) Listen(opts link.Options) (link.Conn, error) {
	prefixes, _ := h.Prefixes()
	source := opts.Source
	if near, ok := link.Near(prefixes, opts.Peer); ok && !source.IsValid() {
		source = near
	}
	if !source.IsValid() && len(prefixes) > 0 {
		source = prefixes[0].Addr()
	}
	if !h.has(source) {
		return nil, fmt.Errorf("the host has no address %v", source)
	}
	h.lan.mu.Lock()
	defer h.lan.mu.Unlock()
	port := uint16(link.Port)
	if opts.Ephemeral {
		port = firstEphemeral + h.lan.port
		h.lan.port++
	}
	c := &conn{host: h, source: netip.AddrPortFrom(source, port), packets: make(chan link.Datagram, inbox)}
	h.lan.conns = append(h.lan.conns, c)
	return c, nil
}

type conn struct {
	host    *Host
	source  netip.AddrPort
	packets chan link.Datagram
	closed  bool // under the Network's lock
}

func (c *conn) Sources() []netip.AddrPort { return []netip.AddrPort{c.source} }

func (c *conn) Packets() <-chan link.Datagram { return c.packets }

func (c *conn) Multicast(datagram []byte) error {
	return c.deliver(datagram, netip.AddrPortFrom(link.GroupIPv4, link.Port))
}

func (c *conn) Send(datagram []byte, to netip.AddrPort) error { return c.deliver(datagram, to) }

func (c *conn) deliver(datagram []byte, to netip.AddrPort) error {
	if !c.host.has(c.source.Addr()) {
		return fmt.Errorf("the host no longer has the address %v", c.source.Addr())
	}
	if c.host.isCut() {
		return nil
	}
	lan := c.host.lan
	lan.mu.Lock()
	defer lan.mu.Unlock()
	if c.closed {
		return errors.New("the speaker is closed")
	}
	for _, tap := range lan.taps {
		tap(Sent{From: c.source, To: to, Data: slices.Clone(datagram)})
	}
	group := to.Addr().IsMulticast()
	for _, other := range lan.conns {
		hears := other.source == to
		if group {
			hears = other.source.Port() == link.Port
		}
		if !hears || other.closed || (other.host != c.host && other.host.isCut()) {
			continue
		}
		d := link.Datagram{At: time.Now(), From: c.source, ToGroup: group, HopLimit: 255, Data: slices.Clone(datagram)}
		select {
		case other.packets <- d:
		default:
		}
	}
	return nil
}

func (c *conn) Close() error {
	c.host.lan.mu.Lock()
	defer c.host.lan.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	close(c.packets)
	c.host.lan.conns = slices.DeleteFunc(c.host.lan.conns, func(o *conn) bool { return o == c })
	return nil
}
