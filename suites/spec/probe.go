package spec

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
)

// Probe makes one observation that takes long, such as a silence of 20 seconds.
// It runs beside everything else, judges nothing, and returns what it saw; cases
// judge. An error means that there is no observation: the harness's trouble, not
// a verdict on the gateway.
type Probe[T any] struct {
	Name string // completes "waiting for …"
	// Lane orders probes: those of one lane never overlap. Empty is a lane of its own.
	Lane string
	// Takes is the protocol time that the probe waits for.
	Takes func(protocol.Timing) time.Duration
	Needs []Need
	Run   func(s *Scene) (T, error)
}

// AnyProbe is a probe of any observation.
type AnyProbe interface {
	Title() string
	Duration(protocol.Timing) time.Duration
	LaneName() string
	needs() []Need
	observe(s *Scene) (any, error)
}

// Title completes "waiting for …".
func (p *Probe[T]) Title() string { return p.Name }

// Duration is the protocol time that the probe waits for.
func (p *Probe[T]) Duration(t protocol.Timing) time.Duration { return p.Takes(t) }

// LaneName is the lane that the probe takes while it runs.
func (p *Probe[T]) LaneName() string {
	if p.Lane == "" {
		return p.Name
	}
	return p.Lane
}
func (p *Probe[T]) needs() []Need                 { return p.Needs }
func (p *Probe[T]) observe(s *Scene) (any, error) { return p.Run(s) }

// Now makes the observation at once, unless it is made already or being made. It
// must not be called by a probe of the same lane while p is still to be made: the
// lane is taken.
func (p *Probe[T]) Now(ctx context.Context, e *Env) (T, error) {
	var none T
	o := e.observation(p)
	if err := e.observe(ctx, p, o); err != nil {
		return none, err
	}
	if o.err != nil {
		return none, o.err
	}
	return o.value.(T), nil //nolint:forcetypeassert // only p.Run sets it
}

// Of returns the observation for a case that lists the probe, and puts the
// probe's exchanges among the case's evidence. Without an observation the case
// ends here.
func (p *Probe[T]) Of(c *C) T {
	o := c.observation(p)
	select {
	case <-o.done:
	default:
		c.Broken("the case judges %q, which it does not list among its probes", p.Name)
	}
	c.citeOnce(o)
	if o.err != nil {
		c.end(endingOf(o.err))
	}
	return o.value.(T) //nolint:forcetypeassert // only p.Run sets it
}

type observation struct {
	begun     atomic.Bool
	done      chan struct{}
	value     any
	err       error
	exchanges []client.Exchange
}

type probes struct {
	mu   sync.Mutex
	made map[AnyProbe]*observation
	// repeated tells which observations were made a second time.
	repeated map[AnyProbe]bool
	lanes    map[string]chan struct{} // holds one element while the lane is taken
	wait     sync.WaitGroup
}

// StartProbes begins the observations, every lane at once; they go on until ctx is
// done. Probes of one lane run in the order given.
func (e *Env) StartProbes(ctx context.Context, selected []AnyProbe) {
	lanes := map[string][]AnyProbe{}
	for _, p := range selected {
		if !slices.Contains(lanes[p.LaneName()], p) {
			lanes[p.LaneName()] = append(lanes[p.LaneName()], p)
		}
	}
	for _, lane := range lanes {
		e.probes.wait.Go(func() {
			for _, p := range lane {
				_ = e.observe(ctx, p, e.observation(p)) // it fails with ctx alone
			}
		})
	}
}

// AwaitProbes waits for every probe that was started to return.
func (e *Env) AwaitProbes() { e.probes.wait.Wait() }

// Await waits for the probes' observations, or for ctx.
func (e *Env) Await(ctx context.Context, list []AnyProbe) error {
	for _, p := range list {
		if err := e.observation(p).await(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// await waits until the observation is made, or for ctx.
func (o *observation) await(ctx context.Context, p AnyProbe) error {
	select {
	case <-o.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for %s: %w", p.Title(), context.Cause(ctx))
	}
}

// Repeat forgets the probes' observations and makes them again; each once in a run,
// so that one cause does not make every case that judges it wait anew.
func (e *Env) Repeat(ctx context.Context, list []AnyProbe) {
	for _, p := range list {
		e.probes.mu.Lock()
		again := !e.probes.repeated[p]
		if again {
			delete(e.probes.made, p)
			if e.probes.repeated == nil {
				e.probes.repeated = map[AnyProbe]bool{}
			}
			e.probes.repeated[p] = true
		}
		e.probes.mu.Unlock()
		if !again {
			continue
		}
		_ = e.observe(ctx, p, e.observation(p)) // it fails with ctx alone
	}
}

func (e *Env) observation(p AnyProbe) *observation {
	e.probes.mu.Lock()
	defer e.probes.mu.Unlock()
	if e.probes.made == nil {
		e.probes.made = map[AnyProbe]*observation{}
	}
	o := e.probes.made[p]
	if o == nil {
		o = &observation{done: make(chan struct{})}
		e.probes.made[p] = o
	}
	return o
}

// observe makes an observation, or waits until whoever has begun it is done. The
// error tells that ctx was done first.
func (e *Env) observe(ctx context.Context, p AnyProbe, o *observation) error {
	if o.begun.Swap(true) {
		return o.await(ctx, p)
	}
	e.run(ctx, p, o)
	return nil
}

func (e *Env) run(ctx context.Context, p AnyProbe, o *observation) {
	defer close(o.done)
	leave, err := e.enterLane(ctx, p.LaneName())
	if err != nil {
		o.err = err
		return
	}
	defer leave()
	s := e.Scene(ctx)
	s.lane = p.LaneName()
	defer func() { o.exchanges = s.Client.Transcript().Exchanges() }()
	defer func() {
		switch r := recover().(type) {
		case nil:
		case ending:
			o.err = r
		default:
			o.err = fmt.Errorf("the probe %q broke: %v\n%s", p.Title(), r, debug.Stack())
		}
	}()
	defer s.CleanUp() // before that: it may break too
	if o.value, o.err = p.observe(s); o.err == nil {
		o.err = s.spoilt()
	}
}

// enterLane waits until nobody else is in the lane, or returns why ctx ended
// first. Whoever entered calls leave.
func (e *Env) enterLane(ctx context.Context, name string) (leave func(), err error) {
	e.probes.mu.Lock()
	if e.probes.lanes == nil {
		e.probes.lanes = map[string]chan struct{}{}
	}
	if e.probes.lanes[name] == nil {
		e.probes.lanes[name] = make(chan struct{}, 1)
	}
	lane := e.probes.lanes[name]
	e.probes.mu.Unlock()
	select {
	case lane <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for %s: %w", name, context.Cause(ctx))
	}
	if ctx.Err() != nil { // select takes either
		<-lane
		return nil, fmt.Errorf("wait for %s: %w", name, context.Cause(ctx))
	}
	return func() { <-lane }, nil
}
