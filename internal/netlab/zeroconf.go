//go:build linux

package netlab

import (
	"os/exec"
	"sync"
	"testing"
)

// Zeroconf returns a Python interpreter that has python3-zeroconf, and skips the test
// if there is none. The system's own is tried first: packages install for it.
func Zeroconf(t testing.TB) string {
	t.Helper()
	python := pythonWithZeroconf()
	if python == "" {
		t.Skip(noLab + "python3-zeroconf is not installed")
	}
	return python
}

var pythonWithZeroconf = sync.OnceValue(func() string {
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(python, "-c", "import zeroconf").Run() == nil { //nolint:gosec // one of two; it ends at once
			return python
		}
	}
	return ""
})
