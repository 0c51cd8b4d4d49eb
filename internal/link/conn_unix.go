//go:build unix

package link

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// inbox is how many datagrams wait to be taken before further ones are left to the
	// kernel's buffer.
	inbox = 256
	// maxFailures is how often in a row a socket may fail to read, a millisecond apart,
	// before it is given up.
	maxFailures = 1000
)

// conn is the sockets of one speaker: for each family one that is bound to the
// speaker's own address, by which it sends and hears what is meant for it alone, and
// one that is bound to the group. A socket bound to neither would share its inbox
// with every other speaker of the machine.
type conn struct {
	name    string
	speak   []*socket // by family
	all     []*socket
	packets chan Datagram
	done    chan struct{}
	readers sync.WaitGroup
	once    sync.Once
}

// Listen opens sockets on the interface.
func (i *Interface) Listen(opts Options) (Conn, error) {
	prefixes, err := i.Prefixes()
	if err != nil {
		return nil, err
	}
	c := &conn{name: i.net.Name, packets: make(chan Datagram, inbox), done: make(chan struct{})}
	var failed error
	for _, f := range families {
		source := sourceOf(f, opts, prefixes, i.IsLoopback())
		if !source.IsValid() || (f.v6 && opts.OnlyIPv4) {
			continue
		}
		if err := c.open(i, f, source, opts.Ephemeral); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	if len(c.speak) == 0 {
		if failed == nil {
			failed = errors.New("it has no address to speak from")
		}
		return nil, fmt.Errorf("multicast DNS on %s: %w", i.net.Name, failed)
	}
	for _, s := range c.all {
		c.readers.Go(func() { c.read(s, i) })
	}
	return c, nil
}

// sourceOf is the address to speak from in a family; it is not valid if there is
// none. Of IPv6, multicast DNS takes the link-local one, but for the loopback.
func sourceOf(f family, opts Options, prefixes []netip.Prefix, loopback bool) netip.Addr {
	if opts.Source.IsValid() {
		if opts.Source.Is4() == f.v6 {
			return netip.Addr{}
		}
		return opts.Source
	}
	if opts.Alone && loopback && !f.v6 {
		if spare, ok := spareLoopback(); ok {
			return spare
		}
	}
	if near, ok := Near(prefixes, opts.Peer); ok && near.Is4() != f.v6 {
		return near
	}
	for _, p := range prefixes {
		ip := p.Addr()
		if ip.Is4() != f.v6 && (!f.v6 || loopback || ip.IsLinkLocalUnicast()) {
			return ip
		}
	}
	return netip.Addr{}
}

// open adds the sockets of one family.
func (c *conn) open(i *Interface, f family, source netip.Addr, ephemeral bool) error {
	port := uint16(Port)
	if ephemeral {
		port = 0
	}
	own, err := f.socket(i, netip.AddrPortFrom(source, port))
	if err != nil {
		return fmt.Errorf("bind %s port %d: %w", source, port, plain(err))
	}
	if ephemeral {
		c.speak, c.all = append(c.speak, own), append(c.all, own)
		return nil
	}
	group, err := f.socket(i, netip.AddrPortFrom(f.group, Port))
	if err == nil {
		if err = group.join(i); err != nil {
			_ = group.pc.Close()
		}
	}
	if err != nil {
		_ = own.pc.Close()
		return fmt.Errorf("join %s: %w", f.group, plain(err))
	}
	group.toGroup = true
	c.speak, c.all = append(c.speak, own), append(c.all, own, group)
	return nil
}

// plain is the reason alone, such as "address already in use".
func plain(err error) error {
	if system, ok := errors.AsType[*os.SyscallError](err); ok {
		return system.Err
	}
	return err
}

// read hands on what comes in by the interface until the socket is closed.
func (c *conn) read(s *socket, i *Interface) {
	buffer := make([]byte, MaxDatagram)
	for failures := 0; ; {
		n, meta, err := s.read(buffer)
		if err != nil {
			failures++
			if errors.Is(err, net.ErrClosed) || failures > maxFailures {
				return
			}
			select { // such as a port unreachable of an earlier send: not the end
			case <-c.done:
				return
			case <-time.After(time.Millisecond):
				continue
			}
		}
		failures = 0
		if !cameBy(i, meta) {
			continue
		}
		d := Datagram{
			At: time.Now(), From: meta.from, ToGroup: s.toGroup, HopLimit: meta.hopLimit,
			Data: append([]byte(nil), buffer[:n]...),
		}
		select {
		case c.packets <- d:
		case <-c.done:
			return
		}
	}
}

// cameBy tells whether a datagram came in by the interface. What this machine sends
// to an address of its own goes by the loopback, whatever interface has the address.
func cameBy(i *Interface, meta metadata) bool {
	if meta.index == i.net.Index {
		return true
	}
	by, err := net.InterfaceByIndex(meta.index)
	if err != nil || by.Flags&net.FlagLoopback == 0 {
		return false
	}
	prefixes, err := i.Prefixes()
	if err != nil {
		return false
	}
	for _, p := range prefixes {
		if p.Addr() == meta.from.Addr() {
			return true
		}
	}
	return false
}

func (c *conn) Sources() []netip.AddrPort {
	var sources []netip.AddrPort
	for _, s := range c.speak {
		sources = append(sources, s.local)
	}
	return sources
}

func (c *conn) Multicast(datagram []byte) error {
	var failed error
	sent := false
	for _, s := range c.speak {
		if err := s.write(datagram, netip.AddrPortFrom(s.family.group, Port)); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		sent = true
	}
	if sent {
		return nil
	}
	return fmt.Errorf("send to the group on %s: %w", c.name, plain(failed))
}

func (c *conn) Send(datagram []byte, to netip.AddrPort) error {
	for _, s := range c.speak {
		if s.family.v6 != to.Addr().Is4() {
			if err := s.write(datagram, to); err != nil {
				return fmt.Errorf("send to %s on %s: %w", to, c.name, plain(err))
			}
			return nil
		}
	}
	return fmt.Errorf("send to %s on %s: no address of that family to speak from", to, c.name)
}

func (c *conn) Packets() <-chan Datagram { return c.packets }

func (c *conn) Close() error {
	c.once.Do(func() {
		close(c.done)
		for _, s := range c.all {
			_ = s.pc.Close()
		}
		c.readers.Wait()
		close(c.packets)
	})
	return nil
}

// bind makes a UDP socket that shares its port, bound to exactly one address. The
// standard library binds to the wildcard where it is given a group.
func bind(at netip.AddrPort, index int) (net.PacketConn, error) {
	domain := unix.AF_INET
	if at.Addr().Is6() {
		domain = unix.AF_INET6
	}
	syscallLock.RLock()
	fd, err := unix.Socket(domain, unix.SOCK_DGRAM, unix.IPPROTO_UDP)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscallLock.RUnlock()
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	file := os.NewFile(uintptr(fd), "multicast DNS on "+at.String())
	defer file.Close() // FilePacketConn makes a copy
	if err := share(fd); err != nil {
		return nil, os.NewSyscallError("setsockopt", err)
	}
	if err := unix.Bind(fd, sockaddr(at, index)); err != nil {
		return nil, os.NewSyscallError("bind", err)
	}
	return net.FilePacketConn(file)
}

func sockaddr(at netip.AddrPort, index int) unix.Sockaddr {
	if at.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
	}
	sa := &unix.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16()}
	if at.Addr().IsLinkLocalUnicast() || at.Addr().IsMulticast() {
		sa.ZoneId = uint32(index) //nolint:gosec // an index of the kernel's
	}
	return sa
}
