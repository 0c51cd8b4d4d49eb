package drive

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"ttcheck/fixtures/pos"
)

// ErrKilled is the cause of the context of an embedded integration that is killed: the one that
// the reference POS knows.
var ErrKilled = pos.ErrKilled

// errLeftGoroutine is how a run ends that was left by runtime.Goexit.
var errLeftGoroutine = errors.New("it left its goroutine")

// embedded is an integration in this process.
type embedded struct {
	run func(context.Context, Site) error

	mu   sync.Mutex
	last *episode // nil before the first
}

// episode is one run of an embedded integration.
type episode struct {
	stop  context.CancelFunc
	kill  context.CancelCauseFunc
	ended chan struct{}
	err   error // how it ended; read after ended
}

// Embedded returns the integration that run is, in this process. run ends in good order
// when its context does, and without a word if the context's cause is ErrKilled. A panic
// of it is a crash, and is told by Exit. What does not end cannot be forced to: Stop and
// Kill leave it, Start refuses to start another beside it, and Close waits for it.
func Embedded(run func(ctx context.Context, site Site) error) Integration {
	return &embedded{run: run}
}

func (e *embedded) Start(ctx context.Context, site Site) error {
	err := context.Cause(ctx)
	last := e.latest()
	if err == nil && last != nil && !last.over() {
		err = errRunning
	}
	if err != nil {
		return fmt.Errorf("start the integration: %w", err)
	}
	// It goes on when whoever started it is done with that.
	life, kill := context.WithCancelCause(context.WithoutCancel(ctx))
	inner, stop := context.WithCancel(life)
	fresh := &episode{stop: stop, kill: kill, ended: make(chan struct{}), err: errLeftGoroutine}
	e.mu.Lock()
	e.last = fresh
	e.mu.Unlock()
	go func() {
		defer close(fresh.ended)
		defer kill(nil)
		defer stop()
		fresh.err = guarded(inner, site, e.run)
	}()
	return nil
}

// guarded runs an integration; a panic of it is an error.
func guarded(ctx context.Context, site Site, run func(context.Context, Site) error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%.*s", cause, maxTail, debug.Stack())
		}
	}()
	return run(ctx, site)
}

func (e *embedded) Stop(ctx context.Context, grace time.Duration) (forced bool, err error) {
	last := e.latest()
	if last == nil {
		return false, nil
	}
	last.stop()
	patience, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	if last.await(patience) {
		return false, nil
	}
	last.kill(ErrKilled)
	if ctx.Err() != nil {
		err = fmt.Errorf("stop the integration: %w", context.Cause(ctx))
	}
	return true, err
}

func (e *embedded) Kill(ctx context.Context) error {
	last := e.latest()
	if last == nil {
		return nil
	}
	last.kill(ErrKilled)
	if !last.await(ctx) {
		return fmt.Errorf("kill the integration: %w", context.Cause(ctx))
	}
	return nil
}

func (*embedded) CanKill() bool { return true }

func (e *embedded) Ended() <-chan struct{} {
	if last := e.latest(); last != nil {
		return last.ended
	}
	return nil
}

func (e *embedded) Exit() string {
	last := e.latest()
	switch {
	case last == nil || !last.over():
		return ""
	case last.err != nil:
		return last.err.Error()
	}
	return "it returned without an error"
}

func (*embedded) String() string { return "embedded" }

func (e *embedded) Close() {
	if last := e.latest(); last != nil {
		last.kill(ErrKilled)
		<-last.ended
	}
}

func (e *embedded) latest() *episode {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.last
}

func (e *episode) over() bool {
	select {
	case <-e.ended:
		return true
	default:
		return false
	}
}

// await waits until the run has ended, and tells whether it did before ctx.
func (e *episode) await(ctx context.Context) bool {
	select {
	case <-e.ended:
	case <-ctx.Done():
	}
	return e.over()
}
