package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ttcheck/load"
	"ttcheck/report"
)

const mergeExitCodes = `Exit codes:
  0    all thresholds hold
  2    usage, or the reports do not belong together
  3    a shard did not begin, or the report cannot be written
  5    a threshold was broken, or the gateway could not go on
  130  a shard was interrupted, or the merger`

// maxMerged is how many reports can be merged.
const maxMerged = 1000

func reportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Work on reports",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usageError(fmt.Errorf("%s does nothing by itself: see %[1]s merge --help", cmd.CommandPath()))
		},
	}
	cmd.AddCommand(mergeCommand())
	return cmd
}

type mergeFlags struct {
	thresholds []string
	files      loadFiles
}

func mergeCommand() *cobra.Command {
	var f mergeFlags
	cmd := &cobra.Command{
		Use:   "merge FILE...",
		Short: "Merge the reports of the shards of a load",
		Long: "Merge makes one report of the JSON reports of all shards of a load (ttcheck load --shard),\n" +
			"as if one process had run it: counts and histograms are added, the figures of each second\n" +
			"are brought together, and thresholds are judged on the whole.\n\n" +
			load.ThresholdHelp() + "\n\n" + mergeExitCodes,
		Example: "  ttcheck report merge shard-*.json --json load.json --threshold 'event_latency.p99<250ms'",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return errors.New("which reports? Give the JSON files of all shards")
			case len(args) > maxMerged:
				return fmt.Errorf("%d reports: want at most %d", len(args), maxMerged)
			}
			return nil
		},
		RunE: f.merge,
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.thresholds, "threshold", nil, "a `bound` that must hold, as for ttcheck load; repeatable, in the environment one a line")
	f.files.register(flags)
	return cmd
}

func (f *mergeFlags) merge(cmd *cobra.Command, paths []string) error {
	thresholds, err := parseThresholds(f.thresholds)
	if err != nil {
		return usageError(err)
	}
	files, err := f.files.open(cmd.OutOrStdout())
	if err != nil {
		return usageError(err)
	}
	defer files.discard()
	parts := make([]report.Load, 0, len(paths))
	for _, path := range paths {
		part, err := readLoad(path)
		if err != nil {
			return usageError(fmt.Errorf("%s: %w", path, err))
		}
		parts = append(parts, part)
		if cmd.Context().Err() != nil {
			return cmd.Context().Err()
		}
	}
	merged, err := report.MergeLoads(parts)
	if err != nil {
		return usageError(err)
	}
	load.Judge(&merged, thresholds)
	report.NewLoadConsole(files.console(cmd)).End(merged)
	if err := files.write(merged); err != nil {
		return setupError(err)
	}
	return &exitError{code: merged.ExitCode()}
}

func readLoad(path string) (report.Load, error) {
	file, err := os.Open(path) //nolint:gosec // the user names the file
	if err != nil {
		return report.Load{}, reason(err)
	}
	defer file.Close()
	return report.ReadLoadJSON(file)
}
