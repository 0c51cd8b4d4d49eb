package spec

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"ttcheck/protocol"
)

func take(t *testing.T, l *Ledger, want ...string) {
	t.Helper()
	for _, name := range want {
		if got, err := l.Take(); got != name || err != nil {
			t.Fatalf("took %q, %v; want %q", got, err, name)
		}
	}
}

func exhausted(t *testing.T, l *Ledger) {
	t.Helper()
	if name, err := l.Take(); name != "" || err == nil || err.Error() != "all order names of 7-10 are in use" {
		t.Fatalf("took %q, %v; want none", name, err)
	}
}

// TestLedger: a name comes again only after it was given back, and as late as
// possible; somebody else's never comes.
func TestLedger(t *testing.T) {
	t.Parallel()
	l := newLedger(protocol.NameRange{First: 7, Last: 10})
	l.Avoid("8")
	l.Avoid("4711") // not of the range
	take(t, l, "7", "9")
	l.Release("7")
	take(t, l, "10", "7")
	exhausted(t, l)
	if busy := l.Busy(); !slices.Equal(busy, []string{"10", "7", "9"}) {
		t.Errorf("busy are %q", busy)
	}
	l.Release("8") // is not the run's to give back
	exhausted(t, l)
	l.Release("9")
	l.Release("9")
	take(t, l, "9")
	exhausted(t, l)
	l.Release("10")
	l.Avoid("10") // somebody took it meanwhile
	exhausted(t, l)
	if busy := l.Busy(); !slices.Equal(busy, []string{"7", "9"}) {
		t.Errorf("busy are %q", busy)
	}
}

func TestLedgerByDefault(t *testing.T) {
	t.Parallel()
	l := newLedger(protocol.NameRange{})
	for i := range 100 {
		take(t, l, strconv.Itoa(9000+i))
	}
	if name, err := l.Take(); err == nil || !strings.Contains(err.Error(), "9000-9099") {
		t.Errorf("took %q, %v", name, err)
	}
}

// TestLedgerInAHurry: no name is handed out twice at the same time.
func TestLedgerInAHurry(t *testing.T) {
	t.Parallel()
	l := newLedger(protocol.NameRange{First: 0, Last: 59})
	names := make([]string, 60)
	var wait sync.WaitGroup
	for i := range names {
		wait.Go(func() { names[i], _ = l.Take() })
	}
	wait.Wait()
	slices.Sort(names)
	if len(slices.Compact(names)) != 60 || names[0] == "" {
		t.Errorf("the names are %q", names)
	}
}

func TestParseNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]protocol.NameRange{
		"9000-9099": {First: 9000, Last: 9099},
		"0-59":      {First: 0, Last: 59},
		"1-10000":   {First: 1, Last: 10000},
		"100-159":   {First: 100, Last: 159},
	} {
		if got, err := ParseNames(text); got != want || err != nil {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		} else if got.String() != text {
			t.Errorf("%q: in words %q", text, got)
		}
	}
}

func TestNoNames(t *testing.T) {
	t.Parallel()
	for text, problem := range map[string]string{
		"":                       "are no range such as 9000-9099",
		"9000":                   "are no range such as 9000-9099",
		"9000-":                  "are no range such as 9000-9099",
		"-9000":                  "are no range such as 9000-9099",
		"-5-90":                  "are no range such as 9000-9099",
		"a-b":                    "are no range such as 9000-9099",
		"9000 - 9099":            "are no range such as 9000-9099",
		"9000-9099-9199":         "are no range such as 9000-9099",
		"9000–9099":              "are no range such as 9000-9099",
		"0-99999999999999999999": "are no range such as 9000-9099",
		"9000-9058":              "the range must hold at least 60 names",
		"9099-9000":              "the last comes before the first",
		"90--5":                  "are no range such as 9000-9099",
		"1-10001":                "the range must hold at most 10000 names",
		"0-9223372036854775807":  "the range must hold at most 10000 names",
	} {
		if got, err := ParseNames(text); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%q: %v, %v; want an error: … %s", text, got, err, problem)
		}
	}
	if _, err := ParseNames(strings.Repeat("9", 500)); err == nil || len(err.Error()) > 150 {
		t.Errorf("the error is too long: %v", err)
	}
}
