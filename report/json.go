package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ttcheck/protocol"
)

// What ReadJSON and WriteJSON bound: a whole report, and one text of an
// exchange or finding, in bytes.
const (
	maxReport = 256 << 20
	maxText   = 64 << 10
)

// WriteJSON writes the whole run in the form of Schema. Characters that are not
// printable are escaped, so that the report can be shown on a terminal; a byte
// that is no UTF-8 is written as \xNN, and a text of more than 64 KiB is cut with
// a note. What has the form of a token is redacted, as in every report.
func WriteJSON(w io.Writer, run Run) error { return writeDocument(w, model(run)) }

func writeDocument(w io.Writer, document any) error {
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document); err != nil {
		return fmt.Errorf("encode the JSON report: %w", err)
	}
	if _, err := w.Write(escaped(data.Bytes())); err != nil {
		return fmt.Errorf("write the JSON report: %w", err)
	}
	return nil
}

// escaped writes every character of a JSON text that is not printable as \uNNNN.
// The encoder leaves some that steer terminals or turn the reading direction;
// they occur inside strings only, where the escape means the same.
func escaped(data []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(data))
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == '\n' || unicode.IsPrint(r):
			b.Write(data[:size])
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		data = data[size:]
	}
	return b.Bytes()
}

// ReadJSON reads a report that WriteJSON wrote. It refuses another schema, data
// behind the report, more than 256 MiB, a verdict or level that it does not
// know, and totals that are not those of the results. Unknown fields are passed
// over: a later version of ttcheck may have added them.
func ReadJSON(r io.Reader) (Run, error) { return readJSON(r, maxReport) }

func readJSON(r io.Reader, limit int64) (Run, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return Run{}, fmt.Errorf("read the report: %w", err)
	}
	if int64(len(data)) > limit {
		return Run{}, fmt.Errorf("read the report: it is larger than %d bytes", limit)
	}
	// The schema is looked at first: what follows means something only under it.
	var version struct {
		Schema *string `json:"schema"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return Run{}, fmt.Errorf("read the report: %w", err)
	}
	if version.Schema == nil {
		return Run{}, errors.New("read the report: it names no schema")
	}
	if *version.Schema != Schema {
		return Run{}, fmt.Errorf("read the report: its schema is %.60q, this version of ttcheck reads %q", *version.Schema, Schema)
	}
	var document jsonReport
	if err := json.Unmarshal(data, &document); err != nil {
		return Run{}, fmt.Errorf("read the report: %w", err)
	}
	if err := document.check(); err != nil {
		return Run{}, fmt.Errorf("read the report: %w", err)
	}
	return document.run(), nil
}

// check finds what the types alone do not show.
func (d jsonReport) check() error {
	counted := tally{}
	for i, result := range d.Results {
		if result.ID == "" {
			return fmt.Errorf("result %d has no id", i+1)
		}
		if !slices.Contains(Verdicts, result.Verdict) {
			return fmt.Errorf("result %d, %.20q, has the unknown verdict %.20q", i+1, result.ID, result.Verdict)
		}
		if l := result.Level; l != protocol.Must && l != protocol.Should && l != protocol.Info {
			return fmt.Errorf("result %d, %.20q, has the unknown level %.20q", i+1, result.ID, l)
		}
		counted[result.Verdict]++
	}
	for _, v := range Verdicts {
		if d.Totals[v] != counted[v] {
			return fmt.Errorf("its totals say %d × %s, its results %d", d.Totals[v], v, counted[v])
		}
	}
	if d.Coverage.Selected < 0 || d.Coverage.Ran < 0 || d.Coverage.Ran > d.Coverage.Selected {
		return fmt.Errorf("its coverage is impossible: %d of %d requirements were judged", d.Coverage.Ran, d.Coverage.Selected)
	}
	return nil
}

// bounded makes a foreign text fit for the JSON report: valid UTF-8, and not too
// long.
func bounded(s string) string {
	head, more := cut(withoutTokens(s), maxText)
	if !utf8.ValidString(head) {
		var b strings.Builder
		for i := 0; i < len(head); {
			r, size := utf8.DecodeRuneInString(head[i:])
			if r == utf8.RuneError && size == 1 {
				fmt.Fprintf(&b, `\x%02x`, head[i])
			} else {
				b.WriteString(head[i : i+size])
			}
			i += size
		}
		head = b.String()
	}
	if more > 0 {
		head += fmt.Sprintf(" … (%d bytes more)", more)
	}
	return head
}
