package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// terminal is as much of a terminal as a Console may need: it prints, goes to
// the first column, up, and clears what is below. Whatever else is asked of it
// is kept as foul. It is 80 columns wide and never scrolls.
type terminal struct {
	mu       sync.Mutex
	lines    [][]rune
	row, col int
	foul     []string
	looks    int // SGR sequences seen
	wrapped  int // lines that were too long
}

var sequence = regexp.MustCompile(`^\x1b\[([0-9;]*)([A-Za-z])`)

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for rest := string(p); rest != ""; {
		if m := sequence.FindStringSubmatch(rest); m != nil {
			rest = rest[len(m[0]):]
			switch m[2] {
			case "m":
				t.looks++
			case "A":
				n, _ := strconv.Atoi(m[1])
				t.row = max(0, t.row-n)
			case "J":
				if t.row < len(t.lines) {
					t.lines = t.lines[:t.row+1]
					t.lines[t.row] = t.lines[t.row][:min(t.col, len(t.lines[t.row]))]
				}
			default:
				t.foul = append(t.foul, fmt.Sprintf("%q", m[0]))
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
		switch {
		case r == '\n':
			t.row, t.col = t.row+1, 0
			t.reach()
		case r == '\r':
			t.col = 0
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e' || r == utf8.RuneError && size == 1:
			t.foul = append(t.foul, fmt.Sprintf("%q", r))
		default:
			if t.col == 80 {
				t.wrapped++
				t.row, t.col = t.row+1, 0
			}
			t.reach()
			t.lines[t.row][t.col] = r
			t.col++
		}
	}
	return len(p), nil
}

// reach makes the cell under the cursor exist.
func (t *terminal) reach() {
	for len(t.lines) <= t.row {
		t.lines = append(t.lines, nil)
	}
	for len(t.lines[t.row]) <= t.col {
		t.lines[t.row] = append(t.lines[t.row], ' ')
	}
}

// String is what there is to see.
func (t *terminal) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	for _, line := range t.lines {
		b.WriteString(strings.TrimRight(string(line), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
