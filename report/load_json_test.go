package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"ttcheck/protocol"
)

// packedText are the compressed parts of a report: another version of Go may compress
// otherwise.
var packedText = regexp.MustCompile(`("(?:hdr|data)": )"[^"]+"`)

func TestLoadJSONGolden(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := WriteLoadJSON(&b, sampleLoad(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "load.json", packedText.ReplaceAll(b.Bytes(), []byte(`$1"…"`)))
}

func TestLoadJSONBack(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	long := sampleLoad(t)
	long.Series, long.Spreads = nil, nil
	for i := range 10 {
		s := LoadSecond{At: 3 * i, Events: random.Int64N(1 << 40), Latency: randomHistogram(t, random, 500)}
		if i%2 == 0 {
			s.Pack()
		}
		long.Series = append(long.Series, s)
		long.Spreads = append(long.Spreads, Spread{ID: random.Int64() - random.Int64(), First: time.Duration(i), Last: time.Duration(random.Int64N(1<<40) + 10)})
	}
	for _, m := range Metrics {
		if m.Kind == Lasting {
			long.Latencies[m.Name] = randomHistogram(t, random, 1000)
		} else {
			long.Counters[m.Name] = random.Int64N(maxCount)
		}
	}
	for name, l := range map[string]Load{
		"sample": sampleLoad(t), "empty": {}, "long": long,
		"cut short": {Interrupted: true, SetupError: "no answer", Head: LoadHead{Shards: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b, again bytes.Buffer
			if err := WriteLoadJSON(&b, l); err != nil {
				t.Fatal(err)
			}
			written := b.String()
			got, err := ReadLoadJSON(&b)
			if err != nil {
				t.Fatal(err)
			}
			sameLoad(t, got, l)
			if err := WriteLoadJSON(&again, got); err != nil || again.String() != written {
				t.Errorf("written again, it is another text; error %v", err)
			}
		})
	}
}

// sameLoad compares whole reports.
func sameLoad(t *testing.T, got, want Load) {
	t.Helper()
	if !got.Head.Started.Equal(want.Head.Started) {
		t.Errorf("started %v, want %v", got.Head.Started, want.Head.Started)
	}
	got.Head.Started = want.Head.Started
	if len(got.Latencies) != len(want.Latencies) || len(got.Series) != len(want.Series) {
		t.Fatalf("%d latencies and %d seconds, want %d and %d", len(got.Latencies), len(got.Series), len(want.Latencies), len(want.Series))
	}
	for name, h := range want.Latencies {
		equalHistograms(t, name, got.Latencies[name], h)
	}
	for i, s := range want.Series {
		equalHistograms(t, fmt.Sprint("second ", s.At), histogramIn(t, got.Series[i]), histogramIn(t, s))
		if got.Series[i].Latency != nil {
			t.Errorf("second %d is not packed", s.At)
		}
	}
	got.Latencies, want.Latencies = nil, nil
	got.Series, want.Series = withoutLatency(got.Series), withoutLatency(want.Series)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func withoutLatency(series []LoadSecond) []LoadSecond {
	return eachOrNil(series, func(s LoadSecond) LoadSecond { s.Latency, s.Packed = nil, ""; return s })
}

func TestLoadOutcome(t *testing.T) {
	t.Parallel()
	broken := []ThresholdResult{{Broken: true}}
	for _, c := range []struct {
		load Load
		want Outcome
		code int
	}{
		{Load{}, NotJudged, 0},
		{Load{Thresholds: []ThresholdResult{{}}}, Passed, 0},
		{Load{Steps: []LoadStep{{}}}, Passed, 0},
		{Load{Thresholds: broken}, Failed, 5},
		{Load{Stopped: "silent"}, Failed, 5},
		{Load{SetupError: "refused", Thresholds: broken}, NotJudged, 3},
		{Load{Interrupted: true, SetupError: "refused"}, Interrupted, 130},
	} {
		var b bytes.Buffer
		if err := WriteLoadJSON(&b, c.load); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Outcome  Outcome `json:"outcome"`
			ExitCode int     `json:"exit_code"`
		}
		if err := json.Unmarshal(b.Bytes(), &got); err != nil || got.Outcome != c.want || got.ExitCode != c.code {
			t.Errorf("got %v, want %v and %d; error %v", got, c.want, c.code, err)
		}
	}
}

// Whatever a gateway managed to bring into a report cannot steer the reader's terminal,
// and no token goes on from hand to hand.
func TestLoadJSONCleansTexts(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("0123456789abcdef", protocol.TokenDigits)[:protocol.TokenDigits]
	dirty := "close " + hostile + " " + token
	l := Load{
		Closes: map[string]int64{dirty: 1}, Errors: map[string]int64{dirty: 1}, Counters: map[string]int64{dirty: 1},
		Answers: map[string]map[string]int64{dirty: {dirty: 1}}, Remarks: []string{dirty}, Stopped: dirty, SetupError: dirty,
		Thresholds: []ThresholdResult{{Text: dirty, Actual: dirty}}, Steps: []LoadStep{{Note: dirty}},
		Head: LoadHead{Target: dirty, Reproduce: dirty, Sources: []string{dirty}, Environment: LoadEnvironment{Host: dirty}},
	}
	var b bytes.Buffer
	if err := WriteLoadJSON(&b, l); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{token, "\x1b", "\u202e", "\x07"} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("the report holds %q", bad)
		}
	}
	if _, err := ReadLoadJSON(&b); err != nil {
		t.Error(err)
	}
}

func TestWriteLoadJSONRefuses(t *testing.T) {
	t.Parallel()
	other := add(t, hdrhistogram.New(1, 1000, 2), 1, 1)
	for want, l := range map[string]Load{
		"skew: a histogram of 1 to 1000":     {Latencies: map[string]*hdrhistogram.Histogram{MetricSkew: other}},
		"second 4: a histogram of 1 to 1000": {Series: []LoadSecond{{At: 4, Latency: other}}},
		"invalid character":                  {Plan: json.RawMessage("{?}")},
	} {
		if err := WriteLoadJSON(io.Discard, l); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestReadLoadJSONRefuses(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := WriteLoadJSON(&b, sampleLoad(t)); err != nil {
		t.Fatal(err)
	}
	sound := b.String()
	change := func(from, to string) string {
		if !strings.Contains(sound, from) {
			t.Fatalf("the report does not hold %s", from)
		}
		return strings.Replace(sound, from, to, 1)
	}
	many := map[string]jsonLatency{}
	for i := range maxMetrics + 1 {
		many[fmt.Sprint(i)] = jsonLatency{}
	}
	latencies, err := json.Marshal(many)
	if err != nil {
		t.Fatal(err)
	}
	with := func(members string) string { return `{"schema":"` + LoadSchema + `",` + members + `}` }
	for name, c := range map[string]struct{ text, want string }{
		"nothing":           {"", "unexpected end"},
		"half":              {sound[:len(sound)/2], "unexpected end"},
		"two":               {sound + sound, "after top-level value"},
		"no schema":         {`{}`, "names no schema"},
		"another schema":    {change(LoadSchema, Schema), `its schema is "ttcheck.report/v1"`},
		"negative counter":  {change(`"events": 1500`, `"events": -1`), `counters say -1 × "events"`},
		"huge counter":      {change(`"events": 1500`, `"events": 9007199254740992`), "counters say"},
		"negative close":    {change(`"ours": 124`, `"ours": -124`), `closes say -124 × "ours"`},
		"negative answer":   {change(`"200": 40`, `"200": -40`), `answers to "POST /activeorders" say -40`},
		"negative error":    {change(`refused": 2`, `refused": -2`), "errors say -2"},
		"negative second":   {change(`"late": 1,`, `"late": -1,`), "second 1 counts -1"},
		"second repeated":   {change(`"at_s": 1`, `"at_s": 0`), "second 0 follows second 0"},
		"second before":     {change(`"at_s": 0`, `"at_s": -1`), "second -1 follows"},
		"shard":             {change(`"shard": 1`, `"shard": 4`), "shard 4 of 4"},
		"shards":            {change(`"shards": 4`, `"shards": 5000`), "shard 1 of 5000"},
		"negative duration": {change(`"duration_s": 62`, `"duration_s": -62`), "duration is -62"},
		"negative step":     {change(`"sockets": 100`, `"sockets": -100`), "step of -100 sockets"},
		"count":             {change(`"count": 6`, `"count": 7`), `"event_latency": 7 samples are said to be in a histogram of 6`},
		"histogram":         {change(`"hdr": "HISTF`, `"hdr": "HJSTF`), "V2 compressed encoding"},
		"spreads":           {change(`"count": 2,`+"\n"+`    "data"`, `"count": 3, "data"`), "event 3 of 3"},
		"no latency":        {with(`"latencies":{"skew":{}}`), `"skew": a histogram of 0 bytes`},
		"many latencies":    {with(`"latencies":` + string(latencies)), "it has 257 latencies"},
		"a long list":       {with(`"series":[{}` + strings.Repeat(",{}", maxList) + `]`), "a list has more than 100000 items"},
		"no list":           {with(`"series":{"x":1}`), "where a list should"},
		"wrong item":        {with(`"remarks":[1]`), "cannot unmarshal number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadLoadJSON(strings.NewReader(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	t.Run("too large", func(t *testing.T) {
		t.Parallel()
		if _, err := readLoadJSON(strings.NewReader(sound), int64(len(sound)-1)); err == nil || !strings.Contains(err.Error(), "larger than") {
			t.Errorf("error %v", err)
		}
		if _, err := readLoadJSON(strings.NewReader(sound), int64(len(sound))); err != nil {
			t.Errorf("a report of exactly the limit: %v", err)
		}
	})
	t.Run("broken reader", func(t *testing.T) {
		t.Parallel()
		broken := errors.New("the disk is gone")
		if _, err := ReadLoadJSON(iotest.ErrReader(broken)); !errors.Is(err, broken) {
			t.Errorf("error %v", err)
		}
	})
}

func TestReadLoadJSONPassesOverUnknownFields(t *testing.T) {
	t.Parallel()
	l, err := ReadLoadJSON(strings.NewReader(`{"schema":"ttcheck.load/v1","later":{"x":1},"head":{"target":"h:1","later":2},"remarks":null}`))
	if err != nil || l.Head.Target != "h:1" {
		t.Errorf("load %+v, error %v", l, err)
	}
}

func FuzzReadLoadJSON(f *testing.F) {
	var b bytes.Buffer
	if err := WriteLoadJSON(&b, sampleLoad(f)); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"schema":"ttcheck.load/v1","head":{"shards":2},"counters":{"lost":3},"series":[{"at_s":2}],"spreads":{"count":0,"data":""}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := readLoadJSON(bytes.NewReader(data), 1<<20)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q", err)
			}
			return
		}
		// Whatever was accepted can be written and merged, and read again.
		l.Head.Shards, l.Head.Shard = 1, 0
		merged, err := MergeLoads([]Load{l})
		if err != nil {
			t.Fatal(err)
		}
		for _, write := range []func(io.Writer, Load) error{WriteLoadCSV, WriteHDR} {
			if err := write(io.Discard, merged); err != nil {
				t.Fatal(err)
			}
		}
		var again bytes.Buffer
		if err := WriteLoadJSON(&again, l); err != nil {
			t.Skip(err) // a moment outside the years of RFC 3339
		}
		got, err := ReadLoadJSON(&again)
		if err != nil {
			t.Fatal(err)
		}
		for name, h := range got.Latencies {
			if want := l.Latencies[name]; want != nil { // names are cleaned
				equalHistograms(t, name, h, want)
			}
		}
	})
}
