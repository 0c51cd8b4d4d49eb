package protocol_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"ttcheck/protocol"
)

// chapters is what the catalogue must hold, in its order. A new requirement is
// appended to its chapter and counted here; none is ever taken out.
var chapters = []struct {
	chapter protocol.Chapter
	prefix  string
	count   int
}{
	{protocol.Discovery, "DISC", 22},
	{protocol.Online, "ONL", 4},
	{protocol.Tokens, "TOK", 24},
	{protocol.Authorization, "AUTH", 8},
	{protocol.WebSocket, "WS", 28},
	{protocol.Events, "EVT", 25},
	{protocol.Orders, "ORD", 16},
	{protocol.History, "HIST", 16},
	{protocol.Management, "MGMT", 8},
	{protocol.Resilience, "ROB", 5},
	{protocol.POS, "POS", 24},
}

// TestCatalogueIDs also proves that IDs are unique: the list that they are
// compared with holds none twice.
func TestCatalogueIDs(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, c := range chapters {
		for n := range c.count {
			want = append(want, fmt.Sprintf("%s %s-%02d", c.chapter, c.prefix, n+1))
		}
	}
	for _, r := range protocol.Catalogue {
		got = append(got, fmt.Sprintf("%s %s", r.Chapter, r.ID))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the catalogue holds\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestChapters(t *testing.T) {
	t.Parallel()
	var want []protocol.Chapter
	for _, c := range chapters {
		want = append(want, c.chapter)
	}
	if got := protocol.Chapters(); !slices.Equal(got, want) {
		t.Errorf("Chapters() = %v, want %v", got, want)
	}
}

func TestCatalogueFields(t *testing.T) {
	t.Parallel()
	const (
		longestSentence = 110
		longestAdvice   = 160
	)
	var (
		section = `§\d+(\.\d+)*(–\d+(\.\d+)*)?`
		source  = `(Q|R|C|good sense|RFC \d{4} ` + section + `(, ` + section + `)*)`
		sources = regexp.MustCompile(`^` + source + `(; ` + source + `)*$`)
		version = regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	)
	levels := []protocol.Level{protocol.Must, protocol.Should, protocol.Info}
	profiles := []protocol.Profile{protocol.Quickstart, protocol.Reference, protocol.Robustness}
	sentences, advice := map[string]string{}, map[string]string{}
	for _, r := range protocol.Catalogue {
		if !slices.Contains(levels, r.Level) {
			t.Errorf("%s: unknown level %q", r.ID, r.Level)
		}
		if !slices.Contains(profiles, r.Profile) {
			t.Errorf("%s: unknown profile %q", r.ID, r.Profile)
		}
		if !version.MatchString(r.Since) {
			t.Errorf("%s: since %q is no version", r.ID, r.Since)
		}
		if !sources.MatchString(r.Source) {
			t.Errorf("%s: source %q is none of Q, R, C, an RFC section, good sense", r.ID, r.Source)
		}
		if r.Level == protocol.Must && !strings.HasPrefix(r.Source, "Q") && !strings.Contains(r.Source, "RFC") {
			t.Errorf("%s: a MUST needs the Quickstart or an RFC behind it, not only %s", r.ID, r.Source)
		}
		if err := line(r.Sentence, longestSentence); err != nil {
			t.Errorf("%s: sentence %v", r.ID, err)
		} else if r.Sentence[0] < 'a' || r.Sentence[0] > 'z' || strings.HasSuffix(r.Sentence, ".") {
			t.Errorf("%s: sentence %q must go on from \"a conforming gateway\", without a full stop", r.ID, r.Sentence)
		}
		if err := line(r.Advice, longestAdvice); err != nil {
			t.Errorf("%s: advice %v", r.ID, err)
		} else if !strings.HasSuffix(r.Advice, ".") {
			t.Errorf("%s: advice %q must end with a full stop", r.ID, r.Advice)
		}
		if other, ok := sentences[r.Sentence]; ok {
			t.Errorf("%s and %s have one sentence", other, r.ID)
		}
		if other, ok := advice[r.Advice]; ok {
			t.Errorf("%s and %s have one advice", other, r.ID)
		}
		sentences[r.Sentence], advice[r.Advice] = r.ID, r.ID
	}
}

// line tells why text is not one line of at most longest characters.
func line(text string, longest int) error {
	switch {
	case text == "" || strings.TrimSpace(text) != text:
		return fmt.Errorf("%q is empty, or has space around it", text)
	case strings.ContainsAny(text, "\n\r\t") || strings.Contains(text, "  "):
		return fmt.Errorf("%q is not one plain line", text)
	case utf8.RuneCountInString(text) > longest:
		return fmt.Errorf("%q has %d characters, want at most %d", text, utf8.RuneCountInString(text), longest)
	}
	return nil
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"WS-14", "ws-14", "Ws-14"} {
		if r, ok := protocol.Lookup(id); !ok || r.ID != "WS-14" || r.Chapter != protocol.WebSocket {
			t.Errorf("Lookup(%q) = %+v, %v, want WS-14", id, r, ok)
		}
	}
	for _, id := range []string{"", "WS", "WS-1", "WS-99", "WS-14 ", "14"} {
		if r, ok := protocol.Lookup(id); ok || r != (protocol.Requirement{}) {
			t.Errorf("Lookup(%q) = %+v, %v, want nothing", id, r, ok)
		}
	}
}

func TestInProfile(t *testing.T) {
	t.Parallel()
	tests := []struct {
		profile                     protocol.Profile
		quickstart, reference, full bool
	}{
		{protocol.Quickstart, true, true, true},
		{protocol.Reference, false, true, true},
		{protocol.Robustness, false, false, true},
	}
	for _, tt := range tests {
		r := protocol.Requirement{Profile: tt.profile}
		for selected, want := range map[string]bool{
			"quickstart": tt.quickstart, "reference": tt.reference, "full": tt.full,
			"": false, "robustness": false, "Full": false,
		} {
			if got := r.InProfile(selected); got != want {
				t.Errorf("a %s requirement InProfile(%q) = %v, want %v", tt.profile, selected, got, want)
			}
		}
	}
}
