package load

import (
	"time"

	"golang.org/x/sys/unix"
)

// finely sleeps for a short time, to within some fifty microseconds. The timers of Go's
// scheduler wake up to a millisecond late where nothing else goes on.
func finely(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&ts, nil) // a signal may cut it short: whoever waits looks at the clock
}
