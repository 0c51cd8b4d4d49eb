package report

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// MetricKind tells what a metric's values are.
type MetricKind int

// The kinds of metrics.
const (
	Counting MetricKind = iota // a number of things
	Lasting                    // a distribution of durations
)

// Metric is something that a load run measures.
type Metric struct {
	Name string
	Kind MetricKind
	What string // what it is, in a line
}

// The names of the metrics.
const (
	MetricConnect          = "connect"
	MetricUpgrade          = "upgrade"
	MetricAuthenticate     = "authenticate"
	MetricEventLatency     = "event_latency"
	MetricUncorrected      = "event_latency_uncorrected"
	MetricEventLatencyOwn  = "event_latency_own"
	MetricSkew             = "skew"
	MetricHandling         = "handling"
	MetricSendLateness     = "send_lateness"
	MetricHTTPCreate       = "http_create"
	MetricHTTPLocate       = "http_locate"
	MetricHTTPPage         = "http_page"
	MetricHTTPClear        = "http_clear"
	MetricHTTPHistory      = "http_history"
	MetricHTTPOnline       = "http_online"
	MetricSocketsOpened    = "sockets_opened"
	MetricSocketsPeak      = "sockets_peak"
	MetricConnectErrors    = "connect_errors"
	MetricDropped          = "dropped"
	MetricEvents           = "events"
	MetricOtherEvents      = "other_events"
	MetricLost             = "lost"
	MetricRepeated         = "repeated"
	MetricOutOfOrder       = "out_of_order"
	MetricSeqGaps          = "seq_gaps"
	MetricChangesPlanned   = "changes_planned"
	MetricChangesSent      = "changes_sent"
	MetricChangesLate      = "changes_late"
	MetricChangesSkipped   = "changes_skipped"
	MetricChangesFailed    = "changes_failed"
	MetricHistoryPlanned   = "history_planned"
	MetricHistorySkipped   = "history_skipped"
	MetricHTTPErrors       = "http_errors"
	MetricBadMessages      = "bad_messages"
	MetricOnlineUnanswered = "online_unanswered"
)

// Metrics are all that a load run measures, in the order in which they are shown.
var Metrics = []Metric{
	{MetricConnect, Lasting, "TCP connection of a WebSocket"},
	{MetricUpgrade, Lasting, "its handshake (RFC 6455 §4), from the request to the 101"},
	{MetricAuthenticate, Lasting, "from the 101 to the whole snapshot"},
	{MetricEventLatency, Lasting, "from the time at which a change was planned to the event, for each socket"},
	{MetricUncorrected, Lasting, "the same from the time at which the change was really sent: blind to what was held up"},
	{MetricEventLatencyOwn, Lasting, "event_latency of the changes that this shard itself made; only in shards"},
	{MetricSkew, Lasting, "between the first and the last socket that heard an event"},
	{MetricHandling, Lasting, "ttcheck's own delay: from the arrival of bytes at this machine until they were handled"},
	{MetricSendLateness, Lasting, "ttcheck's own delay: from the time at which a request was planned until it went out"},
	{MetricHTTPCreate, Lasting, "POST that starts an order, from the planned time to the answer"},
	{MetricHTTPLocate, Lasting, "POST that locates an order, likewise"},
	{MetricHTTPPage, Lasting, "POST that pages an order, likewise"},
	{MetricHTTPClear, Lasting, "DELETE that clears an order, likewise"},
	{MetricHTTPHistory, Lasting, "GET of the history, likewise"},
	{MetricHTTPOnline, Lasting, "GET /api/v2, each second"},
	{MetricSocketsOpened, Counting, "WebSockets that were served their snapshot"},
	{MetricSocketsPeak, Counting, "the most that were up at the end of a second"},
	{MetricConnectErrors, Counting, "WebSockets that could not be opened or were not served"},
	{MetricDropped, Counting, "WebSockets that ended without our doing"},
	{MetricEvents, Counting, "deliveries: an event that n sockets hear counts n times"},
	{MetricOtherEvents, Counting, "of those, deliveries of events that no change of the run made"},
	{MetricLost, Counting, "events that a socket which was up all the while never heard"},
	{MetricRepeated, Counting, "events that a socket heard again"},
	{MetricOutOfOrder, Counting, "events that a socket heard after a later one"},
	{MetricSeqGaps, Counting, "numbers left out between the seq of the events of a socket"},
	{MetricChangesPlanned, Counting, "changes of orders that were due"},
	{MetricChangesSent, Counting, "of those, how many were sent"},
	{MetricChangesLate, Counting, "of those, how many went out more than 10 ms late"},
	{MetricChangesSkipped, Counting, "changes that were due but not sent, as the order's last change was still unanswered"},
	{MetricChangesFailed, Counting, "changes that were refused or not answered; that an order without a tracker cannot be paged (-13, -14) is none"},
	{MetricHistoryPlanned, Counting, "queries of the history that were due"},
	{MetricHistorySkipped, Counting, "of those, how many were not sent, as too many were unanswered"},
	{MetricHTTPErrors, Counting, "HTTP requests without an answer, or with one that is not 2xx"},
	{MetricBadMessages, Counting, "messages that could not be understood"},
	{MetricOnlineUnanswered, Counting, "checks by GET /api/v2 that were not answered in time"},
}

// LookupMetric finds a metric by its name.
func LookupMetric(name string) (Metric, bool) {
	for _, m := range Metrics {
		if m.Name == name {
			return m, true
		}
	}
	return Metric{}, false
}

// The bounds of every histogram: a microsecond to an hour, three significant digits.
const (
	latencyLowest  = 1
	latencyHighest = int64(time.Hour / time.Microsecond)
	latencyDigits  = 3
)

// NewHistogram returns an empty histogram as all of a load run are: in microseconds, up to
// an hour, with three significant digits. All of them can be added to each other.
func NewHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(latencyLowest, latencyHighest, latencyDigits)
}
