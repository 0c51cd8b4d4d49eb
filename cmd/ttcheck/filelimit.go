package main

import (
	"fmt"
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
	files, known := raiseFileLimit()
	if need := uint64(sockets + spareFiles); known && need > files { //nolint:gosec // a plan has at most a million
		return files, fmt.Errorf("the plan needs %d open files, the system allows %d (ulimit -n)", need, files)
	}
	ports, known := localPorts()
	sources = max(sources, 1)
	if each := (sockets + sources - 1) / sources; known && each+spareFiles > ports {
		return files, fmt.Errorf("the plan needs %d local ports of a source address, the system has %d (net.ipv4.ip_local_port_range): give more addresses by --source",
			each+spareFiles, ports)
	}
	return files, nil
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
