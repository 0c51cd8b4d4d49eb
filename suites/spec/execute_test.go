package spec

import (
	"context"
	"errors"
	"slices"
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

// TestEndings: how a case ends is its verdict, whatever its level.
func TestEndings(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name    string
		run     func(c *C)
		verdict report.Verdict
		skip    report.SkipKind
		reason  string
	}{
		{"unsupported", func(c *C) { c.Unsupported("no %s", "tracker") }, report.Skipped, report.Unsupported, "no tracker"},
		{"inconclusive", func(c *C) { c.Inconclusive("%v late", time.Second) }, report.Inconclusive, "", "1s late"},
		{"broken", func(c *C) { c.Broken("no route to %d", 5) }, report.Error, "", "no route to 5"},
		{"an error", func(c *C) { c.end(endingOf(errors.New("lost"))) }, report.Error, "", "lost"},
		{"an ending, wrapped", func(c *C) { c.end(endingOf(errors.Join(errors.New("x"), Unsupported("no %d", 1)))) }, report.Skipped, report.Unsupported, "no 1"},
	} {
		for _, level := range []protocol.Level{protocol.Must, protocol.Should, protocol.Info} {
			outcome := judge(t, level, func(c *C) {
				x.run(c)
				t.Errorf("%s: the case went on", x.name)
			})
			wantVerdict(t, outcome, x.verdict, x.reason)
			if outcome.Skip != x.skip || len(outcome.Findings) > 0 {
				t.Errorf("%s: skip kind %q, findings %v", x.name, outcome.Skip, outcome.Findings)
			}
		}
	}
}

func TestPanic(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(*C){
		"its own":   func(*C) { panicking() },
		"Go's":      func(c *C) { var none *client.Response; c.Note("%d", none.Status) },
		"a nil one": func(*C) { panic(nil) },
	} {
		outcome := judge(t, protocol.Info, func(c *C) {
			c.Should(1).To(gomega.BeNil())
			run(c)
		})
		if outcome.Verdict != report.Error || !strings.HasPrefix(outcome.Reason, "the case broke: ") || len(outcome.Findings) != 1 {
			t.Errorf("%s: %+v", name, outcome)
		}
		if !strings.Contains(outcome.Reason, "spec.TestPanic") {
			t.Errorf("%s: the stack does not show where: %s", name, outcome.Reason)
		}
	}
	if outcome := judge(t, protocol.Must, func(*C) { panicking() }); !strings.Contains(outcome.Reason, "oh no") || !strings.Contains(outcome.Reason, "spec.panicking") {
		t.Errorf("the reason does not say what broke and where: %s", outcome.Reason)
	}
}

func panicking() { panic("oh no") }

func TestUnmetNeeds(t *testing.T) {
	t.Parallel()
	observed := &Probe[int]{Name: "x", Needs: []Need{NeedButton}, Run: func(*Scene) (int, error) { return 0, nil }}
	for name, k := range map[string]Case{
		"of the case":  {ID: "TOK-24", Needs: []Need{NeedToken, NeedButton}},
		"of its probe": {ID: "TOK-24", Needs: []Need{NeedToken}, Probes: []AnyProbe{observed}},
	} {
		e := nowhere(t)
		e.UseToken(goodToken)
		k.Run = func(*C) { t.Errorf("%s: the case ran", name) }
		outcome := Execute(t.Context(), e, k)
		wantVerdict(t, outcome, report.Skipped, "needs the button: --press prompt, exec:COMMAND or http:URL")
		if outcome.Skip != report.NeedsOperator {
			t.Errorf("%s: skip kind %q", name, outcome.Skip)
		}
	}
}

// TestTriedAgain: what was inconclusive is tried once more, and only once.
func TestTriedAgain(t *testing.T) {
	t.Parallel()
	const note = "tried again, as the first try was inconclusive: too slow, 1"
	for _, x := range []struct {
		name    string
		second  func(c *C)
		verdict report.Verdict
		reason  string
	}{
		{"and holds", func(c *C) { c.Note("seen") }, report.Pass, ""},
		{"and fails", func(c *C) { c.Note("seen"); c.Expect(1).To(gomega.BeNil()) }, report.Fail, ""},
		{"and is too slow again", func(c *C) { c.Note("seen"); c.Inconclusive("too slow, 2") }, report.Inconclusive, "too slow, 2"},
	} {
		tries := 0
		outcome := judge(t, protocol.Must, func(c *C) {
			if tries++; tries == 1 {
				c.Should(1).To(gomega.BeNil())
				c.Inconclusive("too slow, 1")
			}
			x.second(c)
		})
		wantVerdict(t, outcome, x.verdict, x.reason)
		if tries != 2 || !slices.Equal(outcome.Notes, []string{"seen", note}) {
			t.Errorf("%s: %d tries, notes %q", x.name, tries, outcome.Notes)
		}
		if want := map[bool]int{true: 1}[x.verdict == report.Fail]; len(outcome.Findings) != want {
			t.Errorf("%s: findings %v, want those of the second try alone", x.name, outcome.Findings)
		}
	}
}

func TestOtherVerdictsAreFinal(t *testing.T) {
	t.Parallel()
	for _, run := range []func(c *C){
		func(*C) {}, func(c *C) { c.Broken("x") }, func(c *C) { c.Unsupported("x") },
		func(c *C) { c.Expect(1).To(gomega.BeNil()) }, func(c *C) { c.Should(1).To(gomega.BeNil()) },
	} {
		tries := 0
		outcome := judge(t, protocol.Must, func(c *C) { tries++; run(c) })
		if tries != 1 {
			t.Errorf("%s: tried %d times", outcome.Verdict, tries)
		}
	}
}

// TestCutOff: nothing that a case makes of the world after it was cut off counts,
// neither for the gateway nor against it.
func TestCutOff(t *testing.T) {
	t.Parallel()
	stop := errors.New("the operator had enough")
	for name, run := range map[string]func(*C){
		"an assertion that fails":         func(c *C) { c.Expect(1).To(gomega.BeNil()) },
		"an assertion that only warns":    func(c *C) { c.Should(1).To(gomega.BeNil()) },
		"an answer that did not come":     func(c *C) { c.Expect(c.Get("/x")).To(words{false}) },
		"a time that is over":             func(c *C) { now := time.Now(); c.Punctual("it", now.Add(-time.Hour), now) },
		"an assertion that holds":         func(c *C) { c.Expect(c.Serves(goodToken, ByHeader)).To(gomega.BeFalse()) },
		"the end":                         func(*C) {},
		"something that is not supported": func(c *C) { c.Unsupported("paging") },
		"something that was too slow":     func(c *C) { c.Inconclusive("slow") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			tries := 0
			outcome := Execute(ctx, nowhere(t), Case{ID: idOf(protocol.Must), Run: func(c *C) {
				tries++
				cancel(stop)
				run(c)
			}})
			wantVerdict(t, outcome, report.Error, "cut off: the operator had enough")
			if tries != 1 || len(outcome.Findings) > 0 {
				t.Errorf("%d tries, findings %v", tries, outcome.Findings)
			}
		})
	}
}

func wantPrefix(t *testing.T, outcome Outcome, prefix string) {
	t.Helper()
	if outcome.Verdict != report.Error || !strings.HasPrefix(outcome.Reason, prefix) {
		t.Errorf("%s (%s), want an error: %s…", outcome.Verdict, outcome.Reason, prefix)
	}
}

// TestCutOffAfterAFinding: what was found before stays found.
func TestCutOffAfterAFinding(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	outcome := Execute(ctx, nowhere(t), Case{ID: idOf(protocol.Must), Run: func(c *C) {
		defer cancel() // while the case ends
		c.Should(1, "it").To(gomega.BeNil())
		c.Expect(2, "that").To(gomega.BeNil())
	}})
	wantVerdict(t, outcome, report.Fail, "")
	wantFindings(t, outcome, "SHOULD it to be nil", "MUST that to be nil")
}

// TestCaseLimit: a case that waits for ever is cut off by itself.
func TestCaseLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		outcome := judge(t, protocol.Must, func(c *C) { <-c.Done() })
		wantVerdict(t, outcome, report.Error, "cut off: it took longer than 1m30s")
		if took := time.Since(started); took != caseLimit {
			t.Errorf("it took %v, want %v", took, caseLimit)
		}
	})
}

// TestOwnTroubleOnTheWay: a case that does not look at the answer, but at what
// follows from it, says nothing of the gateway either.
func TestOwnTroubleOnTheWay(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(*C){
		"not served, as it must":       func(c *C) { stream, _ := c.Connect(ByHeader); c.Expect(stream == nil).To(gomega.BeFalse()) },
		"not served, as it should not": func(c *C) { c.Expect(c.Serves(goodToken, ByMessage)).To(gomega.BeFalse()) },
		"of a branch":                  func(c *C) { s := c.Branch(); s.Do(client.Request{}); c.Expect(1).To(gomega.BeNil()) },
		"without an assertion":         func(c *C) { c.Get("/") },
		"not supported":                func(c *C) { c.Get("/"); c.Unsupported("not there") },
	} {
		outcome := Execute(t.Context(), unreachable(t), Case{ID: idOf(protocol.Must), Run: run})
		wantPrefix(t, outcome, "the harness could not ask: ")
		if len(outcome.Findings) > 0 {
			t.Errorf("%s: findings %v", name, outcome.Findings)
		}
	}
	broken := Execute(t.Context(), unreachable(t), Case{ID: idOf(protocol.Must), Run: func(c *C) { c.Stream(ByHeader) }})
	wantPrefix(t, broken, "the set-up failed: open a WebSocket by header: the handshake was refused: ")
}

func TestNotes(t *testing.T) {
	t.Parallel()
	outcome := judge(t, protocol.Must, func(c *C) {
		c.Note("one of %d", 2)
		var wait sync.WaitGroup
		for range 20 {
			wait.Go(func() { c.Note("beside") })
		}
		wait.Wait()
		c.Note("two")
	})
	wantVerdict(t, outcome, report.Pass, "")
	if n := len(outcome.Notes); n != 22 || outcome.Notes[0] != "one of 2" || outcome.Notes[1] != "beside" || outcome.Notes[21] != "two" {
		t.Errorf("the notes are %q", outcome.Notes)
	}
}
