//go:build unix && !linux

package main

import (
	"os/exec"
	"syscall"
)

// tie gives a process that is about to start a group of its own, so that Ctrl-C at the
// terminal is ours alone.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
}
