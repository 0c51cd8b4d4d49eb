package report

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// What is written, the library reads; what the library writes is read: the encoding is
// HdrHistogram's, not ours.
func TestHistogramEncoding(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for name, h := range map[string]*hdrhistogram.Histogram{
		"empty":         NewHistogram(),
		"zero":          histogramOf(t, 0),
		"one":           histogramOf(t, 1),
		"highest":       histogramOf(t, latencyHighest),
		"lone zeros":    histogramOf(t, 0, 2, 4, 6, 7),
		"both ends":     histogramOf(t, 0, latencyHighest),
		"many":          randomHistogram(t, random, 20_000),
		"large a count": add(t, histogramOf(t, 3), 77, maxSamples-1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPacker()
			for range 2 { // a packer can be used again
				text, err := p.histogram(h)
				if err != nil {
					t.Fatal(err)
				}
				got, err := decodeHistogram(text)
				if err != nil {
					t.Fatal(err)
				}
				equalHistograms(t, "read back", got, h)
				if n, err := samplesIn(text); err != nil || n != h.TotalCount() {
					t.Errorf("%d samples, want %d; error %v", n, h.TotalCount(), err)
				}
				foreign, err := hdrhistogram.Decode([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				equalHistograms(t, "read by the library", foreign, h)
				if offset := number(encodeHistogram(h)[8:]); offset != 0 {
					t.Errorf("the normalising offset is %d", offset)
				}
			}
			text, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
			if err != nil {
				t.Fatal(err)
			}
			got, err := decodeHistogram(string(text))
			if err != nil {
				t.Fatal(err)
			}
			equalHistograms(t, "written by the library", got, h)
		})
	}
}

func TestHistogramOfOtherBoundsIsNotWritten(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]*hdrhistogram.Histogram{
		"lowest": hdrhistogram.New(2, latencyHighest, latencyDigits), "highest": hdrhistogram.New(1, 1000, latencyDigits),
		"digits": hdrhistogram.New(1, latencyHighest, 2), "samples": add(t, NewHistogram(), 1, maxSamples+1),
	} {
		if _, err := newPacker().histogram(h); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// packed is the outer form around a stream of any content.
func packed(t testing.TB, plain []byte) []byte {
	t.Helper()
	stream, err := newPacker().pack(plain)
	if err != nil {
		t.Fatal(err)
	}
	data := binary.BigEndian.AppendUint32(nil, uint32(hdrhistogram.V2CompressedEncodingCookieBase|cookieWordSize))
	data = binary.BigEndian.AppendUint32(data, uint32(len(stream)))
	return append(data, stream...)
}

// withCounts is the inner form of any counts.
func withCounts(t testing.TB, counts ...int64) []byte {
	t.Helper()
	head := encodeHistogram(NewHistogram())[:innerHeader]
	var payload []byte
	for _, n := range counts {
		payload = binary.AppendVarint(payload, n)
	}
	binary.BigEndian.PutUint32(head[4:], uint32(len(payload)))
	return append(head, payload...)
}

func TestHostileHistograms(t *testing.T) {
	t.Parallel()
	inner := func(at int, b byte) []byte {
		plain := encodeHistogram(histogramOf(t, 5, 9))
		plain[at] ^= b
		return packed(t, plain)
	}
	outer := func(at int, b byte) []byte {
		data := packed(t, encodeHistogram(histogramOf(t, 5, 9)))
		data[at] ^= b
		return data
	}
	sound := outer(0, 0)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":             {nil, "of 0 bytes"},
		"half a header":       {sound[:7], "of 7 bytes"},
		"another cookie":      {outer(3, 1), "V2 compressed"},
		"another length":      {outer(7, 1), "is said to be"},
		"negative length":     {outer(4, 0x80), "is said to be"},
		"no stream":           {outer(8, 0xff), "zlib"},
		"a cut stream":        {func() []byte { d := bytes.Clone(sound[:len(sound)-2]); d[7] -= 2; return d }(), "EOF"},
		"something behind":    {func() []byte { d := append(bytes.Clone(sound), 0); d[7]++; return d }(), "1 bytes stand behind"},
		"a changed checksum":  {outer(len(sound)-1, 1), "checksum"},
		"a bomb":              {packed(t, make([]byte, 1<<20)), "unpacks to more than"},
		"short within":        {packed(t, make([]byte, innerHeader-1)), "header is of 39"},
		"another inner":       {inner(3, 1), "not in HdrHistogram's V2"},
		"another inner size":  {inner(7, 1), "are said to take"},
		"negative size":       {inner(4, 0x80), "are said to take"},
		"shifted":             {inner(11, 4), "normalising offset 4"},
		"five digits":         {inner(15, 6), "with 5 digits"},
		"another lowest":      {inner(23, 1), "of 0 to"},
		"another highest":     {inner(24, 1), "all must be of"},
		"scaled":              {inner(39, 1), "scaled"},
		"half a count":        {inner(innerHeader+len(encodeCounts([]int64{0, 0, 0, 0, 0, 1, 0, 0, 0, 1}))-1, 0x80), "broken count"},
		"more zeros than fit": {packed(t, withCounts(t, 1, -int64(buckets))), "more than 23552 counts"},
		"the most zeros":      {packed(t, withCounts(t, -1<<63)), "more than 23552 counts"},
		"a count too many":    {packed(t, withCounts(t, -int64(buckets), 0)), "more than 23552 counts"},
		"too many samples":    {packed(t, withCounts(t, maxSamples, 1)), "samples"},
		"the most samples":    {packed(t, withCounts(t, 1, 1<<63-1)), "samples"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := decodeHistogram(base64.StdEncoding.EncodeToString(c.data))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if _, only := samplesIn(base64.StdEncoding.EncodeToString(c.data)); fmt.Sprint(only) != fmt.Sprint(err) {
				t.Errorf("error %v where only samples are counted, %v where all is read", only, err)
			}
		})
	}
	for name, text := range map[string]string{"no base64": "****", "long": strings.Repeat("A", 1<<20)} {
		if _, err := decodeHistogram(text); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if h, err := decodeHistogram(base64.StdEncoding.EncodeToString(packed(t, withCounts(t, -int64(buckets-1), 1)))); err != nil || h.TotalCount() != 1 {
		t.Errorf("the last bucket: %v", err)
	}
}

func FuzzParseHistogram(f *testing.F) {
	f.Add(encodeHistogram(histogramOf(f, 0, 5, 70_000)))
	f.Add(withCounts(f, -3, 1, 0, 9))
	f.Fuzz(func(t *testing.T, plain []byte) {
		h, err := parseHistogram(plain)
		if err != nil {
			return
		}
		if err := usable(h); err != nil {
			t.Fatal(err)
		}
		again, err := parseHistogram(encodeHistogram(h))
		if err != nil {
			t.Fatal(err)
		}
		equalHistograms(t, "read back", again, h)
		if err := WriteHDR(io.Discard, Load{Latencies: map[string]*hdrhistogram.Histogram{MetricEventLatency: h}}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSpreads(t *testing.T) {
	t.Parallel()
	for name, spreads := range map[string][]Spread{
		"none":    nil,
		"some":    {{5, 100, 100}, {-3, 7, 1 << 40}, {6, 9, 10}},
		"extreme": {{-1 << 63, 0, 1<<63 - 1}, {1<<63 - 1, 1<<63 - 1, 1<<63 - 1}, {0, 0, 0}},
	} {
		packed, err := newPacker().spreads(spreads)
		if err != nil {
			t.Fatal(err)
		}
		got, err := packed.spreads()
		if err != nil || !slices.Equal(got, spreads) {
			t.Errorf("%s: got %v, error %v", name, got, err)
		}
	}
}

func TestHostileSpreads(t *testing.T) {
	t.Parallel()
	data := func(values ...int64) string {
		var plain []byte
		for _, v := range values {
			plain = binary.AppendVarint(plain, v)
		}
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		_, _ = z.Write(plain)
		_ = z.Close()
		return base64.StdEncoding.EncodeToString(b.Bytes())
	}
	for name, c := range map[string]struct {
		given jsonSpreads
		want  string
	}{
		"negative":     {jsonSpreads{-1, data()}, "-1 events"},
		"too many":     {jsonSpreads{maxSpreads + 1, data()}, "0 to"},
		"no base64":    {jsonSpreads{1, "*"}, "base64"},
		"no stream":    {jsonSpreads{1, "AAAA"}, "zlib"},
		"half":         {jsonSpreads{1, data(1, 2, 3)[:8]}, "unexpected EOF"},
		"less":         {jsonSpreads{maxSpreads, data(1, 2, 3)}, "event 2 of 8388608: unexpected EOF"},
		"cut":          {jsonSpreads{1, data(1, 2)}, "unexpected EOF"},
		"more":         {jsonSpreads{1, data(1, 2, 3, 4)}, "more than 1"},
		"before start": {jsonSpreads{1, data(1, -2, 3)}, "first heard at -2ns"},
		"last first":   {jsonSpreads{1, data(1, 2, -1)}, "last at 1ns"},
		"wrapped":      {jsonSpreads{1, data(1, 1<<62, 1<<62)}, "last at"},
	} {
		_, err := c.given.spreads()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

func FuzzReadSpreads(f *testing.F) {
	f.Add([]byte{2, 4, 6}, 1)
	f.Fuzz(func(t *testing.T, plain []byte, count int) {
		spreads, err := readSpreads(bytes.NewReader(plain), min(count, 1000))
		if err == nil && len(spreads) != max(0, min(count, 1000)) {
			t.Errorf("%d of %d", len(spreads), count)
		}
	})
}
