package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// maxSources is how many source addresses there may be.
const maxSources = 1000

// broadcast is every machine of a network.
var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// parseSources reads addresses and ranges of them, such as 127.0.0.2-127.0.0.9. All must be
// addresses of this machine.
func parseSources(list []string) ([]net.IP, error) {
	var all []netip.Addr
	for _, item := range list {
		first, last, err := parseRange(item)
		if err != nil {
			return nil, err
		}
		for ip := first; ; ip = ip.Next() {
			switch {
			case len(all) == maxSources:
				return nil, fmt.Errorf("more than %d addresses", maxSources)
			case slices.Contains(all, ip):
				return nil, fmt.Errorf("%v is given twice", ip)
			}
			all = append(all, ip)
			if ip == last {
				break
			}
		}
	}
	sources := make([]net.IP, 0, len(all))
	for _, ip := range all {
		if err := bindable(ip); err != nil {
			return nil, err
		}
		sources = append(sources, ip.AsSlice())
	}
	return sources, nil
}

// parseRange reads an address, or a first and a last one.
func parseRange(item string) (first, last netip.Addr, err error) {
	from, to, isRange := strings.Cut(strings.TrimSpace(item), "-")
	first, err = netip.ParseAddr(from)
	last = first
	if isRange && err == nil {
		last, err = netip.ParseAddr(to)
	}
	switch {
	case err != nil || first.Zone()+last.Zone() != "":
		err = fmt.Errorf("%.60q is neither an address nor a range such as 127.0.0.2-127.0.0.9", item)
	case first.BitLen() != last.BitLen():
		err = fmt.Errorf("%.60q: both ends must be IPv4, or both IPv6", item)
	case last.Less(first):
		err = fmt.Errorf("%.60q: the last address comes before the first", item)
	}
	return first.Unmap(), last.Unmap(), err
}

// bindable tells whether connections can be made from an address.
func bindable(ip netip.Addr) error {
	if ip.IsUnspecified() || ip.IsMulticast() || ip == broadcast { // which can be listened on
		return fmt.Errorf("%v is no address of one machine", ip)
	}
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", netip.AddrPortFrom(ip, 0).String())
	if err == nil {
		return listener.Close()
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	return fmt.Errorf("%v is no address of this machine: %w", ip, err)
}

// reachableFrom refuses addresses from which a gateway at HOST:PORT cannot be reached. A host
// that is a name is looked up; nothing is said of one that cannot be.
func reachableFrom(ctx context.Context, sources []net.IP, address string) error {
	host, port, _ := net.SplitHostPort(address)
	if _, err := netip.ParseAddr(host); err == nil || len(sources) == 0 {
		return sameFamily(sources, address)
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil // the run will tell why
	}
	for _, source := range sources {
		var last error
		if !slices.ContainsFunc(found, func(ip netip.Addr) bool {
			last = sameFamily([]net.IP{source}, net.JoinHostPort(ip.Unmap().String(), port))
			return last == nil
		}) && last != nil {
			return fmt.Errorf("%.60s: %w", host, last)
		}
	}
	return nil
}

// sameFamily refuses addresses from which a gateway at IP:PORT cannot be reached, being
// IPv4 where it is IPv6 or the other way round.
func sameFamily(sources []net.IP, address string) error {
	host, _, _ := net.SplitHostPort(address)
	target, err := netip.ParseAddr(host)
	for _, source := range sources {
		if err == nil && (source.To4() == nil) != (target.Unmap().Is6()) {
			return fmt.Errorf("from %v the target %v cannot be reached: one is IPv4, the other IPv6", source, target)
		}
	}
	return nil
}
