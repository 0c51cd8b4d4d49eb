//go:build linux

package main

import (
	"slices"
	"testing"
	"time"

	"ttcheck/internal/netlab"
	"ttcheck/report"
)

// TestLabAddressChange proves that a search, begun when a gateway's address has just
// changed, finds it at the new address, and no longer at the old one, within 5 s. It is
// the search of 3 s that everybody gets: a responder may keep a record to itself for a
// second after it was multicast (RFC 6762 §6), and so for a second twice over.
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
			search := func(at, not string) {
				t.Helper()
				began := time.Now()
				found, code := discover(t, tester)
				if code != report.ExitOK || len(found.Gateways) != 1 {
					t.Fatalf("exit code %d, found %+v", code, found)
				}
				g := found.Gateways[0]
				if !g.Answers || g.Port != 8000 || !slices.Contains(g.Addresses, at) || slices.Contains(g.Addresses, not) {
					t.Fatalf("found %+v, want it to answer at %s", g, at)
				}
				if took := time.Since(began); took > 5*time.Second {
					t.Errorf("the search took %v", took)
				}
			}
			search(before, after)
			change(host)
			search(after, before)
		})
	}
}
