package load

import (
	"maps"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ttcheck/report"
)

// sights remembers of the latest events when the first and the last socket heard them,
// whichever worker read it. Events are named by numbers that grow.
type sights struct{ recent []sight }

// recentSights is how many events are remembered, a power of two.
const recentSights = 1 << 16

type sight struct {
	id          atomic.Int64 // the event's number, plus one; 0 for none yet
	first, last atomic.Int64
}

// claimed stands where an event's record is being replaced.
const claimed = -1

// news tells what the hearing of an event brought about.
type news struct {
	first    bool // nobody heard it before
	replaced bool // another event had to make room: gone
	gone     report.Spread
}

func newSights() *sights { return &sights{recent: make([]sight, recentSights)} }

// heard notes that a socket heard an event.
func (s *sights) heard(number int64, now time.Duration) news {
	at := &s.recent[number&(recentSights-1)]
	for {
		old := at.id.Load()
		switch {
		case old == number+1:
			atMost(&at.first, int64(now))
			atLeast(&at.last, int64(now))
			return news{}
		case old == claimed:
			runtime.Gosched() // another worker is about to have written it
		case old > number+1:
			return news{} // too long ago to be remembered
		case at.id.CompareAndSwap(old, claimed):
			gone := at.spread(old)
			at.first.Store(int64(now))
			at.last.Store(int64(now))
			at.id.Store(number + 1)
			return news{first: true, replaced: old != 0, gone: gone}
		}
	}
}

func (at *sight) spread(id int64) report.Spread {
	return report.Spread{ID: id - 1, First: time.Duration(at.first.Load()), Last: time.Duration(at.last.Load())}
}

// rest returns the records of all events that made no room.
func (s *sights) rest(yield func(report.Spread)) {
	for i := range s.recent {
		if id := s.recent[i].id.Load(); id != 0 {
			yield(s.recent[i].spread(id))
		}
	}
}

// numbers tells of the latest seqs which change made the event, as a socket found it.
type numbers struct {
	recent [recentSights]struct{ seq, change atomic.Int64 }
}

// note takes what a socket found. Who has heard all knows best, and is most of them: so the
// one who comes last is believed.
func (n *numbers) note(seq, change int64) {
	at := &n.recent[seq&(recentSights-1)]
	if at.change.Load() != change || at.seq.Load() != seq {
		at.change.Store(change)
		at.seq.Store(seq)
	}
}

// of is the change that made the event of a seq, 0 if that is not known.
func (n *numbers) of(seq int64) int64 {
	at := &n.recent[seq&(recentSights-1)]
	if change := at.change.Load(); at.seq.Load() == seq {
		return change // or another's, if it was replaced just now: whoever asks looks whether it fits
	}
	return 0
}

// atLeast raises v to n, atMost lowers it.
func atLeast(v *atomic.Int64, n int64) {
	for old := v.Load(); old < n && !v.CompareAndSwap(old, n); old = v.Load() {
	}
}

func atMost(v *atomic.Int64, n int64) {
	for old := v.Load(); old > n && !v.CompareAndSwap(old, n); old = v.Load() {
	}
}

// seqSet holds the seq of every event that any socket heard.
type seqSet struct {
	mu     sync.Mutex
	chunks map[int64]*seqChunk
}

const (
	chunkSeqs = 1 << 16
	// maxChunks bounds what a gateway with wild numbers can make us keep: 32 MB.
	maxChunks = 4096
)

type seqChunk [chunkSeqs / 64]uint64

func (s *seqSet) add(seq int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	chunk := s.chunks[seq/chunkSeqs]
	if chunk == nil {
		if len(s.chunks) >= maxChunks {
			return
		}
		if s.chunks == nil {
			s.chunks = map[int64]*seqChunk{}
		}
		chunk = new(seqChunk)
		s.chunks[seq/chunkSeqs] = chunk
	}
	chunk[seq%chunkSeqs/64] |= 1 << (seq % 64)
}

// counter returns a function that counts the numbers heard from a first to a last one. What
// is added later is not counted.
func (s *seqSet) counter() func(first, last int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := slices.Sorted(maps.Keys(s.chunks))
	chunks, upTo := make([]seqChunk, len(ids)), make([]int64, len(ids)+1)
	for i, id := range ids {
		chunks[i] = *s.chunks[id]
		upTo[i+1] = upTo[i] + chunks[i].count(chunkSeqs)
	}
	below := func(seq int64) int64 { // how many are less than seq
		i, found := slices.BinarySearch(ids, seq/chunkSeqs)
		if !found {
			return upTo[i]
		}
		return upTo[i] + chunks[i].count(seq%chunkSeqs)
	}
	return func(first, last int64) int64 { return below(last+1) - below(first) }
}

// count counts the numbers of a chunk below one.
func (c *seqChunk) count(below int64) int64 {
	n := 0
	for _, word := range c[:below/64] {
		n += bits.OnesCount64(word)
	}
	if below%64 != 0 {
		n += bits.OnesCount64(c[below/64] & (1<<(below%64) - 1))
	}
	return int64(n)
}
