package load_test

import (
	"strings"
	"testing"

	"ttcheck/load"
	"ttcheck/report"
)

func TestParseThreshold(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{ // the text that it is shown by
		"lost==0":                         "lost==0",
		"  lost  ==  0  ":                 "lost==0",
		"event_latency.p99<250ms":         "event_latency.p99<250ms",
		"event_latency.p99.9 <= 1.5s":     "event_latency.p99.9<=1.5s",
		"event_latency.p100<1h":           "event_latency.p100<1h",
		"event_latency.p0.1>0s":           "event_latency.p0.1>0s",
		"skew.mean\t>=\t1µs":              "skew.mean>=1µs",
		"handling.min<1m0.5s":             "handling.min<1m0.5s",
		"connect.max<20us":                "connect.max<20us",
		"connect.count > 100":             "connect.count>100",
		"events>=1000000":                 "events>=1000000",
		"changes_failed<1%":               "changes_failed<1%",
		"lost < 0.01%":                    "lost<0.01%",
		"dropped<=100.000000%":            "dropped<=100.000000%",
		"http_errors==0%":                 "http_errors==0%",
		"event_latency_uncorrected.p50<3": "",
	} {
		th, err := load.ParseThreshold(given)
		if (err == nil) != (want != "") || th.String() != want {
			t.Errorf("%q became %q, %v; want %q", given, th, err, want)
		}
	}
}

func TestParseThresholdSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{ // what the error must say
		"":                                      "no operator, one of < <= > >= ==, as in lost==0",
		"lost":                                  "no operator",
		"==0":                                   "no metric before the operator",
		".p99<1ms":                              "no metric before the operator",
		"lost=0":                                "= is no operator; use one of < <= > >= ==",
		"lost!=0":                               "!= is no operator",
		"lost=<0":                               "=< is no operator",
		"lost≤0":                                "≤ is no operator",
		"lots==0":                               `there is no metric "lots"; did you mean lost?`,
		"event_latncy.p99<1s":                   `"event_latncy"; did you mean event_latency`,
		"Lost==0":                               "did you mean lost?",
		"temperature==0":                        "there are connect, upgrade, authenticate,",
		"lo st==0":                              "did you mean lost?",
		"lost.p99==0":                           "lost is a number and has no statistics; write lost without one",
		"lost.==0":                              "lost is a number and has no statistics",
		"lost==":                                "no value; write a whole number",
		"lost==1 0":                             `"1 0" does not count anything; write a whole number`,
		"lost==-1":                              `"-1" does not count anything`,
		"lost==0.5":                             `write a whole number, or a percentage such as 0.5%`,
		"lost==1e3":                             `"1e3" does not count anything`,
		"lost==0==0":                            `"0==0" does not count anything`,
		"lost<5ms":                              "5ms is a duration, but this is a number of things",
		"lost<99999999999999999999":             "more than can be counted; write at most 1000000000000000",
		"lost<1000000000000001":                 "more than can be counted",
		"lost<%":                                `"%" is no percentage; write a number such as 1% or 0.01%`,
		"lost<1.%":                              "is no percentage",
		"lost<.5%":                              "is no percentage",
		"lost<-1%":                              "is no percentage",
		"lost<1 %":                              "is no percentage",
		"lost<0.0000001%":                       "with at most 6 digits after the point",
		"lost<100.1%":                           "100.1% is more than the whole; write at most 100%",
		"repeated<1%":                           "repeated is a share of nothing; write a whole number without %",
		"event_latency<1s":                      "event_latency lasts and needs a statistic: min, mean, max, count or a percentile, as in event_latency.p99",
		"event_latency.<1s":                     "needs a statistic",
		"event_latency.median<1s":               `"median" is no statistic; use min, mean, max, count, or a percentile such as p50 or p99.9`,
		"event_latency.99<1s":                   `"99" is no statistic`,
		"event_latency.p<1s":                    `"p" is no statistic`,
		"event_latency.p99.<1s":                 `"p99." is no statistic`,
		"event_latency.p9e1<1s":                 `"p9e1" is no statistic`,
		"event_latency.p-5<1s":                  `"p-5" is no statistic`,
		"event_latency.pinf<1s":                 `"pinf" is no statistic`,
		"event_latency.p0<1s":                   "there is no percentile p0; use one above p0, up to p100",
		"event_latency.p100.1<1s":               "there is no percentile p100.1",
		"event_latency.p99<":                    "no value; write a duration such as 250ms",
		"event_latency.p99<250":                 "250 has no unit; write it with one, such as 250ms or 250s",
		"event_latency.p99<0":                   "0 has no unit",
		"event_latency.p99<250 ms":              `"250 ms" is no duration; write one such as 250ms or 1.5s`,
		"event_latency.p99<-5ms":                `"-5ms" is no duration`,
		"event_latency.p99<+5ms":                `"+5ms" is no duration`,
		"event_latency.p99<1%":                  `"1%" is a percentage, but this lasts`,
		"event_latency.p99<1..5":                `"1..5" is no duration`,
		"event_latency.p99<61m":                 "61m is longer than anything measured; write at most 1h",
		"event_latency.p99<99999999h":           "is no duration",
		"event_latency.count<1s":                "1s is a duration, but this is a number of things",
		"event_latency.count<1%":                `"1%" does not count anything; write a whole number`,
		"lost==0\nlost==1":                      `threshold "lost==0\nlost==1": `,
		strings.Repeat("lost", 1000) + "==0":    "threshold of 4003 bytes: 100 are enough",
		strings.Repeat("x", 90) + "==0":         "there is no metric",
		"lost==" + strings.Repeat("9", 94):      "more than can be counted",
		"lost<" + strings.Repeat("9", 90) + "%": "is no percentage",
	} {
		th, err := load.ParseThreshold(given)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want an error with %q", given, err, want)
			continue
		}
		if th != (load.Threshold{}) {
			t.Errorf("%q: an error and a threshold, %q", given, th)
		}
		if strings.Contains(err.Error(), "\n") || len(err.Error()) > 1000 {
			t.Errorf("%q: the error is no line: %q", given, err)
		}
	}
}

// TestThresholdOfEveryMetric: there is none that cannot be bounded.
func TestThresholdOfEveryMetric(t *testing.T) {
	t.Parallel()
	for _, m := range report.Metrics {
		text := m.Name + ">=0"
		if m.Kind == report.Lasting {
			text = m.Name + ".p99.99>=0ms"
		}
		if _, err := load.ParseThreshold(text); err != nil {
			t.Error(err)
		}
		if !strings.Contains(load.ThresholdHelp(), " "+m.Name) {
			t.Errorf("the help does not name %s", m.Name)
		}
	}
}

func TestThresholdHelp(t *testing.T) {
	t.Parallel()
	help := load.ThresholdHelp()
	for _, want := range []string{"< <= > >= ==", ".min", ".mean", ".max", ".p99.9", ".count", " lost==0,", "0.5%"} {
		if !strings.Contains(help, want) {
			t.Errorf("the help does not tell of %s:\n%s", want, help)
		}
	}
	for line := range strings.Lines(help) {
		if len(line) > 105 {
			t.Errorf("line of %d bytes: %s", len(line), line)
		}
	}
}

func TestEffective(t *testing.T) {
	t.Parallel()
	given := parseThresholds(t, "events>0", "dropped<1%", "lost<5", "lost>=0")
	got := load.Effective(given)
	want := "events>0 dropped<1% lost<5 lost>=0 repeated==0 out_of_order==0 seq_gaps==0 connect_errors==0 bad_messages==0 changes_failed==0 changes_skipped==0"
	if joinThresholds(got) != want {
		t.Errorf("effective are\n%s, want\n%s", joinThresholds(got), want)
	}
	if again := load.Effective(got); joinThresholds(again) != want {
		t.Errorf("effective of these are\n%s, want the same", joinThresholds(again))
	}
	want = "lost==0 repeated==0 out_of_order==0 seq_gaps==0 dropped==0 connect_errors==0 bad_messages==0 changes_failed==0 changes_skipped==0"
	if none := load.Effective(nil); joinThresholds(none) != want || joinThresholds(load.DefaultThresholds()) != want {
		t.Errorf("the default ones are\n%s and %s, want\n%s", joinThresholds(none), joinThresholds(load.DefaultThresholds()), want)
	}
	for _, th := range load.DefaultThresholds() {
		parsed, err := load.ParseThreshold(th.String())
		if err != nil || parsed == th {
			t.Errorf("a given %s is %+v, %v: want one that differs by not being a default", th, parsed, err)
		}
	}
}

// FuzzParseThreshold: whatever is accepted is shown as a text that means the same, and
// every error is a line.
func FuzzParseThreshold(f *testing.F) {
	for _, seed := range []string{
		"lost==0", " event_latency.p99.9 <= 250ms ", "changes_failed<0.25%", "skew.count>10", "lost≤5",
		"event_latency.p1e2<1h", "lost<\x00%", "connect.min<1µs", "lots>=1", "a.b.c<1==2",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		th, err := load.ParseThreshold(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r\x1b\x00") || len(err.Error()) > 2000 {
				t.Errorf("%q: the error is no line: %q", text, err)
			}
			return
		}
		again, err := load.ParseThreshold(th.String())
		if err != nil || again != th {
			t.Errorf("%q became %+v, and that %+v, %v", text, th, again, err)
		}
		empty := report.Load{}
		load.Judge(&empty, []load.Threshold{th})
		if r := empty.Thresholds[0]; !r.Broken || r.Text != th.String() {
			t.Errorf("%q holds where nothing was measured: %+v", text, r)
		}
	})
}

func parseThresholds(t *testing.T, texts ...string) []load.Threshold {
	t.Helper()
	var all []load.Threshold
	for _, text := range texts {
		th, err := load.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, th)
	}
	return all
}

func joinThresholds(all []load.Threshold) string {
	var texts []string
	for _, th := range all {
		texts = append(texts, th.String())
	}
	return strings.Join(texts, " ")
}
