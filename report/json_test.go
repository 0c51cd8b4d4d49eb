package report

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode"
)

func TestJSONGolden(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := WriteJSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	golden(t, "sample.json", b.Bytes())
	for i, r := range b.String() {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("offset %d holds %U", i, r)
		}
	}
}

func TestJSONBack(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]Run{
		"sample": sample(),
		"empty":  {},
		"cut short": {Interrupted: true, TimedOut: true, SetupError: "no answer", Head: Head{Strict: true, LabelFilter: "a && b",
			Interface: "eth0", Grace: 1234567 * time.Nanosecond, Duration: 99*time.Hour + 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			if err := WriteJSON(&b, run); err != nil {
				t.Fatal(err)
			}
			got, err := ReadJSON(&b)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Head.Started.Equal(run.Head.Started) {
				t.Errorf("started %v, want %v", got.Head.Started, run.Head.Started)
			}
			got.Head.Started = run.Head.Started
			for i, r := range run.Results {
				for j, f := range r.Findings {
					for k, e := range f.Evidence {
						// The only change: bytes that are no UTF-8.
						run.Results[i].Findings[j].Evidence[k].Received = strings.ReplaceAll(e.Received, "\xff\xfe", `\xff\xfe`)
					}
				}
			}
			if !reflect.DeepEqual(got, run) {
				t.Errorf("got  %+v\nwant %+v", got, run)
			}
		})
	}
}

func TestReadJSONRefuses(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := WriteJSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	sound := b.String()
	change := func(from, to string) string {
		if !strings.Contains(sound, from) {
			t.Fatalf("the report does not hold %s", from)
		}
		return strings.Replace(sound, from, to, 1)
	}
	for name, c := range map[string]struct{ text, want string }{
		"nothing":           {"", "unexpected end"},
		"half":              {sound[:len(sound)/2], "unexpected end"},
		"two":               {sound + sound, "after top-level value"},
		"no object":         {"[]", "cannot unmarshal"},
		"no schema":         {`{"results":[]}`, "names no schema"},
		"another schema":    {change("ttcheck.report/v1", "ttcheck.report/v2"), `its schema is "ttcheck.report/v2"`},
		"unknown verdict":   {change(`"verdict": "pass"`, `"verdict": "maybe"`), `result 1, "ONL-01", has the unknown verdict "maybe"`},
		"unknown level":     {change(`"level": "MUST"`, `"level": "MIGHT"`), `unknown level "MIGHT"`},
		"no id":             {change(`"id": "ONL-01"`, `"id": ""`), "result 1 has no id"},
		"verdict changed":   {change(`"verdict": "fail"`, `"verdict": "pass"`), "its totals say"},
		"wrong type":        {change(`"duration_ms": 14218`, `"duration_ms": "14 s"`), "duration_ms"},
		"wrong coverage":    {change(`"ran": 8`, `"ran": 99`), "99 of 14"},
		"negative coverage": {change(`"ran": 8`, `"ran": -9`), "-9 of 14"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadJSON(strings.NewReader(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	t.Run("too large", func(t *testing.T) {
		t.Parallel()
		if _, err := readJSON(strings.NewReader(sound), int64(len(sound)-1)); err == nil || !strings.Contains(err.Error(), "larger than") {
			t.Errorf("error %v", err)
		}
		if _, err := readJSON(strings.NewReader(sound), int64(len(sound))); err != nil {
			t.Errorf("a report of exactly the limit: %v", err)
		}
	})
	t.Run("broken reader", func(t *testing.T) {
		t.Parallel()
		broken := errors.New("the disk is gone")
		if _, err := ReadJSON(iotest.ErrReader(broken)); !errors.Is(err, broken) {
			t.Errorf("error %v", err)
		}
	})
}

// A later version may add fields.
func TestReadJSONPassesOverUnknownFields(t *testing.T) {
	t.Parallel()
	run, err := ReadJSON(strings.NewReader(`{"schema":"ttcheck.report/v1","later":{"x":1},"head":{"target":"h:1","later":2}}`))
	if err != nil || run.Head.Target != "h:1" {
		t.Errorf("run %+v, error %v", run, err)
	}
}

func TestJSONBoundsTexts(t *testing.T) {
	t.Parallel()
	run := results(Fail)
	run.Results[0].Findings = []Finding{{Actual: strings.Repeat("ü", 1<<20)}}
	var b bytes.Buffer
	if err := WriteJSON(&b, run); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 100<<10 {
		t.Errorf("%d bytes", b.Len())
	}
	if !strings.Contains(b.String(), `ü … (2031616 bytes more)"`) {
		t.Error("the cut is not told")
	}
}

func FuzzReadJSON(f *testing.F) {
	var b bytes.Buffer
	if err := WriteJSON(&b, sample()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"schema":"ttcheck.report/v1","results":[{"id":"A","verdict":"pass","level":"INFO","duration_ms":1e300}],"totals":{"pass":1}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		run, err := readJSON(bytes.NewReader(data), 1<<20)
		if err != nil {
			return
		}
		// Whatever was accepted can be shown, and written and read again.
		for _, write := range []func() error{
			func() error { return WriteJUnit(&bytes.Buffer{}, run) },
			func() error { return WriteMarkdown(&bytes.Buffer{}, run) },
		} {
			if err := write(); err != nil {
				t.Fatal(err)
			}
		}
		var again bytes.Buffer
		if err := WriteJSON(&again, run); err != nil {
			t.Skip(err) // a moment outside the years of RFC 3339
		}
		if _, err := ReadJSON(&again); err != nil {
			t.Fatal(err)
		}
	})
}
