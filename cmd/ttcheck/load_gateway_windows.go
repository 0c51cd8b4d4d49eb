package main

import (
	"os/exec"
	"syscall"
)

// tie gives a process that is about to start a group of its own, so that Ctrl-C at the
// terminal is ours alone. There is no signal that it could be ended by in good order.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
