package plan_test

import (
	"fmt"
	"testing"

	"ttcheck/load/plan"
)

// TestShards: everything in a program belongs to exactly one of the shards, all changes of
// an order and all moves of a socket to the same, and none is left without a share.
func TestShards(t *testing.T) {
	t.Parallel()
	for _, count := range []int{1, 2, 4, 7} {
		each(t, func(t *testing.T, p plan.Plan) {
			shards := make([]plan.Shard, count)
			for i := range shards {
				shards[i] = plan.Shard{Index: i, Count: count}
			}
			owner := func(owns func(s plan.Shard) bool) int {
				found := -1
				for i, s := range shards {
					if owns(s) {
						if found >= 0 {
							t.Fatalf("shards %d and %d of %d own the same", found, i, count)
						}
						found = i
					}
				}
				if found < 0 {
					t.Fatalf("none of %d shards owns it", count)
				}
				return found
			}
			var changes, queries, sockets [7]int
			for _, c := range all(t, p.Changes().Next) {
				changes[owner(func(s plan.Shard) bool { return s.OwnsName(c.Name) })]++
			}
			for _, q := range all(t, p.Queries().Next) {
				queries[owner(func(s plan.Shard) bool { return s.OwnsQuery(q.K) })]++
			}
			for j := range p.PeakSockets() {
				sockets[owner(func(s plan.Shard) bool { return s.OwnsSocket(j) })]++
			}
			for i, s := range shards {
				if changes[i] == 0 && i < p.NameRange().Len() || queries[i] == 0 {
					t.Errorf("shard %v has %d changes, %d queries", s, changes[i], queries[i])
				}
				if got := s.Sockets(p); got != sockets[i] {
					t.Errorf("shard %v says it has %d sockets, and owns %d", s, got, sockets[i])
				}
			}
		})
	}
}

func TestOneShard(t *testing.T) {
	t.Parallel()
	for _, s := range []plan.Shard{plan.One, {}} {
		if !s.OwnsName(3) || !s.OwnsSocket(5) || !s.OwnsQuery(7) || s.Sockets(plan.Default()) != 500 || s.String() != "0/1" {
			t.Errorf("%v does not own everything", s)
		}
	}
	if got := (plan.Shard{Index: 3, Count: 4}).Sockets(plan.Plan{Sockets: 2}); got != 0 {
		t.Errorf("the last of four shards has %d of 2 sockets", got)
	}
}

func TestParseShard(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 4, 1000} {
		for _, i := range []int{0, n / 2, n - 1} {
			text := fmt.Sprintf("%d/%d", i, n)
			s, err := plan.ParseShard(text)
			if err != nil || s != (plan.Shard{Index: i, Count: n}) || s.String() != text {
				t.Errorf("%s is read as %v, %v", text, s, err)
			}
		}
	}
	for _, text := range []string{"", "1", "4/4", "-1/4", "0/0", "0/-1", "0/1001", "a/b", "1/4/2", " 1/4", "0/99999999999999999999"} {
		_, err := plan.ParseShard(text)
		oneLine(t, err, "such as 0/4")
	}
}

func FuzzParseShard(f *testing.F) {
	f.Add("0/4")
	f.Add("999/1000")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := plan.ParseShard(text)
		if err != nil {
			oneLine(t, err, "shard")
			return
		}
		if s.Index < 0 || s.Index >= s.Count || s.Count > 1000 {
			t.Errorf("%q is read as %v", text, s)
		}
		if again, err := plan.ParseShard(s.String()); err != nil || again != s {
			t.Errorf("%v is read as %v, %v", s, again, err)
		}
	})
}
