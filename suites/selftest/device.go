package selftest

import (
	"context"
	"fmt"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/gateway"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
	"ttcheck/suites/spec"
)

const (
	// history is how many finished orders a gateway has from the start, and historyReach
	// how far back they go at least.
	history      = 120
	historyReach = 13*24*time.Hour + 12*time.Hour
	// appearLimit is how long a gateway may take to be advertised; one that errs may
	// never be.
	appearLimit = 3 * time.Second
	// home and away are its addresses, and neighbour that of who looks for it.
	home, away, neighbour = "127.0.0.1", "127.0.0.9", "127.0.0.5"
)

// device is a gateway in this process, with a link in memory on which it is advertised.
type device struct {
	*gateway.Gateway
	host   *lan.Host
	target spec.Target
}

// power turns on a gateway of the trial. Whoever does closes it.
func (t Trial) power(ctx context.Context, speedup float64) (*device, error) {
	network := &lan.Network{}
	d := &device{host: network.Host(home + "/8")}
	opts := gateway.Options{
		Listen: home + ":0", Speedup: speedup, History: history, Seed: 1,
		Advertise: &gateway.Advertise{Link: d.host},
	}
	decorate.Apply(&opts, t.Makers...)
	var err error
	if d.Gateway, err = gateway.Start(opts); err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	d.target = spec.Target{
		Address: d.Addr(), Embedded: true, Press: client.PressFunc(d.Press),
		Restarter:      client.RestartFunc(d.restart),
		Links:          []link.Link{network.Host(neighbour + "/8")},
		HistoryReaches: historyReach,
	}
	limit := time.NewTimer(appearLimit)
	defer limit.Stop()
	select {
	case <-d.Advertised():
	case <-limit.C:
	case <-ctx.Done():
	}
	return d, nil
}

// restart restarts it, under another address if that is asked for.
func (d *device) restart(_ context.Context, newAddress bool) error {
	if !newAddress {
		return d.Restart("")
	}
	d.host.SetAddresses(home+"/8", away+"/8")
	defer d.host.SetAddresses(away + "/8")
	return d.Restart(away + ":0")
}
