package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// jsonLoad is the JSON report of a load run, schema ttcheck.load/v1. Keys end in the unit
// of their durations: _s for seconds, _us for microseconds. Moments are RFC 3339. Lists
// and objects are never null; a value that cannot be told, such as a percentile without
// samples, is. Outcome, conclusion, exit code and whatever stands beside an hdr are derived:
// they are there for readers without ttcheck.
type jsonLoad struct {
	Schema      string              `json:"schema"`     // ttcheck.load/v1
	Outcome     Outcome             `json:"outcome"`    // passed, failed, not judged or interrupted
	Conclusion  string              `json:"conclusion"` // the outcome in one line, for people
	ExitCode    int                 `json:"exit_code"`
	Head        jsonLoadHead        `json:"head"`
	Plan        json.RawMessage     `json:"plan"`
	Interrupted bool                `json:"interrupted"` // stopped by a signal
	Stopped     string              `json:"stopped"`     // why the load was ended for the gateway's sake, or empty
	SetupError  string              `json:"setup_error"` // why the run could not begin, or empty
	Thresholds  list[jsonThreshold] `json:"thresholds"`

	Counters  map[string]int64            `json:"counters"`
	Latencies map[string]jsonLatency      `json:"latencies"`
	Closes    map[string]int64            `json:"closes"`  // of WebSockets, by cause
	Answers   map[string]map[string]int64 `json:"answers"` // by endpoint, then by status or kind of failure
	Errors    map[string]int64            `json:"errors"`
	Steps     list[jsonStep]              `json:"steps"` // of a search for the limit
	Remarks   list[string]                `json:"remarks"`
	Series    list[jsonSecond]            `json:"series"`
	Spreads   *jsonSpreads                `json:"spreads,omitempty"` // of a shard, for the merger
}

type jsonLoadHead struct {
	Target       string       `json:"target"`
	Embedded     bool         `json:"embedded"`
	Version      string       `json:"version"`
	Shard        int          `json:"shard"`
	Shards       int          `json:"shards"`
	Sources      list[string] `json:"sources"`
	Started      time.Time    `json:"started"`
	Duration     inSeconds    `json:"duration_s"`
	Reproduce    string       `json:"reproduce"`
	TimingSource string       `json:"timing_source"`
	System       string       `json:"system"`
	Go           string       `json:"go"`
	CPUs         int          `json:"cpus"`
	FileLimit    uint64       `json:"file_limit"`
	Host         string       `json:"host"`
}

type jsonThreshold struct {
	Text    string `json:"text"`
	Actual  string `json:"actual"`
	Broken  bool   `json:"broken"`
	Default bool   `json:"default"`
}

// jsonLatency is a distribution. All of it is in hdr: the histogram, in microseconds, in
// HdrHistogram's V2 compressed encoding, in base64. The other values are null without
// samples.
type jsonLatency struct {
	Count int64    `json:"count"`
	Min   *int64   `json:"min_us"`
	Mean  *float64 `json:"mean_us"`
	P50   *int64   `json:"p50_us"`
	P90   *int64   `json:"p90_us"`
	P95   *int64   `json:"p95_us"`
	P99   *int64   `json:"p99_us"`
	P999  *int64   `json:"p99_9_us"`
	P9999 *int64   `json:"p99_99_us"`
	Max   *int64   `json:"max_us"`
	HDR   string   `json:"hdr"`
}

type jsonStep struct {
	Sockets    int                 `json:"sockets"`
	Rate       float64             `json:"rate"`
	Held       bool                `json:"held"`
	P50        inMicros            `json:"p50_us"`
	P99        inMicros            `json:"p99_us"`
	Thresholds list[jsonThreshold] `json:"thresholds"`
	Note       string              `json:"note"`
}

// jsonSecond is one second; hdr is event_latency within it, empty without samples.
type jsonSecond struct {
	At       int    `json:"at_s"`
	Sockets  int64  `json:"sockets"`
	Events   int64  `json:"events"`
	Changes  int64  `json:"changes"`
	Late     int64  `json:"late"`
	Skipped  int64  `json:"skipped"`
	Errors   int64  `json:"errors"`
	Dropped  int64  `json:"dropped"`
	Requests int64  `json:"requests"`
	P50      *int64 `json:"p50_us"`
	P99      *int64 `json:"p99_us"`
	HDR      string `json:"hdr"`
}

// inSeconds and inMicros are durations, which they keep to the nanosecond up to some days.
type (
	inSeconds float64
	inMicros  float64
)

func (s inSeconds) duration() time.Duration { return millis(s * 1e3).duration() }
func (m inMicros) duration() time.Duration  { return millis(m / 1e3).duration() }

func toSeconds(d time.Duration) inSeconds { return inSeconds(d) / inSeconds(time.Second) }
func toMicros(d time.Duration) inMicros   { return inMicros(d) / inMicros(time.Microsecond) }

// maxList bounds every list of a report that is read: a plan takes a day at most, and
// some time to end. An item may take a hundred times as much memory as its text.
const maxList = 100_000

// list is a list that is read with care for its length.
type list[T any] []T

func (l *list[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*l = nil
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if start, err := decoder.Token(); err != nil || start != json.Delim('[') {
		return errors.New("something else stands where a list should")
	}
	var items []T
	for decoder.More() {
		if len(items) == maxList {
			return fmt.Errorf("a list has more than %d items", maxList)
		}
		var item T
		if err := decoder.Decode(&item); err != nil {
			return err
		}
		items = append(items, item)
	}
	*l = items
	return nil
}

// latency models a histogram.
func (p *packer) latency(h *hdrhistogram.Histogram) (jsonLatency, error) {
	hdr, err := p.histogram(h)
	if err != nil || h.TotalCount() == 0 {
		return jsonLatency{HDR: hdr}, err
	}
	at := func(percentile float64) *int64 { return new(h.ValueAtQuantile(percentile)) }
	return jsonLatency{
		Count: h.TotalCount(), Min: new(h.Min()), Mean: new(h.Mean()), Max: new(h.Max()),
		P50: at(50), P90: at(90), P95: at(95), P99: at(99), P999: at(99.9), P9999: at(99.99), HDR: hdr,
	}, nil
}

func (p *packer) second(s LoadSecond) (jsonSecond, error) {
	j := jsonSecond{
		At: s.At, Sockets: s.Sockets, Events: s.Events, Changes: s.Changes, Late: s.Late, Skipped: s.Skipped,
		Errors: s.Errors, Dropped: s.Dropped, Requests: s.Requests,
	}
	h, err := s.Histogram()
	if err != nil || h == nil {
		return j, err
	}
	j.P50, j.P99, j.HDR = new(h.ValueAtQuantile(50)), new(h.ValueAtQuantile(99)), s.Packed
	if s.Latency != nil {
		j.HDR, err = p.histogram(h)
	}
	return j, err
}

func (j jsonSecond) second() (LoadSecond, error) {
	s := LoadSecond{
		At: j.At, Sockets: j.Sockets, Events: j.Events, Changes: j.Changes, Late: j.Late, Skipped: j.Skipped,
		Errors: j.Errors, Dropped: j.Dropped, Requests: j.Requests,
	}
	if j.HDR == "" {
		return s, nil
	}
	samples, err := samplesIn(j.HDR)
	if err == nil && samples > 0 {
		s.Packed = j.HDR // only what is sound, but as it is
	}
	return s, err
}
