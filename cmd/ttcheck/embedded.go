package main

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/gateway"
	"ttcheck/internal/link"
	"ttcheck/suites"
	"ttcheck/suites/spec"
)

const (
	// seededOrders is how many finished orders the embedded gateway has from the
	// start, and seed what they are.
	seededOrders, seed = 120, 1
	// seededReach is how far back they go at least.
	seededReach = 13*24*time.Hour + 12*time.Hour
)

// embed starts the reference gateway inside this process as the target.
func embed(cfg *suites.Config) (closeTarget func(), err error) {
	cfg.Speedup = cmp.Or(cfg.Speedup, embeddedSpeedup)
	opts := gateway.Options{Listen: ownLoopback(), Speedup: cfg.Speedup, History: seededOrders, Seed: seed}
	var noLink string
	if opts.Advertise, err = advertiseOnLoopback(); err != nil {
		noLink = fmt.Sprintf("the embedded gateway cannot be advertised: %v", err)
	}
	g, err := gateway.Start(opts)
	if err != nil {
		return nil, setupError(fmt.Errorf("start the embedded gateway: %w", err))
	}
	cfg.Target = spec.Target{
		Address: g.Addr(), Embedded: true, Press: client.PressFunc(g.Press),
		Restarter: restarter(g), HistoryReaches: seededReach, NoLink: noLink,
	}
	if opts.Advertise != nil {
		cfg.Target.Links = []link.Link{opts.Advertise.Link}
		cfg.Interface = opts.Advertise.Link.Name()
	}
	return func() { _ = g.Close() }, nil
}

// ownLoopback is where the embedded gateway listens: at an address that no other speaker
// on the loopback has, where there are such, for those of one address share what is sent
// to it.
func ownLoopback() string {
	if spare, ok := link.SpareLoopback(); ok {
		return netip.AddrPortFrom(spare, 0).String()
	}
	return "127.0.0.1:0"
}

// advertiseOnLoopback says how the embedded gateway makes itself known; the error
// tells why it cannot.
func advertiseOnLoopback() (*gateway.Advertise, error) {
	lo, err := link.Loopback()
	if err != nil {
		return nil, err
	}
	try, err := lo.Listen(link.Options{OnlyIPv4: true})
	if err != nil {
		return nil, err
	}
	return &gateway.Advertise{Link: lo}, try.Close()
}

// restarter restarts the embedded gateway, under another address of the loopback
// where there is one.
func restarter(g *gateway.Gateway) client.Restarter {
	return client.RestartFunc(func(_ context.Context, newAddress bool) error {
		if newAddress {
			return g.Restart(ownLoopback())
		}
		return g.Restart("")
	})
}
