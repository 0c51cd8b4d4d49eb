package load

import (
	"sync/atomic"
	"time"

	"ttcheck/load/wire"
)

// member is one WebSocket of the run, from its dialling to its end. What a worker does with
// it happens under the worker's lane; its phase is read by others too.
type member struct {
	index    int // of the socket in the plan
	ws       atomic.Pointer[wire.Socket]
	phase    atomic.Int32
	upgraded time.Duration // when the 101 came, since the start
	joined   time.Duration // when it was served
	leaving  atomic.Int64  // when we asked for its end
	hasty    bool          // events came before its snapshot
	stream   stream
}

// The phases of a member.
const (
	dialling int32 = iota
	waiting        // for the snapshot
	up
	going // we asked for its end
	gone
)

// to moves the member on to another phase, if it is in one of those given.
func (m *member) to(phase int32, from ...int32) bool {
	for _, f := range from {
		if m.phase.CompareAndSwap(f, phase) {
			return true
		}
	}
	return false
}
