package report

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// figure writes a measured duration to three digits: 250µs, 1.23ms, 45.6s, 60.0min.
// None is negative.
func figure(d time.Duration) string {
	d = max(d, 0)
	if short := d.Round(time.Microsecond); short < time.Millisecond {
		return strconv.FormatInt(short.Microseconds(), 10) + "µs"
	}
	for _, unit := range []struct {
		name string
		of   time.Duration
	}{{"ms", time.Millisecond}, {"s", time.Second}} {
		if v := float64(d) / float64(unit.of); v < 999.5 {
			return threeDigits(v) + unit.name
		}
	}
	return threeDigits(d.Minutes()) + "min"
}

func threeDigits(v float64) string {
	decimals := 0
	switch {
	case v < 9.995:
		decimals = 2
	case v < 99.95:
		decimals = 1
	}
	return inThousands(strconv.FormatFloat(v, 'f', decimals, 64))
}

// grouped writes a count with its thousands apart: 50,000.
func grouped(n int64) string { return inThousands(strconv.FormatInt(n, 10)) }

// numbered writes a count with its noun: 1 error, 50,000 errors.
func numbered(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return grouped(n) + " " + noun
}

// perSecond writes a rate, with a decimal if there is one to tell: 20, 0.5, 50,000.
func perSecond(rate float64) string {
	if !(math.Abs(rate) < exactRates) {
		return strconv.FormatFloat(rate, 'g', 3, 64)
	}
	decimals := 0
	if rate < 100 && math.Abs(rate-math.Round(rate)) >= 0.05 {
		decimals = 1
	}
	return inThousands(strconv.FormatFloat(rate, 'f', decimals, 64))
}

// exactRates bounds the rates that are written out in full.
const exactRates = 1e15

// inThousands sets commas into the whole part of a decimal number.
func inThousands(number string) string {
	whole, rest, _ := strings.Cut(number, ".")
	if rest != "" {
		rest = "." + rest
	}
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + rest
}

// none stands in a column for a figure that there is no sample of.
const none = "–"

// sampled tells whether a histogram has anything to tell.
func sampled(h *hdrhistogram.Histogram) bool { return h != nil && h.TotalCount() > 0 }

// quantile is the value, of one in microseconds, that percent of the samples do not exceed.
func quantile(h *hdrhistogram.Histogram, percent float64) time.Duration {
	if !sampled(h) {
		return 0
	}
	return time.Duration(h.ValueAtPercentile(percent)) * time.Microsecond
}

// Others is the text under which a Load counts what exceeds the bound of its texts.
const Others = "others"

// frequent lists what was counted, the most frequent first, as "3 × close 1001". It
// returns at most limit lines and how many it left out.
func frequent(counts map[string]int64, limit int) (lines []string, left int) {
	names := slices.DeleteFunc(slices.Collect(maps.Keys(counts)), func(name string) bool { return counts[name] == 0 })
	slices.SortFunc(names, func(a, b string) int {
		if (a == Others) != (b == Others) {
			if a == Others {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	shown := min(len(names), limit)
	for _, name := range names[:shown] {
		lines = append(lines, grouped(counts[name])+" × "+fit(inline(name), frequentColumns))
	}
	return lines, len(names) - shown
}

// frequentColumns bounds a text in frequent: what an error says stands at its ends, and
// nobody reads ten pages of it on a terminal. The report file has it whole.
const frequentColumns = 240
