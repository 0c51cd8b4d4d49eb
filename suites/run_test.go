package suites

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// bare is a target that answers the online check and nothing else.
func bare(t *testing.T) spec.Target {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != protocol.Base {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(`{"status":200}`))
	}))
	t.Cleanup(server.Close)
	return spec.Target{Address: server.Listener.Addr().String()}
}

// casesOf is a chapter made of functions, one for each case: a MUST, a SHOULD, a
// MUST and a SHOULD, by the catalogue.
func casesOf(runs ...func(*spec.C)) []spec.Chapter {
	ids := []string{"ONL-01", "ONL-02", "ONL-03", "ONL-04"}
	chapter := spec.Chapter{Name: protocol.Online}
	for i, run := range runs {
		chapter.Cases = append(chapter.Cases, spec.Case{ID: ids[i], Run: run})
	}
	return []spec.Chapter{chapter}
}

func holds(*spec.C)   {}
func fails(c *spec.C) { c.Expect(1, "one").To(gomega.Equal(2)) }
func breaks(*spec.C)  { panic("out of order") }

// TestVerdicts proves that what a case comes to is what the report says, through
// Ginkgo and back.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		strict bool
		runs   []func(*spec.C)
		want   []report.Verdict
		exit   int
	}{
		{"all hold", false, []func(*spec.C){holds, holds}, []report.Verdict{report.Pass, report.Pass}, report.ExitOK},
		{"a MUST fails", false, []func(*spec.C){fails, holds}, []report.Verdict{report.Fail, report.Pass}, report.ExitFailed},
		{"a SHOULD fails", false, []func(*spec.C){holds, fails}, []report.Verdict{report.Pass, report.Warning}, report.ExitOK},
		{"a SHOULD fails under strict", true, []func(*spec.C){holds, fails}, []report.Verdict{report.Pass, report.Fail}, report.ExitFailed},
		{"a case breaks", false, []func(*spec.C){breaks, holds}, []report.Verdict{report.Error, report.Pass}, report.ExitSetup},
		{
			"the set-up fails", false, []func(*spec.C){func(c *spec.C) { c.Broken("no") }, holds},
			[]report.Verdict{report.Error, report.Pass}, report.ExitSetup,
		},
		{
			"too slow to tell", false, []func(*spec.C){func(c *spec.C) { c.Inconclusive("slow") }, holds},
			[]report.Verdict{report.Inconclusive, report.Pass}, report.ExitSetup,
		},
		{
			"all skipped", false, []func(*spec.C){func(c *spec.C) { c.Unsupported("no") }},
			[]report.Verdict{report.Skipped}, report.ExitNothing,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			heard := &listener{}
			outcome, err := run(t.Context(), Config{Target: bare(t), Strict: test.strict, Listener: heard}, casesOf(test.runs...))
			if err != nil {
				t.Fatal(err)
			}
			var got []report.Verdict
			for _, r := range outcome.Results {
				got = append(got, r.Verdict)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("verdicts %v, want %v", got, test.want)
			}
			if outcome.ExitCode() != test.exit {
				t.Errorf("exit code %d, want %d", outcome.ExitCode(), test.exit)
			}
			if heard.begun != len(test.runs) || len(heard.results) != len(test.runs) || heard.ended != 1 {
				t.Errorf("the listener heard of %d cases, %d results and %d ends", heard.begun, len(heard.results), heard.ended)
			}
		})
	}
}

// TestFindingsSurvive proves that a finding comes through with what it says.
func TestFindingsSurvive(t *testing.T) {
	t.Parallel()
	outcome, err := run(t.Context(), Config{Target: bare(t)}, casesOf(func(c *spec.C) {
		c.Note("seen")
		c.Do(client.Request{Path: "/nothing"})
		fails(c)
	}))
	if err != nil {
		t.Fatal(err)
	}
	r := outcome.Results[0]
	if len(r.Findings) != 1 || r.Findings[0].Expected != "one to equal 2" || r.Findings[0].Actual != "1" {
		t.Fatalf("findings %+v", r.Findings)
	}
	if evidence := r.Findings[0].Evidence; len(evidence) != 1 || !strings.Contains(evidence[0].Received, "404") {
		t.Errorf("evidence %+v", evidence)
	}
	if !slices.Equal(r.Notes, []string{"seen"}) {
		t.Errorf("notes %q", r.Notes)
	}
}

// TestCancelled stops a run within a case: that case and those after it were not
// reached, and there is a report.
func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	outcome, err := run(ctx, Config{Target: bare(t)}, casesOf(holds, func(c *spec.C) {
		cancel()
		<-c.Done()
		fails(c)
	}, holds))
	if err != nil {
		t.Fatal(err)
	}
	if !outcome.Interrupted || outcome.ExitCode() != report.ExitInterrupted || len(outcome.Results) != 3 {
		t.Fatalf("interrupted %t, exit code %d, %d results", outcome.Interrupted, outcome.ExitCode(), len(outcome.Results))
	}
	for i, r := range outcome.Results {
		want := report.Skipped
		if i == 0 {
			want = report.Pass
		}
		if r.Verdict != want || (i > 0 && r.Skip != report.NotReached) {
			t.Errorf("%s: %s (%s)", r.Name(), r.Verdict, r.Skip)
		}
	}
	if len(outcome.Head.NoCertification) == 0 {
		t.Error("a run that was cut off certifies something")
	}
}

// TestTimeout lets a run reach its limit: the case that ran then and those after it
// were not reached, and the run is no success.
func TestTimeout(t *testing.T) {
	t.Parallel()
	outcome, err := run(t.Context(), Config{Target: bare(t), Timeout: 100 * time.Millisecond}, casesOf(holds, func(c *spec.C) {
		<-c.Done()
	}, holds))
	if err != nil {
		t.Fatal(err)
	}
	if !outcome.TimedOut || outcome.Interrupted || outcome.ExitCode() != report.ExitSetup {
		t.Errorf("timed out %t, interrupted %t, exit code %d", outcome.TimedOut, outcome.Interrupted, outcome.ExitCode())
	}
	if len(outcome.Results) != 3 || outcome.Results[1].Skip != report.NotReached || outcome.Results[2].Skip != report.NotReached {
		t.Errorf("results %+v", outcome.Results)
	}
}

// TestOrder proves that quick cases come first and waiting ones last, whatever the
// chapter says.
func TestOrder(t *testing.T) {
	t.Parallel()
	probe := func(takes time.Duration) *spec.Probe[int] {
		return &spec.Probe[int]{
			Name: "it", Lane: "a lane", Takes: func(protocol.Timing) time.Duration { return takes },
			Run: func(*spec.Scene) (int, error) { return 0, nil },
		}
	}
	chapter := spec.Chapter{Name: protocol.Online, Cases: []spec.Case{
		{ID: "ONL-01", Probes: []spec.AnyProbe{probe(2 * time.Minute)}, Run: holds},
		{ID: "ONL-02", Lane: "a lane", Run: holds},
		{ID: "ONL-03", Probes: []spec.AnyProbe{probe(time.Second)}, Run: holds},
		{ID: "ONL-04", Run: holds},
	}}
	outcome, err := run(t.Context(), Config{Target: bare(t)}, []spec.Chapter{chapter})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range outcome.Results {
		got = append(got, r.Requirement.ID)
	}
	if want := []string{"ONL-04", "ONL-03", "ONL-01", "ONL-02"}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

// TestSetupErrors proves that a set-up that is wrong is one error of its kind.
func TestSetupErrors(t *testing.T) {
	t.Parallel()
	needsToken := []spec.Chapter{{Name: protocol.Online, Cases: []spec.Case{{ID: "ONL-01", Needs: []spec.Need{spec.NeedToken}, Run: holds}}}}
	target := bare(t)
	if _, err := run(t.Context(), Config{Target: target}, needsToken); !isA[*UsageError](err) {
		t.Errorf("neither token nor button: %v", err)
	}
	if _, err := run(t.Context(), Config{Target: target, Token: "not-of-this-gateway"}, needsToken); !isA[*SetupError](err) || strings.Contains(err.Error(), "not-of-this") {
		t.Errorf("a token that is refused: %v", err)
	}
	outcome, err := run(t.Context(), Config{Target: spec.Target{Address: "127.0.0.1:1"}}, casesOf(holds))
	if !isA[*SetupError](err) || outcome.SetupError == "" {
		t.Errorf("nobody there: %v, report %q", err, outcome.SetupError)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if outcome, err := run(cancelled, Config{Target: target}, casesOf(holds)); err == nil || !outcome.Interrupted {
		t.Errorf("cancelled before it began: %v", err)
	}
}

func isA[E error](err error) bool { _, ok := errors.AsType[E](err); return ok }

// listener counts what a run tells.
type listener struct {
	mu      sync.Mutex
	begun   int
	results []report.Result
	ended   int
}

func (l *listener) Begin(_ report.Head, cases int) { l.with(func() { l.begun += cases }) }
func (l *listener) Result(r report.Result)         { l.with(func() { l.results = append(l.results, r) }) }
func (l *listener) Waiting(string, time.Time)      {}
func (l *listener) Say(string)                     {}
func (l *listener) End(report.Run)                 { l.with(func() { l.ended++ }) }

func (l *listener) with(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}
