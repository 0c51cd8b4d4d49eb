package report

import (
	"strings"
	"testing"
	"time"
)

func TestLoadElapsed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		l       loadProgress
		after   time.Duration
		columns int
		want    string
	}{
		{"not begun", loadProgress{total: time.Minute}, -90 * time.Second, 79, "  begins in 1:30"},
		{"no end in sight", loadProgress{}, 90 * time.Second, 79, "  1:30 running"},
		{"half way", loadProgress{total: time.Minute}, 30 * time.Second, 44, "  " + strings.Repeat("━", 10) + strings.Repeat("─", 10) + "  0:30/1:00  0:30 left"},
		{"no room for a bar", loadProgress{total: time.Minute}, 30 * time.Second, 30, "  0:30/1:00  0:30 left"},
		{"no room at all", loadProgress{total: time.Minute}, 30 * time.Second, 3, ""},
		{"over", loadProgress{total: time.Minute}, time.Minute, 79, "  1:00 are over: closing, clearing up"},
	} {
		begins := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		test.l.begins = begins
		if got := (&page{}).elapsed(test.l, begins.Add(test.after), test.columns); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	p := &page{colour: true}
	l := loadProgress{total: 2, errors: 1}
	if got := p.elapsed(l, l.begins.Add(1), 43); !strings.Contains(got, "\x1b["+string(red)+"m━") {
		t.Errorf("%q is not red though there was an error", got)
	}
}

// TestLiveItems proves that a row never exceeds its room, and that what is cut off shows.
func TestLiveItems(t *testing.T) {
	t.Parallel()
	p := &page{}
	items := []cell{{"500 sockets", plain}, {"2 dropped", plain}}
	for columns, want := range map[int]string{
		79: "  500 sockets · 2 dropped", 25: "  500 sockets · 2 dropped", 24: "  500 sockets · 2 dropp…", 17: "  500 sockets", 8: "  500 s…", 3: "",
	} {
		if got := p.items(columns, items...); got != want {
			t.Errorf("in %d columns %q, want %q", columns, got, want)
		}
	}
}
