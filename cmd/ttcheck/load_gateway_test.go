package main

import (
	"slices"
	"strings"
	"testing"
)

// TestSaid proves that what a process says is kept up to a bound, and told of when it is
// whole.
func TestSaid(t *testing.T) {
	t.Parallel()
	s := newSaid(2)
	for _, piece := range []string{"gateway: http://a/api/v2\ncontr", "ol: http://b\nmore", strings.Repeat("x", 2*maxSaid)} {
		select {
		case <-s.whole:
			if piece[0] == 'o' {
				t.Fatal("it is whole too early")
			}
		default:
		}
		if n, err := s.Write([]byte(piece)); n != len(piece) || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
	}
	<-s.whole
	if got := s.text.String(); got != "gateway: http://a/api/v2\ncontrol: http://b\n" || !listening.MatchString(got) {
		t.Errorf("%q", got)
	}
	endless := newSaid(2)
	for range 3 {
		_, _ = endless.Write([]byte(strings.Repeat("x", maxSaid)))
	}
	if endless.text.Len() != maxSaid {
		t.Errorf("%d bytes are kept", endless.text.Len())
	}
}

func TestWithoutTwins(t *testing.T) {
	t.Parallel()
	given := []string{"HOME=/h", "TTCHECK_TOKEN=geheim", "PATH=/p", "TTCHECK_FAULT=x", "MY_TTCHECK_X=1"}
	if got := withoutTwins(given); !slices.Equal(got, []string{"HOME=/h", "PATH=/p", "MY_TTCHECK_X=1"}) || given[1] != "TTCHECK_TOKEN=geheim" {
		t.Errorf("%q of %q", got, given)
	}
}
