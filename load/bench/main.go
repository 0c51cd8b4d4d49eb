// Command bench compares ttcheck's load driver with its peers and measures what it costs,
// on one machine, against ttcheck's own gateway as a separate process. README.md tells how
// to run and read it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const usage = `usage: go run ./load/bench [flags] compare|idle|scale|hold|truth

  compare  events handled per CPU-second, held against a bare epoll reader and k6
  idle     memory per authenticated socket that hears nothing
  scale    CPU per event, for more and more sockets
  hold     many sockets for a while: is anything lost?
  truth    latencies, held against those of a gateway that is held up on purpose

Exit code 1 if a bound is missed, 2 if the command line is wrong, 3 if something could not
be measured, 130 if it was interrupted.

flags:`

var (
	errMissed      = errors.New("a bound was missed") // though everything was measured
	errInterrupted = errors.New("interrupted")
)

// wish is what the command line asks for. Zero leaves a choice to the subcommand.
type wish struct {
	sides   []side
	rounds  int
	sockets []int
	rate    float64
	window  time.Duration
}

func main() {
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, usage)
		flag.PrintDefaults()
	}
	var w wish
	names := flag.String("sides", "", "only these sides, separated by ';': "+sideNames())
	sizes := flag.String("sockets", "", "how many sockets, or for scale how many in turn: `N[,N…]`")
	flag.IntVar(&w.rounds, "rounds", 3, "how often compare runs each side")
	flag.Float64Var(&w.rate, "rate", 0, "changes per second (compare 25, scale 5, hold 1)")
	flag.DurationVar(&w.window, "window", 0, "how long is measured (20s, hold 2m)")
	flag.Parse()
	err := w.read(*names, *sizes)
	run := map[string]func(context.Context, tools, wish) error{
		"compare": compare, "idle": idle, "scale": scale, "hold": hold, "truth": truth,
	}[flag.Arg(0)]
	if err != nil || run == nil || flag.NArg() != 1 {
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		flag.Usage()
		os.Exit(2)
	}
	switch err := start(run, flag.Arg(0), w); {
	case errors.Is(err, errMissed):
		fmt.Println(err)
		os.Exit(1)
	case errors.Is(err, errInterrupted):
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(3)
	}
}

// start runs a subcommand; Ctrl-C ends it, and every process that it started.
func start(run func(context.Context, tools, wish) error, name string, w wish) error {
	if runtime.GOOS != "linux" {
		return errors.New("needs Linux: CPU times and memory are read from /proc")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	dir, err := os.MkdirTemp("", "ttcheck-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left there is of no harm
	t, err := build(ctx, dir, name == "compare" && w.wants(peer))
	if err == nil {
		err = run(ctx, t, w)
	}
	if err != nil && ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// read takes what is told as text.
func (w *wish) read(names, sizes string) error {
	if w.rounds < 1 || w.rate < 0 || w.window < 0 {
		return errors.New("want a round at least, and no rate or time below zero")
	}
	w.sides = sides
	if names != "" {
		w.sides = nil
		for name := range strings.SplitSeq(names, ";") {
			i := slices.IndexFunc(sides, func(s side) bool { return s.name == strings.TrimSpace(name) })
			if i < 0 {
				return fmt.Errorf("-sides: there is no %q; there are %s", name, sideNames())
			}
			w.sides = append(w.sides, sides[i])
		}
	}
	if sizes == "" {
		return nil
	}
	for size := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil || n < 1 {
			return fmt.Errorf("-sockets: %q is not a number of sockets", size)
		}
		w.sockets = append(w.sockets, n)
	}
	return nil
}

func (w *wish) wants(name string) bool {
	return slices.ContainsFunc(w.sides, func(s side) bool { return s.name == name })
}

// size is the one number of sockets that is asked for, or else the given one.
func (w *wish) size(otherwise int) int {
	if len(w.sockets) == 0 {
		return otherwise
	}
	return w.sockets[0]
}

func sideNames() string {
	var names []string
	for _, s := range sides {
		names = append(names, s.name)
	}
	return strings.Join(names, "; ")
}

// say tells how far the work is, beside the tables on standard output.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
