package load

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ttcheck/load/plan"
	"ttcheck/load/wire"
	"ttcheck/protocol"
	"ttcheck/report"
)

// run is one run of a plan.
type run struct {
	cfg   Config
	start time.Time // of the plan; with the monotonic clock

	handshake   http.Header // of a WebSocket
	authMessage []byte      // its first message, where the token is no header

	pool     *wire.Pool
	lanes    []*lane // one for each worker
	side     *lane   // for all that is not read by a worker
	ledger   *ledger
	sights   *sights // of the plan's events, by the number of the change
	others   *sights // of all others, by seq
	seqs     seqSet
	numbers  *numbers
	seed     maphash.Seed // tells events apart that have no seq
	numbered atomic.Bool  // some event bore a seq
	highest  atomic.Int64 // of the seqs heard, plus one
	ahead    atomic.Int64 // how long before their time changes were heard of, at most
	members  *members
	http     *asker

	closes  notes
	errors  notes
	answers answers
	seconds seconds
	remarks []string
	// What the closing of the books found: sockets that heard nothing to the end, and whether
	// nobody is told of cleared orders.
	silentSockets int
	silentClears  bool
	telling       sync.Mutex

	halted  context.CancelFunc     // ends the load early
	stopped atomic.Pointer[string] // why it was
}

// Run carries out a plan, whatever comes of it, and returns what was measured. An error
// tells that it could not begin; what there is to report is returned all the same. When ctx
// ends, so does the load; sockets are closed and orders cleared even then.
func Run(ctx context.Context, cfg Config) (report.Load, error) {
	r := newRun(cfg)
	defer r.http.close()
	out := r.blank()
	orders, err := r.prepare(ctx)
	if err == nil {
		r.pool, err = wire.NewPool(wire.Options{Workers: len(r.lanes), Now: r.now, Handler: ear{r}, Dial: cfg.Dial, MaxMessage: maxMessage})
	}
	if err == nil {
		err = r.await(ctx)
	}
	if err != nil {
		if r.pool != nil {
			r.pool.Close()
		}
		out.SetupError, out.Interrupted = oneLine(err), ctx.Err() != nil
		return out, err
	}
	out.Head.Started, out.Head.TimingSource = r.start, r.timingSource()
	r.tell(func(l Listener) { l.Begin(out.Head, cfg.Plan, cfg.Plan.Total()) })
	r.drive(ctx, orders, &out)
	Judge(&out, cfg.Thresholds)
	out.Head.TimingSource = r.timingSource() // known for good only now
	r.tell(func(l Listener) { l.End(out) })
	return out, nil
}

func newRun(cfg Config) *run {
	if cfg.Shard.Count == 0 {
		cfg.Shard = plan.One
	}
	r := &run{
		cfg: cfg, side: newLane(), start: time.Now(),
		sights: newSights(), others: newSights(), numbers: &numbers{}, seed: maphash.MakeSeed(),
	}
	for range min(runtime.GOMAXPROCS(0), maxWorkers) {
		r.lanes = append(r.lanes, newLane())
	}
	r.ledger = newLedger(cfg.Plan.NameRange(), r.lead())
	r.members = newMembers(r, cfg.Plan.PeakSockets())
	r.http = newAsker(cfg)
	r.handshake = http.Header{}
	if cfg.Plan.Auth == plan.ByHeader {
		r.handshake.Set("Authorization", "Bearer "+cfg.Token)
	} else {
		// A string in an object: that cannot fail.
		r.authMessage, _ = json.Marshal(protocol.AuthMessage{AccessToken: cfg.Token}) //nolint:gosec // it is what the gateway asks for
	}
	return r
}

// maxMessage bounds a message: a snapshot of ten thousand orders is below.
const maxMessage = 4 << 20

// maxWorkers is how many workers read at most: more of them take the processor from the
// gateway where both share a machine, and gain little where they do not.
const maxWorkers = 4

// shardLead is how long before its time a shard expects the changes of the others, whose
// clocks may be ahead of its own.
const shardLead = 100 * time.Millisecond

func (r *run) lead() time.Duration {
	if r.split() {
		return shardLead
	}
	return 0
}

// split tells whether the run is one of several shards.
func (r *run) split() bool { return r.cfg.Shard.Count > 1 }

// tell has the listener told, one thing at a time.
func (r *run) tell(what func(Listener)) {
	if r.cfg.Listener == nil {
		return
	}
	r.telling.Lock()
	defer r.telling.Unlock()
	what(r.cfg.Listener)
}

// now is the time since the start of the plan.
func (r *run) now() time.Duration { return time.Since(r.start) }

// wait waits for a time of the plan.
func (r *run) wait(ctx context.Context, at time.Duration) error {
	if left := at - r.now(); left > coarse || r.cfg.Dial != nil {
		if r.cfg.Dial == nil {
			left -= coarse
		}
		timer := time.NewTimer(left)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	// On a network in memory time may be one of a test, which no system call knows.
	for left := at - r.now(); left > 0 && r.cfg.Dial == nil; left = at - r.now() {
		finely(left)
	}
	return ctx.Err()
}

// coarse is how late a timer of the scheduler may be.
const coarse = 2 * time.Millisecond

// await waits for the plan's beginning.
func (r *run) await(ctx context.Context) error {
	now := time.Now()
	r.start = now
	if r.cfg.StartAt.IsZero() {
		return nil
	}
	if r.cfg.StartAt.Before(now) {
		return fmt.Errorf("the plan was to start at %s: that is past by the time that everything was ready", r.cfg.StartAt.Format(time.RFC3339))
	}
	r.start = now.Add(r.cfg.StartAt.Sub(now)) // keeps to the monotonic clock from here
	return r.wait(ctx, 0)
}

// drive carries out the plan, to its end or an earlier one, and cleans up.
func (r *run) drive(ctx context.Context, orders *orders, out *report.Load) {
	load, halted := context.WithCancel(ctx)
	defer halted()
	r.halted = halted
	load, over := context.WithTimeout(load, r.cfg.Plan.Total()-r.now())
	defer over()
	// Requests may still be answered for a while after the load, and orders cleared, unless
	// that is taking somebody too long.
	calm, rush := context.WithCancel(context.WithoutCancel(ctx))
	defer rush()
	patience, giveUp := context.WithCancel(calm)
	defer giveUp()
	context.AfterFunc(load, func() { time.AfterFunc(drainWithin, giveUp) })

	watched, stopWatching := context.WithCancel(context.WithoutCancel(ctx))
	var watching, driving sync.WaitGroup
	watching.Go(func() { r.watch(watched) })
	watching.Go(func() { r.tick(watched) })
	watching.Go(func() {
		select {
		case <-r.cfg.Hurry:
			rush()
		case <-watched.Done():
		}
	})
	driving.Go(func() { r.members.follow(load, patience) })
	driving.Go(func() { orders.follow(load, patience) })
	driving.Go(func() { r.queryHistory(load, patience) })
	<-load.Done()
	out.Head.Duration = r.now()
	if ctx.Err() != nil {
		r.tell(func(l Listener) {
			l.Say("interrupted: closing sockets and clearing orders; interrupt again to quit at once")
		})
	}
	r.members.last.Store(r.members.up.Load() + 1)
	driving.Wait()

	r.finish(calm, orders)
	stopWatching()
	watching.Wait()
	r.collect(out)
	out.Interrupted = ctx.Err() != nil
	if why := r.stopped.Load(); why != nil {
		out.Stopped = *why
	}
}

// blank is a report of nothing yet.
func (r *run) blank() report.Load {
	head := r.cfg.Head
	head.Shard, head.Shards = r.cfg.Shard.Index, r.cfg.Shard.Count
	for _, source := range r.cfg.Sources {
		head.Sources = append(head.Sources, source.String())
	}
	host, _ := os.Hostname() // empty if it is not known
	head.Environment = report.LoadEnvironment{
		System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(),
		CPUs: runtime.GOMAXPROCS(0), FileLimit: head.Environment.FileLimit, Host: host,
	}
	asked, err := json.Marshal(r.cfg.Plan)
	if err != nil {
		asked = nil // numbers and words: it cannot fail
	}
	return report.Load{Head: head, Plan: asked}
}

func (r *run) timingSource() string {
	known, how := r.pool.HandlingKnown()
	if known {
		return how
	}
	return "not measured: " + how
}

// oneLine is an error's text in one line.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
