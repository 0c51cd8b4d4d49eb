package report

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// MergeLoads makes one report of those of all shards of a run, in whatever order they are
// given. What they counted and measured is added, bucket by bucket and second by second,
// so that nothing is lost against one process that had done it all. Three things are not
// sums:
//
//   - The duration is the longest.
//   - sockets_peak is the most sockets of all shards together at the end of a second.
//   - skew is made anew from the spreads: of each event, the time between the first and
//     the last socket of all shards that heard it. If a shard does not tell of each of its
//     events, skew is left out, and a remark says so.
//
// The checks of GET /api/v2 are each shard's own, so there are as many for each second.
// event_latency_own stays, for it alone does not depend on how well the clocks of several
// machines agree. Thresholds are left out, to be judged anew, and so are the spreads and,
// of several shards, the command line, for none repeats the whole run. The environment is
// that of the first shard. What stopped a shard stops the merged run.
//
// The error names what is missing or given twice, or how the reports differ, if they are
// not all shards of one run, of one plan, started at the same time.
func MergeLoads(parts []Load) (Load, error) {
	parts = slices.SortedStableFunc(slices.Values(parts), func(a, b Load) int { return cmp.Compare(a.Head.Shard, b.Head.Shard) })
	merged, err := mergeLoads(parts)
	if err != nil {
		return Load{}, fmt.Errorf("merge the load reports: %w", err)
	}
	return merged, nil
}

// mergeLoads takes the parts in order.
func mergeLoads(parts []Load) (Load, error) {
	if len(parts) == 0 {
		return Load{}, errors.New("there are none")
	}
	if err := belongTogether(parts); err != nil {
		return Load{}, err
	}
	if err := complete(parts); err != nil {
		return Load{}, err
	}
	m := Load{Head: mergedHead(parts), Plan: slices.Clone(parts[0].Plan), Latencies: map[string]*hdrhistogram.Histogram{}}
	for _, p := range parts {
		m.Counters, m.Closes, m.Errors = added(m.Counters, p.Counters), added(m.Closes, p.Closes), added(m.Errors, p.Errors)
		for endpoint, answers := range p.Answers {
			if m.Answers == nil {
				m.Answers = map[string]map[string]int64{}
			}
			m.Answers[endpoint] = added(m.Answers[endpoint], answers)
		}
		for name, h := range p.Latencies {
			if err := addHistogram(m.Latencies, name, h); err != nil {
				return Load{}, fmt.Errorf("shard %d: %s: %w", p.Head.Shard, name, err)
			}
		}
		m.Interrupted = m.Interrupted || p.Interrupted
		m.Steps = append(m.Steps, p.Steps...)
	}
	var err error
	if m.Series, err = mergedSeries(parts); err != nil {
		return Load{}, err
	}
	if _, counted := m.Counters[MetricSocketsPeak]; counted {
		m.Counters[MetricSocketsPeak] = peak(m.Series)
	}
	m.Remarks = mergedRemarks(parts)
	if lacking := mergeSkew(m.Latencies, parts); len(lacking) > 0 {
		m.Remarks = append(m.Remarks, "skew is left out, for want of the times at which each event was heard by "+listed(lacking, namedAtMost))
	}
	m.Stopped = strings.Join(said(parts, func(p Load) []string { return []string{p.Stopped} }), "; ")
	m.SetupError = strings.Join(said(parts, func(p Load) []string { return []string{p.SetupError} }), "; ")
	return m, nil
}

// said is what the shards said, with the shard before it where there are several.
func said(parts []Load, what func(Load) []string) []string {
	var lines []string
	for _, p := range parts {
		for _, line := range what(p) {
			switch {
			case line == "":
			case len(parts) == 1:
				lines = append(lines, line)
			default:
				lines = append(lines, fmt.Sprintf("shard %d: %s", p.Head.Shard, line))
			}
		}
	}
	return lines
}

// added adds counts to a map, which is made if there is anything to add.
func added(to, counts map[string]int64) map[string]int64 {
	if to == nil && len(counts) > 0 {
		to = make(map[string]int64, len(counts))
	}
	for name, n := range counts {
		to[name] += n
	}
	return to
}

// addHistogram adds h to the one of that name, and never changes h.
func addHistogram(to map[string]*hdrhistogram.Histogram, name string, h *hdrhistogram.Histogram) error {
	if h == nil {
		return nil
	}
	if to[name] == nil {
		to[name] = NewHistogram()
	}
	return addSamples(to[name], h)
}

// addSamples adds those of h, and never changes h.
func addSamples(to, h *hdrhistogram.Histogram) error {
	if err := usable(h); err != nil {
		return err
	}
	if lost := to.Merge(h); lost > 0 {
		return fmt.Errorf("%d of %d samples could not be added", lost, h.TotalCount())
	}
	return usable(to)
}

// shardSecond is a second of one shard.
type shardSecond struct {
	shard int
	*LoadSecond
}

// mergedSeries adds the seconds up, one after the other, so that no more than two whole
// histograms are in memory. A shard that has ended adds nothing.
func mergedSeries(parts []Load) ([]LoadSecond, error) {
	bySecond := map[int][]shardSecond{}
	for _, p := range parts {
		for i, s := range p.Series {
			bySecond[s.At] = append(bySecond[s.At], shardSecond{p.Head.Shard, &p.Series[i]})
		}
	}
	var series []LoadSecond
	p, latency := newPacker(), NewHistogram()
	for _, at := range slices.Sorted(maps.Keys(bySecond)) {
		sum := LoadSecond{At: at}
		latency.Reset()
		for _, s := range bySecond[at] {
			sum.Sockets += s.Sockets
			sum.Events += s.Events
			sum.Changes += s.Changes
			sum.Late += s.Late
			sum.Skipped += s.Skipped
			sum.Errors += s.Errors
			sum.Dropped += s.Dropped
			sum.Requests += s.Requests
			h, err := s.Histogram()
			if err == nil && h != nil {
				err = addSamples(latency, h)
			}
			if err != nil {
				return nil, fmt.Errorf("shard %d: second %d: %w", s.shard, at, err)
			}
		}
		var err error
		if sum.Packed, err = p.sampled(latency); err != nil {
			return nil, fmt.Errorf("second %d: %w", at, err)
		}
		series = append(series, sum)
	}
	return series, nil
}

// peak is the most sockets at the end of a second.
func peak(series []LoadSecond) int64 {
	most := int64(0)
	for _, s := range series {
		most = max(most, s.Sockets)
	}
	return most
}

// mergeSkew makes the skew of the whole run, or takes it out and returns which shards do
// not tell enough. A report that is no shard keeps what it has.
func mergeSkew(latencies map[string]*hdrhistogram.Histogram, parts []Load) (lacking []string) {
	told := slices.ContainsFunc(parts, func(p Load) bool { return len(p.Spreads) > 0 })
	if !told && (len(parts) == 1 || latencies[MetricSkew] == nil) {
		return nil
	}
	delete(latencies, MetricSkew)
	for _, p := range parts {
		// A shard has a spread for each event that any of its sockets heard.
		if h := p.Latencies[MetricSkew]; h != nil && h.TotalCount() > int64(len(p.Spreads)) {
			lacking = append(lacking, fmt.Sprintf("shard %d", p.Head.Shard))
		}
	}
	if len(lacking) > 0 {
		return lacking
	}
	joined, begin := map[int64]Spread{}, earliest(parts)
	for _, p := range parts {
		// Times are since each shard's own start; it may be off by a little.
		off := time.Duration(0)
		if !p.Head.Started.IsZero() {
			off = p.Head.Started.Sub(begin)
		}
		for _, s := range p.Spreads {
			s.First, s.Last = s.First+off, s.Last+off
			if known, ok := joined[s.ID]; ok {
				s.First, s.Last = min(known.First, s.First), max(known.Last, s.Last)
			}
			joined[s.ID] = s
		}
	}
	skew := NewHistogram()
	for _, s := range joined {
		// Within the bounds, nothing is refused.
		_ = skew.RecordValue(min(max(0, (s.Last-s.First).Microseconds()), latencyHighest))
	}
	latencies[MetricSkew] = skew
	return nil
}
