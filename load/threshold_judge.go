package load

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"ttcheck/report"
)

// oneMillion is how many millionths make one percent.
const oneMillion = 1_000_000

const (
	noSamples   = "no samples"
	notMeasured = "not measured"
)

// shareBase is what a metric's percentages are of.
type shareBase struct {
	counters []string // their sum; none for all HTTP requests, see report.Load.Answers
	of       string
}

// shareBases are the metrics that can be bounded by a percentage.
var shareBases = map[string]shareBase{
	report.MetricChangesFailed:  {[]string{report.MetricChangesPlanned}, "planned changes"},
	report.MetricChangesLate:    {[]string{report.MetricChangesPlanned}, "planned changes"},
	report.MetricChangesSkipped: {[]string{report.MetricChangesPlanned}, "planned changes"},
	report.MetricLost:           {[]string{report.MetricEvents, report.MetricLost}, "events due"},
	report.MetricHTTPErrors:     {nil, "HTTP requests"},
	report.MetricConnectErrors:  {[]string{report.MetricSocketsOpened, report.MetricConnectErrors}, "sockets tried"},
	report.MetricDropped:        {[]string{report.MetricSocketsOpened}, "sockets opened"},
}

// Judge fills in what became of the thresholds, in the order in which they are given, and
// then of the default ones for all other metrics, as by Effective. A threshold without
// samples is broken, and so is one on a counter that l does not have: what was not measured
// is never taken for good.
//
// Latencies are compared, to the microsecond, as the histogram gives them. It holds values
// above 2 ms to 0.1 %, and gives the largest that a sample may have been (for min the
// smallest, for mean the middle): within 0.1 % of its bound, a threshold with < or <= may
// break although the sample held.
func Judge(l *report.Load, thresholds []Threshold) {
	effective := Effective(thresholds)
	l.Thresholds = make([]report.ThresholdResult, 0, len(effective))
	for _, t := range effective {
		actual, holds := t.judge(l)
		l.Thresholds = append(l.Thresholds, report.ThresholdResult{
			Text: t.text, Actual: actual, Broken: !holds, Default: t.byDefault,
		})
	}
}

// judge returns what was measured and whether it is within t.
func (t Threshold) judge(l *report.Load) (actual string, holds bool) {
	if t.statistic != "" {
		return t.judgeLasting(l.Latencies[t.metric])
	}
	n, ok := l.Counters[t.metric]
	if !ok {
		return notMeasured, false
	}
	if t.unit == inMillionths {
		return t.judgeShare(l, n)
	}
	return strconv.FormatInt(n, 10), t.admits(cmp.Compare(n, t.value))
}

func (t Threshold) judgeLasting(h *hdrhistogram.Histogram) (actual string, holds bool) {
	if h == nil || h.TotalCount() <= 0 {
		return noSamples, false
	}
	if t.statistic == statCount {
		n := h.TotalCount()
		return fmt.Sprintf("%d samples", n), t.admits(cmp.Compare(n, t.value))
	}
	d := t.measure(h)
	return d.String(), t.admits(cmp.Compare(int64(d), t.value))
}

// measure returns the statistic of h, which has samples.
func (t Threshold) measure(h *hdrhistogram.Histogram) time.Duration {
	switch t.statistic {
	case statMin:
		return time.Duration(h.Min()) * time.Microsecond
	case statMax:
		return time.Duration(h.Max()) * time.Microsecond
	case statMean:
		return time.Duration(math.Round(h.Mean() * float64(time.Microsecond)))
	}
	// For a percentile that lies before the first of few samples the histogram says 0, which
	// would keep any bound: it is the first.
	first := 100 / float64(h.TotalCount())
	return time.Duration(h.ValueAtPercentile(max(t.percentile, first))) * time.Microsecond
}

// judgeShare compares n, the value of t's counter, with a share of the counter's base.
func (t Threshold) judgeShare(l *report.Load, n int64) (actual string, holds bool) {
	whole := int64(0)
	b := shareBases[t.metric]
	for _, name := range b.counters {
		part, ok := l.Counters[name]
		if !ok {
			return fmt.Sprintf("%d, but %s: %s", n, name, notMeasured), false
		}
		whole += part
	}
	if b.counters == nil {
		for _, answers := range l.Answers {
			for _, part := range answers {
				whole += part
			}
		}
	}
	if whole <= 0 {
		return noSamples, false
	}
	percent := strconv.FormatFloat(100*float64(n)/float64(whole), 'g', 4, 64)
	return fmt.Sprintf("%s%% (%d of %d %s)", percent, n, whole, b.of), t.admits(compareShare(n, whole, t.value))
}

// admits tells whether the operator lets a value pass that compares like order to the bound.
func (t Threshold) admits(order int) bool {
	switch t.operator {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	case "==":
		return order == 0
	}
	return false
}

// compareShare compares n/whole with a share in millionths of a percent. It is exact, as
// 0.29% of 10000 must be 29, which it is not in floating point.
func compareShare(n, whole, share int64) int {
	n = max(n, 0)
	leftHigh, left := bits.Mul64(uint64(n), 100*oneMillion)
	rightHigh, right := bits.Mul64(uint64(whole), uint64(max(share, 0))) //nolint:gosec // neither
	return cmp.Or(cmp.Compare(leftHigh, rightHigh), cmp.Compare(left, right))
}
