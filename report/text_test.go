package report

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestBlock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in, want string
		bytes, lines   int
	}{
		{"as it is", "a\nb", "a\nb", 10, 10},
		{"line ends of HTTP", "a\r\nb\r\n", "a\nb", 10, 10},
		{"a lone return", "a\rb", `a\rb`, 10, 10},
		{"escapes", "\x1b[31mred\x07\x7f", `\x1b[31mred\a\x7f`, 100, 10},
		{"C1 and bidi", "\u009b\u202e\u200b\ufeff", `\u009b\u202e\u200b\ufeff`, 100, 10},
		{"binary", "\x00\xff\xc3", `\x00\xff\xc3`, 100, 10},
		{"tab", "a\tb", "a    b", 100, 10},
		{"beyond the BMP", "😀\U000e0041", "😀\\U000e0041", 100, 10},
		{"too many bytes", "0123456789", "0123 … (6 bytes more)", 4, 10},
		{"cut between characters", "aüü", "aü … (2 bytes more)", 4, 10},
		{"too many lines", "a\nb\nc\nd", "a\nb … (3 bytes more)", 100, 2},
		{"both", "a\nb\nc\nd", "a\nb … (3 bytes more)", 6, 2},
		{"exactly as many lines", "a\nb\n", "a\nb", 100, 2},
		{"nothing", "", "", 100, 2},
	} {
		if got := block(c.in, c.bytes, c.lines); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestInline(t *testing.T) {
	t.Parallel()
	if got := inline(" a\r\n\tb\x1b  c\n"); got != `a b\x1b c` {
		t.Errorf("%q", got)
	}
	if got := inline(strings.Repeat("x", 5000)); got != strings.Repeat("x", inlineLimit)+" … (3000 bytes more)" {
		t.Errorf("%q", got)
	}
}

func TestTokensAreRedacted(t *testing.T) {
	t.Parallel()
	token := "0123456789abcdef0123456789ABCDEF0123456789abcdef"
	for in, want := range map[string]string{
		token:                                "0123…cdef",
		"Bearer " + token + ", " + token:     "Bearer 0123…cdef, 0123…cdef",
		`{"token":"` + token + `"}` + "rest": `{"token":"0123…cdef"}rest`,
		token[1:]:                            token[1:],
		token + "0":                          token + "0",
		"":                                   "",
		"x":                                  "x",
	} {
		if got := withoutTokens(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// A token gets into no report, wherever it comes in, and however a text is cut.
func TestNoTokenInReports(t *testing.T) {
	t.Parallel()
	token := "0123456789abcdef0123456789abcdef0123456789abcdef"
	for _, before := range []int{0, failureOnConsole.bytes - 40, warningOnConsole.bytes - 40, inFile.bytes - 40, inlineLimit - 40, maxText - 40} {
		foul := strings.Repeat("-", before) + token
		run := results(Info, Warning, Fail, Skipped)
		run.SetupError, run.Remarks, run.Head.Reproduce, run.Head.Press = foul, []string{foul}, foul, foul
		for i := range run.Results {
			r := &run.Results[i]
			r.Reason, r.Notes = foul, []string{foul}
			r.Findings = []Finding{{Expected: foul, Actual: foul, Evidence: []Exchange{{Sent: foul, Received: foul, Error: foul}}}}
		}
		var all bytes.Buffer
		console := NewConsole(&all, ConsoleOptions{})
		console.Begin(run.Head, len(run.Results))
		for _, r := range run.Results {
			console.Result(r)
		}
		console.Say(foul)
		console.End(run)
		for _, write := range []func(io.Writer, Run) error{WriteJSON, WriteJUnit, WriteMarkdown} {
			if err := write(&all, run); err != nil {
				t.Fatal(err)
			}
		}
		folded := strings.Join(strings.Fields(all.String()), "")
		if at := strings.Index(folded, token[:12]); at >= 0 {
			t.Errorf("behind %d bytes: %.100s", before, folded[at:])
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		columns  int
		want     string
	}{
		{"fits", "one two", 7, "one two"},
		{"at a space", "one two three", 8, "one two|three"},
		{"no limit", "one two three", 0, "one two three"},
		{"amid a long word", "one abcdefghijkl", 8, "one abcd|efghijkl"},
		{"indented", "  one two three", 10, "  one two|  three"},
		{"deeply indented", "        one two three", 10, "one two|three"},
		{"lines", "a\n\nb", 5, "a||b"},
		{"wide characters", "日本語日本語", 6, "日本語|日本語"},
		{"wider than the column", "日本", 1, "日|本"},
		{"combining", "e\u0301e\u0301e\u0301 x", 3, "e\u0301e\u0301e\u0301|x"},
	} {
		if got := strings.Join(fold(c.in, c.columns), "|"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in      string
		columns int
		want    string
	}{
		{"one two", 7, "one two"}, {"one two", 6, "one t…"}, {"one two", 5, "one…"}, {"日本語", 4, "日…"}, {"one", 1, "…"}, {"one", 0, ""}, {"", 0, ""},
	} {
		if got := fit(c.in, c.columns); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.in, c.columns, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"0.0ms": brief(0), "1.2ms": brief(1234 * time.Microsecond), "12ms": brief(12_345 * time.Microsecond),
		"1.23s": brief(1234 * time.Millisecond), "59.9s": brief(59_900 * time.Millisecond), "2m03s": brief(123 * time.Second),
		"1h01m": brief(3661 * time.Second), "-1.0ms": brief(-time.Millisecond),
		"0:00": clock(-time.Second), "1:37": clock(97 * time.Second), "1:02:03": clock(3723 * time.Second),
		"20 s": span(20 * time.Second), "2 min": span(2 * time.Minute), "90 s": span(90 * time.Second), "1 h": span(time.Hour),
		"24 h": span(24 * time.Hour), "14 days": span(14 * 24 * time.Hour), "250ms": span(250 * time.Millisecond), "0 s": span(0),
		"0 cases": count(0, "case"), "1 case": count(1, "case"), "2 cases": count(2, "case"),
		"A, B": listed([]string{"A", "B"}, 2), "A and 2 more": listed([]string{"A", "B", "C"}, 1), "": listed(nil, 3),
		"T-01–03, T-05, T-06, U-07, plain, plain, T-1–3": listed(ranged([]string{"T-01", "T-02", "T-03", "T-05", "T-06", "U-07", "plain", "plain", "T-1", "T-2", "T-3"}), 99),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add(hostile, 20, 3)
	f.Add("日本語 e\u0301", 1, 0)
	f.Add(" ", 2, 2)
	f.Fuzz(func(t *testing.T, s string, columns, lines int) {
		columns, lines = columns%200, max(1, lines%50)
		for _, text := range []string{block(s, 4096, lines), inline(s), fit(inline(s), columns), strings.Join(fold(block(s, 4096, lines), columns), "\n")} {
			if !utf8.ValidString(text) {
				t.Fatalf("%q is no UTF-8", text)
			}
			for _, r := range text {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Fatalf("%q holds %U", text, r)
				}
			}
		}
		if strings.Count(block(s, 4096, lines), "\n") >= lines {
			t.Fatalf("%q has more than %d lines", block(s, 4096, lines), lines)
		}
		if strings.Contains(inline(s), "\n") {
			t.Fatalf("%q is no line", inline(s))
		}
		// A wide character needs two columns beside the indentation.
		if columns > 3 {
			for _, line := range fold(block(s, 4096, lines), columns) {
				if width(line) > columns {
					t.Fatalf("%q is wider than %d", line, columns)
				}
			}
			if got := fit(inline(s), columns); width(got) > columns {
				t.Fatalf("%q is wider than %d", got, columns)
			}
		}
	})
}
