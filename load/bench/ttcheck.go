package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"ttcheck/report"
)

// ttcheckJob is the load driver: one that only listens, or one that makes the changes.
func ttcheckJob(changing bool) func(tools, *lab, setting) (job, error) {
	return func(t tools, l *lab, s setting) (job, error) {
		file := filepath.Join(l.dir, "load.json")
		args := []string{"load", "--target", l.address, "--token-file", l.tokenFile,
			"--sockets", strconv.Itoa(s.sockets), "--ramp", s.ramp.String(), "--duration", s.hold().String(),
			"--json", file}
		if changing {
			args = append(args, "--allow", "orders", "--rate", fmt.Sprint(s.rate))
		} else {
			args = append(args, "--rate", "0")
		}
		return job{
			path: t.ttcheck, args: args,
			outcome: func(string) (outcome, error) { return readLoad(file) },
		}, nil
	}
}

// readLoad takes from a report of ttcheck what a comparison needs.
func readLoad(name string) (outcome, error) {
	file, err := os.Open(name) //nolint:gosec // our own
	if err != nil {
		return outcome{}, err
	}
	defer file.Close()
	found, err := report.ReadLoadJSON(file)
	if err != nil {
		return outcome{}, fmt.Errorf("read the report of ttcheck: %w", err)
	}
	events, there := found.Counters[report.MetricEvents]
	if !there {
		return outcome{}, fmt.Errorf("the report of ttcheck does not count the %s", report.MetricEvents)
	}
	out := outcome{events: events,
		latency:  p99(found.Latencies[report.MetricEventLatency]),
		handling: p99(found.Latencies[report.MetricHandling])}
	for _, name := range []string{
		report.MetricLost, report.MetricRepeated, report.MetricOutOfOrder, report.MetricSeqGaps,
		report.MetricDropped, report.MetricConnectErrors, report.MetricBadMessages, report.MetricChangesFailed,
	} {
		out.flaw(name, found.Counters[name])
	}
	return out, nil
}

// p99 is a percentile of what a report measured in microseconds; zero without samples.
func p99(h *hdrhistogram.Histogram) time.Duration {
	if h == nil {
		return 0
	}
	return time.Duration(h.ValueAtQuantile(99)) * time.Microsecond
}
