package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// interrupts are what came of Ctrl-C and SIGTERM so far. The first ends the context of the
// verb, which ends in good order. The second, where the verb asked for it by hurried, tells
// it to leave undone what takes time. The one after ends the process at once.
type interrupts struct {
	begin  context.CancelFunc // of the end
	hasten context.CancelFunc // ends the context of hurried
	asked  atomic.Bool        // somebody has that
	begun  bool
}

// hurriedKey is what the context of a verb keeps under it: how hurried gets its own.
type hurriedKey struct{}

// newInterrupts returns the context that the first interrupt ends. It carries the rest.
func newInterrupts(parent context.Context) (context.Context, *interrupts) {
	hurry, hasten := context.WithCancel(parent)
	i := &interrupts{hasten: hasten}
	ask := func() context.Context {
		i.asked.Store(true)
		return hurry
	}
	var ctx context.Context
	ctx, i.begin = context.WithCancel(context.WithValue(parent, hurriedKey{}, ask))
	return ctx, i
}

// catchInterrupts returns a context that the first interrupt ends, be it Ctrl-C, SIGTERM, or
// the end of the terminal, until stop is called.
func catchInterrupts() (ctx context.Context, stop func()) {
	ctx, i := newInterrupts(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		// The channel is never closed: a signal may be on its way into it.
		for {
			select {
			case <-signals:
			case <-done:
				return
			}
			if !i.take() {
				signal.Stop(signals) // the next is the system's, which ends the process
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		<-over
		i.begin()
		i.hasten()
	}
}

// take takes an interrupt, and tells whether the next is to be taken as well.
func (i *interrupts) take() bool {
	if !i.begun {
		i.begun = true
		i.begin()
		return i.asked.Load()
	}
	i.hasten()
	return false
}

// hurried returns a context that the second interrupt ends. The process is ended by the
// third from then on, for verbs that do not ask by the second.
func hurried(ctx context.Context) context.Context {
	if ask, ok := ctx.Value(hurriedKey{}).(func() context.Context); ok {
		return ask()
	}
	return context.WithoutCancel(ctx)
}
