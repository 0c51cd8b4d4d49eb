package report

import "strings"

// ink is the look of a piece of text: an SGR sequence of a terminal.
type ink string

// The inks.
const (
	plain  ink = ""
	bold   ink = "1"
	faint  ink = "2"
	red    ink = "1;31"
	green  ink = "32"
	yellow ink = "33"
	purple ink = "35"
	cyan   ink = "36"
	shout  ink = "30;43" // what the user must see at once
)

// inks says how each verdict looks.
var inks = map[Verdict]ink{
	Pass: green, Info: cyan, Warning: yellow, Fail: red, Error: purple, Inconclusive: purple, Skipped: faint,
}

// page lays text out in columns. All that comes to it was cleaned before.
type page struct {
	text   strings.Builder
	width  int // columns, or 0 for lines of any length
	colour bool
	log    bool // no terminal: lines that tools look for are not broken
}

func (p *page) add(text string) { p.text.WriteString(text) }

// String is what was written so far.
func (p *page) String() string { return p.text.String() }

// paint gives text its look, where looks are wanted.
func (p *page) paint(i ink, text string) string {
	if !p.colour || i == plain || text == "" {
		return text
	}
	return "\x1b[" + string(i) + "m" + text + "\x1b[0m"
}

// hang writes a lead and, behind it, text that keeps to the column where it
// began. The lead is measured without its looks.
func (p *page) hang(lead string, columns int, i ink, text string) {
	room := 0
	if p.width > 0 {
		room = max(p.width-columns, 20)
	}
	for n, line := range fold(text, room) {
		if n > 0 {
			lead = strings.Repeat(" ", columns)
		}
		p.add(strings.TrimRight(lead+p.paint(i, line), " ") + "\n")
	}
}

// field writes a label and, in a column of its own, what it stands for.
func (p *page) field(indent, labels int, label string, i ink, text string) {
	columns := indent + labels
	p.hang(strings.Repeat(" ", indent)+p.paint(faint, pad(label, labels)), columns, i, text)
}

// prefixed writes each line of text behind the same mark, as a quotation.
func (p *page) prefixed(indent int, mark string, i ink, text string) {
	lead := strings.Repeat(" ", indent) + p.paint(faint, mark) + " "
	for _, line := range strings.Split(text, "\n") {
		p.hang(lead, indent+width(mark)+1, i, line)
	}
}
