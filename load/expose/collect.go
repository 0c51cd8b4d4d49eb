package expose

import (
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

const namespace = "ttcheck_load_"

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(namespace+name, help, labels, nil)
}

// What is served. Counters start at zero with the run.
var (
	descInfo    = describe("info", "The run: what it loads, with what version of ttcheck, and which shard of how many this is, from 0.", "target", "version", "shard", "shards")
	descSockets = describe("sockets", "Authenticated WebSockets that are up.")
	descEvents  = describe("events_total", "Deliveries: an event heard by n sockets counts n times.")
	descChanges = describe("changes_total", "Changes of orders that were sent.")
	descLate    = describe("changes_late_total", "Changes that went out late, of those sent.")
	descSkipped = describe("changes_skipped_total", "Changes that were due but not sent.")
	descErrors  = describe("errors_total", "What went wrong, of any kind.")
	descDropped = describe("dropped_total", "WebSockets that ended without ttcheck's doing.")
	descAnswers = describe("http_answers_total", "Answers to HTTP requests, those to changes included.")
	descLatency = describe("event_latency_seconds", "From the time at which a change was planned to the event, for each socket.")
	descP50     = describe("event_latency_last_second_p50_seconds", "Median of the last second's event latencies; absent without any.")
	descP99     = describe("event_latency_last_second_p99_seconds", "99th percentile of the last second's event latencies; absent without any.")
)

// Describe implements prometheus.Collector.
func (e *Exporter) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descInfo, descSockets, descEvents, descChanges, descLate, descSkipped, descErrors,
		descDropped, descAnswers, descLatency, descP50, descP99,
	} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (e *Exporter) Collect(out chan<- prometheus.Metric) {
	for _, m := range e.snapshot() { // not under the lock: the reader sets the pace
		out <- m
	}
}

// snapshot returns all figures as of one moment.
func (e *Exporter) snapshot() []prometheus.Metric {
	e.mu.Lock()
	defer e.mu.Unlock()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
		return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	all := []prometheus.Metric{
		gauge(descInfo, 1, label(e.head.Target), label(e.head.Version),
			strconv.Itoa(e.head.Shard), strconv.Itoa(max(e.head.Shards, 1))),
		gauge(descSockets, float64(e.sockets)),
		prometheus.MustNewConstHistogram(descLatency, uint64(e.latency.count), e.latency.sum, e.latency.buckets()), //nolint:gosec // counts up from 0
	}
	for _, c := range []struct {
		desc  *prometheus.Desc
		total int64
	}{
		{descEvents, e.events}, {descChanges, e.changes}, {descLate, e.late}, {descSkipped, e.skipped},
		{descErrors, e.errors}, {descDropped, e.dropped}, {descAnswers, e.answers},
	} {
		all = append(all, prometheus.MustNewConstMetric(c.desc, prometheus.CounterValue, float64(c.total)))
	}
	if e.recent {
		all = append(all, gauge(descP50, e.p50.Seconds()), gauge(descP99, e.p99.Seconds()))
	}
	return all
}

// label makes a text fit for a label, which must be valid UTF-8.
func label(s string) string { return strings.ToValidUTF8(s, "?") }
