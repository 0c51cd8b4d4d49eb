package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

const (
	leastOfBare = 0.6 // of the bare epoll reader's events per CPU-second
	leastOfPeer = 3   // times k6's
)

// compare has all sides hear the same stream, in turn, and again in the next round.
func compare(ctx context.Context, t tools, w wish) error {
	s := setting{
		sockets: w.size(2000), rate: cmp.Or(w.rate, 25), ramp: 5 * time.Second,
		settle: 2 * time.Second, window: cmp.Or(w.window, 20*time.Second),
	}
	fmt.Printf("%d sockets, %v changes/s, %v measured\n\n", s.sockets, s.rate, s.window)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer func() { _ = table.Flush() }() // what there is, if it ends early
	fmt.Fprintln(table, "round\tside\tevents/s\tCPU s\tevents per CPU s\tpeak MB\tremarks")
	figures := make(map[string][]float64)
	sound := true
	for round := 1; round <= w.rounds; round++ {
		for _, who := range w.sides {
			say("round %d: %s", round, who.name)
			r, err := try(ctx, t, who, s)
			if err != nil {
				return fmt.Errorf("round %d: %s: %w", round, who.name, err)
			}
			figures[who.name] = append(figures[who.name], r.perCPU())
			sound = sound && (who.name == peer || len(r.own.flaws) == 0)
			fmt.Fprintf(table, "%d\t%s\t%.0f\t%.2f\t%.0f\t%.1f\t%s\n", round, who.name,
				float64(r.events)/r.seconds, r.cpu.Seconds(), r.perCPU(), megabytes(r.peak), r.remarks())
		}
	}
	_ = table.Flush()
	fmt.Println()
	for _, who := range w.sides {
		fmt.Printf("median of %s: %.0f events per CPU-second\n", who.name, median(figures[who.name]))
	}
	for _, driver := range []string{passive, active} {
		sound = ratio(figures, driver, bare, leastOfBare) && sound
		sound = ratio(figures, driver, peer, leastOfPeer) && sound
	}
	if !sound {
		return errMissed
	}
	return nil
}

// remarks tells what must be known of a result beside its figures.
func (r result) remarks() string {
	remarks := slices.Clone(r.own.flaws)
	if r.events < r.expected*99/100 {
		remarks = append(remarks, fmt.Sprintf("fell behind: %d%% of the window's events", 100*r.events/r.expected))
	}
	return strings.Join(remarks, ", ")
}

// ratio prints how a side does against another, and tells whether it is good enough. It
// says nothing if one of them did not run.
func ratio(figures map[string][]float64, of, to string, least float64) bool {
	if len(figures[of]) == 0 || len(figures[to]) == 0 {
		return true
	}
	r := median(figures[of]) / median(figures[to])
	fmt.Printf("%s / %s: %.2f, want at least %v: %s\n", of, to, r, least, verdict(r >= least))
	return r >= least
}

func verdict(good bool) string {
	if good {
		return "holds"
	}
	return "MISSED"
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func megabytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }
