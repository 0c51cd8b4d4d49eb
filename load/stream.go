package load

// stream judges the events of one socket: whether any is missing, comes again or out of
// order. It goes by two independent books: the seq that the gateway gives, where there is
// one, and the changes of the plan.
type stream struct {
	// since is the number of the last change that was due before the snapshot came: what is
	// made later must be heard. count and sum are of the changes that were.
	since      int64
	count, sum int64
	// last is the number of the change heard last of each order name: the changes of one
	// order are made one after the other, and are heard so. Nil while none was heard.
	last []uint32

	any      bool  // something was heard
	numbered bool  // it is known which seq is next
	next     int64 // the seq expected
	// anchor is the change that the last event was of, and anchorSeq the seq of that.
	anchor, anchorSeq int64
	anew              bool   // the numbers went back
	gaps              []gap  // seqs left out so far, in ascending order
	missed            int64  // seqs left out so far, those included that are not among gaps
	print             uint64 // of the event before, where there is no seq
}

// gap is a run of seqs that did not come, both ends included.
type gap struct{ first, last int64 }

func (g gap) size() int64 { return min(g.last-g.first+1, largestGap) }

const (
	// maxGaps bounds how many gaps of a socket are told apart. What exceeds it is counted.
	maxGaps = 256
	// largestGap is what a gap counts at most, so that wild numbers exceed no counter.
	largestGap = 1 << 32
)

// place is how the number of an event stands to those before it.
type place int

const (
	inOrder place = iota
	late          // it fills a gap: a later one came first
	again         // it, or a later one without a gap for it, came before
)

// number takes the seq of an event.
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

// expect has a socket that has heard of no number expect the one given.
func (s *stream) expect(seq int64) {
	if !s.numbered {
		s.numbered, s.next = true, seq
	}
}

// renumber goes on from a number that came before, but with another event.
func (s *stream) renumber(seq int64) { s.next, s.anew = seq+1, true }

// near is about which change made the event of a seq, going by the last event before, where
// the socket missed some: changes are numbered as they are made. It is 0 where none was missed.
func (s *stream) near(seq int64, hasSeq bool) int64 {
	if !hasSeq || s.missed == 0 || s.anchor == 0 {
		return 0
	}
	return max(s.anchor+seq-s.anchorSeq, 1)
}

// behind tells whether others were told a number below one that is still to come. Where
// numbers began anew, that cannot be told.
func (s *stream) behind(below int64) bool { return s.numbered && !s.anew && s.next < below }

func (s *stream) leave(g gap) {
	s.missed += g.size()
	if len(s.gaps) < maxGaps {
		s.gaps = append(s.gaps, g)
	}
}

// fill takes a seq that is not ahead of all others.
func (s *stream) fill(seq int64) place {
	for i, g := range s.gaps {
		if seq < g.first || seq > g.last {
			continue
		}
		s.missed -= g.size()
		var rest []gap
		for _, part := range []gap{{g.first, seq - 1}, {seq + 1, g.last}} {
			if part.first <= part.last {
				rest = append(rest, part)
				s.missed += part.size()
			}
		}
		s.gaps = append(append(append([]gap{}, s.gaps[:i]...), rest...), s.gaps[i+1:]...)
		s.gaps = s.gaps[:min(len(s.gaps), maxGaps)]
		return late
	}
	return again
}

// lastOf is the number of the change after which those of an order are still to be heard.
func (s *stream) lastOf(order int) int64 {
	if s.last == nil || s.last[order] == 0 {
		return s.since
	}
	return int64(s.last[order])
}

// heardOf tells whether a change of an order was heard at all.
func (s *stream) heardOf(order int) bool { return s.last != nil && s.last[order] != 0 }

// made takes a change that made an event, of an order out of so many.
func (s *stream) made(k int64, order, orders int) {
	if s.last == nil {
		s.last = make([]uint32, orders)
	}
	s.last[order] = max(s.last[order], uint32(k)) //nolint:gosec // a run has fewer
	if k > s.since {
		s.count++
		s.sum += k
	}
}

// missing is what a socket did not hear.
type missing struct {
	gaps int64 // numbers left out
	lost int64 // events that were made and not heard
	more int64 // events beyond those that were made
}

// due is what was made and not heard by now, by the book of changes.
func (s *stream) due(m made) missing {
	count, sum := m.since(s.since)
	switch {
	case s.count < count:
		return missing{lost: count - s.count}
	case s.count > count:
		return missing{more: s.count - count}
	case s.sum != sum:
		return missing{lost: 1, more: 1}
	}
	return missing{}
}

// account closes the books. Stayed tells that the socket was up to the end, so that
// everything made since must have come, and every number below one that all have had time to
// hear; others counts the numbers that any socket heard.
func (s *stream) account(m made, others func(first, last int64) int64, below int64, stayed bool) missing {
	var out missing
	heard := int64(0)
	if stayed {
		out = s.due(m)
		if s.behind(below) {
			heard = others(s.next, below-1)
		}
	}
	for _, g := range s.gaps {
		heard += others(g.first, g.last)
	}
	out.gaps, out.lost = s.missed, max(out.lost, heard)
	return out
}
