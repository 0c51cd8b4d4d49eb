//go:build unix && !linux

package drive

import "syscall"

// apart has a process lead a group of its own.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// groupLives tells whether anything of a process group still runs. Of one that has ended
// and is not waited for, some systems say that it may not be signalled.
func groupLives(group int) bool { return syscall.Kill(-group, 0) == nil }
