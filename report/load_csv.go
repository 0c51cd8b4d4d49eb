package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// loadColumns is the header row of the CSV file.
var loadColumns = []string{
	"second", "sockets", "events", "changes", "late", "skipped", "errors", "dropped", "requests",
	"latency_p50_ms", "latency_p90_ms", "latency_p99_ms", "latency_max_ms",
}

// WriteLoadCSV writes the seconds of a run as CSV (RFC 4180, but with plain line feeds): a
// header row and a row for each second. Latencies are event_latency in milliseconds; they
// are empty where nothing was measured.
func WriteLoadCSV(w io.Writer, l Load) error {
	table := csv.NewWriter(w)
	rows := [][]string{loadColumns}
	for _, s := range l.Series {
		row := []string{strconv.Itoa(s.At)}
		for _, n := range []int64{s.Sockets, s.Events, s.Changes, s.Late, s.Skipped, s.Errors, s.Dropped, s.Requests} {
			row = append(row, strconv.FormatInt(n, 10))
		}
		rows = append(rows, append(row, latencyCells(s.Latency)...))
	}
	if err := table.WriteAll(rows); err != nil { // flushes
		return fmt.Errorf("write the series: %w", err)
	}
	return nil
}

// latencyCells are p50, p90, p99 and the greatest value.
func latencyCells(h *hdrhistogram.Histogram) []string {
	if h == nil || h.TotalCount() == 0 {
		return make([]string, 4)
	}
	cell := func(micros int64) string { return strconv.FormatFloat(float64(micros)/1000, 'f', 3, 64) }
	return []string{cell(h.ValueAtQuantile(50)), cell(h.ValueAtQuantile(90)), cell(h.ValueAtQuantile(99)), cell(h.Max())}
}
