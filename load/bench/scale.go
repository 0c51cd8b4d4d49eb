package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"
)

// scale shows what an event costs with more and more sockets. That cost must not grow:
// then the time for a change, which all sockets hear, grows no faster than their number.
func scale(ctx context.Context, t tools, w wish) error {
	sizes := w.sockets
	if len(sizes) == 0 {
		sizes = []int{100, 1000, 5000, 10_000}
	}
	s := setting{rate: cmp.Or(w.rate, 5), settle: 2 * time.Second, window: cmp.Or(w.window, 20*time.Second)}
	fmt.Printf("%v changes/s by ttcheck, %v measured\n\n", s.rate, s.window)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer func() { _ = table.Flush() }() // what there is, if it ends early
	fmt.Fprintln(table, "sockets\tevents/s\tCPU µs per event\tp99 of event_latency\tp99 of handling\tpeak MB\tremarks")
	var first, last float64
	sound := true
	for _, s.sockets = range sizes {
		say("%d sockets", s.sockets)
		s.ramp = rampFor(s.sockets)
		r, err := try(ctx, t, sideOf(active), s)
		if err != nil {
			return fmt.Errorf("%d sockets: %w", s.sockets, err)
		}
		last = 1e6 / r.perCPU()
		first = cmp.Or(first, last)
		sound = sound && len(r.own.flaws) == 0
		fmt.Fprintf(table, "%d\t%.0f\t%.2f\t%v\t%v\t%.1f\t%s\n", s.sockets, float64(r.events)/r.seconds,
			last, r.own.latency, r.own.handling, megabytes(r.peak), r.remarks())
	}
	_ = table.Flush()
	fmt.Printf("\nCPU per event, with the most sockets against the fewest: ×%.2f, want at most ×1: %s\n",
		last/first, verdict(last <= first))
	if !sound || last > first {
		return errMissed
	}
	return nil
}

// hold keeps many sockets for a while, with few changes, and looks whether all of them
// heard everything.
func hold(ctx context.Context, t tools, w wish) error {
	s := setting{
		sockets: w.size(10_000), rate: cmp.Or(w.rate, 1),
		settle: time.Second, window: cmp.Or(w.window, 2*time.Minute),
	}
	s.ramp = rampFor(s.sockets)
	say("%d sockets, %v changes/s, %v", s.sockets, s.rate, s.window)
	r, err := try(ctx, t, sideOf(active), s)
	if err != nil {
		return err
	}
	fmt.Printf("%d sockets held for %v, %v changes/s: %d events handled in all\n",
		s.sockets, s.hold(), s.rate, r.own.events)
	fmt.Printf("p99 of event_latency %v, of handling %v; peak %.1f MB; %.2f CPU-seconds in %v\n",
		r.own.latency, r.own.handling, megabytes(r.peak), r.cpu.Seconds(), s.window)
	whole := len(r.own.flaws) == 0
	fmt.Printf("nothing lost: %s %s\n", verdict(whole), strings.Join(r.own.flaws, ", "))
	if !whole {
		return errMissed
	}
	return nil
}
