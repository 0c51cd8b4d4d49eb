// Package robustness holds the cases on rough company: bytes that are no HTTP,
// requests that never end, clients that vanish, and more clients than there is room
// for. What becomes of the offender is the gateway's own affair; a finding is what
// others suffer by it.
//
// All of it is bounded in bytes and time, and runs only with leave.
package robustness

import (
	"slices"
	"sync"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// Chapter is the chapter on robustness.
var Chapter = spec.Chapter{Name: protocol.Resilience, Cases: slices.Concat(
	blowCases, connectionCases, halfOpenCases, vanishCases, limitCases, latencyCases,
)}

var needs = []spec.Need{spec.NeedToken, spec.NeedRobustness}

// together is how many connections are opened or closed at a time: the gateway may
// be slow, and to open many is not what the cases are about.
const together = 4

// spread calls f for each number below n, some at a time, until f returns false or
// has been called for all.
func spread(n int, f func(i int) bool) {
	var (
		mu   sync.Mutex
		next int
		wait sync.WaitGroup
	)
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1, next <= n
	}
	stop := func() {
		mu.Lock()
		defer mu.Unlock()
		next = n
	}
	for range min(together, n) {
		wait.Go(func() {
			for i, more := take(); more; i, more = take() {
				if !f(i) {
					stop()
				}
			}
		})
	}
	wait.Wait()
}
