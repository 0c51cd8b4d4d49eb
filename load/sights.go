package load

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"ttcheck/report"
)

// sights remembers of the latest events when the first and the last socket heard them,
// whichever worker read it.
type sights struct {
	recent []sight
	seqs   seqSet
}

// recentSights is how many events are remembered, a power of two.
const recentSights = 1 << 16

type sight struct {
	id          atomic.Int64
	change      atomic.Int64 // the number of the change that made it, 0 for none
	first, last atomic.Int64
}

// eventID names an event: by its seq, or, on a gateway that numbers none, by the change
// that made it. Zero names nothing.
type eventID int64

// claimed stands where an event's record is being replaced.
const claimed = -1

func bySeq(seq int64) eventID  { return eventID(seq<<1 | 1) }
func byChange(k int64) eventID { return eventID(k << 1) }

// number is what the event's record lies by.
func (id eventID) number() int64 { return int64(id) >> 1 }

func newSights() *sights { return &sights{recent: make([]sight, recentSights)} }

func (s *sights) at(id eventID) *sight { return &s.recent[id.number()&(recentSights-1)] }

// known returns the change that made an event which was heard before.
func (s *sights) known(id eventID) (change int64, ok bool) {
	at := s.at(id)
	if at.id.Load() != int64(id) {
		return 0, false
	}
	change = at.change.Load()
	return change, at.id.Load() == int64(id) // it was not replaced in between
}

// heard notes that a socket heard an event. It returns the record of an event that had to
// make room, if there was one.
func (s *sights) heard(id eventID, change int64, now time.Duration) (gone report.Spread, replaced bool) {
	at := s.at(id)
	for {
		old := at.id.Load()
		switch {
		case old == int64(id):
			atMost(&at.first, int64(now))
			atLeast(&at.last, int64(now))
			return report.Spread{}, false
		case old == claimed:
			runtime.Gosched() // another worker is about to have written it
		case old != 0 && eventID(old).number() > id.number():
			return report.Spread{}, false // too long ago to be remembered
		case at.id.CompareAndSwap(old, claimed):
			gone = at.spread(eventID(old))
			at.change.Store(change)
			at.first.Store(int64(now))
			at.last.Store(int64(now))
			if id&1 != 0 {
				s.seqs.add(id.number())
			}
			at.id.Store(int64(id))
			return gone, old != 0
		}
	}
}

func (at *sight) spread(id eventID) report.Spread {
	spread := report.Spread{
		ID:    at.change.Load(),
		First: time.Duration(at.first.Load()), Last: time.Duration(at.last.Load()),
	}
	if spread.ID == 0 {
		spread.ID = -id.number()
	}
	return spread
}

// rest returns the records of all events that made no room.
func (s *sights) rest(yield func(report.Spread)) {
	for i := range s.recent {
		if id := s.recent[i].id.Load(); id != 0 {
			yield(s.recent[i].spread(eventID(id)))
		}
	}
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

func (s *seqSet) has(seq int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	chunk := s.chunks[seq/chunkSeqs]
	return chunk != nil && chunk[seq%chunkSeqs/64]&(1<<(seq%64)) != 0
}
