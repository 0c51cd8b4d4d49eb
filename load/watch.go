package load

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"ttcheck/protocol"
)

const (
	// watchEvery is how often the gateway is asked whether it is online.
	watchEvery = time.Second
	// silence is how long it may leave these questions unanswered before the load ends, so
	// that a gateway in service is not held under.
	silence = 10 * time.Second
)

// halt ends the load before its plan.
func (r *run) halt(why string) {
	r.stopped.CompareAndSwap(nil, &why)
	r.halted()
}

// watch asks each second whether the gateway is online, and ends the load when it is silent.
func (r *run) watch(ctx context.Context) {
	var asked sync.WaitGroup
	defer asked.Wait()
	var mu sync.Mutex
	answered := time.Now()
	ticks := time.NewTicker(watchEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		asked.Go(func() {
			begun := time.Now()
			answer := r.http.ask(ctx, question{method: http.MethodGet, path: protocol.Base, within: silence})
			if ctx.Err() != nil {
				return // the run is over, and the question with it
			}
			r.answered(answer, "GET "+protocol.Base, httpOnline, time.Since(begun))
			if answer.err != nil {
				r.side.count(onlineUnanswered)
				return
			}
			mu.Lock()
			answered = time.Now()
			mu.Unlock()
		})
		mu.Lock()
		silent := time.Since(answered)
		mu.Unlock()
		if silent >= silence {
			r.halt(fmt.Sprintf("the gateway has not answered GET %s for %v, so the load was ended", protocol.Base, silence))
		}
	}
}
