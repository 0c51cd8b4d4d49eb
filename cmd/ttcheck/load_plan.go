package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"ttcheck/load/plan"
)

// planFlags are what a plan is made of. What is given as a flag goes before the file.
type planFlags struct {
	file        string
	sockets     int
	ramp        time.Duration
	duration    time.Duration
	rate        string
	stages      []string
	mix         string
	historyRate string
	auth        string
	churn       string
	arrivals    string
	seed        uint64
	names       string
}

func (f *planFlags) register(flags *pflag.FlagSet) {
	standard := plan.Default()
	flags.StringVar(&f.file, "plan", "", "a YAML `file` with the plan; flags go before it")
	flags.IntVar(&f.sockets, "sockets", standard.Sockets, "how many WebSockets are held")
	flags.DurationVar(&f.ramp, "ramp", time.Duration(standard.Ramp), "how long it takes to open them")
	flags.DurationVar(&f.duration, "duration", time.Duration(standard.Duration), "how long they are held then")
	flags.StringVar(&f.rate, "rate", fmt.Sprintf("%v/s", standard.Rate), "how many `changes` of orders are made while they are held, such as 20/s or 90/m; 0 listens only")
	flags.StringArrayVar(&f.stages, "stage", nil, "lead evenly to so many sockets and changes, such as 30s:sockets=500,rate=20; repeatable, in the environment one a line; in the place of --sockets, --ramp, --duration and --rate")
	flags.StringVar(&f.mix, "mix", standard.Mix.String(), "how often each kind of `change` is made, in proportion")
	flags.StringVar(&f.historyRate, "history-rate", "0", "how many `queries` of the history are made, such as 2/s")
	flags.StringVar(&f.auth, "auth", standard.Auth, "how a WebSocket shows its token: header or message")
	flags.StringVar(&f.churn, "churn", "0", "how many `sockets` leave, such as 5/s; each comes back a second later")
	flags.StringVar(&f.arrivals, "arrivals", standard.Arrivals, "how changes and queries are spread: constant, or poisson (as independent guests would)")
	flags.Uint64Var(&f.seed, "seed", standard.Seed, "what is drawn at random")
	flags.StringVar(&f.names, "order-names", standard.Names, "the `range` of order names that the run may use")
}

// simple are the flags that stages stand in the place of.
var simple = []string{"sockets", "ramp", "duration", "rate"}

// plan joins the file and the flags.
func (f planFlags) plan(flags *pflag.FlagSet) (plan.Plan, error) {
	p, err := f.read()
	if err != nil {
		return p, fmt.Errorf("--plan %s: %w", f.file, err)
	}
	if p.Stages, err = f.staged(flags, p.Stages); err != nil {
		return p, err
	}
	if len(p.Stages) > 0 {
		p.Sockets, p.Ramp, p.Duration, p.Rate = 0, 0, 0, 0
	}
	rate := func(into *float64, text string) func() error {
		return func() (err error) {
			*into, err = plan.ParseRate(text)
			return err
		}
	}
	for _, field := range []struct {
		flag string
		set  func() error
	}{
		{"sockets", func() error { p.Sockets = f.sockets; return nil }},
		{"ramp", func() error { p.Ramp = plan.Span(f.ramp); return nil }},
		{"duration", func() error { p.Duration = plan.Span(f.duration); return nil }},
		{"rate", rate(&p.Rate, f.rate)},
		{"mix", func() (err error) { p.Mix, err = plan.ParseMix(f.mix); return err }},
		{"history-rate", rate(&p.HistoryRate, f.historyRate)},
		{"auth", func() error { p.Auth = f.auth; return nil }},
		{"churn", rate(&p.Churn, f.churn)},
		{"arrivals", func() error { p.Arrivals = f.arrivals; return nil }},
		{"seed", func() error { p.Seed = f.seed; return nil }},
		{"order-names", func() error { p.Names = f.names; return nil }},
	} {
		if !flags.Changed(field.flag) {
			continue
		}
		if err := field.set(); err != nil {
			return p, fmt.Errorf("--%s: %w", field.flag, err)
		}
	}
	if err := p.Validate(); err != nil {
		return p, fmt.Errorf("the plan: %w", err)
	}
	return p, nil
}

// read reads the file; without one it is the plan of a run that is told nothing.
func (f planFlags) read() (plan.Plan, error) {
	if f.file == "" {
		return plan.Default(), nil
	}
	file, err := os.Open(f.file)
	if err != nil {
		return plan.Plan{}, reason(err)
	}
	defer file.Close()
	var text bytes.Buffer // bounded as the reading is
	p, err := plan.Read(io.TeeReader(file, &text))
	if err == nil && saysNothing(text.Bytes()) {
		err = errors.New("it has no key at all: write what differs from the defaults, such as sockets: 200")
	}
	return p, err
}

// saysNothing tells whether a plan that could be read has no key.
func saysNothing(text []byte) bool {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return false
	}
	return len(doc.Content) == 0 || len(doc.Content[0].Content) == 0
}

// staged are the stages of the flags, or else those of the file.
func (f planFlags) staged(flags *pflag.FlagSet, stages []plan.Stage) ([]plan.Stage, error) {
	if flags.Changed("stage") {
		stages = nil
		for _, text := range f.stages {
			stage, err := plan.ParseStage(text)
			if err != nil {
				return nil, fmt.Errorf("--stage: %w", err)
			}
			stages = append(stages, stage)
		}
	}
	for _, name := range simple {
		if len(stages) > 0 && flags.Changed(name) {
			return nil, fmt.Errorf("--%s: the plan has stages, which say that themselves", name)
		}
	}
	return stages, nil
}

// reason is why a file could not be opened, without its name.
func reason(err error) error {
	if failed, ok := errors.AsType[*os.PathError](err); ok {
		return failed.Err
	}
	return err
}
