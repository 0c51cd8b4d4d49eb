package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"time"
)

// setting is what every side of a comparison is given.
type setting struct {
	sockets int
	rate    float64       // changes per second
	ramp    time.Duration // to open the sockets in
	settle  time.Duration // from then until the measurement begins
	window  time.Duration // that is measured
}

// tail is how long a side goes on after the measurement, so that it hears all there is.
const tail = 8 * time.Second

// hold is how long the sockets stay, once they are up.
func (s setting) hold() time.Duration { return s.settle + s.window + tail }

// side is a program that holds WebSockets.
type side struct {
	name   string
	active bool // it makes the changes itself
	job    func(t tools, l *lab, s setting) (job, error)
}

// job is a side's program, ready to start.
type job struct {
	path string
	args []string
	env  []string
	// handled tells how many messages it has handled so far; nil for a side that does not
	// tell, but of which is known that it keeps up.
	handled func(ctx context.Context) (int64, error)
	// outcome reads what it says at its end.
	outcome func(stdout string) (outcome, error)
}

// outcome is what a side says of itself.
type outcome struct {
	events            int64 // all it has handled
	flaws             []string
	latency, handling time.Duration // p99; only of ttcheck
}

// The sides by their names.
const (
	bare    = "epoll"
	passive = "ttcheck"
	active  = "ttcheck, changing"
	peer    = "k6"
)

var sides = []side{
	{name: bare, job: bareJob},
	{name: passive, job: ttcheckJob(false)},
	{name: active, active: true, job: ttcheckJob(true)},
	{name: peer, job: k6Job},
}

func sideOf(name string) side {
	for _, s := range sides {
		if s.name == name {
			return s
		}
	}
	panic("there is no side " + name)
}

func bareJob(t tools, l *lab, s setting) (job, error) {
	return job{
		path: t.epollreader,
		args: []string{"-address", l.address, "-token-file", l.tokenFile,
			"-sockets", strconv.Itoa(s.sockets), "-duration", s.hold().String()},
		outcome: func(stdout string) (outcome, error) {
			var said struct{ Events, Gaps, Ended int64 }
			if err := json.Unmarshal([]byte(stdout), &said); err != nil {
				return outcome{}, fmt.Errorf("read what the epoll reader says: %w", err)
			}
			out := outcome{events: said.Events}
			out.flaw("gaps in seq", said.Gaps)
			out.flaw("sockets ended", said.Ended)
			return out, nil
		},
	}, nil
}

func k6Job(t tools, l *lab, s setting) (job, error) {
	api, err := freeAddress()
	if err != nil {
		return job{}, err
	}
	return job{
		path: t.k6,
		args: []string{"run", "--quiet", "--no-usage-report", "--address", api,
			filepath.Join(t.root, "load", "bench", "k6", "sockets.js")},
		env: []string{
			"ADDRESS=" + l.address, "TOKEN_FILE=" + l.tokenFile, "SOCKETS=" + strconv.Itoa(s.sockets),
			fmt.Sprintf("RAMP=%v", s.ramp.Seconds()), fmt.Sprintf("DURATION=%v", s.hold().Seconds()),
		},
		handled: func(ctx context.Context) (int64, error) {
			var said struct {
				Data struct {
					Attributes struct{ Sample struct{ Count float64 } }
				}
			}
			err := get(ctx, "http://"+api+"/v1/metrics/ws_msgs_received", &said)
			return int64(said.Data.Attributes.Sample.Count), err
		},
		outcome: func(stdout string) (outcome, error) {
			var said struct{ Events, Sockets int64 }
			if err := json.Unmarshal([]byte(stdout), &said); err != nil {
				return outcome{}, fmt.Errorf("read what k6 says: %w", err)
			}
			out := outcome{events: said.Events}
			out.flaw("sockets not opened", int64(s.sockets)-said.Sockets)
			return out, nil
		},
	}, nil
}

// flaw notes what should not have been, unless it was not.
func (o *outcome) flaw(what string, n int64) {
	if n != 0 {
		o.flaws = append(o.flaws, fmt.Sprintf("%s: %d", what, n))
	}
}

// freeAddress finds a port of this machine that nobody uses.
func freeAddress() (string, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address := listener.Addr().String()
	return address, listener.Close()
}
