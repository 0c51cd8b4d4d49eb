package load

import (
	"testing"
)

// TestStreamNumbers: what the seqs of a socket show.
func TestStreamNumbers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		seqs   []int64
		places []place
		left   int64 // numbers that are missing in the end
		lost   int64 // of those, how many somebody else heard
		others []int64
	}{
		"all":                    {seqs: []int64{84, 85, 86}, places: []place{inOrder, inOrder, inOrder}},
		"one left out":           {seqs: []int64{84, 86}, places: []place{inOrder, inOrder}, left: 1},
		"one lost":               {seqs: []int64{84, 86}, places: []place{inOrder, inOrder}, left: 1, lost: 1, others: []int64{85}},
		"two places":             {seqs: []int64{1, 3, 7}, places: []place{inOrder, inOrder, inOrder}, left: 4, lost: 2, others: []int64{2, 5}},
		"late":                   {seqs: []int64{84, 86, 85}, places: []place{inOrder, inOrder, late}},
		"late in the midst":      {seqs: []int64{84, 88, 86}, places: []place{inOrder, inOrder, late}, left: 2},
		"late at the edges":      {seqs: []int64{84, 88, 85, 87}, places: []place{inOrder, inOrder, late, late}, left: 1},
		"again":                  {seqs: []int64{84, 85, 85}, places: []place{inOrder, inOrder, again}},
		"late, and again":        {seqs: []int64{84, 86, 85, 85}, places: []place{inOrder, inOrder, late, again}},
		"before the first":       {seqs: []int64{84, 83}, places: []place{inOrder, again}},
		"a gap of a wild number": {seqs: []int64{0, maxSeq - 1}, places: []place{inOrder, inOrder}, left: largestGap},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s stream
			for i, seq := range tt.seqs {
				if got := s.number(seq); got != tt.places[i] {
					t.Errorf("seq %d stands at %v, want %v", seq, got, tt.places[i])
				}
			}
			var others seqSet
			for _, seq := range tt.others {
				others.add(seq)
			}
			if got := s.account(made{}, others.counter(), 0, false); got != (missing{gaps: tt.left, lost: tt.lost}) {
				t.Errorf("missing %+v, want %d left out and %d lost", got, tt.left, tt.lost)
			}
		})
	}
}

// TestStreamGapsAreBounded: a gateway that leaves out every other number, or fills gaps from
// the middle, takes no memory, and what is missing is counted all the same.
func TestStreamGapsAreBounded(t *testing.T) {
	t.Parallel()
	var s, split stream
	for seq := int64(0); seq < 10*maxGaps; seq += 2 {
		s.number(seq)
	}
	if len(s.gaps) > maxGaps || s.missed != 5*maxGaps-1 {
		t.Errorf("%d gaps are kept of %d missing numbers, want at most %d of %d", len(s.gaps), s.missed, maxGaps, 5*maxGaps-1)
	}
	split.number(0)
	split.number(10 * maxGaps)
	filled := int64(0)
	for seq := int64(2); seq < 10*maxGaps; seq += 2 {
		if split.number(seq) == late {
			filled++
		}
	}
	if len(split.gaps) > maxGaps || split.missed != 10*maxGaps-1-filled {
		t.Errorf("%d gaps are kept, %d numbers missing; want at most %d and %d", len(split.gaps), split.missed, maxGaps, 10*maxGaps-1-filled)
	}
}

// TestStreamRenumber: a gateway that begins its numbers anew is out of order once.
func TestStreamRenumber(t *testing.T) {
	t.Parallel()
	var s stream
	s.number(84)
	if s.number(1) != again {
		t.Error("a number from before is in order")
	}
	s.renumber(1)
	if s.number(2) != inOrder || s.number(3) != inOrder || s.missed != 0 {
		t.Errorf("after it numbers are not in order: %+v", s)
	}
}

// TestStreamMade: what the changes of the plan show.
func TestStreamMade(t *testing.T) {
	t.Parallel()
	// Changes 1 to 6 were made, but for 4, which was refused.
	changes := made{count: []int64{0, 1, 2, 3, 3, 4, 5}, sum: []int64{0, 1, 3, 6, 6, 11, 17}}
	for name, tt := range map[string]struct {
		since int64
		heard []int64
		left  bool
		want  missing
	}{
		"all":                       {heard: []int64{1, 2, 3, 5, 6}},
		"joined later":              {since: 3, heard: []int64{5, 6}},
		"joined later, one between": {since: 3, heard: []int64{3, 5, 6}},
		"one lost":                  {heard: []int64{1, 2, 5, 6}, want: missing{lost: 1}},
		"the last lost":             {heard: []int64{1, 2, 3, 5}, want: missing{lost: 1}},
		"all lost":                  {since: 2, want: missing{lost: 3}},
		"left early":                {heard: []int64{1, 2}, left: true},
		"one too many":              {heard: []int64{1, 2, 3, 4, 5, 6}, want: missing{more: 1}},
		"one for another":           {heard: []int64{1, 2, 3, 4, 6}, want: missing{lost: 1, more: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stream{since: tt.since}
			for _, k := range tt.heard {
				s.made(k, int(k)%2, 2)
			}
			if got := s.account(changes, func(int64, int64) int64 { return 0 }, 0, !tt.left); got != tt.want {
				t.Errorf("missing %+v, want %+v", got, tt.want)
			}
		})
	}
}

// TestStreamLastOf: what an order is still to be heard of.
func TestStreamLastOf(t *testing.T) {
	t.Parallel()
	s := stream{since: 7}
	if s.lastOf(1) != 7 || s.heardOf(1) {
		t.Error("something was heard of an order before any event")
	}
	s.made(9, 1, 3)
	s.made(8, 1, 3) // late
	if s.lastOf(1) != 9 || !s.heardOf(1) || s.lastOf(2) != 7 || s.heardOf(2) {
		t.Errorf("the last of the orders are %v", s.last)
	}
}

// TestStreamTail: what others heard after the last that a socket heard is lost to it, if it
// stayed, and all had the time to hear it.
func TestStreamTail(t *testing.T) {
	t.Parallel()
	var others seqSet
	for seq := range int64(10) {
		others.add(seq)
	}
	var s, silent stream
	s.number(3)
	silent.expect(5)
	for _, tt := range []struct {
		s      *stream
		below  int64
		stayed bool
		want   int64
	}{
		{&s, 8, true, 4},
		{&s, 8, false, 0},
		{&s, 3, true, 0},
		{&silent, 8, true, 3},
		{&stream{}, 8, true, 0},
	} {
		if got := tt.s.account(made{}, others.counter(), tt.below, tt.stayed); got != (missing{lost: tt.want}) {
			t.Errorf("below %d, stayed %t: %+v, want %d lost", tt.below, tt.stayed, got, tt.want)
		}
	}
}
