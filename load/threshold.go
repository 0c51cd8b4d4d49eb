package load

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ttcheck/report"
)

// Threshold is a bound that a run must keep, such as event_latency.p99<250ms or lost==0.
// It comes from ParseThreshold or DefaultThresholds, and can be compared by ==.
type Threshold struct {
	text       string // without spaces
	metric     string
	statistic  string  // of a lasting metric: min, mean, max, count or percentile
	percentile float64 // if the statistic is percentile
	operator   string
	value      int64
	unit       thresholdUnit
	byDefault  bool
}

// thresholdUnit is what a threshold's value counts.
type thresholdUnit uint8

const (
	inThings thresholdUnit = iota
	inNanoseconds
	inMillionths // of a percent
)

// The statistics of a lasting metric. Percentiles are written p50, p99.9.
const (
	statMin        = "min"
	statMean       = "mean"
	statMax        = "max"
	statCount      = "count"
	statPercentile = "percentile"
)

// thresholdOperators are what a threshold may compare by.
var thresholdOperators = []string{"<", "<=", ">", ">=", "=="}

const (
	thresholdLimit = 100       // bytes of a threshold's text
	durationLimit  = time.Hour // what histograms reach to, see report.NewHistogram
	percentDigits  = 6         // after the point, so that a percentage is a whole number of millionths
	countLimit     = 1e15
)

// DefaultThresholds hold unless another is given for the same metric: what no correct
// gateway does to sockets that it can feed.
func DefaultThresholds() []Threshold {
	var all []Threshold
	for _, metric := range []string{
		report.MetricLost, report.MetricRepeated, report.MetricOutOfOrder, report.MetricSeqGaps,
		report.MetricDropped, report.MetricConnectErrors, report.MetricBadMessages,
		report.MetricChangesFailed, report.MetricChangesSkipped,
	} {
		all = append(all, Threshold{text: metric + "==0", metric: metric, operator: "==", byDefault: true})
	}
	return all
}

// Effective returns what a run that is given these thresholds must keep: them, and then
// the default ones for all other metrics.
func Effective(given []Threshold) []Threshold {
	all := slices.Clone(given)
	for _, d := range DefaultThresholds() {
		if !slices.ContainsFunc(given, func(t Threshold) bool { return t.metric == d.metric }) {
			all = append(all, d)
		}
	}
	return all
}

// String returns the threshold as ParseThreshold reads it.
func (t Threshold) String() string { return t.text }

// ParseThreshold reads METRIC[.STATISTIC] OPERATOR VALUE; see ThresholdHelp for what these
// can be. There may be spaces around the operator and at the ends. The error says in one
// line what is wrong and what would be right.
func ParseThreshold(text string) (Threshold, error) {
	if len(text) > thresholdLimit {
		return Threshold{}, fmt.Errorf("threshold of %d bytes: %d are enough for METRIC[.STATISTIC] OPERATOR VALUE",
			len(text), thresholdLimit)
	}
	t, err := parseThreshold(text)
	if err != nil {
		return Threshold{}, fmt.Errorf("threshold %q: %w", text, err)
	}
	return t, nil
}

func parseThreshold(text string) (Threshold, error) {
	const signs = "<>=!~≤≥≠"
	begin := strings.IndexAny(text, signs)
	if begin < 0 {
		return Threshold{}, fmt.Errorf("no operator, one of %s, as in lost==0", strings.Join(thresholdOperators, " "))
	}
	value := strings.TrimLeft(text[begin:], signs)
	t := Threshold{operator: text[begin : len(text)-len(value)]}
	value = strings.TrimSpace(value)
	if !slices.Contains(thresholdOperators, t.operator) {
		return Threshold{}, fmt.Errorf("%s is no operator; use one of %s", t.operator, strings.Join(thresholdOperators, " "))
	}
	subject := strings.TrimSpace(text[:begin])
	name, statistic, given := strings.Cut(subject, ".")
	metric, ok := report.LookupMetric(name)
	if !ok {
		return Threshold{}, unknownMetric(name)
	}
	t.metric = metric.Name
	t.text = subject + t.operator + value
	var err error
	switch {
	case metric.Kind == report.Lasting:
		err = t.parseLasting(statistic, value)
	case given:
		err = fmt.Errorf("%s is a number and has no statistics; write %s without one", name, name)
	default:
		err = t.parseCounting(value)
	}
	return t, err
}

// parseLasting fills in the statistic and value for a metric of durations.
func (t *Threshold) parseLasting(statistic, value string) error {
	switch statistic {
	case statMin, statMean, statMax, statCount:
		t.statistic = statistic
	case "":
		return fmt.Errorf("%s lasts and needs a statistic: min, mean, max, count or a percentile, as in %s.p99", t.metric, t.metric)
	default:
		p, err := parsePercentile(statistic)
		if err != nil {
			return err
		}
		t.statistic, t.percentile = statPercentile, p
	}
	var err error
	if t.statistic == statCount {
		t.value, err = parseCount(value)
		return err
	}
	t.unit = inNanoseconds
	t.value, err = parseDuration(value)
	return err
}

// parseCounting fills in the value for a metric that counts.
func (t *Threshold) parseCounting(value string) error {
	number, percent := strings.CutSuffix(value, "%")
	if !percent {
		var err error
		t.value, err = parseCount(value)
		if _, relative := shareBases[t.metric]; relative && err != nil {
			err = fmt.Errorf("%w, or a percentage such as 0.5%%", err)
		}
		return err
	}
	if _, relative := shareBases[t.metric]; !relative {
		return fmt.Errorf("%s is a share of nothing; write a whole number without %%", t.metric)
	}
	whole, fraction, _ := strings.Cut(number, ".")
	if !isDigits(whole, 3) || strings.Contains(number, ".") && !isDigits(fraction, percentDigits) {
		return fmt.Errorf("%q is no percentage; write a number such as 1%% or 0.01%%, with at most %d digits after the point", value, percentDigits)
	}
	// Both parts are digits of limited number: nothing can fail or overflow.
	t.value, _ = strconv.ParseInt(whole+fraction+strings.Repeat("0", percentDigits-len(fraction)), 10, 64)
	t.unit = inMillionths
	if t.value > 100*oneMillion {
		return fmt.Errorf("%s is more than the whole; write at most 100%%", value)
	}
	return nil
}

// parsePercentile reads p50, p99.9 and the like.
func parsePercentile(statistic string) (float64, error) {
	number, ok := strings.CutPrefix(statistic, "p")
	whole, fraction, point := strings.Cut(number, ".")
	ok = ok && isDigits(whole, 3) && (!point || isDigits(fraction, percentDigits))
	p, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil {
		return 0, fmt.Errorf("%q is no statistic; use min, mean, max, count, or a percentile such as p50 or p99.9", statistic)
	}
	if p <= 0 || p > 100 {
		return 0, fmt.Errorf("there is no percentile %s; use one above p0, up to p100", statistic)
	}
	return p, nil
}

// parseDuration reads a duration with its unit, in nanoseconds.
func parseDuration(value string) (int64, error) {
	if value == "" {
		return 0, errors.New("no value; write a duration such as 250ms")
	}
	if strings.HasSuffix(value, "%") {
		return 0, fmt.Errorf("%q is a percentage, but this lasts; write a duration such as 250ms", value)
	}
	if _, err := strconv.ParseFloat(value, 64); err == nil {
		return 0, fmt.Errorf("%s has no unit; write it with one, such as %sms or %ss", value, value, value)
	}
	d, err := time.ParseDuration(value)
	if err != nil || strings.ContainsAny(value[:1], "+-") {
		return 0, fmt.Errorf("%q is no duration; write one such as 250ms or 1.5s", value)
	}
	if d > durationLimit {
		return 0, fmt.Errorf("%s is longer than anything measured; write at most 1h", value)
	}
	return int64(d), nil
}

// parseCount reads a whole number.
func parseCount(value string) (int64, error) {
	if value == "" {
		return 0, errors.New("no value; write a whole number")
	}
	if isDigits(value, len(value)) {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n > countLimit {
			return 0, fmt.Errorf("%s is more than can be counted; write at most %d", value, int64(countLimit))
		}
		return n, nil
	}
	if _, err := time.ParseDuration(value); err == nil {
		return 0, fmt.Errorf("%s is a duration, but this is a number of things; write a whole number", value)
	}
	return 0, fmt.Errorf("%q does not count anything; write a whole number", value)
}

// isDigits tells whether s is a number of one to limit digits.
func isDigits(s string, limit int) bool {
	return s != "" && len(s) <= limit && strings.Trim(s, "0123456789") == ""
}
