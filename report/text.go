package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ttcheck/protocol"
)

// Everything that a gateway sent, and everything read from a report file, is
// foreign: it may hold terminal escapes, invalid UTF-8, text that runs
// backwards, or megabytes of it. No writer passes on a string that did not go
// through block or inline.

// inlineLimit bounds a foreign string inside a line, in bytes.
const inlineLimit = 2000

// block makes foreign text fit to show on several lines: at most maxBytes of it
// and maxLines, with a note on what was left out.
func block(s string, maxBytes, maxLines int) string {
	head, more := cut(withoutTokens(s), maxBytes)
	text := visible(head)
	if lines := strings.SplitAfterN(text, "\n", maxLines+1); len(lines) > maxLines {
		left := lines[maxLines]
		text = strings.Join(lines[:maxLines], "")
		if left != "" {
			more = max(more, 0) + len(left)
		}
	}
	text = strings.TrimRight(text, " \n")
	if more > 0 {
		text += fmt.Sprintf(" … (%d bytes more)", more)
	}
	return text
}

// inline makes foreign text fit to stand inside one line.
func inline(s string) string {
	head, more := cut(withoutTokens(s), inlineLimit)
	text := strings.Join(strings.Fields(visible(head)), " ")
	if more > 0 {
		text += fmt.Sprintf(" … (%d bytes more)", more)
	}
	return text
}

// withoutTokens redacts whatever has the form of a token. Secrets should not get
// as far as here; a report that goes from hand to hand is no place to find out
// that one did. It runs before anything is cut, which would hide the form.
func withoutTokens(s string) string {
	var b strings.Builder
	kept := 0
	for i := 0; i < len(s); {
		end := i
		for end < len(s) && isHex(s[end]) {
			end++
		}
		if end-i == protocol.TokenDigits {
			b.WriteString(s[kept:i] + protocol.Redact(s[i:end]))
			kept = end
		}
		i = end + 1
	}
	if kept == 0 {
		return s
	}
	return b.String() + s[kept:]
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// cut splits s after at most limit bytes, between characters where it can, and
// returns how many bytes it left out.
func cut(s string, limit int) (head string, left int) {
	if len(s) <= limit {
		return s, 0
	}
	end := limit
	for end > limit-utf8.UTFMax && end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end], len(s) - end
}

// visible keeps printable characters and line ends, and writes whatever else
// could move a cursor or hide text as an escape: \x1b, \u202e.
func visible(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r == '\r' && strings.HasPrefix(s[i+1:], "\n"):
			// The line end of HTTP.
		case r == '\t':
			b.WriteString("    ")
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		i += size
	}
	return b.String()
}

// cells is how many columns of a terminal a printable character takes.
func cells(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0x303e, r >= 0x3041 && r <= 0xa4cf,
		r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff, r >= 0xfe30 && r <= 0xfe6f,
		r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6,
		r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}

// width is how many columns a line takes.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += cells(r)
	}
	return n
}

// fit shortens a line to at most columns, with an ellipsis for what it loses.
func fit(s string, columns int) string {
	if width(s) <= columns {
		return s
	}
	n, end := 0, 0
	for i, r := range s {
		if n+cells(r) > columns-1 {
			break
		}
		n += cells(r)
		end = i + utf8.RuneLen(r)
	}
	if columns < 1 {
		return ""
	}
	return strings.TrimRight(s[:end], " ,;:") + "…"
}

// pad fills a line with spaces up to columns.
func pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-width(s)))
}

// fold breaks text into lines of at most columns, at spaces where there are
// any. A broken line goes on under its own indentation. No limit where columns
// is 0.
func fold(text string, columns int) []string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if columns <= 0 {
			lines = append(lines, line)
			continue
		}
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		if width(line) > columns && len(indent) > columns/2 {
			line, indent = line[len(indent):], ""
		}
		for {
			head := len(line)
			if width(line) > columns {
				head = breakAt(line, columns, len(indent))
			}
			lines = append(lines, strings.TrimRight(line[:head], " "))
			rest := strings.TrimLeft(line[head:], " ")
			if rest == "" {
				break
			}
			line = indent + rest
		}
	}
	return lines
}

// breakAt is where to break a line that is too long: behind the last space that
// fits, or amid a word that takes more than half of the line.
func breakAt(line string, columns, indent int) int {
	n, space, end := 0, 0, 0
	for i, r := range line {
		if r == ' ' && i > indent {
			space = i + 1
		}
		if n+cells(r) > columns {
			break
		}
		n += cells(r)
		end = i + utf8.RuneLen(r)
	}
	if space > indent && width(line[:space]) > columns/2 {
		return space
	}
	if end <= indent {
		// Not even one character fits: better too wide than for ever.
		_, size := utf8.DecodeRuneInString(line[indent:])
		return indent + size
	}
	return end
}
