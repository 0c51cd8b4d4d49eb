package load

// stream judges the events of one socket: whether any is missing, comes again or out of
// order. It goes by two independent books: the seq that the gateway gives, where there is
// one, and the changes that this process made.
type stream struct {
	// since is the number of the last change that was sent before the snapshot came: what
	// is sent later must be heard. count and sum are of the changes that were.
	since      int64
	count, sum int64
	last       int64 // the change heard last
	numbered   bool  // there was a seq
	next       int64 // the seq expected
	gaps       []gap // seqs left out so far, in ascending order
}

// gap is a run of seqs that did not come, both ends included.
type gap struct{ first, last int64 }

// maxGaps bounds how many gaps of a socket are told apart; what exceeds it lengthens the
// last one.
const maxGaps = 256

// order is how an event stands to those before it.
type place int

const (
	inOrder place = iota
	late          // it fills a gap: a later one came first
	again
)

// number takes the seq of an event. A seq below zero is none.
func (s *stream) number(seq int64) place {
	switch {
	case !s.numbered:
		s.numbered, s.next = true, seq+1
		return inOrder
	case seq == s.next:
		s.next++
		return inOrder
	case seq > s.next:
		s.leave(gap{s.next, seq - 1})
		s.next = seq + 1
		return inOrder
	}
	return s.fill(seq)
}

func (s *stream) leave(g gap) {
	if len(s.gaps) >= maxGaps {
		s.gaps[len(s.gaps)-1].last = g.last
		return
	}
	s.gaps = append(s.gaps, g)
}

// fill takes a seq that is not ahead of all others.
func (s *stream) fill(seq int64) place {
	for i, g := range s.gaps {
		if seq < g.first || seq > g.last {
			continue
		}
		var rest []gap
		if g.first < seq {
			rest = append(rest, gap{g.first, seq - 1})
		}
		if seq < g.last {
			rest = append(rest, gap{seq + 1, g.last})
		}
		s.gaps = append(append(append([]gap{}, s.gaps[:i]...), rest...), s.gaps[i+1:]...)
		return late
	}
	return again
}

// made takes the number of the change that made an event. Without a seq, an event of the
// change that was heard last is the same event again.
func (s *stream) made(k int64) place {
	if !s.numbered && k == s.last {
		return again
	}
	s.last = k
	if k > s.since {
		s.count++
		s.sum += k
	}
	return inOrder
}

// missing is what a socket did not hear.
type missing struct {
	gaps int64 // numbers left out
	lost int64 // events that were made and not heard
	more int64 // events beyond those that were made
}

// account closes the books. Stayed tells that the socket was up to the end, so that
// everything made since must have come.
func (s *stream) account(m made, heardByAny func(seq int64) bool, stayed bool) missing {
	var out missing
	for _, g := range s.gaps {
		out.gaps += g.last - g.first + 1
		for seq := g.first; seq <= g.last && seq-g.first < maxGapChecked; seq++ {
			if heardByAny(seq) {
				out.lost++
			}
		}
	}
	if !stayed {
		return out
	}
	count, sum := m.since(s.since)
	switch {
	case s.count < count:
		out.lost = max(out.lost, count-s.count)
	case s.count > count && !s.numbered:
		out.more = s.count - count
	case s.count == count && s.sum != sum && out.lost == 0:
		out.lost, out.more = 1, 1
	}
	return out
}

// maxGapChecked bounds how far a gap is looked through: a gateway may give wild numbers.
const maxGapChecked = 1 << 20
