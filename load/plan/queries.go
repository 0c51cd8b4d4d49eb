package plan

// The parts of the history that are asked for in turn.
const (
	querySize  = 25
	queryParts = 4
)

// Queries hands out the queries of a plan in their order.
type Queries struct {
	times arrivals
	k     int64
}

// Queries begins the queries of the plan, which must be valid. The Queries are for one
// goroutine.
func (p Plan) Queries() *Queries {
	whole := []piece{{length: p.Total(), from: p.HistoryRate, to: p.HistoryRate}}
	return &Queries{times: p.arrivals(whole, queryArrivals)}
}

// Next is the next query; false at the end of the plan. Times never fall, and are before
// the end.
func (q *Queries) Next() (Query, bool) {
	at, ok := q.times.next()
	if !ok {
		return Query{}, false
	}
	q.k++
	return Query{K: q.k, At: at, Offset: int((q.k-1)%queryParts) * querySize}, true
}
