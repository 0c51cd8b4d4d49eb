//go:build !linux

package load

import "time"

// finely sleeps for a short time, as finely as the scheduler can.
func finely(d time.Duration) { time.Sleep(d) }
