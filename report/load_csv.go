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
	if err := writeSeries(csv.NewWriter(w), l.Series); err != nil {
		return fmt.Errorf("write the series: %w", err)
	}
	return nil
}

func writeSeries(table *csv.Writer, series []LoadSecond) error {
	if err := table.Write(loadColumns); err != nil {
		return err
	}
	for _, s := range series {
		row := []string{strconv.Itoa(s.At)}
		for _, n := range []int64{s.Sockets, s.Events, s.Changes, s.Late, s.Skipped, s.Errors, s.Dropped, s.Requests} {
			row = append(row, strconv.FormatInt(n, 10))
		}
		h, err := s.Histogram()
		if err != nil {
			return fmt.Errorf("second %d: %w", s.At, err)
		}
		if err := table.Write(append(row, latencyCells(h)...)); err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}

// latencyCells are p50, p90, p99 and the greatest value.
func latencyCells(h *hdrhistogram.Histogram) []string {
	if h == nil {
		return make([]string, 4)
	}
	cell := func(micros int64) string { return strconv.FormatFloat(float64(micros)/1000, 'f', 3, 64) }
	return []string{cell(h.ValueAtQuantile(50)), cell(h.ValueAtQuantile(90)), cell(h.ValueAtQuantile(99)), cell(h.Max())}
}
