package drive

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// bubble runs a test in virtual time.
func bubble(t *testing.T, test func(*testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, test)
}

// obedient ends a while after it is asked to.
func obedient(while time.Duration) func(context.Context, Site) error {
	return func(ctx context.Context, _ Site) error {
		<-ctx.Done()
		if !errors.Is(context.Cause(ctx), ErrKilled) {
			time.Sleep(while) // of virtual time
		}
		return nil
	}
}

// stubborn takes a minute to end, whatever it is told.
func stubborn(context.Context, Site) error {
	time.Sleep(time.Minute) // of virtual time
	return nil
}

func ended(i Integration) bool {
	synctest.Wait()
	select {
	case <-i.Ended():
		return true
	default:
		return false
	}
}

func TestEmbeddedStops(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var got Site
		e := Embedded(func(ctx context.Context, site Site) error { got = site; return obedient(time.Second)(ctx, site) })
		defer e.Close()
		if forced, err := e.Stop(t.Context(), time.Hour); forced || err != nil || e.Ended() != nil || e.Exit() != "" {
			t.Errorf("before the start: %v, %v, %v, %q", forced, err, e.Ended(), e.Exit())
		}
		site := Site{Gateway: "127.0.0.1:8000", Link: "lo", Speedup: 20, State: "dir"}
		for range 2 {
			starting, done := context.WithCancel(t.Context())
			if err := e.Start(starting, site); err != nil {
				t.Fatal(err)
			}
			done()
			if ended(e) || e.Exit() != "" {
				t.Fatalf("it ended with its start: %q", e.Exit())
			}
			if err := e.Start(t.Context(), site); !errors.Is(err, errRunning) {
				t.Errorf("started beside itself: %v", err)
			}
			begun := time.Now()
			if forced, err := e.Stop(t.Context(), 2*time.Second); forced || err != nil || time.Since(begun) != time.Second {
				t.Errorf("stopped after %v: %v, %v", time.Since(begun), forced, err)
			}
			if !ended(e) || e.Exit() != "it returned without an error" || got != site {
				t.Errorf("%q, on site %+v", e.Exit(), got)
			}
			if forced, err := e.Stop(t.Context(), 0); forced || err != nil {
				t.Errorf("stopped again: %v, %v", forced, err)
			}
		}
		if !e.CanKill() || e.String() != "embedded" {
			t.Error(e)
		}
	})
}

// TestEmbeddedIsLeft: what cannot be ended is left by Stop, and waited for by Close.
func TestEmbeddedIsLeft(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := Embedded(stubborn)
		begun := time.Now()
		if err := e.Start(t.Context(), Site{}); err != nil {
			t.Fatal(err)
		}
		if forced, err := e.Stop(t.Context(), time.Second); !forced || err != nil || ended(e) {
			t.Errorf("stopped: %v, %v", forced, err)
		}
		cause := errors.New("Ctrl-C")
		hasty, end := context.WithCancelCause(t.Context())
		end(cause)
		if forced, err := e.Stop(hasty, time.Hour); !forced || !errors.Is(err, cause) {
			t.Errorf("stopped in haste: %v, %v", forced, err)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := e.Kill(short); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != 2*time.Second {
			t.Errorf("killed after %v: %v", time.Since(begun), err)
		}
		if err := e.Start(t.Context(), Site{}); !errors.Is(err, errRunning) {
			t.Errorf("started beside itself: %v", err)
		}
		e.Close()
		if time.Since(begun) != time.Minute || !ended(e) {
			t.Errorf("closed after %v", time.Since(begun))
		}
	})
}

func TestEmbeddedIsKilled(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := Embedded(func(ctx context.Context, site Site) error {
			_ = obedient(time.Hour)(ctx, site)
			return context.Cause(ctx)
		})
		defer e.Close()
		begun := time.Now()
		if err := e.Kill(t.Context()); err != nil {
			t.Errorf("before the start: %v", err)
		}
		if err := e.Start(t.Context(), Site{}); err != nil {
			t.Fatal(err)
		}
		if err := e.Kill(t.Context()); err != nil || time.Since(begun) != 0 || e.Exit() != ErrKilled.Error() {
			t.Errorf("killed after %v: %v, %q", time.Since(begun), err, e.Exit())
		}
	})
}

func TestEmbeddedCrashes(t *testing.T) {
	for name, test := range map[string]struct {
		run  func(context.Context, Site) error
		want string // the exit begins with it
	}{
		"a panic":      {func(context.Context, Site) error { panic("alas") }, "panic: alas\ngoroutine "},
		"an index":     {func(_ context.Context, site Site) error { _ = site.Link[len(site.Link)]; return nil }, "panic: runtime error: index out of range"},
		"an error":     {func(context.Context, Site) error { return errors.New("no gateway") }, "no gateway"},
		"no goroutine": {func(context.Context, Site) error { runtime.Goexit(); return nil }, "it left its goroutine"},
		"nothing":      {func(context.Context, Site) error { return nil }, "it returned without an error"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				e := Embedded(test.run)
				defer e.Close()
				if err := e.Start(t.Context(), Site{}); err != nil {
					t.Fatal(err)
				}
				if !ended(e) || !strings.HasPrefix(e.Exit(), test.want) {
					t.Errorf("it ended with %.100q, want %q", e.Exit(), test.want)
				}
				if forced, err := e.Stop(t.Context(), time.Second); forced || err != nil {
					t.Errorf("stopped: %v, %v", forced, err)
				}
			})
		})
	}
}

func TestEmbeddedNeedsTimeToStart(t *testing.T) {
	t.Parallel()
	e := Embedded(stubborn)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Start(ctx, Site{}); !errors.Is(err, context.Canceled) || e.Ended() != nil {
		t.Errorf("started: %v", err)
	}
	e.Close()
}
