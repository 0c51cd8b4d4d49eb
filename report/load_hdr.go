package report

import (
	"bufio"
	"fmt"
	"io"
)

// hdrTicks is how many lines a percentile file has for each halving of what is left
// above: as HdrHistogram's own tools write it.
const hdrTicks = 5

// WriteHDR writes the distribution of event_latency, in milliseconds, as a percentile
// file of HdrHistogram (.hgrm), for the plotters that read these. A run without samples
// has the one line that every HdrHistogram library writes then: the value 0 at the
// percentile 1, of 0 samples. Plotters pass over it, for its last column is "inf".
func WriteHDR(w io.Writer, l Load) error {
	h := l.Latencies[MetricEventLatency]
	if h == nil {
		h = NewHistogram()
	}
	if err := usable(h); err != nil {
		return fmt.Errorf("write the percentiles of %s: %w", MetricEventLatency, err)
	}
	buffered := bufio.NewWriter(w)
	const inMillis = 1000 // samples are in microseconds
	_, err := h.PercentilesPrint(buffered, hdrTicks, inMillis)
	if err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		return fmt.Errorf("write the percentiles of %s: %w", MetricEventLatency, err)
	}
	return nil
}
