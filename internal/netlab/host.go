//go:build linux

package netlab

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

const (
	// Link is the interface by which a host is on the lab's switch.
	Link = "link0"
	// Sink is the interface of a host that leads elsewhere, see (*Host).AddSink.
	Sink = "sink0"
)

// Host is a host of a lab.
type Host struct {
	lab   *Lab
	name  string
	space string
	port  string // at the switch
}

// Host adds a host with addresses such as "10.77.0.10/24". It has an IPv6 link-local
// address as well.
func (l *Lab) Host(name string, addresses ...string) *Host {
	l.t.Helper()
	l.ports++
	h := &Host{lab: l, name: name, space: l.prefix + name, port: fmt.Sprintf("port%d", l.ports)}
	if err := l.space(h.space); err != nil {
		l.t.Fatal(err)
	}
	l.do(l.switchSpace(),
		fmt.Sprintf("link add %s type veth peer name %s netns %s", h.port, Link, h.space),
		fmt.Sprintf("link set %s master %s up", h.port, bridge))
	commands := []string{"link set lo up"}
	for _, address := range addresses {
		commands = append(commands, addressCommand("add", address))
	}
	l.do(h.space, append(commands, "link set "+Link+" up")...)
	h.awaitUp()
	return h
}

func addressCommand(verb, address string) string {
	return fmt.Sprintf("addr %s %s dev %s", verb, address, Link)
}

// AddAddress gives the host another address, such as "10.77.0.20/24".
func (h *Host) AddAddress(address string) {
	h.lab.t.Helper()
	h.lab.do(h.space, addressCommand("add", address))
}

// DeleteAddress takes an address away.
func (h *Host) DeleteAddress(address string) {
	h.lab.t.Helper()
	h.lab.do(h.space, addressCommand("del", address))
}

// CarrierDown pulls the host's plug at the switch; it returns when the host noticed.
func (h *Host) CarrierDown() {
	h.lab.t.Helper()
	h.lab.do(h.lab.switchSpace(), "link set "+h.port+" down")
	h.lab.until(h.name+" lost the carrier", func() bool { return !h.up(Link) })
}

// CarrierUp puts the plug back.
func (h *Host) CarrierUp() {
	h.lab.t.Helper()
	h.lab.do(h.lab.switchSpace(), "link set "+h.port+" up")
	h.awaitUp()
}

// awaitUp waits until the host can send to the others, and they to it.
func (h *Host) awaitUp() {
	h.lab.t.Helper()
	h.lab.until(h.name+" has the carrier", func() bool { return h.up(Link) })
	h.lab.until("the switch forwards to "+h.name, func() bool {
		out, err := ip("", "-n", h.lab.switchSpace(), "-d", "-o", "link", "show", h.port)
		return err == nil && strings.Contains(out, "state forwarding")
	})
	h.lab.until(h.name+" has a link-local address", func() bool {
		out, err := ip("", "-n", h.space, "-6", "-o", "addr", "show", "dev", Link, "scope", "link")
		return err == nil && strings.Contains(out, "fe80:") && !strings.Contains(out, "tentative")
	})
}

func (h *Host) up(name string) bool {
	out, err := ip("", "-n", h.space, "-o", "link", "show", name)
	return err == nil && strings.Contains(out, " state UP ")
}

// AddSink gives the host a second interface, sink0 with 10.99.0.1/24, and its default
// route by it. Behind it is a host that answers to nobody but for ARP: what a process
// should not have sent there is counted, see Sent. There is no IPv6 on it, so that the
// kernel sends nothing of its own accord.
func (h *Host) AddSink() {
	h.lab.t.Helper()
	drain := h.space + "-drain"
	if err := h.lab.space(drain); err != nil {
		h.lab.t.Fatal(err)
	}
	h.lab.do(drain, "link add drain0 type veth peer name "+Sink+" netns "+h.space)
	for space, name := range map[string]string{drain: "drain0", h.space: Sink} {
		off := fmt.Sprintf("echo 1 > /proc/sys/net/ipv6/conf/%s/disable_ipv6", name)
		if err := run(exec.Command("ip", "netns", "exec", space, "sh", "-ec", off)); err != nil { //nolint:gosec,noctx // a name of its own; it ends at once
			h.lab.t.Fatal(err)
		}
	}
	h.lab.do(drain, "addr add 10.99.0.2/24 dev drain0", "link set drain0 up")
	h.lab.do(h.space, "addr add 10.99.0.1/24 dev "+Sink, "link set "+Sink+" up",
		"route add default via 10.99.0.2 dev "+Sink)
	h.lab.until(h.name+" has a sink", func() bool { return h.up(Sink) })
}

// Sent is how many packets have left the host by an interface so far.
func (h *Host) Sent(t testing.TB, name string) int {
	t.Helper()
	return h.count(t, name, "tx_packets")
}

// count reads a counter that the kernel keeps of an interface.
func (h *Host) count(t testing.TB, name, counter string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(h.Output(t, "cat", "/sys/class/net/"+name+"/statistics/"+counter)))
	if err != nil {
		t.Fatalf("%s of %s: %v", counter, name, err)
	}
	return n
}

// Command is a command that will run on the host. When ctx ends it is asked to end
// (SIGTERM), and after 3 s killed.
func (h *Host) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	words := append([]string{"netns", "exec", h.space, name}, args...)
	cmd := exec.CommandContext(ctx, "ip", words...) //nolint:gosec // arguments of the tests'
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = grace
	return cmd
}

// Output runs a command on the host and returns its standard output. The test fails
// unless the command succeeds, in time.
func (h *Host) Output(t testing.TB, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := h.Command(ctx, name, args...)
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := run(cmd); err != nil {
		t.Fatalf("on %s: %v", h.name, err)
	}
	return out.String()
}
