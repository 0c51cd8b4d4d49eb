package load

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"ttcheck/report"
)

// lane takes what one worker measures. Its lock is contended only once a second, when
// what was measured is handed over.
type lane struct {
	mu    sync.Mutex
	now   *tally // what is measured into
	spare *tally // empty
	// spreads is kept in shards alone, for their merger.
	spreads []report.Spread
}

// tally is what was measured in some time: a histogram for each lasting metric that had a
// sample, and the counters.
type tally struct {
	lasting  [lastings]*hdrhistogram.Histogram
	counting [countings]int64
}

// The metrics by small numbers, so that counting one takes no lookup.
type (
	lasting  int
	counting int
)

const (
	connect lasting = iota
	upgrade
	authenticate
	eventLatency
	uncorrected
	eventLatencyOwn
	skew
	handling
	sendLateness
	httpCreate // the changes stand in the order of plan.Op
	httpLocate
	httpPage
	httpClear
	httpHistory
	httpOnline
	lastings
)

const (
	socketsOpened counting = iota
	connectErrors
	dropped
	events
	otherEvents
	lost
	repeated
	outOfOrder
	seqGaps
	changesPlanned
	changesSent
	changesLate
	changesSkipped
	changesFailed
	historyPlanned
	historySkipped
	httpErrors
	badMessages
	onlineUnanswered
	requests // HTTP answers; for the series alone
	countings
)

var lastingNames = [lastings]string{
	connect: report.MetricConnect, upgrade: report.MetricUpgrade, authenticate: report.MetricAuthenticate,
	eventLatency: report.MetricEventLatency, uncorrected: report.MetricUncorrected,
	eventLatencyOwn: report.MetricEventLatencyOwn, skew: report.MetricSkew,
	handling: report.MetricHandling, sendLateness: report.MetricSendLateness,
	httpCreate: report.MetricHTTPCreate, httpLocate: report.MetricHTTPLocate,
	httpPage: report.MetricHTTPPage, httpClear: report.MetricHTTPClear,
	httpHistory: report.MetricHTTPHistory, httpOnline: report.MetricHTTPOnline,
}

var countingNames = [countings]string{
	socketsOpened: report.MetricSocketsOpened, connectErrors: report.MetricConnectErrors,
	dropped: report.MetricDropped, events: report.MetricEvents, otherEvents: report.MetricOtherEvents,
	lost: report.MetricLost, repeated: report.MetricRepeated, outOfOrder: report.MetricOutOfOrder,
	seqGaps: report.MetricSeqGaps, changesPlanned: report.MetricChangesPlanned,
	changesSent: report.MetricChangesSent, changesLate: report.MetricChangesLate,
	changesSkipped: report.MetricChangesSkipped, changesFailed: report.MetricChangesFailed,
	historyPlanned: report.MetricHistoryPlanned, historySkipped: report.MetricHistorySkipped,
	httpErrors: report.MetricHTTPErrors, badMessages: report.MetricBadMessages,
	onlineUnanswered: report.MetricOnlineUnanswered,
}

func newLane() *lane { return &lane{now: &tally{}, spare: &tally{}} }

// record counts a duration; the lane is locked by the caller.
func (t *tally) record(m lasting, d time.Duration) {
	h := t.lasting[m]
	if h == nil {
		h = report.NewHistogram()
		t.lasting[m] = h
	}
	// A value outside of the bounds is the bound: an hour is late enough.
	_ = h.RecordValue(min(max(int64(d/time.Microsecond), 0), h.HighestTrackableValue()))
}

func (l *lane) record(m lasting, d time.Duration) {
	l.mu.Lock()
	l.now.record(m, d)
	l.mu.Unlock()
}

func (l *lane) count(m counting) {
	l.mu.Lock()
	l.now.counting[m]++
	l.mu.Unlock()
}

// take hands over what was measured since it was last called. It is good until the next
// call.
func (l *lane) take() *tally {
	l.spare.reset()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now, l.spare = l.spare, l.now
	return l.spare
}

func (t *tally) reset() {
	for _, h := range t.lasting {
		if h != nil {
			h.Reset()
		}
	}
	t.counting = [countings]int64{}
}

// add adds what another tally counted.
func (t *tally) add(other *tally) {
	for m, h := range other.lasting {
		if h == nil || h.TotalCount() == 0 {
			continue
		}
		if t.lasting[m] == nil {
			t.lasting[m] = report.NewHistogram()
		}
		t.lasting[m].Merge(h) // the bounds are the same, so that nothing is dropped
	}
	for m, n := range other.counting {
		t.counting[m] += n
	}
}

// into moves the counters and histograms into a report: nothing is counted after it.
func (t *tally) into(l *report.Load) {
	l.Counters, l.Latencies = map[string]int64{}, map[string]*hdrhistogram.Histogram{}
	for m, name := range countingNames {
		if name != "" {
			l.Counters[name] = t.counting[m]
		}
	}
	for m, name := range lastingNames {
		if h := t.lasting[m]; h != nil && h.TotalCount() > 0 {
			l.Latencies[name] = h
		}
	}
}

// notes counts what has a text, each text once and not too many of them.
type notes struct {
	mu     sync.Mutex
	counts map[string]int64
}

// maxNotes bounds how many texts are told apart.
const maxNotes = 100

func (n *notes) add(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.counts == nil {
		n.counts = map[string]int64{}
	}
	if _, known := n.counts[text]; !known && len(n.counts) >= maxNotes {
		text = report.Others
	}
	n.counts[text]++
}

// all returns a copy.
func (n *notes) all() map[string]int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := make(map[string]int64, len(n.counts))
	for text, count := range n.counts {
		out[text] = count
	}
	return out
}

// answers counts the answers of each endpoint.
type answers struct {
	mu sync.Mutex
	of map[string]*notes
}

func (a *answers) add(endpoint, text string) {
	a.mu.Lock()
	if a.of == nil {
		a.of = map[string]*notes{}
	}
	if a.of[endpoint] == nil {
		a.of[endpoint] = &notes{}
	}
	of := a.of[endpoint]
	a.mu.Unlock()
	of.add(text)
}

func (a *answers) all() map[string]map[string]int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := map[string]map[string]int64{}
	for endpoint, n := range a.of {
		out[endpoint] = n.all()
	}
	return out
}
