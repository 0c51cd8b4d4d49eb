package plan

import (
	"fmt"
	"strconv"
	"strings"
)

// maxShards is how many processes may share a plan.
const maxShards = 1000

// One is the shard of a run that is not split. The zero Shard is taken as One.
var One = Shard{Index: 0, Count: 1}

// ParseShard reads INDEX/COUNT, such as 0/4: the first of four.
func ParseShard(text string) (Shard, error) {
	index, count, _ := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(index)
	n, err2 := strconv.Atoi(count)
	if err1 != nil || err2 != nil || i < 0 || i >= n || n > maxShards {
		return Shard{}, fmt.Errorf("shard %.40q is not INDEX/COUNT, such as 0/4 to 3/4, of at most %d", text, maxShards)
	}
	return Shard{Index: i, Count: n}, nil
}

// String writes a shard as ParseShard reads it.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, max(s.Count, 1)) }

// OwnsName tells whether the order is the shard's, by its index into the range of names.
// All changes of an order are made by one shard, and so keep their order.
func (s Shard) OwnsName(name int) bool { return s.owns(int64(name)) }

// OwnsSocket tells whether the WebSocket is the shard's, by its index over all shards.
func (s Shard) OwnsSocket(j int) bool { return s.owns(int64(j)) }

// OwnsQuery tells whether the query of the history is the shard's, by its number.
func (s Shard) OwnsQuery(k int64) bool { return s.owns(k) }

func (s Shard) owns(i int64) bool { return s.Count <= 1 || i%int64(s.Count) == int64(s.Index) }

// Sockets is how many WebSockets the shard holds when the plan has the most.
func (s Shard) Sockets(p Plan) int {
	n := max(s.Count, 1)
	return (p.PeakSockets() + n - 1 - s.Index) / n
}
