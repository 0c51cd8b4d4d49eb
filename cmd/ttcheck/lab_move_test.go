//go:build linux

package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ttcheck/internal/netlab"
)

// TestLabAddressChange proves that a search finds a gateway at its new address, and
// no longer at the old one, within 5 s.
func TestLabAddressChange(t *testing.T) {
	t.Parallel()
	const before, after = "10.77.0.10", "10.77.0.20"
	for name, change := range map[string]func(*netlab.Host){
		"delete, then add": func(h *netlab.Host) {
			h.DeleteAddress(before + "/24")
			h.AddAddress(after + "/24")
		},
		"add, then delete": func(h *netlab.Host) {
			h.AddAddress(after + "/24")
			h.DeleteAddress(before + "/24")
		},
		"without a carrier": func(h *netlab.Host) { // as when it is carried to another socket
			h.CarrierDown()
			h.DeleteAddress(before + "/24")
			h.AddAddress(after + "/24")
			h.CarrierUp()
		},
	} {
		t.Run(name, func(t *testing.T) {
			lab := newLab(t)
			host, tester := lab.Host("gateway", before+"/24"), lab.Host("tester", "10.77.0.2/24")
			advertise(t, host, "Gateway One", "0.0.0.0:8000")
			found := func(at, not string) func() error {
				return func() error {
					now, code := discover(t, tester, time.Second)
					if code != 0 || len(now.Gateways) != 1 {
						return fmt.Errorf("exit code %d, found %+v", code, now)
					}
					g := now.Gateways[0]
					if !g.Answers || g.Port != 8000 || !slices.Contains(g.Addresses, at) || slices.Contains(g.Addresses, not) {
						return fmt.Errorf("found %+v, want it to answer at %s", g, at)
					}
					return nil
				}
			}
			await(t, 5*time.Second, found(before, after))
			change(host)
			await(t, 5*time.Second, found(after, before))
		})
	}
}
