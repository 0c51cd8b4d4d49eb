package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"ttcheck/client"
	"ttcheck/client/mdns"
	"ttcheck/internal/link"
	"ttcheck/protocol"
)

const (
	// autoTarget is the --target that is to be found.
	autoTarget = "auto"
	// autoWait is how long it is looked for.
	autoWait = 3 * time.Second
)

// searchLinks are the interfaces on which gateways are searched for: the one that is
// named, or all that may have some.
func searchLinks(iface string) ([]link.Link, error) {
	if iface != "" {
		named, err := link.ByName(iface)
		if err != nil {
			return nil, fmt.Errorf("--interface: %w", err)
		}
		return []link.Link{named}, nil
	}
	all, err := link.All()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("no interface of this machine is up, has an address, and is capable of multicast; the loopback needs --interface")
	}
	var links []link.Link
	for _, l := range all {
		links = append(links, l)
	}
	return links, nil
}

// targetLinks are the interfaces on which the advertisement of a target is looked
// for. Without any, noLink tells why.
func targetLinks(iface, address string) (links []link.Link, noLink string, err error) {
	host, _, _ := net.SplitHostPort(address)
	if ip, err := netip.ParseAddr(host); iface == "" && err == nil && ip.IsLoopback() {
		return nil, fmt.Sprintf("the target %v is this machine: its advertisement is looked for on the loopback only if --interface names that", ip), nil
	}
	links, err = searchLinks(iface)
	if err != nil && iface == "" {
		return nil, err.Error(), nil
	}
	return links, "", err
}

// onLink tells whether an address lies in a network of the named interface: another
// would be reached by another interface, if at all.
func onLink(links []link.Link, name string, ip netip.Addr) bool {
	for _, l := range links {
		if prefixes, err := l.Prefixes(); l.Name() == name && err == nil {
			return link.Contains(prefixes, ip)
		}
	}
	return false
}

// findTarget returns the HOST:PORT of the only gateway on the links.
func findTarget(ctx context.Context, iface string) (string, error) {
	links, err := searchLinks(iface)
	if err != nil {
		return "", usageError(err)
	}
	found, err := mdns.Find(ctx, links, autoWait, nil, mdns.BrowserOptions{})
	if err != nil {
		return "", setupError(err)
	}
	var gateways []mdns.Service
	var names []string
	for _, v := range found {
		if slices.ContainsFunc(gateways, func(o mdns.Service) bool { return sameGateway(v, o) }) { // seen by another interface
			continue
		}
		gateways = append(gateways, v)
		where := "not resolved"
		if v.Resolved() {
			where = "at " + netip.AddrPortFrom(v.Addresses[0], v.Port).String()
		}
		names = append(names, fmt.Sprintf("%q %s", v.Instance, where))
	}
	switch {
	case len(gateways) == 0:
		return "", setupError(fmt.Errorf("no gateway was found on %s within %v", link.Names(links), autoWait))
	case len(gateways) > 1:
		return "", usageError(fmt.Errorf("--target auto: there are %d gateways on %s, name one of them: %s",
			len(gateways), link.Names(links), strings.Join(names, ", ")))
	case !gateways[0].Resolved():
		return "", setupError(fmt.Errorf("the only gateway on %s is %q, and nobody tells its address and port", link.Names(links), gateways[0].Instance))
	}
	return answering(ctx, links, gateways[0]), nil
}

// sameGateway tells whether two services are one gateway that was heard by two
// interfaces.
func sameGateway(a, b mdns.Service) bool {
	return mdns.SameName(a.Name, b.Name) && mdns.SameName(a.Host, b.Host) && a.Port == b.Port
}

// answering is the advertised address on the link at which the gateway answers, or the
// first advertised if it answers at none.
func answering(ctx context.Context, links []link.Link, v mdns.Service) string {
	for _, ip := range v.Addresses[:min(len(v.Addresses), maxTried)] {
		if !onLink(links, v.Link, ip) {
			continue
		}
		if ip.Is6() && ip.IsLinkLocalUnicast() {
			ip = ip.WithZone(v.Link)
		}
		address := netip.AddrPortFrom(ip, v.Port).String()
		gateway := client.New(client.Options{Address: address, Timeout: autoWait})
		res := gateway.Do(ctx, client.Request{Path: protocol.Base})
		gateway.Close()
		if res.Status/100 == 2 {
			return address
		}
	}
	return netip.AddrPortFrom(v.Addresses[0], v.Port).String()
}
