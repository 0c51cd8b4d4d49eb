//go:build linux

package main

import (
	"encoding/json"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ttcheck/internal/netlab"
)

// observer tells which gateways a search of somebody else's sees now, each as
// "INSTANCE at ADDRESS:PORT".
type observer func(t *testing.T) []string

// observers are the searches that the reference gateway must be found by.
var observers = map[string]func(t *testing.T, h *netlab.Host, address string) observer{
	"avahi-browse":     avahiObserver,
	"python3-zeroconf": zeroconfObserver,
}

func avahiObserver(t *testing.T, h *netlab.Host, _ string) observer {
	t.Helper()
	avahi := h.Avahi(t)
	return func(t *testing.T) []string {
		var seen []string
		for _, found := range avahi.Browse(t, serviceType) {
			seen = append(seen, found.Instance+" at "+net.JoinHostPort(found.Address, found.Port))
		}
		return seen
	}
}

func zeroconfObserver(t *testing.T, h *netlab.Host, address string) observer {
	t.Helper()
	browser := h.Start(t, netlab.Zeroconf(t), script(t, "zeroconf_browse.py"), address, serviceType+".local.")
	browser.Await(t, "browsing")
	return func(t *testing.T) []string { return readZeroconf(t, browser.Output()) }
}

// script is the path of a script for the lab.
func script(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// readZeroconf reads the last line that zeroconf_browse.py has written.
func readZeroconf(t *testing.T, text string) (seen []string) {
	t.Helper()
	lines := strings.SplitAfter(text, "\n")
	if len(lines) < 3 { // "browsing", and what follows the last line's end
		return nil
	}
	var known map[string]struct {
		Port      int
		Addresses []string
	}
	last := lines[len(lines)-2]
	if err := json.Unmarshal([]byte(last), &known); err != nil {
		t.Fatalf("%v: %s", err, last)
	}
	for name, service := range known {
		instance := strings.TrimSuffix(name, "."+serviceType+".local.")
		for _, address := range service.Addresses {
			seen = append(seen, instance+" at "+net.JoinHostPort(address, strconv.Itoa(service.Port)))
		}
	}
	return seen
}

// TestLabGatewayIsFound proves that searches of others find the reference gateway,
// follow it to another address and port, with and without a goodbye, and see it leave.
func TestLabGatewayIsFound(t *testing.T) {
	t.Parallel()
	for name, observe := range observers {
		t.Run(name, func(t *testing.T) {
			lab := newLab(t)
			host := lab.Host("gateway", "10.77.0.10/24", "10.77.0.20/24")
			seen := observe(t, lab.Host("tester", "10.77.0.2/24"), "10.77.0.2")
			sees := func(want ...string) {
				t.Helper()
				await(t, labPatience, func() error { return same(seen(t), want) })
			}
			gateway := advertise(t, host, "Gateway One", "10.77.0.10:8000")
			sees("Gateway One at 10.77.0.10:8000")
			order(t, host, "/restart?listen=10.77.0.20:8010")
			sees("Gateway One at 10.77.0.20:8010")
			order(t, host, "/restart?listen=10.77.0.10:8000&abrupt=true")
			sees("Gateway One at 10.77.0.10:8000")
			if code := gateway.Stop(); code != 0 {
				t.Errorf("the gateway's exit code is %d", code)
			}
			sees()
		})
	}
}
