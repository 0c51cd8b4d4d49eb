package report

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestFigure(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0µs", -time.Second: "0µs", 1400 * time.Nanosecond: "1µs", 999 * time.Microsecond: "999µs",
		999_600 * time.Nanosecond: "1.00ms", 1234 * time.Microsecond: "1.23ms", 9_996 * time.Microsecond: "10.0ms",
		12_345 * time.Microsecond: "12.3ms", 99_960 * time.Microsecond: "100ms", 999_400 * time.Microsecond: "999ms",
		999_600 * time.Microsecond: "1.00s", 45_600 * time.Millisecond: "45.6s", 999 * time.Second: "999s",
		time.Hour: "60.0min", math.MaxInt64: "153,722,867min",
	} {
		if got := figure(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestCountsAndRates(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", -999: "-999", 1_234_567: "1,234,567",
		math.MaxInt64: "9,223,372,036,854,775,807", math.MinInt64: "-9,223,372,036,854,775,808",
	} {
		if got := grouped(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	for rate, want := range map[float64]string{0: "0", 0.2: "0.2", 20: "20", 12.5: "12.5", 19.98: "20", 123.4: "123", 50_000: "50,000", math.Inf(1): "+Inf", 1e300: "1e+300"} {
		if got := perSecond(rate); got != want {
			t.Errorf("%v is %q, want %q", rate, got, want)
		}
	}
}

func TestFrequent(t *testing.T) {
	t.Parallel()
	lines, left := frequent(map[string]int64{"b": 2, "a": 2, "others": 99, "c": 1000, "none": 0, "d": 1}, 4)
	if want := []string{"1,000 × c", "2 × a", "2 × b", "1 × d"}; !slices.Equal(lines, want) || left != 1 {
		t.Errorf("%q and %d, want %q and 1", lines, left, want)
	}
	if lines, left := frequent(nil, 4); lines != nil || left != 0 {
		t.Errorf("%q and %d of nothing", lines, left)
	}
}
