package selftest

import (
	"context"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"ttcheck/fixtures/faults"
	"ttcheck/protocol"
	"ttcheck/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// selection is a fault of each chapter, of those that do not take long.
var selection = []string{
	"online-secured", "window-left-open-after-token", "token-by-its-beginning", "pong-without-payload", "seq-skips-after-fifty",
	"order-found-by-part-of-name", "history-filters-as-or", "unknown-setting-ignored",
}

// heard is a listener that keeps what it is told.
type heard struct {
	mu       sync.Mutex
	done     []string
	repeated int
}

func (h *heard) Done(t report.Trial) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done = append(h.done, t.Name)
}

func (h *heard) Repeat(report.Trial) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.repeated++
}

// TestSelection makes a few trials of those that ttcheck selftest makes.
func TestSelection(t *testing.T) {
	t.Parallel()
	var trials []Trial
	for _, name := range selection {
		f, err := faults.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		trials = append(trials, OfFault(f, false))
	}
	listener := &heard{}
	s := Run(t.Context(), "test", trials, len(trials), listener)
	if len(s.Trials) != len(trials) || len(listener.done) != len(trials) {
		t.Fatalf("%d results, %d told, want %d", len(s.Trials), len(listener.done), len(trials))
	}
	for i, trial := range s.Trials {
		if trial.Name != selection[i] {
			t.Errorf("result %d is of %s, want the order given", i, trial.Name)
		}
		if !trial.Good() {
			t.Errorf("%s: %s; caught %v, sides %v, %s", trial.Name, trial.Outcome(), trial.Caught, trial.Sides, trial.Error)
		}
	}
}

// TestRunStops proves that an interrupt ends the trials, and that none which was cut off
// is shown as a result.
func TestRunStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	listener := &heard{}
	s := Run(ctx, "test", []Trial{Sound(), Sound()}, 2, listener)
	if !s.Interrupted || len(s.Trials) > 0 || len(listener.done) > 0 {
		t.Errorf("interrupted %v, %d results, %d told", s.Interrupted, len(s.Trials), len(listener.done))
	}
}

// TestConcerned proves that a fault's trial runs every chapter that the fault breaks, and
// the costly ones only then.
func TestConcerned(t *testing.T) {
	t.Parallel()
	if whole := OfFault(faults.All()[0], true); len(whole.Chapters) > 0 || whole.Profile != "" {
		t.Errorf("on the whole, %+v is left out", whole)
	}
	for _, f := range faults.All() {
		chapters := OfFault(f, false).Chapters
		var broken []protocol.Chapter
		for _, id := range f.Breaks {
			r, ok := protocol.Lookup(id)
			if !ok {
				t.Errorf("%s breaks %q, which is no requirement", f.Name, id)
				continue
			}
			broken = append(broken, r.Chapter)
			if !slices.Contains(chapters, r.Chapter) {
				t.Errorf("%s breaks %s, and its trial leaves the chapter out", f.Name, id)
			}
		}
		for _, c := range costly {
			if slices.Contains(chapters, c) && !slices.Contains(broken, c) {
				t.Errorf("%s does not concern the chapter %s, which its trial runs", f.Name, c)
			}
		}
	}
}
