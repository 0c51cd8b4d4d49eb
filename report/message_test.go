package report

import (
	"strings"
	"testing"
	"unicode"
)

func TestMessage(t *testing.T) {
	t.Parallel()
	small := limits{bytes: 400, lines: 5}
	header := "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 78\r\nContent-Type: application/json\r\nDate: Sat, 14 Mar 2026 08:26:53 GMT\r\n"
	body := `{"status":200,"orders":[]}`
	pretty := "{\n" + strings.Repeat("  \"member\": 1,\n", 20) + "}"
	for _, c := range []struct {
		name, in, want string
	}{
		{"it fits", "HTTP/1.1 200 OK\nDate: now\n\n" + body, "HTTP/1.1 200 OK\nDate: now\n\n" + body},
		{"headers hide no body", header + "\r\n" + body, "HTTP/1.1 200 OK\nContent-Type: application/json\n… (3 headers left out)\n\n" + body},
		{"a body of many lines", header + "\r\n" + pretty, "HTTP/1.1 200 OK\n… (4 headers left out)\n\n" + pretty},
		{"a body of 500 bytes", header + "\r\n" + strings.Repeat("x", 500), "HTTP/1.1 200 OK\n… (4 headers left out)\n\n" + strings.Repeat("x", 500)},
		{"a longer body", header + "\r\n" + strings.Repeat("x", 600), "HTTP/1.1 200 OK\n… (4 headers left out)\n\n" + strings.Repeat("x", 500) + " … (100 bytes more)"},
		{"no header", "HTTP/1.1 200 OK\n\n" + strings.Repeat("y\n", 600), "HTTP/1.1 200 OK\n\n" + "y\ny\ny … (1193 bytes more)"},
		{"no HTTP", "1\n2\n3\n4\n5\n\n7", "1\n2\n3\n4\n5 … (2 bytes more)"},
		{"no body", header, "HTTP/1.1 200 OK\nConnection: close\nContent-Length: 78\nContent-Type: application/json\nDate: Sat, 14 Mar 2026 08:26:53 GMT"},
		{"a token", header + "\r\n" + strings.Repeat("z", 480) + strings.Repeat("0123456789abcdef", 3),
			"HTTP/1.1 200 OK\n… (4 headers left out)\n\n" + strings.Repeat("z", 480) + "0123…cdef"},
	} {
		if got := message(c.in, small); got != c.want {
			t.Errorf("%s: %q\nwant %q", c.name, got, c.want)
		}
	}
}

// Where there is room for some headers, those that prove most stay.
func TestMessageKeepsTellingHeaders(t *testing.T) {
	t.Parallel()
	in := "HTTP/1.1 201 Created\nContent-Length: 2\nContent-Type: text/html\nDate: now\nServer: x\nX-Other: y\n\n{}"
	want := "HTTP/1.1 201 Created\nContent-Type: text/html\nX-Other: y\n… (3 headers left out)\n\n{}"
	if got := message(in, limits{bytes: 800, lines: 6}); got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
}

func FuzzMessage(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nDate: now\r\nA: b\r\n\r\n"+hostile, 400, 5)
	f.Add("\n\n\n", 1, 1)
	f.Add("\n\n  ", 1, 12)
	f.Fuzz(func(t *testing.T, s string, bytes, lines int) {
		most := limits{bytes: 1 + max(0, bytes%5000), lines: 1 + max(0, lines%100)}
		text := message(s, most)
		if n := 1 + strings.Count(text, "\n"); n > most.lines+bodyLines+3 {
			t.Fatalf("%d lines where %d are wanted: %q", n, most.lines, text)
		}
		for _, r := range text {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Fatalf("%q holds %U", text, r)
			}
		}
	})
}
