package spec

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ttcheck/protocol"
	"ttcheck/report"
)

func TestPunctual(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name    string
		over    time.Duration // at, after the limit
		late    time.Duration // of the harness, at that time
		noted   time.Duration // when, after the limit
		verdict report.Verdict
		text    string // actual, or the reason
	}{
		{"in time", -time.Millisecond, 0, 0, report.Pass, ""},
		{"at the limit", 0, 0, 0, report.Pass, ""},
		{"in time, of a harness that was late", -time.Millisecond, time.Hour, 0, report.Pass, ""},
		{"too late", 300 * time.Millisecond, 0, 0, report.Fail, "300ms later than that"},
		{"just too late", time.Nanosecond, 0, 0, report.Fail, "1ms later than that"},
		{"later than the harness", 300 * time.Millisecond, 299 * time.Millisecond, 0, report.Fail, "300ms later than that"},
		{"as late as the harness", 300 * time.Millisecond, 300 * time.Millisecond, 0, report.Inconclusive,
			"the answer came 300ms too late, and the harness itself was 300ms late"},
		{"less late than the harness", 300 * time.Millisecond, 2 * time.Second, 0, report.Inconclusive,
			"the answer came 300ms too late, and the harness itself was 2s late"},
		{"with a harness late just before", 300 * time.Millisecond, 400 * time.Millisecond, -900 * time.Millisecond, report.Inconclusive,
			"the answer came 300ms too late, and the harness itself was 400ms late"},
		{"with a harness late long before", 300 * time.Millisecond, 2 * time.Second, -10 * time.Second, report.Fail, "300ms later than that"},
		{"with a harness late after it", 300 * time.Millisecond, 2 * time.Second, 5 * time.Second, report.Fail, "300ms later than that"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			e := nowhere(t)
			limit := e.Lag.start.Add(time.Minute)
			if x.late > 0 {
				e.Lag.note(limit.Add(x.noted), x.late)
			}
			proof := exchange("proof", 0)
			outcome := Execute(t.Context(), e, Case{ID: idOf(protocol.Must), Run: func(c *C) {
				c.Punctual("the answer", limit, limit.Add(x.over), proof)
			}})
			if x.verdict != report.Fail {
				wantVerdict(t, outcome, x.verdict, x.text)
				return
			}
			wantVerdict(t, outcome, report.Fail, "")
			wantFindings(t, outcome, "MUST the answer no later than the limit")
			found := outcome.Findings[0]
			if found.Actual != x.text || !slices.Equal(found.Evidence, []report.Exchange{report.Exchange(proof)}) {
				t.Errorf("the finding is %+v", found)
			}
		})
	}
}

func TestNotBefore(t *testing.T) {
	t.Parallel()
	for early, actual := range map[time.Duration]string{
		-time.Millisecond: "", 0: "", time.Nanosecond: "1ms earlier than that", 1500 * time.Microsecond: "2ms earlier than that",
	} {
		for _, level := range []protocol.Level{protocol.Must, protocol.Should} {
			e := nowhere(t)
			limit := e.Lag.start.Add(time.Minute)
			e.Lag.note(limit, time.Hour) // it makes no difference
			outcome := Execute(t.Context(), e, Case{ID: idOf(level), Run: func(c *C) {
				c.NotBefore("the end", limit, limit.Add(-early))
			}})
			if actual == "" {
				wantVerdict(t, outcome, report.Pass, "")
				continue
			}
			wantVerdict(t, outcome, map[protocol.Level]report.Verdict{protocol.Must: report.Fail, protocol.Should: report.Warning}[level], "")
			wantFindings(t, outcome, fmt.Sprintf("%s the end no earlier than the limit", level))
			if outcome.Findings[0].Actual != actual {
				t.Errorf("%v early: actual is %q, want %q", early, outcome.Findings[0].Actual, actual)
			}
		}
	}
}

// TestTimesThatAreNotKnown: a time that was never set would hold against any limit.
func TestTimesThatAreNotKnown(t *testing.T) {
	t.Parallel()
	var never time.Time
	for name, run := range map[string]func(c *C){
		"nothing came in time":    func(c *C) { c.Punctual("it", time.Now(), never) },
		"nothing came too early":  func(c *C) { c.NotBefore("it", time.Now(), never) },
		"no limit to be in time":  func(c *C) { c.Punctual("it", never, time.Now()) },
		"no limit to come before": func(c *C) { c.NotBefore("it", never, time.Now()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantVerdict(t, judge(t, protocol.Must, run), report.Error, "when it was, or its limit, is not known")
		})
	}
}
