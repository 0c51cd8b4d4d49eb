package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// result is what was measured of a side, from outside and in one window.
type result struct {
	events   int64         // deliveries handled within the window
	cpu      time.Duration // used within the window
	seconds  float64       // the window's length
	peak     int64         // memory, bytes
	own      outcome       // what the side says of its whole run
	expected int64         // deliveries that there were in the window
}

// perCPU is the figure of merit: events handled per second of CPU.
func (r result) perCPU() float64 { return float64(r.events) / max(r.cpu, tick).Seconds() }

// try has a side hold its sockets on a gateway of its own, and measures it while changes
// are made at the setting's rate: by the source, or by the side itself.
func try(ctx context.Context, t tools, who side, s setting) (r result, err error) {
	l, err := setUp(ctx, t)
	if err != nil {
		return r, err
	}
	defer l.close()
	w, err := listen(ctx, l)
	if err != nil {
		return r, err
	}
	defer w.close()
	j, err := who.job(t, l, s)
	if err != nil {
		return r, err
	}
	p, err := launch(j.env, j.path, j.args...)
	if err != nil {
		return r, err
	}
	defer p.stop()
	if err := l.await(ctx, p, s.sockets+1, s.ramp+patience, nil); err != nil {
		return r, err
	}
	up := time.Now()
	var changes *process
	if !who.active {
		changes, err = launch(nil, t.source, "-address", l.address, "-token-file", l.tokenFile,
			"-rate", fmt.Sprint(s.rate), "-duration", (s.settle + s.window + time.Second).String())
		if err != nil {
			return r, err
		}
		defer changes.stop()
	}
	if err := pause(ctx, p, s.settle); err != nil {
		return r, err
	}
	end, err := r.measure(ctx, p, j, w, s)
	if err != nil {
		return r, err
	}
	if changes != nil {
		if err := finish(ctx, changes); err != nil {
			return r, err
		}
	}
	if err := p.wait(ctx, tail+patience); err != nil {
		return r, err
	}
	if r.own, err = j.outcome(p.stdout.text()); err != nil {
		return r, err
	}
	if !who.active {
		end = time.Now() // it has to have heard all that the source made
	}
	return r, r.check(w, up, end, s)
}

// patience is what a side may take longer than planned, to begin or to end.
const patience = time.Minute

// measure looks at a side at the beginning and at the end of the window.
func (r *result) measure(ctx context.Context, p *process, j job, w *witness, s setting) (end time.Time, err error) {
	from, err := look(ctx, p, j)
	if err != nil {
		return end, err
	}
	if err := pause(ctx, p, s.window); err != nil {
		return end, err
	}
	to, err := look(ctx, p, j)
	if err != nil {
		return end, err
	}
	heard, err := w.between(from.at, to.at)
	if err != nil {
		return end, err
	}
	if heard == 0 {
		return end, errors.New("there was no event")
	}
	r.cpu, r.seconds = to.cpu-from.cpu, to.at.Sub(from.at).Seconds()
	r.expected = heard * int64(s.sockets)
	r.events = r.expected
	if j.handled != nil {
		r.events = to.handled - from.handled
	}
	m, err := memoryOf(p.pid())
	r.peak = m.peak
	return to.at, err
}

// instant is what a side has used and done until now.
type instant struct {
	at      time.Time
	cpu     time.Duration
	handled int64
}

func look(ctx context.Context, p *process, j job) (i instant, err error) {
	if j.handled != nil {
		if i.handled, err = j.handled(ctx); err != nil {
			return i, err
		}
	}
	i.at = time.Now()
	i.cpu, err = cpuTime(p.pid())
	return i, err
}

// finish waits for the source, and takes an account that is not whole for an error.
func finish(ctx context.Context, source *process) error {
	if err := source.wait(ctx, patience); err != nil {
		return err
	}
	var said struct{ Changes, Failed, Late int64 }
	if err := json.Unmarshal([]byte(source.stdout.text()), &said); err != nil {
		return fmt.Errorf("read what the source says: %w", err)
	}
	if said.Failed > 0 {
		return fmt.Errorf("the source failed with %d changes: %s", said.Failed, source.stderr.text())
	}
	if said.Late > 0 {
		say("    the source made %d of %d changes late", said.Late, said.Changes)
	}
	return nil
}

// check holds a side's own count against the witness's: it must have handled every event
// that there was for all of its sockets.
func (r *result) check(w *witness, from, to time.Time, s setting) error {
	heard, err := w.between(from, to)
	if err != nil {
		return err
	}
	if want := heard * int64(s.sockets); r.own.events < want {
		r.own.flaws = append(r.own.flaws, fmt.Sprintf("handled %d of %d events", r.own.events, want))
	}
	return nil
}
