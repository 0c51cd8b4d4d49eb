package main

import (
	"os/exec"
	"syscall"
)

// tie gives a process that is about to start a group of its own, so that Ctrl-C at the
// terminal is ours alone, and has it end with us whatever becomes of us.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
}
