//go:build unix

package link

import (
	"errors"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// hopLimit is what multicast DNS sends with (RFC 6762 §11).
const hopLimit = 255

var syscallLock = &syscall.ForkLock

// family is IPv4 or IPv6.
type family struct {
	v6    bool
	group netip.Addr
}

var families = []family{{group: GroupIPv4}, {v6: true, group: GroupIPv6}}

// socket is one UDP socket on one interface.
type socket struct {
	family  family
	pc      net.PacketConn
	v4      *ipv4.PacketConn // of the two, the one of the family
	v6      *ipv6.PacketConn
	index   int // of the interface
	local   netip.AddrPort
	toGroup bool
}

// metadata is what the kernel tells of a datagram.
type metadata struct {
	from     netip.AddrPort
	index    int // of the interface that it came in by
	hopLimit int
}

// socket binds a socket and ties its sending to the interface.
func (f family) socket(i *Interface, at netip.AddrPort) (*socket, error) {
	pc, err := bind(at, i.net.Index)
	if err != nil {
		return nil, err
	}
	s := &socket{family: f, pc: pc, index: i.net.Index}
	if udp, ok := pc.LocalAddr().(*net.UDPAddr); ok {
		s.local = udp.AddrPort()
		s.local = netip.AddrPortFrom(s.local.Addr().WithZone(""), s.local.Port())
	}
	if f.v6 {
		s.v6 = ipv6.NewPacketConn(pc)
		err = errors.Join(
			s.v6.SetMulticastInterface(&i.net), s.v6.SetMulticastLoopback(true),
			s.v6.SetMulticastHopLimit(hopLimit), s.v6.SetHopLimit(hopLimit),
			s.v6.SetControlMessage(ipv6.FlagInterface|ipv6.FlagHopLimit, true))
	} else {
		s.v4 = ipv4.NewPacketConn(pc)
		err = errors.Join(
			s.v4.SetMulticastInterface(&i.net), s.v4.SetMulticastLoopback(true),
			s.v4.SetMulticastTTL(hopLimit), s.v4.SetTTL(hopLimit),
			s.v4.SetControlMessage(ipv4.FlagInterface|ipv4.FlagTTL, true))
	}
	if err != nil {
		_ = pc.Close()
		return nil, err
	}
	return s, nil
}

func (s *socket) join(i *Interface) error {
	group := &net.UDPAddr{IP: s.family.group.AsSlice()}
	if s.family.v6 {
		return s.v6.JoinGroup(&i.net, group)
	}
	return s.v4.JoinGroup(&i.net, group)
}

func (s *socket) read(buffer []byte) (int, metadata, error) {
	var meta metadata
	if s.family.v6 {
		n, cm, from, err := s.v6.ReadFrom(buffer)
		if cm != nil {
			meta.index, meta.hopLimit = cm.IfIndex, cm.HopLimit
		}
		meta.from = addrPort(from)
		return n, meta, err
	}
	n, cm, from, err := s.v4.ReadFrom(buffer)
	if cm != nil {
		meta.index, meta.hopLimit = cm.IfIndex, cm.TTL
	}
	meta.from = addrPort(from)
	return n, meta, err
}

// write sends by the socket's interface, wherever the routes of the machine lead,
// and from the socket's address: the kernel would choose one of its own again.
func (s *socket) write(datagram []byte, to netip.AddrPort) error {
	addr := net.UDPAddrFromAddrPort(to)
	var err error
	if s.family.v6 {
		_, err = s.v6.WriteTo(datagram, &ipv6.ControlMessage{IfIndex: s.index, Src: s.local.Addr().AsSlice()}, addr)
	} else {
		_, err = s.v4.WriteTo(datagram, &ipv4.ControlMessage{IfIndex: s.index, Src: s.local.Addr().AsSlice()}, addr)
	}
	return err
}

// addrPort is the sender without a zone: the link is known.
func addrPort(from net.Addr) netip.AddrPort {
	udp, ok := from.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	at := udp.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap().WithZone(""), at.Port())
}
