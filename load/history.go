package load

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"

	"ttcheck/protocol"
)

const (
	// pageSize is how many orders a query of the history asks for: the default (R).
	pageSize = 25
	// mostQueries bounds the queries that wait for an answer at a time.
	mostQueries = 512
)

// queryHistory asks for pages of the history as planned, whatever is answered, and waits for
// the answers until patience ends.
func (r *run) queryHistory(ctx, patience context.Context) {
	queries := r.cfg.Plan.Queries()
	var asked sync.WaitGroup
	defer asked.Wait()
	var unanswered atomic.Int64
	for {
		q, ok := queries.Next()
		if !ok || r.wait(ctx, q.At) != nil {
			return
		}
		if !r.cfg.Shard.OwnsQuery(q.K) {
			continue
		}
		r.side.count(historyPlanned)
		if unanswered.Load() >= mostQueries {
			r.side.count(historySkipped)
			continue
		}
		unanswered.Add(1)
		asked.Go(func() {
			defer unanswered.Add(-1)
			r.late(r.now() - q.At)
			a := r.http.ask(patience, question{
				method: http.MethodGet, secure: true,
				path: protocol.PathHistory + "?limit=" + strconv.Itoa(pageSize) + "&offset=" + strconv.Itoa(q.Offset),
			})
			r.answered(a, "GET "+protocol.PathHistory, httpHistory, r.now()-q.At)
		})
	}
}
