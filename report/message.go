package report

import (
	"slices"
	"strings"
)

// What is shown of a message's body in full, even where a message gets less
// room: the body is what most findings are about.
const (
	bodyBytes = 500
	bodyLines = 25

	// headersAtMost bounds the work on one message: more headers are no message
	// that anybody would read.
	headersAtMost = 100
)

// incidental lists the headers that seldom prove anything, in lower case. They
// are the first to be left out.
var incidental = []string{
	"date", "server", "content-length", "connection", "keep-alive", "transfer-encoding",
	"user-agent", "accept-encoding", "accept",
}

// message makes a foreign message fit to show. What has the form of HTTP (a
// first line, headers, an empty line, a body) and is too long loses headers
// before its body is cut; whatever else is cut at its end.
func message(s string, most limits) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	head, body, found := strings.Cut(s, "\n\n")
	body = strings.TrimRight(body, "\n")
	lines := strings.Split(head, "\n")
	if !found || strings.TrimSpace(body) == "" || len(lines) > headersAtMost || !slices.Equal(lines[1:], headers(lines[1:])) {
		return block(s, most.bytes, most.lines)
	}
	// How much of the body has to find room beside the headers.
	bytes, rows := min(len(body), bodyBytes), 1+strings.Count(body, "\n")
	if len(body) <= bodyBytes {
		rows = min(rows, bodyLines)
	} else {
		rows = min(rows, most.lines-2)
	}
	left := 0
	fits := func() bool {
		used := 1 + len(lines)
		if left > 0 {
			used++
		}
		return len(strings.Join(lines, "\n"))+bytes <= most.bytes && used+rows <= most.lines
	}
	drop := func(expendable func(header string) bool) {
		for i := len(lines) - 1; i > 0 && !fits(); i-- {
			if expendable(lines[i]) {
				lines, left = slices.Delete(lines, i, i+1), left+1
			}
		}
	}
	drop(func(header string) bool {
		name, _, _ := strings.Cut(header, ":")
		return slices.Contains(incidental, strings.ToLower(name))
	})
	drop(func(string) bool { return true })

	text := block(strings.Join(lines, "\n"), most.bytes, most.lines)
	if left > 0 {
		text += "\n… (" + count(left, "header") + " left out)"
	}
	return text + "\n\n" + block(body,
		max(bytes, most.bytes-len(text)), max(rows, most.lines-2-strings.Count(text, "\n")))
}

// headers returns those lines that have the form of a header: a name of visible
// ASCII, a colon, a value.
func headers(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		name, _, found := strings.Cut(line, ":")
		return !found || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
	})
}
