// Package expose serves a load run's figures to Prometheus while the run goes on.
package expose

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"ttcheck/load/plan"
	"ttcheck/report"
)

// Exporter holds the figures of one run. It is told of the run as a load.Listener, by one
// caller at a time, and may be scraped all the while. Every scrape shows whole seconds: all
// of what the last one brought, or none.
type Exporter struct {
	registry *prometheus.Registry

	mu      sync.Mutex
	head    report.LoadHead
	sockets int64 // of the last second
	// The sums of all seconds so far.
	events, changes, late, skipped, errors, dropped, answers int64
	latency                                                  latencies
	// The last second's own latencies; without samples, recent is false.
	recent   bool
	p50, p99 time.Duration
}

// New returns an exporter of a run that has not begun. Of the head it shows the target, the
// version and the shard; Begin corrects them.
func New(head report.LoadHead) *Exporter {
	e := &Exporter{registry: prometheus.NewRegistry(), head: head, latency: newLatencies()}
	e.registry.MustRegister(e, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return e
}

// Begin takes the head of the run, as it now is known.
func (e *Exporter) Begin(head report.LoadHead, _ plan.Plan, _ time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.head = head
}

// Second adds a second that has ended. It keeps nothing of s.
func (e *Exporter) Second(s report.LoadSecond) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sockets = s.Sockets
	e.events += max(s.Events, 0)
	e.changes += max(s.Changes, 0)
	e.late += max(s.Late, 0)
	e.skipped += max(s.Skipped, 0)
	e.errors += max(s.Errors, 0)
	e.dropped += max(s.Dropped, 0)
	e.answers += max(s.Requests, 0)
	e.recent = s.Latency != nil && s.Latency.TotalCount() > 0
	if !e.recent {
		return
	}
	e.latency.add(s.Latency)
	e.p50 = time.Duration(s.Latency.ValueAtPercentile(50)) * time.Microsecond
	e.p99 = time.Duration(s.Latency.ValueAtPercentile(99)) * time.Microsecond
}

// Say ignores what is meant for a person.
func (e *Exporter) Say(string) {}

// End takes the finished report: its totals replace those of the seconds where they are
// higher, as the seconds leave out what came after the last of them. No sockets are up.
func (e *Exporter) End(l report.Load) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sockets = 0
	e.recent = false
	e.events = max(e.events, l.Counters[report.MetricEvents])
	e.changes = max(e.changes, l.Counters[report.MetricChangesSent])
	e.late = max(e.late, l.Counters[report.MetricChangesLate])
	e.skipped = max(e.skipped, l.Counters[report.MetricChangesSkipped])
	e.dropped = max(e.dropped, l.Counters[report.MetricDropped])
	e.errors = max(e.errors, sum(l.Errors))
	answers := int64(0)
	for _, ofEndpoint := range l.Answers {
		answers += sum(ofEndpoint)
	}
	e.answers = max(e.answers, answers)
	if whole := l.Latencies[report.MetricEventLatency]; whole != nil && whole.TotalCount() > e.latency.count {
		e.latency = newLatencies()
		e.latency.add(whole)
	}
}

func sum(counts map[string]int64) int64 {
	total := int64(0)
	for _, n := range counts {
		total += n
	}
	return total
}
