//go:build linux

// Command epollreader is the least that can hold WebSockets: epoll, a frame parser, and a
// look at each event's seq. It measures nothing but itself. It is what a load driver is
// held against, and shares no code with ttcheck's own.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

type options struct {
	address   string
	tokenFile string
	sockets   int
	workers   int
	duration  time.Duration
	idle      bool
}

// outcome is the one line that is printed.
type outcome struct {
	Events  int64   `json:"events"`
	Gaps    int64   `json:"gaps"`  // events whose seq is not the one after the last
	Ended   int     `json:"ended"` // sockets that ended or broke before the time
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu_seconds"`    // user and system, within these seconds
	PeakRSS int64   `json:"peak_rss"`       // bytes, of the whole life
	Idle    int64   `json:"rss_per_socket"` // bytes; 0 unless it was asked for
}

func main() {
	var o options
	flag.StringVar(&o.address, "address", "127.0.0.1:8000", "the gateway, an IPv4 `ADDRESS:PORT`")
	flag.StringVar(&o.tokenFile, "token-file", "", "the `file` with the token")
	flag.IntVar(&o.sockets, "sockets", 100, "how many WebSockets")
	flag.IntVar(&o.workers, "workers", 1, "how many threads read")
	flag.DurationVar(&o.duration, "duration", 10*time.Second, "how long to read once all sockets are up")
	flag.BoolVar(&o.idle, "idle", false, "tell the memory per socket before anything is read")
	flag.Parse()
	out, err := run(o)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "epollreader:", err)
		os.Exit(1)
	}
}

func run(o options) (outcome, error) {
	if o.sockets < 1 || o.workers < 1 || o.workers > o.sockets || o.duration <= 0 {
		return outcome{}, errors.New("want a socket at least, a worker at least and no more than sockets, and some time")
	}
	token, err := os.ReadFile(o.tokenFile)
	if err != nil {
		return outcome{}, err
	}
	where, err := resolve(o.address)
	if err != nil {
		return outcome{}, err
	}
	workers, err := newWorkers(o.workers, o.sockets)
	if err != nil {
		return outcome{}, err
	}
	before := statusBytes("VmRSS")
	request := handshake(o.address, strings.TrimSpace(string(token)))
	for i := range o.sockets {
		if err := workers[i%o.workers].open(where, request); err != nil {
			return outcome{}, fmt.Errorf("socket %d of %d: %w", i+1, o.sockets, err)
		}
	}
	var out outcome
	if o.idle {
		out.Idle = (statusBytes("VmRSS") - before) / int64(o.sockets)
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)

	start, cpu := time.Now(), cpuSeconds()
	ended := make(chan error, len(workers))
	for _, w := range workers {
		go func() { ended <- w.read() }()
	}
	select {
	case <-time.After(o.duration):
	case <-interrupted:
	case err = <-ended: // too early: only an error ends a worker
		return outcome{}, err
	}
	out.Seconds, out.CPU = time.Since(start).Seconds(), cpuSeconds()-cpu
	for _, w := range workers {
		w.stop.Store(true)
	}
	for range workers {
		err = errors.Join(err, <-ended)
	}
	for _, w := range workers {
		out.Events += w.events
		out.Gaps += w.gaps
		out.Ended += w.ended
	}
	out.PeakRSS = statusBytes("VmHWM")
	return out, err
}
