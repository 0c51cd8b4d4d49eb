package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"ttcheck/internal/link"
	"ttcheck/suites/pos"
	"ttcheck/suites/selftest"
)

// loopbackAway is another address of the loopback, to which the gateway moves.
const loopbackAway = "127.0.0.9"

// place fills in where the gateway is advertised, and its addresses.
func (f certifyFlags) place(cfg *pos.Config) error {
	if cfg.Integration == nil {
		if f.discovery != "" || f.listen != "" || f.away != "" {
			return errors.New("--discovery, --listen and --move-to need --pos-cmd or --manual: the embedded POS has a network of its own")
		}
		if cfg.Name == "" {
			cfg.Name = "ttcheck pos"
		}
		if cfg.Version == "" {
			cfg.Version = version()
		}
		selftest.Embed(cfg)
		return nil
	}
	cfg.Decoy = true
	first, err := f.link(cfg)
	if err != nil {
		return err
	}
	second := first
	if first.IsLoopback() && first.Is4() {
		second = netip.MustParseAddr(loopbackAway)
	}
	if cfg.Home, err = endpoint("--listen", f.listen, first); err != nil {
		return err
	}
	if f.listen != "" && f.away == "" && !first.IsLoopback() {
		host, _, _ := net.SplitHostPort(cfg.Home)
		second = netip.MustParseAddr(host)
	}
	if cfg.Away, err = endpoint("--move-to", f.away, second); err != nil {
		return err
	}
	if f.away != "" && cfg.Away == cfg.Home && !strings.HasSuffix(cfg.Home, ":0") {
		return fmt.Errorf("--move-to %s is where the gateway is from the start", f.away)
	}
	return nil
}

// link fills in the link, and returns its first address.
func (f certifyFlags) link(cfg *pos.Config) (netip.Addr, error) {
	loopback := netip.MustParseAddr("127.0.0.1")
	if f.discovery == "off" {
		return loopback, nil
	}
	var found *link.Interface
	var err error
	if f.discovery == "" || f.discovery == "lo" {
		found, err = link.Loopback()
	} else {
		found, err = link.ByName(f.discovery)
	}
	if err != nil {
		return netip.Addr{}, fmt.Errorf("--discovery: %w", err)
	}
	prefixes, err := found.Prefixes()
	if err != nil {
		return netip.Addr{}, fmt.Errorf("--discovery: %w", err)
	}
	if len(prefixes) == 0 {
		return netip.Addr{}, fmt.Errorf("--discovery: %s has no address", found.Name())
	}
	cfg.Link = found
	return prefixes[0].Addr(), nil
}

// endpoint reads a HOST[:PORT] whose host is an address; what is not given is otherwise's,
// and a free port.
func endpoint(flag, text string, otherwise netip.Addr) (string, error) {
	if text == "" {
		return netip.AddrPortFrom(otherwise, 0).String(), nil
	}
	at, err := netip.ParseAddrPort(text)
	if err != nil {
		var ip netip.Addr
		ip, err = netip.ParseAddr(strings.Trim(text, "[]"))
		at = netip.AddrPortFrom(ip, 0)
	}
	if err != nil || at.Addr().IsUnspecified() {
		return "", fmt.Errorf("%s %.60q: want an address of this machine, and a port if you like", flag, text)
	}
	return at.String(), nil
}
