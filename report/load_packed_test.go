package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// histogramIn is what a second measured.
func histogramIn(t *testing.T, s LoadSecond) *hdrhistogram.Histogram {
	t.Helper()
	h, err := s.Histogram()
	if err != nil {
		t.Fatalf("second %d: %v", s.At, err)
	}
	return h
}

func TestPack(t *testing.T) {
	t.Parallel()
	samples := randomHistogram(t, rand.New(rand.NewPCG(7, 8)), 2000)
	s := LoadSecond{At: 3, Events: 2000, Latency: samples}
	s.Pack()
	if s.Latency != nil || s.At != 3 || s.Events != 2000 {
		t.Fatalf("packed: %+v", s)
	}
	equalHistograms(t, "packed", histogramIn(t, s), samples)
	plain, err := unpackHistogram(s.Packed)
	if err != nil || number(plain[8:]) != 0 {
		t.Errorf("the normalising offset is %d, error %v", number(plain[8:]), err)
	}
	again := s
	again.Pack()
	if again != s {
		t.Errorf("packed again: %+v", again)
	}
	// What is measured now stands above what was packed before.
	again.Latency = histogramOf(t, 5)
	equalHistograms(t, "set anew", histogramIn(t, again), histogramOf(t, 5))
	again.Pack()
	equalHistograms(t, "packed anew", histogramIn(t, again), histogramOf(t, 5))
}

func TestPackWithoutSamples(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]LoadSecond{"none": {}, "empty": {Latency: NewHistogram()}} {
		if h := histogramIn(t, s); h != nil {
			t.Errorf("%s: a histogram of %d samples", name, h.TotalCount())
		}
		s.Pack()
		if s != (LoadSecond{}) {
			t.Errorf("%s: packed to %+v", name, s)
		}
	}
}

// What cannot be packed is not lost: it stays for the writers to refuse.
func TestPackOfOtherBounds(t *testing.T) {
	t.Parallel()
	other := hdrhistogram.New(1, 1000, 2)
	for name, h := range map[string]*hdrhistogram.Histogram{"bounds": add(t, other, 1, 1), "samples": add(t, NewHistogram(), 1, maxSamples+1)} {
		s := LoadSecond{Latency: h}
		s.Pack()
		if s.Latency != h || s.Packed != "" {
			t.Errorf("%s: packed to %+v", name, s)
		}
		if err := WriteLoadJSON(io.Discard, Load{Series: []LoadSecond{s}}); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

func TestHostilePackedSeconds(t *testing.T) {
	t.Parallel()
	text := func(data []byte) string { return base64.StdEncoding.EncodeToString(data) }
	sound := packed(t, encodeHistogram(histogramOf(t, 5, 9)))
	for name, c := range map[string]struct{ hdr, want string }{
		"no base64":    {"****", "base64"},
		"long":         {strings.Repeat("A", 1<<20), "of 1048576 characters"},
		"half":         {text(sound[:len(sound)/2]), "is said to be"},
		"a bomb":       {text(packed(t, make([]byte, 1<<20))), "unpacks to more than"},
		"many samples": {text(packed(t, withCounts(t, maxSamples, 1))), "samples"},
		"many counts":  {text(packed(t, withCounts(t, -1<<63))), "more than 23552 counts"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := shard(0, 1)
			l.Series = []LoadSecond{{At: 6}, {At: 7, Packed: c.hdr}}
			document, err := json.Marshal(jsonLoad{Schema: LoadSchema, Series: list[jsonSecond]{{At: 6}, {At: 7, HDR: c.hdr}}})
			if err != nil {
				t.Fatal(err)
			}
			_, read := ReadLoadJSON(bytes.NewReader(document))
			_, merged := MergeLoads([]Load{l})
			for by, err := range map[string]error{
				"ReadLoadJSON": read, "MergeLoads": merged,
				"WriteLoadJSON": WriteLoadJSON(io.Discard, l), "WriteLoadCSV": WriteLoadCSV(io.Discard, l),
			} {
				if err == nil || !strings.Contains(err.Error(), "second 7: a histogram") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%s: error %v, want one with %q", by, err, c.want)
				}
			}
		})
	}
}

// A packed histogram of no samples is none.
func TestPackedWithoutSamples(t *testing.T) {
	t.Parallel()
	empty := base64.StdEncoding.EncodeToString(packed(t, encodeHistogram(NewHistogram())))
	if h := histogramIn(t, LoadSecond{Packed: empty}); h != nil {
		t.Error("a histogram")
	}
	l, err := ReadLoadJSON(strings.NewReader(fmt.Sprintf(`{"schema":%q,"series":[{"hdr":%q}]}`, LoadSchema, empty)))
	if err != nil || len(l.Series) != 1 || l.Series[0] != (LoadSecond{}) {
		t.Errorf("read %+v, error %v", l.Series, err)
	}
}

// A long series is kept as small as it is packed, whatever is done with it. Whole, these
// histograms would take 188 kB each. The test stands alone, for it looks at the heap.
func TestLongSeriesStaysPacked(t *testing.T) { //nolint:paralleltest // it measures memory
	const seconds, most = 250, 8192 // bytes a second
	random := rand.New(rand.NewPCG(9, 10))
	var kinds []LoadSecond
	for range 8 {
		s := LoadSecond{Sockets: 100, Events: 100, Latency: randomHistogram(t, random, 100)}
		s.Pack()
		kinds = append(kinds, s)
	}
	l := shard(0, 1)
	for at := range seconds {
		s := kinds[at%len(kinds)]
		s.At = at
		l.Series = append(l.Series, s)
	}
	var file bytes.Buffer
	if err := WriteLoadJSON(&file, l); err != nil {
		t.Fatal(err)
	}
	before := heap()
	read, err := ReadLoadJSON(&file)
	if err != nil {
		t.Fatal(err)
	}
	merged, err := MergeLoads([]Load{read})
	if err != nil {
		t.Fatal(err)
	}
	if kept := heap() - before; kept > 2*seconds*most {
		t.Errorf("two series of %d seconds take %d bytes", seconds, kept)
	}
	for what, series := range map[string][]LoadSecond{"read": read.Series, "merged": merged.Series} {
		if len(series) != seconds {
			t.Fatalf("%s: %d seconds", what, len(series))
		}
		for i, s := range series {
			if s != l.Series[i] {
				t.Fatalf("%s: second %d is %+v, want %+v", what, i, s, l.Series[i])
			}
		}
	}
	runtime.KeepAlive(file)
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC() // what pools hold goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A plan may last a day, and the list may be as long as it is said to be.
func TestReadLoadJSONOfADay(t *testing.T) {
	t.Parallel()
	text := []byte(`{"schema":"` + LoadSchema + `","series":[{}`)
	for at := 1; at < maxList; at++ {
		text = fmt.Appendf(text, `,{"at_s":%d}`, at)
	}
	l, err := ReadLoadJSON(bytes.NewReader(append(text, "]}"...)))
	if err != nil || len(l.Series) != maxList || maxList < 24*3600 {
		t.Errorf("%d seconds, error %v", len(l.Series), err)
	}
}
