package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/gateway"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
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

// The addresses of the embedded gateway before and after it is to change it, and of who
// looks for it. They are on a network in memory: other speakers on this machine, such as
// a second run, neither hear nor disturb it.
const home, away, neighbour = "127.0.0.1", "127.0.0.9", "127.0.0.5"

// embed starts the reference gateway inside this process as the target.
func embed(cfg *suites.Config) (closeTarget func(), err error) {
	cfg.Speedup = cmp.Or(cfg.Speedup, embeddedSpeedup)
	network := &lan.Network{}
	g, err := gateway.Start(gateway.Options{
		Listen: home + ":0", Speedup: cfg.Speedup, History: seededOrders, Seed: seed,
		Advertise: &gateway.Advertise{Link: network.Host(home+"/8", away+"/8")},
	})
	if err != nil {
		return nil, setupError(fmt.Errorf("start the embedded gateway: %w", err))
	}
	cfg.Target = spec.Target{
		Address: g.Addr(), Embedded: true, Press: client.PressFunc(g.Press),
		Restarter: restarter(g), HistoryReaches: seededReach,
		Links: []link.Link{network.Host(neighbour + "/8")},
	}
	return func() { _ = g.Close() }, nil
}

// restarter restarts the embedded gateway, under another address if that is asked for,
// and the system answers to all of 127.0.0.0/8.
func restarter(g *gateway.Gateway) client.Restarter {
	return client.RestartFunc(func(_ context.Context, newAddress bool) error {
		if newAddress && g.Restart(away+":0") == nil {
			return nil
		}
		return g.Restart("")
	})
}
