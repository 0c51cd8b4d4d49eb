package drive

import (
	"bytes"
	"io"
	"os"
	"strconv"
	"syscall"
)

// maxEnviron is how many bytes of a process's environment are searched: more than Linux
// gives one.
const maxEnviron = 8 << 20

// leftovers are the processes that were born with a cookie, wherever they went from there.
func leftovers(cookie string) []int {
	all, _ := processes()
	var left []int
	for _, pid := range all {
		if holds(pid, cookie) {
			left = append(left, pid)
		}
	}
	return left
}

// holds tells whether a process was born with a cookie. One that has ended was not, nor,
// for a moment, one that becomes another program.
func holds(pid int, cookie string) bool {
	file, err := os.Open("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil {
		return false
	}
	defer file.Close()
	environ, err := io.ReadAll(io.LimitReader(file, maxEnviron))
	return err == nil && bytes.Contains(environ, []byte(cookieName+cookie))
}

// signalLeftover sends a signal to a process if it still holds the cookie, and tells
// whether it did: otherwise the ID may be somebody else's by now.
func signalLeftover(pid int, cookie string, which syscall.Signal) bool {
	process, err := os.FindProcess(pid) // keeps the ID from meaning another one
	if err != nil {
		return false
	}
	defer func() { _ = process.Release() }()
	return holds(pid, cookie) && process.Signal(which) == nil
}
