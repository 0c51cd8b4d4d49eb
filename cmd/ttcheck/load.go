package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ttcheck/load"
	"ttcheck/load/expose"
	"ttcheck/load/plan"
	"ttcheck/report"
)

type loadFlags struct {
	target     targetFlags
	press      string
	allow      []string
	plan       planFlags
	sources    []string
	thresholds []string
	search     searchFlags
	shard      string
	startAt    string
	files      loadFiles
	prometheus string
}

func loadCommand() *cobra.Command {
	var f loadFlags
	cmd := &cobra.Command{
		Use:   "load",
		Short: "Load a gateway as a full restaurant does, and measure it",
		Long: "Load opens many WebSockets to a gateway, has orders change at a planned rate, and reports\n" +
			"what each socket heard and when. Changes go out on time whatever the gateway answers, and\n" +
			"every delay is counted from the plan. Without --target it loads the reference gateway, in a\n" +
			"process of its own.\n\n" +
			"On a gateway of yours, changes need leave (--allow orders); --rate 0 listens only. The load\n" +
			"ends early when the gateway stays silent. Its orders are cleared and its token is revoked at\n" +
			"the end, also after Ctrl-C; interrupt again to leave them.\n\n" +
			"docs/load.md has all of it: the plan, what is measured and how, the reports.\n\n" +
			load.ThresholdHelp() + "\n\n" + loadExitCodes,
		Example: "  ttcheck load --sockets 200 --rate 10 --duration 30s\n" +
			"  ttcheck load --target 192.0.2.10 --token-file site.token --allow orders --json load.json\n" +
			"  ttcheck load --target 192.0.2.10 --token-file site.token --rate 0 --duration 1h\n" +
			"  ttcheck load --target 192.0.2.10 --press prompt --allow orders --threshold 'event_latency.p99<250ms' --find-limit sockets",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("target") && f.target.address == "" {
				return usageError(errors.New("--target is empty"))
			}
			return runLoad(cmd, f)
		},
	}
	f.register(cmd)
	return cmd
}

func (f *loadFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.target.register(cmd, "the gateway that takes the load, `HOST[:PORT]`, or auto for the only one that is found on the link; the reference gateway if not given")
	flags.StringVar(&f.press, "press", "", "how the button is pressed to have a token made: none, prompt (you, at the terminal), exec:COMMAND, http:URL (gets a POST); default prompt on a terminal, else none")
	flags.StringSliceVar(&f.allow, "allow", nil, "leave to change state: orders (make, locate, page and clear its own orders)")
	f.plan.register(flags)
	flags.StringSliceVar(&f.sources, "source", nil, "local `addresses` that the sockets are spread over, such as 127.0.0.2-127.0.0.9; the system's choice if not given")
	flags.StringArrayVar(&f.thresholds, "threshold", nil, "a `bound` that must hold, such as 'event_latency.p99<250ms' or 'lost<0.1%'; repeatable, in the environment one a line")
	f.search.register(flags)
	flags.StringVar(&f.shard, "shard", "0/1", "the part of the plan that is this process's, `I/N`, the first is 0/N; needs --start-at and a token")
	flags.StringVar(&f.startAt, "start-at", "", "when the plan begins: a `time` such as 2026-03-07T18:00:00Z, or in how long, such as +30s")
	f.files.register(flags)
	flags.StringVar(&f.prometheus, "prometheus", "", "serve the figures to Prometheus at this `HOST:PORT` while the load goes on, under /metrics")
}

func runLoad(cmd *cobra.Command, f loadFlags) error {
	cfg, search, err := f.config(cmd)
	if err != nil {
		return usageError(err)
	}
	files, err := f.files.open(cmd.OutOrStdout())
	if err != nil {
		return usageError(err)
	}
	defer files.discard()
	view := &loadView{console: report.NewLoadConsole(files.console(cmd)), shard: cfg.Shard}
	defer view.console.Close()
	cfg.Hurry = hurried(cmd.Context()).Done()
	found, err := f.drive(cmd.Context(), cfg, search, view)
	if err != nil && exitCode(err) == report.ExitUsage {
		return err
	}
	if err == nil {
		view.console.End(found)
	}
	if written := files.write(found); written != nil {
		return setupError(errors.Join(err, written))
	}
	switch {
	case err == nil:
		return &exitError{code: found.ExitCode()}
	case found.Interrupted:
		return &exitError{found.ExitCode(), errors.New(found.SetupError)}
	}
	return err
}

// config turns the flags into a configuration, but for the target.
func (f loadFlags) config(cmd *cobra.Command) (load.Config, *load.Search, error) {
	cfg := load.Config{Head: report.LoadHead{Version: version(), Reproduce: reproduceLoad(cmd.Flags())}}
	var err error
	if cfg.Plan, err = f.plan.plan(cmd.Flags()); err != nil {
		return cfg, nil, err
	}
	if cfg.Shard, err = plan.ParseShard(f.shard); err != nil {
		return cfg, nil, fmt.Errorf("--shard: %w", err)
	}
	if cfg.StartAt, err = parseStart(f.startAt, time.Now()); err != nil {
		return cfg, nil, fmt.Errorf("--start-at: %w", err)
	}
	if cfg.Shard.Count > 1 && (f.startAt == "" || strings.HasPrefix(f.startAt, "+")) {
		return cfg, nil, errors.New("--shard needs --start-at with a time of the clock, the same for all shards")
	}
	if cfg.Thresholds, err = parseThresholds(f.thresholds); err != nil {
		return cfg, nil, err
	}
	if err = makesSense(cfg); err != nil {
		return cfg, nil, err
	}
	if f.prometheus != "" {
		if err = checkListen(f.prometheus); err != nil {
			return cfg, nil, fmt.Errorf("--prometheus: %w", err)
		}
	}
	if cfg.Sources, err = parseSources(f.sources); err != nil {
		return cfg, nil, fmt.Errorf("--source: %w", err)
	}
	if len(cfg.Sources) > 0 && f.target.iface != "" {
		return cfg, nil, errors.New("--source and --interface exclude each other")
	}
	search, err := f.search.search(cmd.Flags(), cfg)
	if err != nil {
		return cfg, nil, err
	}
	if err := f.checkTarget(&cfg, search); err != nil {
		return cfg, nil, err
	}
	cfg.Head.Environment.FileLimit, err = checkRoom(socketsAtMost(cfg, search), len(cfg.Sources))
	if err != nil && search != nil && search.Of == load.Sockets {
		err = fmt.Errorf("--find-limit goes up to %v sockets: %w; else give a lower --max", search.Max, err)
	}
	return cfg, search, err
}

// socketsAtMost is how many sockets this process has to hold at a time.
func socketsAtMost(cfg load.Config, search *load.Search) int {
	if search != nil && search.Of == load.Sockets {
		return int(search.Max)
	}
	return cfg.Shard.Sockets(cfg.Plan)
}

// parseThresholds reads thresholds, and adds those that hold by default.
func parseThresholds(texts []string) ([]load.Threshold, error) {
	var given []load.Threshold
	for _, text := range texts {
		threshold, err := load.ParseThreshold(text)
		if err != nil {
			return nil, fmt.Errorf("--threshold: %w", err)
		}
		given = append(given, threshold)
	}
	return load.Effective(given), nil
}

// drive loads the target, and leaves it as it was. With an error there is nothing to
// report but that.
func (f loadFlags) drive(ctx context.Context, cfg load.Config, search *load.Search, view *loadView) (found report.Load, err error) {
	if in := time.Until(cfg.StartAt); in > 0 {
		view.Say(beginLine(cfg, plan.Span(in.Round(time.Second))))
	}
	target, err := f.reach(ctx, &cfg, view.Say)
	found = notBegun(cfg)
	if err == nil {
		var served func()
		if served, err = f.serve(ctx, cfg.Head, view); err == nil {
			found, err = carryOut(ctx, cfg, search, view)
			served()
		}
	}
	found.Remarks = append(found.Remarks, target.leave(ctx)...)
	if err != nil {
		found.Interrupted = ctx.Err() != nil
		found.SetupError = whyNot(err, found.Interrupted)
	}
	return found, err
}

// whyNot says why a load did not begin.
func whyNot(err error, interrupted bool) string {
	switch {
	case !interrupted:
		return oneLine(err)
	case errors.Is(err, context.Canceled):
		return interruptedBefore
	}
	return interruptedBefore + ": " + oneLine(err)
}

const interruptedBefore = "interrupted before it began"

// carryOut is the load itself.
func carryOut(ctx context.Context, cfg load.Config, search *load.Search, view *loadView) (report.Load, error) {
	cfg.Listener = view
	var found report.Load
	var err error
	if search != nil {
		found, err = load.FindLimit(ctx, cfg, *search)
	} else {
		found, err = load.Run(ctx, cfg)
	}
	if err != nil {
		err = setupError(err)
	}
	return found, err
}

// serve serves the figures to Prometheus, if that is asked for, until done is called.
func (f loadFlags) serve(ctx context.Context, head report.LoadHead, view *loadView) (done func(), err error) {
	if f.prometheus == "" {
		return func() {}, nil
	}
	exporter := expose.New(head)
	stop, listening, err := exporter.Serve(ctx, f.prometheus)
	if err != nil {
		return nil, setupError(fmt.Errorf("--prometheus: %w", err))
	}
	view.exporter = exporter
	view.Say(fmt.Sprintf("figures for Prometheus: http://%s/metrics", listening))
	return func() { _ = stop() }, nil
}

// notBegun is the report of a load that could not begin.
func notBegun(cfg load.Config) report.Load {
	asked, _ := json.Marshal(cfg.Plan) // numbers and words: it cannot fail
	head := cfg.Head
	head.Shard, head.Shards, head.Started = cfg.Shard.Index, cfg.Shard.Count, time.Now()
	return report.Load{Head: head, Plan: asked}
}
