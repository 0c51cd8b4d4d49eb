package spec

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
)

// counting is a probe that takes a second and observes how often it was made.
func counting(name, lane string) (*Probe[int], *int) {
	made := 0
	return &Probe[int]{
		Name: name, Lane: lane,
		Takes: func(protocol.Timing) time.Duration { return time.Second },
		Run: func(s *Scene) (int, error) {
			made++
			return made, s.Until(time.Now().Add(time.Second))
		},
	}, &made
}

func TestProbeInWords(t *testing.T) {
	t.Parallel()
	p := &Probe[int]{
		Name: "silence", Needs: []Need{NeedToken},
		Takes: func(t protocol.Timing) time.Duration { return 2 * t.TokenDeadline },
	}
	if p.Title() != "silence" || p.LaneName() != "silence" || p.Duration(protocol.Published) != 40*time.Second || !slices.Equal(p.needs(), []Need{NeedToken}) {
		t.Errorf("%q in lane %q for %v with %q", p.Title(), p.LaneName(), p.Duration(protocol.Published), p.needs())
	}
	if lane := (&Probe[int]{Name: "silence", Lane: "the button"}).LaneName(); lane != "the button" {
		t.Errorf("the lane is %q", lane)
	}
}

func TestNow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := nowhere(t)
		p, made := counting("a second", "")
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() {
				if seen, err := p.Now(t.Context(), e); seen != 1 || err != nil {
					t.Errorf("observed %d, %v", seen, err)
				}
			})
		}
		wait.Wait()
		if *made != 1 {
			t.Errorf("the observation was made %d times", *made)
		}
		if seen, err := p.Now(t.Context(), nowhere(t)); seen != 2 || err != nil {
			t.Errorf("in another run: observed %d, %v; want an observation of its own", seen, err)
		}
	})
}

// TestNowWaits no longer than ctx for an observation that another is making.
func TestNowWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := nowhere(t)
		p, made := counting("a second", "")
		e.StartProbes(t.Context(), []AnyProbe{p})
		synctest.Wait()
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second/2, errors.New("enough"))
		defer cancel()
		if _, err := p.Now(ctx, e); err == nil || err.Error() != "wait for a second: enough" {
			t.Errorf("the error is %v", err)
		}
		if seen, err := p.Now(t.Context(), e); seen != 1 || err != nil || *made != 1 {
			t.Errorf("observed %d, %v, made %d times", seen, err, *made)
		}
		e.AwaitProbes()
	})
}

func TestNowFails(t *testing.T) {
	t.Parallel()
	lost := errors.New("lost")
	p := &Probe[int]{Name: "x", Run: func(*Scene) (int, error) { return 7, lost }}
	if seen, err := p.Now(t.Context(), nowhere(t)); seen != 0 || !errors.Is(err, lost) {
		t.Errorf("observed %d, %v", seen, err)
	}
}

// TestOf: cases judge one observation, which is made beside them.
func TestOf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := nowhere(t)
		p, made := counting("a second", "")
		started := time.Now()
		e.StartProbes(t.Context(), []AnyProbe{p, p})
		for range 2 {
			k := Case{ID: idOf(protocol.Must), Probes: []AnyProbe{p}, Run: func(c *C) { c.Expect(p.Of(c)).To(gomega.Equal(1)) }}
			wantVerdict(t, Execute(t.Context(), e, k), report.Pass, "")
		}
		e.AwaitProbes()
		if took := time.Since(started); took != time.Second || *made != 1 {
			t.Errorf("made %d times in %v", *made, took)
		}
	})
}

// TestOfWithoutListing: a case that forgot to list its probe must not wait for
// ever for one that nobody makes.
func TestOfWithoutListing(t *testing.T) {
	t.Parallel()
	p, _ := counting("a second", "")
	outcome := judge(t, protocol.Must, func(c *C) { p.Of(c) })
	wantVerdict(t, outcome, report.Error, `the case judges "a second", which it does not list among its probes`)
}

// TestNoObservation: without one, the cases end as the probe did.
func TestNoObservation(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name    string
		run     func(s *Scene) (int, error)
		verdict report.Verdict
		reason  string // its beginning
	}{
		{"an error", func(*Scene) (int, error) { return 1, errors.New("no button") }, report.Error, "no button"},
		{"a panic", func(*Scene) (int, error) { panicking(); return 1, nil }, report.Error, "the probe \"x\" broke: oh no\ngoroutine "},
		{"unsupported", func(*Scene) (int, error) { return 1, Unsupported("no %s", "paging") }, report.Skipped, "no paging"},
		{"an ending", func(*Scene) (int, error) { panic(Unsupported("no paging")) }, report.Skipped, "no paging"},
		{"a clean-up that breaks", func(s *Scene) (int, error) { s.Later(panicking); return 1, nil }, report.Error, "the probe \"x\" broke: oh no"},
		{"the tester's own trouble", func(s *Scene) (int, error) { s.Get("/"); return 1, nil }, report.Error, "the harness could not ask: "},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			e := unreachable(t)
			p := &Probe[int]{Name: "x", Run: x.run}
			e.StartProbes(t.Context(), []AnyProbe{p})
			outcome := Execute(t.Context(), e, Case{ID: idOf(protocol.Must), Probes: []AnyProbe{p}, Run: func(c *C) {
				p.Of(c)
				t.Error("the case went on")
			}})
			e.AwaitProbes()
			if outcome.Verdict != x.verdict || !strings.HasPrefix(outcome.Reason, x.reason) {
				t.Errorf("%s (%s)", outcome.Verdict, outcome.Reason)
			}
		})
	}
}

// TestObservedAgain: an observation that says nothing is made anew.
func TestObservedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := nowhere(t)
		steady, steadily := counting("steady", "the button")
		tries := 0
		hasty := &Probe[int]{Name: "hasty", Lane: "the button", Run: func(*Scene) (int, error) {
			if tries++; tries == 1 {
				return 0, Inconclusive("%v late", time.Second)
			}
			return tries, nil
		}}
		e.StartProbes(t.Context(), []AnyProbe{steady, hasty})
		other := Case{ID: idOf(protocol.Must), Probes: []AnyProbe{steady}, Run: func(c *C) { c.Note("%d", steady.Of(c)) }}
		if outcome := Execute(t.Context(), e, other); !slices.Equal(outcome.Notes, []string{"1"}) {
			t.Errorf("before: %+v", outcome)
		}
		outcome := Execute(t.Context(), e, Case{
			ID: idOf(protocol.Must), Probes: []AnyProbe{steady, hasty}, Lane: "the button",
			Run: func(c *C) { c.Note("%d %d", steady.Of(c), hasty.Of(c)) },
		})
		wantVerdict(t, outcome, report.Pass, "")
		if want := []string{"2 2", "tried again, as the first try was inconclusive: 1s late"}; !slices.Equal(outcome.Notes, want) {
			t.Errorf("the notes are %q, want %q", outcome.Notes, want)
		}
		if *steadily != 2 || tries != 2 {
			t.Errorf("made %d and %d times, want twice each", *steadily, tries)
		}
		if outcome := Execute(t.Context(), e, other); !slices.Equal(outcome.Notes, []string{"2"}) {
			t.Errorf("after: %+v; want the new observation", outcome)
		}
		e.AwaitProbes()
	})
}

func TestObservationIsCited(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	e := g.env(t)
	p := &Probe[int]{Name: "x", Run: func(s *Scene) (int, error) {
		s.Do(client.Request{Path: "/probe"})
		s.Later(func() { s.Do(client.Request{Path: "/cleaned"}) })
		return 0, nil
	}}
	judging := func(run func(c *C)) Outcome {
		return Execute(t.Context(), e, Case{ID: idOf(protocol.Must), Probes: []AnyProbe{p}, Run: run})
	}
	e.StartProbes(t.Context(), []AnyProbe{p})
	wantSent(t, judging(func(c *C) {
		c.Do(client.Request{Path: "/case"})
		c.Expect(p.Of(c)).To(gomega.BeNil())
	}), "GET /probe", "GET /cleaned", "GET /case")
	wantSent(t, judging(func(c *C) {
		c.Do(client.Request{Path: "/case"})
		c.Expect(1).To(gomega.BeNil())
	}), "GET /case")
	e.AwaitProbes()
}

// TestAwait: who waits for an observation that is not made is let go with ctx.
func TestAwait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := nowhere(t)
		p, _ := counting("the end", "")
		if err := e.Await(t.Context(), nil); err != nil {
			t.Errorf("for nothing: %v", err)
		}
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errors.New("enough"))
		defer cancel()
		started := time.Now()
		outcome := Execute(ctx, e, Case{ID: idOf(protocol.Must), Probes: []AnyProbe{p}, Run: func(*C) { t.Error("the case ran") }})
		wantVerdict(t, outcome, report.Error, "wait for the end: enough")
		if took := time.Since(started); took != time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}

// TestProbesAreCutOff: every case of a probe that was cut off hears of it.
func TestProbesAreCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := nowhere(t)
		ctx, cancel := context.WithCancelCause(t.Context())
		running, _ := counting("running", "lane")
		waiting, waited := counting("waiting", "lane")
		careless := &Probe[int]{Name: "careless", Run: func(s *Scene) (int, error) { <-s.Done(); return 1, nil }}
		e.StartProbes(ctx, []AnyProbe{running, waiting, careless})
		time.Sleep(time.Second / 2)
		cancel(errors.New("enough"))
		e.AwaitProbes()
		for p, reason := range map[*Probe[int]]string{
			running: "enough", waiting: "wait for lane: enough", careless: "cut off: enough",
		} {
			k := Case{ID: idOf(protocol.Must), Probes: []AnyProbe{p}, Run: func(c *C) { p.Of(c) }}
			wantVerdict(t, Execute(t.Context(), e, k), report.Error, reason)
		}
		if *waited != 0 {
			t.Error("a probe was begun after the end")
		}
	})
}

// TestRunAfterTheEnd: nothing is begun in a lane once ctx is done, free as the
// lane may be.
func TestRunAfterTheEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for i := range 50 {
		e := nowhere(t)
		p := &Probe[int]{Name: strconv.Itoa(i), Run: func(*Scene) (int, error) { t.Error("the probe was begun"); return 0, nil }}
		if _, err := p.Now(ctx, e); !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		if leave, err := e.enterLane(t.Context(), p.LaneName()); err != nil {
			t.Errorf("the lane is not free: %v", err)
		} else {
			leave()
		}
	}
}
