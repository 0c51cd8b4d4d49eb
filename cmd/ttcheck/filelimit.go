package main

import (
	"fmt"
	"math"
	"os"
	"strings"
)

// spareFiles is what a load run holds open beside its WebSockets: reports, standard streams,
// and the connections of requests under way.
const spareFiles = 200

// checkRoom tells whether this machine has room for so many WebSockets at once, from so many
// source addresses. It raises the limit of open files as far as it may, and returns it, or 0
// if none is known.
func checkRoom(sockets, sources int) (files uint64, err error) {
	files, knownFiles := raiseFileLimit()
	ports, knownPorts := localPorts()
	if !knownFiles {
		files = math.MaxUint64
	}
	if !knownPorts {
		ports = math.MaxInt
	}
	err = room(sockets, max(sources, 1), files, ports)
	if !knownFiles {
		files = 0
	}
	return files, err
}

// room tells whether sockets have room in files that may be open, and in the ports of each
// source address.
func room(sockets, sources int, files uint64, ports int) error {
	if need := uint64(sockets + spareFiles); need > files { //nolint:gosec // a plan has at most a million
		return fmt.Errorf("the plan needs %d open files, the system allows %d (ulimit -n)", need, files)
	}
	if each := (sockets+sources-1)/sources + spareFiles; each > ports {
		return fmt.Errorf("the plan needs %d local ports of a source address, the system has %d (net.ipv4.ip_local_port_range): give more addresses by --source",
			each, ports)
	}
	return nil
}

// localPorts is how many ports Linux gives to connections from one address to another.
func localPorts() (n int, known bool) {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return 0, false
	}
	return parsePorts(string(text))
}

func parsePorts(text string) (n int, known bool) {
	var first, last int
	if _, err := fmt.Fscan(strings.NewReader(text), &first, &last); err != nil || first < 1 || last > 65535 || last < first {
		return 0, false
	}
	return last - first + 1, true
}
