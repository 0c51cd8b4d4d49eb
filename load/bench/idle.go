package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"
	"time"
)

// mostIdle is what an idle socket may cost ttcheck, in bytes.
const mostIdle = 16 << 10

// idle measures the memory of sockets that hear nothing: what a side has when all are up
// and have come to rest, less what it had with the first few, for each between.
func idle(ctx context.Context, t tools, w wish) error {
	s := setting{sockets: w.size(10_000), settle: 5 * time.Second}
	s.ramp = rampFor(s.sockets)
	fmt.Printf("%d idle sockets\n\n", s.sockets)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer func() { _ = table.Flush() }() // what there is, if it ends early
	fmt.Fprintln(table, "side\tat first MB\tall up MB\tpeak MB\tbytes per socket\tpeak bytes per socket")
	good, summary := true, ""
	for _, who := range w.sides {
		if who.active || who.name == peer { // the one needs no changes, the other too much memory
			continue
		}
		say("%s", who.name)
		g, err := grow(ctx, t, who, s)
		if err != nil {
			return fmt.Errorf("%s: %w", who.name, err)
		}
		fmt.Fprintf(table, "%s\t%.1f\t%.1f\t%.1f\t%d\t%d\n", who.name, megabytes(g.first.now),
			megabytes(g.last.now), megabytes(g.last.peak), g.each(g.last.now), g.each(g.last.peak))
		if who.name == passive {
			good = g.each(g.last.now) <= mostIdle
			summary = fmt.Sprintf("\nan idle socket of %s: %d bytes, want at most %d: %s\n",
				who.name, g.each(g.last.now), mostIdle, verdict(good))
		}
	}
	_ = table.Flush()
	fmt.Print(summary)
	if !good {
		return errMissed
	}
	return nil
}

// growth is how the memory of a side grew with its sockets.
type growth struct {
	first, last memory
	sockets     int // that came between
}

// each is what a socket takes, if all of them take so much.
func (g growth) each(all int64) int64 { return (all - g.first.now) / int64(g.sockets) }

func grow(ctx context.Context, t tools, who side, s setting) (g growth, err error) {
	l, err := setUp(ctx, t)
	if err != nil {
		return g, err
	}
	defer l.close()
	j, err := who.job(t, l, s)
	if err != nil {
		return g, err
	}
	p, err := launch(j.env, j.path, j.args...)
	if err != nil {
		return g, err
	}
	defer p.stop()
	g.sockets = s.sockets
	err = l.await(ctx, p, s.sockets, s.ramp+patience, func(sockets int) (err error) {
		if g.first.now == 0 && sockets > 0 {
			g.first, err = memoryOf(p.pid())
			g.sockets -= sockets
		}
		return err
	})
	if err != nil {
		return g, err
	}
	if g.sockets <= 0 {
		return g, fmt.Errorf("%d sockets were up before the first look", s.sockets)
	}
	if err := pause(ctx, p, s.settle); err != nil {
		return g, err
	}
	g.last, err = memoryOf(p.pid())
	return g, err
}

// rampFor is a time to open sockets in that asks nothing special of the gateway.
func rampFor(sockets int) time.Duration {
	return max(time.Second, time.Duration(sockets)*time.Millisecond)
}
