package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ttcheck/report"
	"ttcheck/suites"
	"ttcheck/suites/pos"
	"ttcheck/suites/pos/drive"
)

type certifyFlags struct {
	command             string
	manual              bool
	name, version       string
	acts                []string
	discovery           string
	listen, away        string
	speedup             float64
	patience, stopGrace time.Duration
	timeout             time.Duration
	strict              bool

	json, junit, markdown string
}

func certifyCommand() *cobra.Command {
	var f certifyFlags
	cmd := &cobra.Command{
		Use:   "certify",
		Short: "Judge a POS or kitchen display: ttcheck plays the gateway",
		Long: "Certify runs a reference gateway that watches, leads an integration through the life of\n" +
			"a site (first start, work, trouble, restart, end of the day), and ends with a\n" +
			"certificate on POS-01 … POS-24, or the reasons why there is none.\n\n" +
			"--pos-cmd starts, stops (SIGTERM) and restarts the integration. It finds in its\n" +
			"environment TTCHECK_GATEWAY, the HOST:PORT of the gateway, in case it cannot search.\n" +
			"It is to begin without a token, as on the day it is installed, and to stay in the\n" +
			"foreground. --manual asks you to start and stop it instead. Without either, the POS that\n" +
			"comes with ttcheck is judged.\n\n" +
			"A certificate needs true speed. --speedup runs the gateway's clock fast, for a\n" +
			"rehearsal with an integration whose own timers do the same (TTCHECK_SPEEDUP in its\n" +
			"environment); `ttcheck pos` is one. Whether the integration is certified is the line at\n" +
			"the top of the certificate, and `certified` in its JSON; the exit code tells of failures\n" +
			"alone.\n\n" + certifyExitCodes,
		Example: "  ttcheck certify --pos-cmd './acme-pos --headless' --pos-name 'Acme POS' --pos-version 4.2 --markdown acme.md\n" +
			"  ttcheck certify --manual --discovery eth0 --pos-name 'Acme POS' --markdown acme.md\n" +
			"  ttcheck certify --pos-cmd 'ttcheck pos'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, flag := range []string{"pos-cmd", "act"} {
				given := cmd.Flags().Lookup(flag)
				if given.Changed && strings.Trim(given.Value.String(), " \t[]") == "" {
					return usageError(fmt.Errorf("--%s is given, and empty", flag))
				}
			}
			if cmd.Flags().Changed("speedup") && !(f.speedup >= minSpeedup && f.speedup <= maxSpeedup) { // also true for NaN
				return usageError(fmt.Errorf("--speedup %v: want a number from %v to %v", f.speedup, minSpeedup, maxSpeedup))
			}
			return runCertify(cmd, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.command, "pos-cmd", "", "the shell `command` that starts the integration")
	flags.BoolVar(&f.manual, "manual", false, "you start, stop and restart the integration when asked")
	flags.StringVar(&f.name, "pos-name", "", "the integration's name; nothing is certified without one")
	flags.StringVar(&f.version, "pos-version", "", "the integration's version, for the certificate")
	flags.StringSliceVar(&f.acts, "act", nil, "only these acts: start, work, trouble, restart, end")
	flags.StringVar(&f.discovery, "discovery", "", "where the gateway is advertised: off, lo (the default), or a network `INTERFACE`")
	flags.StringVar(&f.listen, "listen", "", "the `HOST[:PORT]` of the gateway; by default a free port on the interface's first address")
	flags.StringVar(&f.away, "move-to", "", "the `HOST[:PORT]` to which it moves; by default another port, on the loopback of another address")
	flags.Float64Var(&f.speedup, "speedup", 0, fmt.Sprintf("how many times faster than true the gateway's clock runs; default 1, or %d for ttcheck's own POS", embeddedSpeedup))
	flags.DurationVar(&f.patience, "patience", pos.DefaultPatience, "how long the integration may take to be back, on the gateway's clock")
	flags.DurationVar(&f.stopGrace, "stop-grace", 10*time.Second, "how long it may take to stop before it is ended by force")
	flags.DurationVar(&f.timeout, "timeout", 45*time.Minute, "the longest that all of it may take")
	flags.BoolVar(&f.strict, "strict", false, "a SHOULD that does not hold is a failure")
	flags.StringVar(&f.json, "json", "", "write the certificate as JSON to this `file` (- for standard output)")
	flags.StringVar(&f.junit, "junit", "", "write the results as JUnit XML to this `file`")
	flags.StringVar(&f.markdown, "markdown", "", "write the certificate as Markdown to this `file`")
	return cmd
}

// certifyExitCodes are those of the verb that judges integrations.
const certifyExitCodes = `Exit codes:
  0    all that was shown holds (warnings allowed, unless --strict)
  1    at least one requirement does not hold
  2    usage or configuration
  3    the integration cannot be run, or the set-up or the harness failed
  4    nothing was shown
  130  interrupted (reports are still written)`

func runCertify(cmd *cobra.Command, f certifyFlags) error {
	files, err := openReports(cmd.OutOrStdout(),
		reportWanted[report.Run]{"json", f.json, report.WriteJSON},
		reportWanted[report.Run]{"junit", f.junit, report.WriteJUnit},
		reportWanted[report.Run]{"markdown", f.markdown, report.WriteCertificate})
	if err != nil {
		return usageError(err)
	}
	defer files.discard()
	console := report.NewConsole(files.console(cmd), report.ConsoleOptions{})
	defer console.Close()
	cfg, err := f.config(console)
	if err != nil {
		return err
	}
	if cfg.State, err = os.MkdirTemp("", "ttcheck-certify-*"); err != nil {
		return setupError(err)
	}
	defer func() { _ = os.RemoveAll(cfg.State) }()
	found, err := pos.Run(cmd.Context(), cfg)
	if _, setup := errors.AsType[*suites.SetupError](err); err != nil && !setup {
		return err
	}
	if written := files.write(found); written != nil {
		return setupError(errors.Join(err, written))
	}
	if err != nil {
		return err
	}
	return &exitError{code: found.ExitCode()}
}

// config turns the flags into whom to judge, and how.
func (f certifyFlags) config(console *report.Console) (pos.Config, error) {
	cfg := pos.Config{
		Name: f.name, Version: f.version, Patience: f.patience, StopGrace: f.stopGrace, Timeout: f.timeout,
		Strict: f.strict, Listener: console, TTCheck: version(), Reproduce: f.reproduce(), Speedup: f.speedup,
	}
	var err error
	if cfg.Acts, err = pos.ParseActs(f.acts); err != nil {
		return cfg, usageError(fmt.Errorf("--act: %w", err))
	}
	switch {
	case f.command != "" && f.manual:
		return cfg, usageError(errors.New("--pos-cmd and --manual exclude each other"))
	case f.command == "" && !f.manual && f.name+f.version != "":
		return cfg, usageError(errors.New("--pos-name and --pos-version are those of an integration: --pos-cmd or --manual says which"))
	case f.patience <= 0 || f.stopGrace <= 0 || f.timeout <= 0:
		return cfg, usageError(errors.New("--patience, --stop-grace and --timeout must be positive"))
	}
	if err := f.drive(&cfg, console); err != nil {
		return cfg, usageError(err)
	}
	if err := f.place(&cfg); err != nil {
		return cfg, usageError(err)
	}
	return cfg, nil
}

// drive fills in who is judged, and how it is started and stopped.
func (f certifyFlags) drive(cfg *pos.Config, console *report.Console) error {
	prompt := terminalPrompt(console.Say)
	own := ownPOS.MatchString(f.command)
	switch {
	case f.manual && prompt == nil:
		return errors.New("--manual needs a terminal")
	case f.manual:
		cfg.Integration = drive.ByHand(prompt)
		cfg.Ask = func(ctx context.Context, line string) error { return prompt.Request(ctx, line) }
	case f.command != "":
		cfg.Integration = drive.Command(f.command)
	default:
		own = true
	}
	if own && cfg.Speedup == 0 {
		cfg.Speedup = embeddedSpeedup
	}
	return nil
}

// ownPOS matches a command that runs ttcheck's own POS, whose timers follow the gateway's
// clock.
var ownPOS = regexp.MustCompile(`(^|[\s/])ttcheck\s+pos(\s|$)`)

// reproduce is the command line that repeats the run. The integration's own command may
// hold a password and is left out.
func (f certifyFlags) reproduce() string {
	words := []string{"ttcheck certify"}
	add := func(flag, value string) {
		if value != "" {
			words = append(words, "--"+flag+" "+shellQuote(value))
		}
	}
	if f.command != "" {
		add("pos-cmd", "…")
	}
	if f.manual {
		words = append(words, "--manual")
	}
	add("pos-name", f.name)
	add("pos-version", f.version)
	add("act", strings.Join(f.acts, ","))
	add("discovery", f.discovery)
	add("listen", f.listen)
	add("move-to", f.away)
	if f.speedup != 0 {
		add("speedup", fmt.Sprint(f.speedup))
	}
	if f.patience != pos.DefaultPatience {
		add("patience", f.patience.String())
	}
	if f.stopGrace != 10*time.Second {
		add("stop-grace", f.stopGrace.String())
	}
	if f.timeout != 45*time.Minute {
		add("timeout", f.timeout.String())
	}
	if f.strict {
		words = append(words, "--strict")
	}
	return strings.Join(words, " ")
}
