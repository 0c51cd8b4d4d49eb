// Package link opens multicast DNS sockets (RFC 6762) that are bound to one network
// interface: nothing that is sent through them leaves by another, and nothing that
// came in by another is received. It moves datagrams and knows nothing of what is in
// them; both sides of the wire build on it, each with a reading of its own.
package link

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Port is the UDP port of multicast DNS (RFC 6762 §3).
const Port = 5353

// The groups of multicast DNS (RFC 6762 §3).
var (
	GroupIPv4 = netip.MustParseAddr("224.0.0.251")
	GroupIPv6 = netip.MustParseAddr("ff02::fb")
)

// MaxDatagram is the largest datagram that is received whole, in bytes.
const MaxDatagram = 65535

// Link is where one speaks multicast DNS.
type Link interface {
	// Name is the name of the interface, such as "eth0".
	Name() string
	// Prefixes returns the addresses that the interface has now, with their
	// networks.
	Prefixes() ([]netip.Prefix, error)
	// Listen opens sockets on the link. It fails if the link has no address, or
	// multicast does not work on it.
	Listen(Options) (Conn, error)
}

// Options say how to listen. The zero value is what a full multicast DNS speaker
// needs.
type Options struct {
	// Source is the address that is spoken from; if it is not set, one of the
	// interface's: the first of each family.
	Source netip.Addr
	// Peer is who is to be spoken to, if that is known: of several addresses of the
	// interface the one in its network is taken.
	Peer netip.Addr
	// Alone asks for an IPv4 address that no other speaker has, where there are
	// plenty: on the loopback of systems that answer to all of 127.0.0.0/8. Speakers
	// that share an address share what is sent to it.
	Alone bool
	// Ephemeral takes a free port instead of 5353, as a one-shot querier does
	// (RFC 6762 §5.1). Only what is sent to that port is received.
	Ephemeral bool
	// OnlyIPv4 leaves IPv6 out even if the link has it.
	OnlyIPv4 bool
}

// Conn is one speaker on a link. It is safe for concurrent use.
type Conn interface {
	// Sources are the addresses that are spoken from: one of IPv4, one of IPv6, or
	// both.
	Sources() []netip.AddrPort
	// Multicast sends to the group, by every family that the speaker has. It fails
	// only if nothing was sent.
	Multicast(datagram []byte) error
	// Send sends to one host of the link.
	Send(datagram []byte, to netip.AddrPort) error
	// Packets hands on what comes in, what the speaker itself sent to the group
	// among it. It is closed by Close. Packets that are not taken in time are lost,
	// as on any network.
	Packets() <-chan Datagram
	// Close ends the speaker and returns when nothing of it runs any more.
	Close() error
}

// Datagram is what came in.
type Datagram struct {
	At   time.Time
	From netip.AddrPort // without a zone
	// ToGroup tells that it was sent to the group, not to one host.
	ToGroup bool
	// HopLimit is the IP TTL or hop limit; 0 if it is not known.
	HopLimit int
	Data     []byte
}

// Interface is a network interface of this machine.
type Interface struct{ net net.Interface }

// ByName returns an interface by its name.
func ByName(name string) (*Interface, error) {
	found, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("there is no interface %.40q", name)
	}
	if found.Flags&net.FlagUp == 0 {
		return nil, fmt.Errorf("interface %s is down", name)
	}
	return &Interface{*found}, nil
}

// All returns the interfaces on which a gateway may be found: up, capable of
// multicast, not the loopback, and with an address.
func All() ([]*Interface, error) {
	return choose(func(i net.Interface) bool {
		return i.Flags&net.FlagLoopback == 0 && i.Flags&net.FlagMulticast != 0
	})
}

// Loopback returns the loopback interface.
func Loopback() (*Interface, error) {
	found, err := choose(func(i net.Interface) bool { return i.Flags&net.FlagLoopback != 0 })
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errors.New("there is no loopback interface that is up")
	}
	return found[0], nil
}

// Names lists the names of links.
func Names(links []Link) string {
	var names []string
	for _, l := range links {
		names = append(names, l.Name())
	}
	return strings.Join(names, ", ")
}

// Near returns the address of those prefixes whose network holds the peer, if any does.
func Near(prefixes []netip.Prefix, peer netip.Addr) (netip.Addr, bool) {
	for _, p := range prefixes {
		if p.Masked().Contains(peer.Unmap().WithZone("")) {
			return p.Addr(), true
		}
	}
	return netip.Addr{}, false
}

// spareLoopback returns an address of this machine that hardly anybody else has, on
// systems that answer to all of 127.0.0.0/8 without set-up.
func spareLoopback() (netip.Addr, bool) {
	if runtime.GOOS != "linux" {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte{127, 64 + byte(rand.N(128)), byte(rand.N(256)), 1 + byte(rand.N(254))}), true //nolint:gosec // no secret
}

// choose returns the interfaces that are up, have an address, and are wanted.
func choose(wanted func(net.Interface) bool) ([]*Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("list the interfaces: %w", err)
	}
	var chosen []*Interface
	for _, i := range all {
		candidate := &Interface{i}
		if i.Flags&net.FlagUp == 0 || !wanted(i) {
			continue
		}
		if prefixes, err := candidate.Prefixes(); err == nil && len(prefixes) > 0 {
			chosen = append(chosen, candidate)
		}
	}
	return chosen, nil
}

// Name is the name of the interface.
func (i *Interface) Name() string { return i.net.Name }

// IsLoopback tells whether only this machine is on it.
func (i *Interface) IsLoopback() bool { return i.net.Flags&net.FlagLoopback != 0 }

// Prefixes returns the addresses that the interface has now, IPv4 first.
func (i *Interface) Prefixes() ([]netip.Prefix, error) {
	addrs, err := i.net.Addrs()
	if err != nil {
		return nil, fmt.Errorf("addresses of %s: %w", i.net.Name, err)
	}
	var prefixes []netip.Prefix
	for _, addr := range addrs {
		ipNet, ok := addr.(*net.IPNet)
		if !ok {
			continue
		}
		ip, ok := netip.AddrFromSlice(ipNet.IP)
		if !ok {
			continue
		}
		bits, _ := ipNet.Mask.Size()
		prefixes = append(prefixes, netip.PrefixFrom(ip.Unmap(), bits))
	}
	slices.SortStableFunc(prefixes, func(a, b netip.Prefix) int { return a.Addr().BitLen() - b.Addr().BitLen() })
	return prefixes, nil
}

// Contains tells whether an address lies in one of the networks.
func Contains(prefixes []netip.Prefix, ip netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool {
		return p.Masked().Contains(ip.Unmap().WithZone(""))
	})
}
