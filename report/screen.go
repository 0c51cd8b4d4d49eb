package report

import (
	"io"
	"os"
	"runtime"

	"golang.org/x/term"
)

// The widths in columns that a Console uses. Wider lines are hard to read; on a
// narrower or lower terminal no bar is drawn.
const (
	logColumns    = 80
	widestColumns = 100
	leastColumns  = 40
	leastRows     = 10
)

// screen is what a Console writes to.
type screen struct {
	out    io.Writer
	live   bool // a bar can be drawn
	colour bool
	size   func() (columns, rows int) // nil where there is no terminal
}

// look finds out what can be shown on out.
func look(out io.Writer) screen {
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return screen{out: out}
	}
	size := func() (columns, rows int) {
		columns, rows, err := term.GetSize(int(file.Fd()))
		if err != nil {
			return 0, 0
		}
		return columns, rows
	}
	s := screen{out: out, size: size}
	s.live, s.colour = abilities(os.Getenv, runtime.GOOS)
	if columns, rows := size(); columns < leastColumns || rows < leastRows {
		s.live = false
	}
	return s
}

// abilities tells what a terminal can do, by the environment.
func abilities(getenv func(string) string, system string) (live, colour bool) {
	name := getenv("TERM")
	if name == "dumb" {
		return false, false
	}
	// The old console of Windows shows colours as garbage unless it is told
	// otherwise; the newer terminals say who they are.
	old := system == "windows" && name == "" && getenv("WT_SESSION") == ""
	return true, getenv("NO_COLOR") == "" && !old
}

// page makes an empty page as wide as the screen is now.
func (s screen) page() *page {
	columns := logColumns
	if s.size != nil {
		if now, _ := s.size(); now > 0 {
			columns = min(max(now, leastColumns), widestColumns)
		}
	}
	return &page{width: columns, colour: s.colour, log: s.size == nil}
}
