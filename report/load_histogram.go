package report

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Histograms are kept in HdrHistogram's V2 compressed encoding, in base64. It is written
// and read here, for two reasons. The Go library writes a normalising offset of 1 where
// there is none, which the C library takes at its word: it would show every value one
// bucket too high. And the Go library's reader trusts lengths, bounds and counts.
//
// All numbers are big-endian. The outer form is a cookie (4 bytes), the length of what
// follows (4) and a zlib stream; in it stand a cookie (4), the length of the counts (4),
// the normalising offset (4), the significant digits (4), the lowest (8) and highest (8)
// value, the ratio to a double (8) and the counts. A count is a zigzag varint; a negative
// one stands for so many counts of zero.
const (
	cookieWordSize = 0x10 // what V2 adds to a cookie's base
	cookieBase     = ^int32(0xf0)

	outerHeader = 8
	innerHeader = hdrhistogram.ENCODING_HEADER_SIZE
)

// maxSamples bounds a histogram that is read or merged: 10^12 samples are more than a
// load can make, and few enough for all that is computed of them to be exact.
const maxSamples = 1 << 40

// buckets is how many counts each histogram has.
var buckets = len(NewHistogram().Export().Counts)

// usable tells whether a histogram is one of NewHistogram, with a possible number of
// samples: only such can be added to each other without loss.
func usable(h *hdrhistogram.Histogram) error {
	if h.LowestTrackableValue() != latencyLowest || h.HighestTrackableValue() != latencyHighest || h.SignificantFigures() != latencyDigits {
		return fmt.Errorf("a histogram of %d to %d µs with %d digits; all must be of %d to %d µs with %d digits",
			h.LowestTrackableValue(), h.HighestTrackableValue(), h.SignificantFigures(), latencyLowest, latencyHighest, latencyDigits)
	}
	if n := h.TotalCount(); n < 0 || n > maxSamples {
		return fmt.Errorf("a histogram of %d samples; 0 to %d are possible", n, int64(maxSamples))
	}
	return nil
}

// packer compresses many small things, one after the other.
type packer struct {
	zlib   *zlib.Writer
	packed bytes.Buffer
}

func newPacker() *packer { return &packer{zlib: zlib.NewWriter(io.Discard)} }

// pack compresses plain; the result holds until the next call.
func (p *packer) pack(plain []byte) ([]byte, error) {
	p.packed.Reset()
	p.zlib.Reset(&p.packed)
	if _, err := p.zlib.Write(plain); err != nil {
		return nil, err
	}
	if err := p.zlib.Close(); err != nil {
		return nil, err
	}
	return p.packed.Bytes(), nil
}

// histogram encodes one as the comment above says.
func (p *packer) histogram(h *hdrhistogram.Histogram) (string, error) {
	if err := usable(h); err != nil {
		return "", err
	}
	packed, err := p.pack(encodeHistogram(h))
	if err != nil {
		return "", err
	}
	text := binary.BigEndian.AppendUint32(nil, uint32(hdrhistogram.V2CompressedEncodingCookieBase|cookieWordSize))
	text = binary.BigEndian.AppendUint32(text, uint32(len(packed))) //nolint:gosec // some hundred KB at most
	return base64.StdEncoding.EncodeToString(append(text, packed...)), nil
}

// encodeHistogram is the inner form.
func encodeHistogram(h *hdrhistogram.Histogram) []byte {
	counts := encodeCounts(h.Export().Counts)
	to := binary.BigEndian.AppendUint32(nil, uint32(hdrhistogram.V2EncodingCookieBase|cookieWordSize))
	to = binary.BigEndian.AppendUint32(to, uint32(len(counts))) //nolint:gosec // some hundred KB at most
	to = binary.BigEndian.AppendUint32(to, 0)
	to = binary.BigEndian.AppendUint32(to, latencyDigits)
	to = binary.BigEndian.AppendUint64(to, latencyLowest)
	to = binary.BigEndian.AppendUint64(to, uint64(latencyHighest))
	to = binary.BigEndian.AppendUint64(to, math.Float64bits(1))
	return append(to, counts...)
}

func encodeCounts(counts []int64) []byte {
	var to []byte
	// One count at least: an empty payload is more than some readers can take.
	for len(counts) > 1 && counts[len(counts)-1] == 0 {
		counts = counts[:len(counts)-1]
	}
	zeros := int64(0)
	flush := func() {
		switch {
		case zeros > 1:
			to = binary.AppendVarint(to, -zeros)
		case zeros == 1:
			to = binary.AppendVarint(to, 0)
		}
		zeros = 0
	}
	for _, n := range counts {
		if n == 0 {
			zeros++
			continue
		}
		flush()
		to = binary.AppendVarint(to, n)
	}
	flush()
	return to
}

// decodeHistogram reads the outer form; whatever it is given, it takes some hundred KB.
func decodeHistogram(text string) (*hdrhistogram.Histogram, error) {
	plain, err := unpackHistogram(text)
	if err != nil {
		return nil, err
	}
	return parseHistogram(plain)
}

// samplesIn checks a histogram just as decodeHistogram does, and tells how many samples it
// has: several times as fast.
func samplesIn(text string) (int64, error) {
	plain, err := unpackHistogram(text)
	if err != nil {
		return 0, err
	}
	payload, err := parseHeader(plain)
	if err != nil {
		return 0, err
	}
	samples := int64(0)
	err = parseCounts(payload, func(_ int, n int64) { samples += n })
	return samples, err
}

// unpackHistogram returns the inner form.
func unpackHistogram(text string) ([]byte, error) {
	longest := innerHeader + buckets*binary.MaxVarintLen64
	if len(text) > base64.StdEncoding.EncodedLen(2*longest) {
		return nil, fmt.Errorf("a histogram of %d characters", len(text))
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("a histogram in base64: %w", err)
	}
	if len(data) < outerHeader {
		return nil, fmt.Errorf("a histogram of %d bytes", len(data))
	}
	if c := number(data); c&cookieBase != hdrhistogram.V2CompressedEncodingCookieBase {
		return nil, fmt.Errorf("a histogram that begins with %#x: only HdrHistogram's V2 compressed encoding is read", uint32(c)) //nolint:gosec // the bits
	}
	if n := number(data[4:]); int(n) != len(data)-outerHeader {
		return nil, fmt.Errorf("a histogram that is said to be of %d bytes, and is of %d", n, len(data)-outerHeader)
	}
	plain, err := unpack(data[outerHeader:], longest)
	if err != nil {
		return nil, fmt.Errorf("a histogram: %w", err)
	}
	return plain, nil
}

// unpack undoes pack, and refuses what becomes more than limit bytes.
func unpack(packed []byte, limit int) ([]byte, error) {
	rest := bytes.NewReader(packed)
	z, err := zlib.NewReader(rest)
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(z, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(plain) > limit {
		return nil, fmt.Errorf("it unpacks to more than %d bytes", limit)
	}
	if rest.Len() > 0 { // zlib reads no further than it must
		return nil, fmt.Errorf("%d bytes stand behind it", rest.Len())
	}
	return plain, nil
}

func number(b []byte) int32 { return int32(binary.BigEndian.Uint32(b)) } //nolint:gosec // the bits

// parseHistogram reads the inner form.
func parseHistogram(plain []byte) (*hdrhistogram.Histogram, error) {
	payload, err := parseHeader(plain)
	if err != nil {
		return nil, err
	}
	counts := make([]int64, buckets)
	if err := parseCounts(payload, func(at int, n int64) { counts[at] = n }); err != nil {
		return nil, err
	}
	return hdrhistogram.Import(&hdrhistogram.Snapshot{
		LowestTrackableValue: latencyLowest, HighestTrackableValue: latencyHighest, SignificantFigures: latencyDigits,
		Counts: counts,
	}), nil
}

// parseHeader returns the counts behind a sound header.
func parseHeader(plain []byte) (payload []byte, err error) {
	if len(plain) < innerHeader {
		return nil, fmt.Errorf("a histogram whose header is of %d bytes", len(plain))
	}
	head := plain[:innerHeader]
	payload = plain[innerHeader:]
	lowest, highest := binary.BigEndian.Uint64(head[16:]), binary.BigEndian.Uint64(head[24:])
	switch {
	case number(head)&cookieBase != hdrhistogram.V2EncodingCookieBase:
		return nil, errors.New("a histogram that is not in HdrHistogram's V2 encoding")
	case int(number(head[4:])) != len(payload):
		return nil, fmt.Errorf("a histogram whose counts are said to take %d bytes, and take %d", number(head[4:]), len(payload))
	case number(head[8:]) != 0 && number(head[8:]) != 1: // 1 is what the Go library writes for 0
		return nil, fmt.Errorf("a histogram with the normalising offset %d", number(head[8:]))
	case number(head[12:]) != latencyDigits || lowest != latencyLowest || highest != uint64(latencyHighest):
		return nil, fmt.Errorf("a histogram of %d to %d µs with %d digits; all must be of %d to %d µs with %d digits",
			lowest, highest, number(head[12:]), latencyLowest, latencyHighest, latencyDigits)
	case binary.BigEndian.Uint64(head[32:]) != math.Float64bits(1):
		return nil, errors.New("a histogram of scaled values")
	}
	return payload, nil
}

// parseCounts hands over each count with its place, but no runs of zeros.
func parseCounts(payload []byte, count func(at int, n int64)) error {
	at, total := 0, int64(0)
	for len(payload) > 0 {
		n, size := binary.Varint(payload)
		if size <= 0 {
			return errors.New("a histogram with a broken count")
		}
		payload = payload[size:]
		switch left := int64(buckets - at); {
		case left == 0 || n < -left:
			return fmt.Errorf("a histogram with more than %d counts", buckets)
		case n < 0:
			at += int(-n)
		case n > maxSamples-total:
			return fmt.Errorf("a histogram of more than %d samples", int64(maxSamples))
		default:
			count(at, n)
			total += n
			at++
		}
	}
	return nil
}
