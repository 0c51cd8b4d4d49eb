package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"text/tabwriter"
	"time"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/gateway"
	"ttcheck/load/plan"
	"ttcheck/protocol"
	"ttcheck/report"
)

// offBy is how far a percentile may be off the truth, and way what the way through the system
// may take besides: it is in no plan. (In virtual time, where nothing takes any, the tests
// of load ask for the former alone.)
const (
	offBy = 0.02
	way   = time.Millisecond
)

// truth holds what ttcheck says against what the gateway knows: one that is held up on
// purpose, and notes when it hands each event to the system.
func truth(ctx context.Context, t tools, _ wish) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "gateway\tpercentile\tin truth\tttcheck says\toff by")
	sound := true
	for _, c := range []struct {
		name  string
		delay func(at time.Duration, n int) time.Duration
	}{
		{"stalls for 2 s", func(at time.Duration, _ int) time.Duration {
			if at < 4*time.Second || at >= 6*time.Second {
				return 5 * time.Millisecond
			}
			return 6*time.Second - at
		}},
		{"5 ms, 50 ms on 1 %", func(_ time.Duration, n int) time.Duration {
			if n%100 == 50 {
				return 50 * time.Millisecond
			}
			return 5 * time.Millisecond
		}},
	} {
		say("a gateway: %s", c.name)
		found, known, err := heldUp(ctx, t, c.delay)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		slices.Sort(known)
		h := found.Latencies[report.MetricEventLatency]
		if h == nil || h.TotalCount() != int64(len(known)) {
			return fmt.Errorf("%s: ttcheck did not measure all of %d events", c.name, len(known))
		}
		for _, p := range []float64{50, 90, 99, 100} {
			want := known[max(int(p/100*float64(len(known))+0.5), 1)-1]
			got := time.Duration(h.ValueAtPercentile(p)) * time.Microsecond
			off := float64(got-want) / float64(want)
			sound = sound && (off < offBy && off > -offBy || (got-want).Abs() <= way)
			fmt.Fprintf(table, "%s\tp%v\t%v\t%v\t%+.2f %%\n", c.name, p, want.Round(time.Microsecond), got, 100*off)
		}
	}
	_ = table.Flush()
	fmt.Printf("\nevery percentile within %.0f %% of the truth, or %v: %s\n", 100*offBy, way, verdict(sound))
	if !sound {
		return errMissed
	}
	return nil
}

// heldUp runs ttcheck against a gateway that holds each change for a delay, which may
// depend on when it comes, since the end of the ramp, and on how many came before. It
// returns what ttcheck says, and the true latency of every event.
func heldUp(ctx context.Context, t tools, delay func(at time.Duration, n int) time.Duration) (report.Load, []time.Duration, error) {
	p := plan.Default()
	p.Sockets, p.Ramp, p.Duration, p.Rate = 4, plan.Span(time.Second), plan.Span(10*time.Second), 100
	p.Names = "9000-9999"
	h := &holder{delay: delay, first: p}
	var opts gateway.Options
	opts.Listen = "127.0.0.1:0"
	decorate.Apply(&opts, func(decorate.World) decorate.Decorators {
		return decorate.Decorators{HTTP: h.hold, Socket: h.watch}
	})
	g, err := gateway.Start(opts)
	if err != nil {
		return report.Load{}, nil, err
	}
	defer func() { _ = g.Close() }()
	g.Press()
	file, tokenFile := filepath.Join(t.dir, "truth.json"), filepath.Join(t.dir, "truth.token")
	defer func() { _ = os.Remove(tokenFile) }() // the gateway ends with us, and the token with it
	for _, args := range [][]string{
		{"token", "--target", g.Addr(), "--token-file", tokenFile},
		{
			"load", "--target", g.Addr(), "--token-file", tokenFile, "--allow", "orders", "--json", file,
			"--sockets", strconv.Itoa(p.Sockets), "--ramp", p.Ramp.String(), "--duration", p.Duration.String(),
			"--rate", fmt.Sprint(p.Rate), "--order-names", p.Names,
		},
	} {
		if err := runTo(ctx, t.ttcheck, args...); err != nil {
			return report.Load{}, nil, err
		}
	}
	in, err := os.Open(file) //nolint:gosec // our own
	if err != nil {
		return report.Load{}, nil, err
	}
	defer in.Close()
	found, err := report.ReadLoadJSON(in)
	if err != nil {
		return report.Load{}, nil, err
	}
	known, err := h.latencies(found.Head.Started)
	return found, known, err
}

// runTo runs a program to its end.
func runTo(ctx context.Context, path string, args ...string) error {
	p, err := launch(nil, path, args...)
	if err != nil {
		return err
	}
	defer p.stop()
	return p.wait(ctx, time.Minute)
}

// holder holds changes up, and notes when events are handed on.
type holder struct {
	delay func(at time.Duration, n int) time.Duration
	first plan.Plan

	mu      sync.Mutex
	changes int
	ramped  time.Time                // by when the first change of the plan came
	handed  map[string][][]time.Time // by order name: of each socket
	sockets int
}

// trials is how many changes ttcheck makes before the plan, to see that it can.
const trials = 2

func (h *holder) hold(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			time.Sleep(h.next())
		}
		next.ServeHTTP(w, r)
	})
}

func (h *holder) next() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.changes - trials
	h.changes++
	if n < 0 {
		return 0
	}
	if n == 0 {
		first, _ := h.first.Changes().Next()
		h.ramped = time.Now().Add(time.Duration(h.first.Ramp) - first.At)
	}
	at := time.Since(h.ramped)
	if at > time.Duration(h.first.Duration) {
		return 0 // the clearing
	}
	return h.delay(at, n)
}

func (h *holder) watch() decorate.Frames {
	h.mu.Lock()
	defer h.mu.Unlock()
	socket := h.sockets
	h.sockets++
	return decorate.Frames{Out: func(f decorate.Frame, pass decorate.Pass, _ func()) {
		m := f.Object()
		name, _ := m["name"].(string)
		if m != nil && decorate.Kind(m) != protocol.ActiveOrders && name != "" {
			h.note(name, socket)
		}
		pass(f)
	}}
}

func (h *holder) note(name string, socket int) {
	now := time.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.handed == nil {
		h.handed = map[string][][]time.Time{}
	}
	of := h.handed[name]
	if of == nil {
		of = make([][]time.Time, h.first.Sockets)
	}
	of[socket] = append(of[socket], now)
	h.handed[name] = of
}

// latencies pairs the events of each order with the changes that the plan makes of it.
func (h *holder) latencies(started time.Time) ([]time.Duration, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	names := h.first.NameRange()
	made := make([]int, names.Len())
	var known []time.Duration
	for changes := h.first.Changes(); ; {
		c, ok := changes.Next()
		if !ok {
			return known, nil
		}
		of := h.handed[strconv.Itoa(names.First+c.Name)]
		for _, socket := range of {
			if made[c.Name] >= len(socket) {
				return nil, fmt.Errorf("change %d was not told to every socket", c.K)
			}
			known = append(known, socket[made[c.Name]].Sub(started)-c.At)
		}
		made[c.Name]++
	}
}
