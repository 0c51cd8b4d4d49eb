package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ttcheck/client"
	"ttcheck/internal/link"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites"
	"ttcheck/suites/spec"
)

const (
	// embeddedSpeedup is how fast the embedded gateway's clock runs by default.
	embeddedSpeedup = 20
	// Beyond maxSpeedup the 20 s of the protocol are shorter than 100 ms, and no
	// machine is punctual enough to judge them.
	minSpeedup, maxSpeedup = 0.1, 200
	defaultTimeout         = 15 * time.Minute
)

type runFlags struct {
	target     targetFlags
	press      string
	restartCmd string
	suite      []string
	profile    string
	filter     string
	strict     bool
	allow      []string
	orderNames string
	speedup    float64
	grace      time.Duration
	timeout    time.Duration
	json       string
	junit      string
	markdown   string
}

func runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Test a gateway and give a verdict",
		Long: "Run tests a gateway, requirement by requirement, and gives a verdict with evidence.\n" +
			"Without --target it tests the reference gateway, inside this process and sped up.\n\n" +
			"What changes state on a gateway of yours needs leave (--allow); what needs the button\n" +
			"needs a way to press it (--press). Cases without are skipped, with that reason.\n\n" +
			exitCodeHelp,
		Example: "  ttcheck run\n" +
			"  ttcheck run --target 192.0.2.10 --token-file site.token\n" +
			"  ttcheck run --target auto --interface eth0 --token-file site.token\n" +
			"  ttcheck run --target 192.0.2.10 --press prompt --allow orders --junit result.xml\n" +
			"  ttcheck run --suite token,websocket --label-filter 'MUST && !slow'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("target") && f.target.address == "" {
				return usageError(errors.New("--target is empty"))
			}
			if cmd.Flags().Changed("speedup") && f.speedup == 0 {
				return usageError(errors.New("--speedup 0: a clock that stands still cannot be tested"))
			}
			return runRun(cmd, f)
		},
	}
	flags := cmd.Flags()
	f.target.register(cmd, "the gateway under test, `HOST[:PORT]`, or auto for the only one that is found on the link; the embedded reference gateway if not given")
	flags.StringVar(&f.press, "press", "", "how the button is pressed: none, prompt (you, at the terminal), exec:COMMAND, http:URL (gets a POST); default prompt on a terminal, else none")
	flags.StringVar(&f.restartCmd, "restart-cmd", "", "a `command` of the shell that restarts the gateway in good order; its argument $1 is restart, or address if the gateway is to come back under another address")
	flags.StringSliceVar(&f.suite, "suite", nil, "only these chapters, such as token,websocket")
	flags.StringVar(&f.profile, "profile", "reference", "quickstart (what every integrator relies on), reference (and the rest of the documented API) or full (and robustness)")
	flags.StringVar(&f.filter, "label-filter", "", "only cases whose labels match, such as 'MUST && !slow'; labels are chapter, level, profile, ID and needs")
	flags.BoolVar(&f.strict, "strict", false, "a SHOULD that does not hold is a failure, not a warning")
	flags.StringSliceVar(&f.allow, "allow", nil, "leave to change state: orders (make, page and clear its own orders, and tokens), destructive, robustness, settings, or all")
	flags.StringVar(&f.orderNames, "order-names", spec.DefaultNames.String(), "the `range` of order names that the run may use")
	flags.Float64Var(&f.speedup, "speedup", 0, fmt.Sprintf("how many times faster than true the gateway's clock runs (a simulator); default %d embedded, else 1", embeddedSpeedup))
	flags.DurationVar(&f.grace, "grace", time.Second, "what a timing check gives the gateway, on the gateway's clock")
	flags.DurationVar(&f.timeout, "timeout", defaultTimeout, "the longest that the run may take")
	flags.StringVar(&f.json, "json", "", "write the report as JSON to this `file` (- for standard output)")
	flags.StringVar(&f.junit, "junit", "", "write the report as JUnit XML to this `file`")
	flags.StringVar(&f.markdown, "markdown", "", "write the report as Markdown to this `file`, such as a CI job summary")
	return cmd
}

func runRun(cmd *cobra.Command, f runFlags) error {
	files, err := openReports(cmd.OutOrStdout(),
		reportWanted[report.Run]{"json", f.json, report.WriteJSON},
		reportWanted[report.Run]{"junit", f.junit, report.WriteJUnit},
		reportWanted[report.Run]{"markdown", f.markdown, report.WriteMarkdown})
	if err != nil {
		return usageError(err)
	}
	defer files.discard()
	console := report.NewConsole(files.console(cmd), report.ConsoleOptions{})
	cfg, err := f.config(console)
	if err != nil {
		return err
	}
	closeTarget, err := f.reach(cmd.Context(), &cfg, console)
	if err != nil {
		return err
	}
	defer closeTarget()
	outcome, err := suites.Run(cmd.Context(), cfg)
	if _, setup := errors.AsType[*suites.SetupError](err); err != nil && !setup && !outcome.Interrupted {
		return err
	}
	if written := files.write(outcome); written != nil {
		return setupError(errors.Join(err, written))
	}
	switch {
	case err == nil:
		return &exitError{code: outcome.ExitCode()}
	case outcome.Interrupted:
		return &exitError{outcome.ExitCode(), errors.New("interrupted during the set-up")}
	}
	return err
}

// config turns the flags into a configuration, but for the target.
func (f runFlags) config(console report.Listener) (suites.Config, error) {
	cfg := suites.Config{
		Profile: f.profile, LabelFilter: f.filter, Strict: f.strict, Speedup: f.speedup,
		Grace: f.grace, Timeout: f.timeout,
		Listener: console, Version: version(), Reproduce: f.reproduce(),
	}
	for _, name := range f.suite {
		cfg.Chapters = append(cfg.Chapters, protocol.Chapter(name))
	}
	var err error
	if cfg.Allowed, err = spec.ParseLeaves(f.allow); err != nil {
		return cfg, usageError(fmt.Errorf("--allow: %w", err))
	}
	if cfg.Names, err = spec.ParseNames(f.orderNames); err != nil {
		return cfg, usageError(fmt.Errorf("--order-names: %w", err))
	}
	if f.grace < 0 || f.timeout <= 0 {
		return cfg, usageError(errors.New("--grace may not be negative, and --timeout must be positive"))
	}
	if f.speedup != 0 && !(f.speedup >= minSpeedup && f.speedup <= maxSpeedup) { // also false for NaN
		return cfg, usageError(fmt.Errorf("--speedup %v: want a number from %v to %v", f.speedup, minSpeedup, maxSpeedup))
	}
	return cfg, nil
}

// reach fills in the target: a gateway out there, or the embedded one.
func (f runFlags) reach(ctx context.Context, cfg *suites.Config, console report.Listener) (closeTarget func(), err error) {
	if f.target.address == "" {
		if f.target.token != "" || f.target.tokenFile != "" {
			return nil, usageError(errors.New("a token needs a --target: the embedded gateway makes its own"))
		}
		if f.press != "" {
			return nil, usageError(errors.New("--press needs a --target: the embedded gateway's button is pressed without"))
		}
		if f.restartCmd != "" {
			return nil, usageError(errors.New("--restart-cmd needs a --target: the embedded gateway is restarted without"))
		}
		return embed(cfg)
	}
	if cfg.Target.Address, cfg.Target.LocalIP, err = f.target.resolve(ctx); err != nil {
		return nil, err
	}
	if cfg.Target.Links, cfg.Target.NoLink, err = targetLinks(f.target.iface, cfg.Target.Address); err != nil {
		return nil, usageError(err)
	}
	cfg.Interface = link.Names(cfg.Target.Links)
	if cfg.Token, err = f.target.readToken(); err != nil {
		return nil, usageError(err)
	}
	prompt := terminalPrompt(console.Say)
	mode := f.press
	if mode == "" && prompt != nil && cfg.Token == "" {
		mode = "prompt"
	}
	if cfg.Target.Press, err = client.ParsePresser(mode, prompt); err != nil {
		return nil, usageError(fmt.Errorf("--press: %w", err))
	}
	switch {
	case f.restartCmd != "":
		cfg.Target.Restarter = client.RestartCommand(f.restartCmd)
	case mode == "prompt":
		cfg.Target.Restarter = client.RestartPrompt{Prompt: prompt}
	}
	return func() {}, nil
}

// terminalPrompt asks the operator at the terminal; nil if there is none.
func terminalPrompt(say func(string)) *client.Prompt {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return nil
	}
	return &client.Prompt{Terminal: os.Stdin, Say: say}
}

// reproduce is the command line that repeats the run; a token is left to be
// given by file or environment.
func (f runFlags) reproduce() string {
	words := []string{"ttcheck run"}
	add := func(flag, value string) {
		if value != "" {
			words = append(words, "--"+flag+" "+shellQuote(value))
		}
	}
	add("target", f.target.address)
	if f.target.address != "" {
		add("token-file", f.target.tokenFile)
		kind, _, _ := strings.Cut(f.press, ":")
		if kind == "exec" {
			add("press", "exec:…")
		} else {
			add("press", f.press)
		}
		if f.restartCmd != "" {
			add("restart-cmd", "…")
		}
	}
	add("interface", f.target.iface)
	add("suite", strings.Join(f.suite, ","))
	if f.profile != "reference" {
		add("profile", f.profile)
	}
	add("label-filter", f.filter)
	if f.strict {
		words = append(words, "--strict")
	}
	add("allow", strings.Join(f.allow, ","))
	if f.orderNames != spec.DefaultNames.String() {
		add("order-names", f.orderNames)
	}
	if f.speedup != 0 {
		add("speedup", fmt.Sprint(f.speedup))
	}
	if f.grace != time.Second {
		add("grace", f.grace.String())
	}
	if f.timeout != defaultTimeout {
		add("timeout", f.timeout.String())
	}
	return strings.Join(words, " ")
}

func shellQuote(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,=@%…") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
