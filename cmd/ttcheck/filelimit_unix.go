//go:build unix

package main

import "syscall"

// raiseFileLimit raises the number of files that this process may have open as far as it
// may, and returns it.
func raiseFileLimit() (limit uint64, known bool) {
	var files syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files) != nil {
		return 0, false
	}
	if files.Cur < files.Max {
		raised := files
		raised.Cur = raised.Max
		if syscall.Setrlimit(syscall.RLIMIT_NOFILE, &raised) == nil {
			files = raised
		}
	}
	return uint64(files.Cur), true //nolint:unconvert // signed on some systems, and never negative
}
