//go:build linux

package netlab

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// namePrefix begins the name of every namespace: ttlab-PID-NUMBER-NAME, with the
// process ID of the test.
const namePrefix = "ttlab-"

// sweep removes what test processes that were killed have left behind.
func sweep() {
	for _, space := range spaces() {
		if owner, ok := owner(space); ok && !alive(owner) {
			_ = removeSpace(space) // another test may be at it as well
		}
	}
}

// spaces are the namespaces of all labs of this machine.
func spaces() []string {
	out, err := ip("", "netns", "list")
	if err != nil {
		return nil
	}
	var names []string
	for line := range strings.Lines(out) {
		if fields := strings.Fields(line); len(fields) > 0 && strings.HasPrefix(fields[0], namePrefix) {
			names = append(names, fields[0])
		}
	}
	return names
}

// owner is the process ID in the name of a namespace.
func owner(space string) (pid int, ok bool) {
	text, _, found := strings.Cut(strings.TrimPrefix(space, namePrefix), "-")
	pid, err := strconv.Atoi(text)
	return pid, found && err == nil && pid > 0
}

func alive(pid int) bool {
	return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

// removeSpace kills what runs in a namespace and removes it.
func removeSpace(space string) error {
	if out, err := ip("", "netns", "pids", space); err == nil {
		for field := range strings.FieldsSeq(out) {
			if pid, err := strconv.Atoi(field); err == nil && pid != os.Getpid() {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	}
	defer lock()()
	if _, err := ip("", "netns", "del", space); err != nil && !gone(space) {
		return err
	}
	return nil
}

func gone(space string) bool {
	_, err := os.Stat("/run/netns/" + space)
	return errors.Is(err, os.ErrNotExist)
}

// lock keeps test processes from making and removing namespaces at the same time:
// iproute2 itself sets up their directory when it makes the first.
func lock() (unlock func()) {
	file, err := os.OpenFile(filepath.Join(os.TempDir(), "ttlab.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return func() {}
	}
	_ = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
	return func() { _ = file.Close() }
}
