package expose

import (
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// bounds are the upper bounds of the buckets of event latencies.
var bounds = []time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond,
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 350 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second,
	10 * time.Second, 20 * time.Second, time.Minute,
}

// latencies is a distribution in Prometheus's form.
type latencies struct {
	upTo  []uint64 // samples of at most each of the bounds
	count int64
	sum   float64 // in seconds
}

func newLatencies() latencies { return latencies{upTo: make([]uint64, len(bounds))} }

// add puts the samples of h into buckets, each as the largest value that it may have been,
// as h's percentiles do: a sample less than 0.1 % below a bound may count as above it.
func (l *latencies) add(h *hdrhistogram.Histogram) {
	l.count += h.TotalCount()
	l.sum += h.Mean() * float64(h.TotalCount()) * time.Microsecond.Seconds()
	for _, bar := range h.Distribution() {
		if bar.Count == 0 {
			continue
		}
		first, _ := slices.BinarySearch(bounds, time.Duration(bar.To)*time.Microsecond)
		for i := first; i < len(bounds); i++ {
			l.upTo[i] += uint64(max(bar.Count, 0))
		}
	}
}

// buckets returns a copy in the form that client_golang takes.
func (l *latencies) buckets() map[float64]uint64 {
	cumulative := make(map[float64]uint64, len(bounds))
	for i, b := range bounds {
		cumulative[b.Seconds()] = l.upTo[i]
	}
	return cumulative
}
