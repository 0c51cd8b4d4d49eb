//go:build unix

package drive

import (
	"os"
	"syscall"
)

// canAsk tells whether a process can be asked to end.
const canAsk = true

// signalGroup sends a signal to a process group by the process that leads it.
func signalGroup(leader *os.Process, which syscall.Signal) error {
	return syscall.Kill(-leader.Pid, which)
}
