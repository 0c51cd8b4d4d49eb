package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/gateway"
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
	g, err := gateway.Start(gateway.Options{
		Listen: "127.0.0.1:0", Speedup: cfg.Speedup, History: seededOrders, Seed: seed,
	})
	if err != nil {
		return nil, setupError(fmt.Errorf("start the embedded gateway: %w", err))
	}
	cfg.Target = spec.Target{
		Address: g.Addr(), Embedded: true, Press: client.PressFunc(g.Press),
		Restart:        func(context.Context) error { return g.Restart("") },
		HistoryReaches: seededReach,
	}
	return func() { _ = g.Close() }, nil
}
