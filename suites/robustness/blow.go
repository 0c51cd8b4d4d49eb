package robustness

import (
	"sync"
	"time"

	"ttcheck/client"
	"ttcheck/suites/spec"
)

const (
	// few is how often a small blow is struck: more often than a small gateway has
	// workers that it could lose to it one by one.
	few = 12
	// large is how much of something endless is sent, and largeTimes how often.
	large, largeTimes = 512 << 10, 3
)

// blowTime is how long a connection may stay before it is given up: any answer, or
// none, is fine.
var blowTime = time.Second

// blow is something that no client should send.
type blow struct {
	what  string
	times int
	data  func(to address) []byte
}

// address is what a blow may need in order to look like a request.
type address struct{ host, token string }

// blowCase makes a case of a number of blows.
func blowCase(name string, blows ...blow) spec.Case {
	return spec.Case{ID: "ROB-01", Name: name, Needs: needs, Run: func(c *spec.C) {
		w := watch(c)
		for _, b := range blows {
			w.unharmed("after "+b.what, b.strike(c)...)
		}
	}}
}

// strike sends the blow as often as it has to be, some at a time, and returns one of
// the exchanges.
func (b blow) strike(c *spec.C) (proof []client.Exchange) {
	data := b.data(address{c.Client.Address(), c.Token()})
	var (
		mu    sync.Mutex
		local error
	)
	spread(b.times, func(int) bool {
		ctx, cancel := c.Within(blowTime)
		defer cancel()
		res := c.Client.Raw(ctx, "GET", data)
		mu.Lock()
		defer mu.Unlock()
		if client.IsLocal(res.Err) {
			local = res.Err
		}
		proof = []client.Exchange{res.Exchange}
		return local == nil
	})
	if local != nil {
		c.Broken("the harness could not send %s: %v", b.what, local)
	}
	return proof
}
