//go:build linux

package main

import (
	"strings"
	"testing"

	"ttcheck/internal/netlab"
)

// stack is a gateway in the lab, with the responder that makes it known.
type stack struct {
	// restart restarts both in good order.
	restart func()
	// readdress has the host's address changed, and both go on at the new one.
	readdress func(change func(), address string)
}

// follows is the readdress of a gateway that is not to be told.
func follows(change func(), _ string) { change() }

// stacks are the gateways that the chapter must judge rightly, each with the
// requirements (all of them SHOULD) that some version of it breaks.
var stacks = []struct {
	name   string
	start  func(t *testing.T, h *netlab.Host, address string) stack
	breaks []string
}{
	{"reference gateway", referenceStack, nil},
	{"avahi-daemon", avahiStack, nil},
	{"python3-zeroconf", zeroconfStack, []string{
		"DISC-11", // its answer to a legacy query has the full TTLs
		"DISC-22", // it does not give way
	}},
}

func referenceStack(t *testing.T, h *netlab.Host, _ string) stack {
	t.Helper()
	advertise(t, h, "Gateway One", "0.0.0.0:8000")
	return stack{
		restart:   func() { order(t, h, "/restart") },
		readdress: follows,
	}
}

// silentGateway starts a gateway that does not advertise itself.
func silentGateway(t *testing.T, h *netlab.Host) {
	t.Helper()
	startOn(t, h, "gateway", "--listen", "0.0.0.0:8000", "--control", control).Await(t, "control: ")
}

func avahiStack(t *testing.T, h *netlab.Host, _ string) stack {
	t.Helper()
	publish := func() *netlab.Avahi {
		return h.Publish(t, netlab.Service{Instance: "Gateway One", Type: serviceType, Port: 8000})
	}
	silentGateway(t, h)
	avahi := publish()
	return stack{
		restart: func() {
			avahi.Stop()
			order(t, h, "/restart")
			avahi = publish()
		},
		readdress: follows,
	}
}

func zeroconfStack(t *testing.T, h *netlab.Host, address string) stack {
	t.Helper()
	publish := zeroconfPublisher(t, h)
	silentGateway(t, h)
	zeroconf := publish(address)
	again := func(change func(), next string) {
		zeroconf.Stop()
		change()
		order(t, h, "/restart")
		zeroconf, address = publish(next), next
	}
	return stack{
		restart:   func() { again(func() {}, address) },
		readdress: again,
	}
}

// zeroconfPublisher returns what starts python3-zeroconf as responder, to publish
// addresses of which the first is the host's own.
func zeroconfPublisher(t *testing.T, h *netlab.Host) func(addresses ...string) *netlab.Process {
	t.Helper()
	python := netlab.Zeroconf(t)
	return func(addresses ...string) *netlab.Process {
		p := h.Start(t, python, script(t, "zeroconf_publish.py"), strings.Join(addresses, ","), "8000", "Gateway One")
		p.Await(t, "registered")
		return p
	}
}
