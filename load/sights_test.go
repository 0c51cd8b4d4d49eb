package load

import (
	"sync"
	"testing"
	"time"

	"ttcheck/report"
)

func TestSights(t *testing.T) {
	t.Parallel()
	s := newSights()
	id := bySeq(84)
	if _, ok := s.known(id); ok {
		t.Fatal("an event is known before it was heard")
	}
	for _, at := range []time.Duration{20, 10, 30, 25} {
		if _, replaced := s.heard(id, 7, at); replaced {
			t.Error("an event made room where there was enough")
		}
	}
	if change, ok := s.known(id); !ok || change != 7 {
		t.Errorf("known as of change %d, %t; want 7", change, ok)
	}
	gone, replaced := s.heard(bySeq(84+recentSights), 0, 50)
	if want := (report.Spread{ID: 7, First: 10, Last: 30}); !replaced || gone != want {
		t.Errorf("%+v made room (%t), want %+v", gone, replaced, want)
	}
	if _, replaced := s.heard(id, 7, 60); replaced {
		t.Error("a late event took the place of a newer one")
	}
	var rest []report.Spread
	s.rest(func(one report.Spread) { rest = append(rest, one) })
	if want := (report.Spread{ID: -(84 + recentSights), First: 50, Last: 50}); len(rest) != 1 || rest[0] != want {
		t.Errorf("the rest is %+v, want %+v alone", rest, want)
	}
	if !s.seqs.has(84) || !s.seqs.has(84+recentSights) || s.seqs.has(85) {
		t.Error("the seqs heard are not those that were")
	}
}

// TestSightsAtOnce: several workers hear the same events at the same time.
func TestSightsAtOnce(t *testing.T) {
	t.Parallel()
	const workers, numbers = 4, 3 * recentSights
	s := newSights()
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for n := range int64(numbers) {
				s.heard(bySeq(n), n+1, time.Duration(10*n+int64(w)))
			}
		})
	}
	wg.Wait()
	seen := 0
	s.rest(func(one report.Spread) {
		seen++
		if n := one.ID - 1; one.First < time.Duration(10*n) || one.Last > time.Duration(10*n+workers) {
			t.Errorf("event %d lies from %v to %v", n, one.First, one.Last)
		}
	})
	if seen != recentSights {
		t.Errorf("%d events are remembered, want %d", seen, recentSights)
	}
}

func TestSeqSetIsBounded(t *testing.T) {
	t.Parallel()
	var s seqSet
	for n := range int64(maxChunks + 10) {
		s.add(n * chunkSeqs)
	}
	if len(s.chunks) != maxChunks {
		t.Errorf("%d chunks, want %d", len(s.chunks), maxChunks)
	}
}
