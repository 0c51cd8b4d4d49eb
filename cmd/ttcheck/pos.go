package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"ttcheck/fixtures/pos"
)

type posFlags struct {
	target       string
	iface        string
	tokenFile    string
	speedup      float64
	authenticate string
	retryFirst   time.Duration
	retryMost    time.Duration
	odd          posOddities
}

// The ways in which a token is passed.
const (
	byMessage = "message"
	byHeader  = "header"
)

func posCommand() *cobra.Command {
	var f posFlags
	cmd := &cobra.Command{
		Use:   "pos",
		Short: "Run the reference POS: the live orders of a gateway",
		Long: "Pos plays the integrator: it finds the gateway, asks for a token until the button is\n" +
			"pressed, and shows the orders as they change, until it is interrupted. It comes back by\n" +
			"itself when the gateway was away, has moved, or has revoked the token.\n\n" +
			"It is also what `ttcheck certify` can be tried on. On a terminal the table is drawn in\n" +
			"place; elsewhere there is a line for each change.",
		Example: "  ttcheck pos --interface eth0 --token-file pos.token\n" +
			"  ttcheck pos --target 192.0.2.10\n" +
			"  ttcheck pos --interface lo --fault no-pongs",
		RunE: func(cmd *cobra.Command, _ []string) error { return runPOS(cmd, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.target, "target", autoTarget, "the gateway, `HOST[:PORT]`, or auto to search for it")
	flags.StringVar(&f.iface, "interface", "", "the network interface to search on; all but the loopback if not given")
	flags.StringVar(&f.tokenFile, "token-file", "", "the `file` in which the token is kept, which need not exist; without one it is kept until the end alone")
	flags.Float64Var(&f.speedup, "speedup", 1, "how many times faster than true the gateway's clock runs, and so the timers of the POS")
	flags.StringVar(&f.authenticate, "authenticate", byMessage, "the `WAY` in which the token is passed on the WebSocket: message, its first one, or header, in the handshake")
	flags.DurationVar(&f.retryFirst, "retry-first", pos.DefaultFirst, "how long to wait after a first failed attempt to connect")
	flags.DurationVar(&f.retryMost, "retry-most", pos.DefaultMost, "where the waits, which double, end")
	f.odd.register(flags)
	return cmd
}

func runPOS(cmd *cobra.Command, f posFlags) error {
	if f.odd.listed() {
		return f.odd.list(cmd.OutOrStdout())
	}
	opts, err := f.options(cmd)
	if err != nil {
		return usageError(err)
	}
	display := newPOSDisplay(cmd.OutOrStdout())
	opts.Show, opts.Log = display.show, display.say
	if f.tokenFile == "" {
		display.say("without --token-file, the token is lost at the end")
	}
	err = pos.Run(cmd.Context(), opts)
	display.finish()
	if err != nil {
		return setupError(err)
	}
	return nil
}

// options are those of the POS. An error is that the flags make no sense.
func (f posFlags) options(cmd *cobra.Command) (pos.Options, error) {
	opts := pos.Options{Speedup: f.speedup}
	flags := cmd.Flags()
	switch {
	case !(f.speedup > 0): // also false for NaN
		return opts, fmt.Errorf("--speedup %v: want a number above 0", f.speedup)
	case f.retryFirst <= 0 || f.retryMost <= 0:
		return opts, errors.New("--retry-first and --retry-most: want durations above 0")
	case f.retryFirst > f.retryMost && flags.Changed("retry-first") && flags.Changed("retry-most"):
		return opts, fmt.Errorf("--retry-first %v is longer than --retry-most %v", f.retryFirst, f.retryMost)
	}
	if flags.Changed("retry-first") {
		opts.First = f.retryFirst
	}
	if flags.Changed("retry-most") {
		opts.Most = f.retryMost
	}
	switch f.authenticate {
	case byMessage:
	case byHeader:
		opts.ByHeader = true
	default:
		return opts, fmt.Errorf("--authenticate %.40q: want message or header", f.authenticate)
	}
	var err error
	if opts.Change, err = f.odd.changes(); err != nil {
		return opts, err
	}
	if f.target == autoTarget {
		opts.Links, err = searchLinks(f.iface)
	} else if opts.Gateway, err = hostPort(f.target); err != nil {
		err = fmt.Errorf("--target: %w", err)
	}
	if err != nil {
		return opts, err
	}
	if f.tokenFile != "" {
		if opts.Store, err = keptIn(f.tokenFile); err != nil {
			return opts, fmt.Errorf("--token-file: %w", err)
		}
	}
	return opts, opts.Check()
}

// keptIn is a store in a file, whose contents must be good as far as there are any: that a
// token cannot be kept should not come out once somebody has pressed the button.
func keptIn(path string) (pos.Store, error) {
	store := pos.FileStore{Path: path}
	if _, err := store.Load(); err != nil {
		return nil, err
	}
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is no directory", dir)
	}
	return store, nil
}
