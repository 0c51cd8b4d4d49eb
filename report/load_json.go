package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The bounds of what ReadLoadJSON takes beside maxReport, maxList and maxSamples. No sum
// over as many shards exceeds what an int64 holds.
const (
	maxCount   = 1 << 48
	maxShards  = 4096
	maxMetrics = 256
)

// WriteLoadJSON writes the whole of a load run in the form of LoadSchema: totals,
// distributions, the series of its seconds, and the plan as it was given. Every histogram
// is there in HdrHistogram's V2 compressed encoding, so that nothing is lost. Texts are
// cleaned as WriteJSON does it. A histogram that is not one of NewHistogram is an error.
func WriteLoadJSON(w io.Writer, l Load) error {
	document, err := modelLoad(l)
	if err != nil {
		return fmt.Errorf("encode the JSON report: %w", err)
	}
	return writeDocument(w, document)
}

func modelLoad(l Load) (jsonLoad, error) {
	p, h := newPacker(), l.Head
	d := jsonLoad{
		Schema: LoadSchema, Outcome: l.outcome(), Conclusion: bounded(l.Conclusion()), ExitCode: l.ExitCode(),
		Head: jsonLoadHead{
			Target: bounded(h.Target), Embedded: h.Embedded, Version: bounded(h.Version), Shard: h.Shard, Shards: h.Shards,
			Sources: each(h.Sources, bounded), Started: h.Started, Duration: toSeconds(h.Duration),
			Reproduce: bounded(h.Reproduce), TimingSource: bounded(h.TimingSource),
			System: bounded(h.Environment.System), Go: bounded(h.Environment.Go), CPUs: h.Environment.CPUs,
			FileLimit: h.Environment.FileLimit, Host: bounded(h.Environment.Host),
		},
		Plan: l.Plan, Interrupted: l.Interrupted, Stopped: bounded(l.Stopped), SetupError: bounded(l.SetupError),
		Thresholds: each(l.Thresholds, modelThreshold),
		Counters:   boundedCounts(l.Counters), Latencies: map[string]jsonLatency{},
		Closes: boundedCounts(l.Closes), Answers: map[string]map[string]int64{}, Errors: boundedCounts(l.Errors),
		Steps: each(l.Steps, func(s LoadStep) jsonStep {
			return jsonStep{s.Sockets, s.Rate, s.Held, toMicros(s.P50), toMicros(s.P99), each(s.Thresholds, modelThreshold), bounded(s.Note)}
		}),
		Remarks: each(l.Remarks, bounded), Series: make(list[jsonSecond], len(l.Series)),
	}
	for endpoint, answers := range l.Answers {
		d.Answers[bounded(endpoint)] = added(d.Answers[bounded(endpoint)], boundedCounts(answers))
	}
	for name, h := range l.Latencies {
		if h == nil {
			continue
		}
		var err error
		if d.Latencies[bounded(name)], err = p.latency(h); err != nil {
			return d, fmt.Errorf("%s: %w", name, err)
		}
	}
	for i, s := range l.Series {
		var err error
		if d.Series[i], err = p.second(s); err != nil {
			return d, fmt.Errorf("second %d: %w", s.At, err)
		}
	}
	var err error
	d.Spreads, err = p.spreads(l.Spreads)
	return d, err
}

func modelThreshold(t ThresholdResult) jsonThreshold {
	return jsonThreshold{bounded(t.Text), bounded(t.Actual), t.Broken, t.Default}
}

// boundedCounts cleans the names of counts. Those that become the same are added up.
func boundedCounts(counts map[string]int64) map[string]int64 {
	clean := make(map[string]int64, len(counts))
	for name, n := range counts {
		clean[bounded(name)] += n
	}
	return clean
}

// outcome is ExitCode in a word or two. A load that nobody set a bound to is not judged.
func (l Load) outcome() Outcome {
	switch l.ExitCode() {
	case ExitInterrupted:
		return Interrupted
	case ExitSetup:
		return NotJudged
	case ExitThreshold:
		return Failed
	}
	if len(l.Thresholds) == 0 && len(l.Steps) == 0 {
		return NotJudged
	}
	return Passed
}

// ReadLoadJSON reads a report that WriteLoadJSON wrote: histogram by histogram the same,
// the plan without the white space in it. It refuses another schema, data behind the
// report, more than 256 MiB, a series of more than 100,000 seconds, negative counts,
// seconds out of order, and histograms that are not whole or not of NewHistogram. Those of
// the seconds stay packed. Unknown fields are passed over.
func ReadLoadJSON(r io.Reader) (Load, error) { return readLoadJSON(r, maxReport) }

func readLoadJSON(r io.Reader, limit int64) (Load, error) {
	l, err := parseLoad(r, limit)
	if err != nil {
		return Load{}, fmt.Errorf("read the load report: %w", err)
	}
	return l, nil
}

func parseLoad(r io.Reader, limit int64) (Load, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return Load{}, err
	}
	if int64(len(data)) > limit {
		return Load{}, fmt.Errorf("it is larger than %d bytes", limit)
	}
	// As in readJSON: the rest means something only under its schema.
	var version struct {
		Schema *string `json:"schema"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return Load{}, err
	}
	if version.Schema == nil {
		return Load{}, errors.New("it names no schema")
	}
	if *version.Schema != LoadSchema {
		return Load{}, fmt.Errorf("its schema is %.60q, this version of ttcheck reads %q", *version.Schema, LoadSchema)
	}
	var document jsonLoad
	if err := json.Unmarshal(data, &document); err != nil {
		return Load{}, err
	}
	if err := document.check(); err != nil {
		return Load{}, err
	}
	return document.load()
}

// check finds impossible numbers.
func (d jsonLoad) check() error {
	h := d.Head
	if h.Shards < 0 || h.Shards > maxShards || h.Shard < 0 || h.Shard >= max(h.Shards, 1) {
		return fmt.Errorf("it is shard %d of %d", h.Shard, h.Shards)
	}
	if h.Duration < 0 {
		return fmt.Errorf("its duration is %v s", h.Duration)
	}
	if len(d.Latencies) > maxMetrics {
		return fmt.Errorf("it has %d latencies", len(d.Latencies))
	}
	groups := map[string]map[string]int64{"counters": d.Counters, "closes": d.Closes, "errors": d.Errors}
	for endpoint, answers := range d.Answers {
		groups[fmt.Sprintf("answers to %.60q", endpoint)] = answers
	}
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		for name, n := range groups[group] {
			if n < 0 || n > maxCount {
				return fmt.Errorf("its %s say %d × %.60q", group, n, name)
			}
		}
	}
	for _, s := range d.Steps {
		if s.Sockets < 0 || s.Rate < 0 || s.P50 < 0 || s.P99 < 0 {
			return fmt.Errorf("it has a step of %d sockets and %v changes a second", s.Sockets, s.Rate)
		}
	}
	before := -1
	for _, s := range d.Series {
		if s.At <= before || s.At > maxCount {
			return fmt.Errorf("second %d follows second %d", s.At, before)
		}
		before = s.At
		for _, n := range []int64{s.Sockets, s.Events, s.Changes, s.Late, s.Skipped, s.Errors, s.Dropped, s.Requests} {
			if n < 0 || n > maxCount {
				return fmt.Errorf("second %d counts %d", s.At, n)
			}
		}
	}
	return nil
}

// load turns a JSON report back into the run.
func (d jsonLoad) load() (Load, error) {
	h := d.Head
	l := Load{
		Head: LoadHead{
			Target: h.Target, Embedded: h.Embedded, Version: h.Version, Shard: h.Shard, Shards: h.Shards,
			Sources: eachOrNil(h.Sources, same), Started: h.Started, Duration: h.Duration.duration(),
			Environment: LoadEnvironment{h.System, h.Go, h.CPUs, h.FileLimit, h.Host},
			Reproduce:   h.Reproduce, TimingSource: h.TimingSource,
		},
		Counters: orNil(d.Counters), Closes: orNil(d.Closes), Answers: orNil(d.Answers), Errors: orNil(d.Errors),
		Interrupted: d.Interrupted, Stopped: d.Stopped, SetupError: d.SetupError,
		Thresholds: eachOrNil(d.Thresholds, jsonThreshold.threshold),
		Steps: eachOrNil(d.Steps, func(s jsonStep) LoadStep {
			return LoadStep{s.Sockets, s.Rate, s.Held, s.P50.duration(), s.P99.duration(), eachOrNil(s.Thresholds, jsonThreshold.threshold), s.Note}
		}),
		Remarks: eachOrNil(d.Remarks, same),
	}
	if len(d.Plan) > 0 && string(d.Plan) != "null" {
		var plan bytes.Buffer
		if err := json.Compact(&plan, d.Plan); err != nil {
			return l, fmt.Errorf("the plan: %w", err)
		}
		l.Plan = plan.Bytes()
	}
	if len(d.Latencies) > 0 {
		l.Latencies = make(map[string]*hdrhistogram.Histogram, len(d.Latencies))
	}
	for name, j := range d.Latencies {
		h, err := decodeHistogram(j.HDR)
		if err == nil && h.TotalCount() != j.Count {
			err = fmt.Errorf("%d samples are said to be in a histogram of %d", j.Count, h.TotalCount())
		}
		if err != nil {
			return l, fmt.Errorf("%.60q: %w", name, err)
		}
		l.Latencies[name] = h
	}
	l.Series = slices.Grow(l.Series, len(d.Series))
	for _, j := range d.Series {
		s, err := j.second()
		if err != nil {
			return l, fmt.Errorf("second %d: %w", j.At, err)
		}
		l.Series = append(l.Series, s)
	}
	var err error
	l.Spreads, err = d.Spreads.spreads()
	return l, err
}

func (t jsonThreshold) threshold() ThresholdResult { return ThresholdResult(t) }

// orNil makes nil of what is empty, as engines may leave it.
func orNil[V any](m map[string]V) map[string]V {
	if len(m) == 0 {
		return nil
	}
	return m
}
