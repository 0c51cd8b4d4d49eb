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
		"a gap of a wild number": {seqs: []int64{0, maxSeq - 1}, places: []place{inOrder, inOrder}, left: maxSeq - 2},
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
			if got := s.account(made{}, others.has, false); got != (missing{gaps: tt.left, lost: tt.lost}) {
				t.Errorf("missing %+v, want %d left out and %d lost", got, tt.left, tt.lost)
			}
		})
	}
}

// TestStreamGapsAreBounded: a gateway that leaves out every other number takes no memory.
func TestStreamGapsAreBounded(t *testing.T) {
	t.Parallel()
	var s stream
	for seq := int64(0); seq < 10*maxGaps; seq += 2 {
		s.number(seq)
	}
	if len(s.gaps) > maxGaps {
		t.Errorf("%d gaps are kept, want at most %d", len(s.gaps), maxGaps)
	}
}

// TestStreamMade: what the changes of the run show, with seqs and without.
func TestStreamMade(t *testing.T) {
	t.Parallel()
	// Changes 1 to 6 were made, but for 4, which was refused.
	changes := made{count: []int64{0, 1, 2, 3, 3, 4, 5}, sum: []int64{0, 1, 3, 6, 6, 11, 17}}
	for name, tt := range map[string]struct {
		since    int64
		heard    []int64
		numbered bool
		left     bool
		want     missing
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
		"at once again":             {heard: []int64{1, 2, 2, 3, 5, 6}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stream{since: tt.since, numbered: tt.numbered}
			for i, k := range tt.heard {
				got := s.made(k)
				if want := i > 0 && tt.heard[i-1] == k; (got == again) != want {
					t.Errorf("change %d is heard as %v", k, got)
				}
			}
			if got := s.account(changes, func(int64) bool { return false }, !tt.left); got != tt.want {
				t.Errorf("missing %+v, want %+v", got, tt.want)
			}
		})
	}
}
