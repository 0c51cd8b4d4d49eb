//go:build linux

package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// cpuSeconds is what this process has used so far, user and system.
func cpuSeconds() float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0 // it fails only for an address or a subject that is none
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

// statusBytes reads one of the sizes in /proc/self/status; 0 if it is not there.
func statusBytes(name string) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, found := strings.CutPrefix(line, name+":"); found {
			kilobytes, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kilobytes << 10
		}
	}
	return 0
}
