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
	for i, at := range []time.Duration{20, 10, 30, 25} {
		if n := s.heard(84, at); n.replaced || n.first != (i == 0) {
			t.Errorf("the hearing at %v: %+v", at, n)
		}
	}
	n := s.heard(84+recentSights, 50)
	if want := (report.Spread{ID: 84, First: 10, Last: 30}); !n.first || !n.replaced || n.gone != want {
		t.Errorf("%+v, want that %+v made room", n, want)
	}
	if n := s.heard(84, 60); n.first || n.replaced {
		t.Errorf("a late event took the place of a newer one: %+v", n)
	}
	var rest []report.Spread
	s.rest(func(one report.Spread) { rest = append(rest, one) })
	if want := (report.Spread{ID: 84 + recentSights, First: 50, Last: 50}); len(rest) != 1 || rest[0] != want {
		t.Errorf("the rest is %+v, want %+v alone", rest, want)
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
				s.heard(n, time.Duration(10*n+int64(w)))
			}
		})
	}
	wg.Wait()
	seen := 0
	s.rest(func(one report.Spread) {
		seen++
		if n := one.ID; one.First < time.Duration(10*n) || one.Last > time.Duration(10*n+workers) {
			t.Errorf("event %d lies from %v to %v", n, one.First, one.Last)
		}
	})
	if seen != recentSights {
		t.Errorf("%d events are remembered, want %d", seen, recentSights)
	}
}

func TestSeqSet(t *testing.T) {
	t.Parallel()
	var s seqSet
	for _, seq := range []int64{0, 1, 63, 64, 65, 100, chunkSeqs - 1, chunkSeqs, 3*chunkSeqs + 5, maxSeq - 1} {
		s.add(seq)
	}
	count := s.counter()
	for _, tt := range []struct{ first, last, want int64 }{
		{0, 0, 1},
		{0, 62, 2},
		{2, 62, 0},
		{63, 65, 3},
		{64, 64, 1},
		{66, 99, 0},
		{0, chunkSeqs - 1, 7},
		{chunkSeqs - 1, chunkSeqs, 2},
		{chunkSeqs + 1, 3*chunkSeqs + 4, 0},
		{0, maxSeq, 10},
		{3*chunkSeqs + 5, maxSeq - 2, 1},
		{3*chunkSeqs + 6, maxSeq - 1, 1},
	} {
		if got := count(tt.first, tt.last); got != tt.want {
			t.Errorf("%d were heard from %d to %d, want %d", got, tt.first, tt.last, tt.want)
		}
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
