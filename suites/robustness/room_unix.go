//go:build unix

package robustness

import "syscall"

// room is how many WebSockets this process can hold, with some to spare. Where the
// gateway is in the same process, each takes two descriptors.
func room() int {
	const spare = 200
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil || limit.Cur > 4*most {
		return most
	}
	return max(0, int(limit.Cur)-spare) / 2
}
