package drive

import (
	"errors"
	"os"
	"syscall"
)

// canAsk tells whether a process can be asked to end.
const canAsk = false

// apart keeps Ctrl-C at the terminal from a process.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// signalGroup kills the process: there are no signals, and no group to send one to.
func signalGroup(leader *os.Process, which syscall.Signal) error {
	if which != syscall.SIGKILL {
		return errors.ErrUnsupported
	}
	return leader.Kill()
}

// groupLives is asked when the process is over, and there is no group.
func groupLives(int) bool { return false }
