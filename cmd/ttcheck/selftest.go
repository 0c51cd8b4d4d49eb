package main

import (
	"errors"
	"runtime"

	"github.com/spf13/cobra"

	"ttcheck/fixtures/faults"
	"ttcheck/fixtures/pos/posfaults"
	"ttcheck/fixtures/variants"
	"ttcheck/report"
	"ttcheck/suites/selftest"
)

// perCPU is how many trials are made at a time for each CPU: a trial waits more than it
// works.
const perCPU = 16

// faultsEach is how many faults are tried for each requirement by default: what fits
// into a coffee break.
const faultsEach = 1

// combinations is how many random combinations of variants are tried by default.
const combinations = 20

type selftestFlags struct {
	faults, variants []string
	combinations     int
	seed             uint64
	jobs             int
	each             int
	whole            bool
	subject          string
	json, markdown   string
}

func selftestCommand() *cobra.Command {
	var f selftestFlags
	cmd := &cobra.Command{
		Use:   "selftest",
		Short: "Try the suites against gateways and integrations with known faults",
		Long: "Selftest tries the suites themselves, against gateways inside this process: the\n" +
			"reference gateway, every variant of it that the protocol permits and random\n" +
			"combinations of them, on which nothing may be found; and gateways that err, each in\n" +
			"its own way, on which a requirement that is broken must be found broken. The same is\n" +
			"done with the judgement of integrations, on POS that keep the rules and POS that err.\n\n" +
			"Of the faults that break one requirement some are tried (--each). With --fault or\n" +
			"--variant only those are tried; a name may be a pattern such as 'window-*'.\n" +
			"ttcheck gateway and ttcheck pos name all by --list-faults and --list-variants.\n\n" +
			"Exit codes: 0 every fault is caught and there is no false alarm · 1 not so ·\n" +
			"2 usage · 3 a report could not be written · 130 interrupted.",
		Example: "  ttcheck selftest --markdown selftest.md\n" +
			"  ttcheck selftest --fault 'socket-*'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			trials, err := f.ofSubject(f.trials(cmd.Flags().Changed("combinations")))
			if err != nil {
				return usageError(err)
			}
			return f.run(cmd, trials)
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&f.faults, "fault", nil, "only these faults, by `name` or pattern")
	flags.StringSliceVar(&f.variants, "variant", nil, "only these variants, by `name` or pattern")
	flags.IntVar(&f.combinations, "combinations", combinations, "how many random combinations of variants are tried")
	flags.StringVar(&f.subject, "subject", "", "only the trials of one side of the wire: gateway or integration")
	flags.Uint64Var(&f.seed, "seed", 1, "the seed of the first combination; the next ones follow it")
	flags.IntVar(&f.jobs, "jobs", perCPU*runtime.GOMAXPROCS(0), "how many trials are made at a time")
	flags.IntVar(&f.each, "each", faultsEach, "how many faults are tried for each requirement at most; 0 for every fault there is")
	flags.BoolVar(&f.whole, "whole", false, "run every case in every trial; without, what takes the most time is run only where it matters most")
	flags.StringVar(&f.json, "json", "", "write the report as JSON to this `file` (- for standard output)")
	flags.StringVar(&f.markdown, "markdown", "", "write the report as Markdown to this `file`")
	return cmd
}

// trials lists what is to be tried: all there is, or what was asked for by name.
func (f selftestFlags) trials(combined bool) ([]selftest.Trial, error) {
	if f.combinations < 0 || f.each < 0 || f.jobs <= 0 {
		return nil, errors.New("--combinations and --each may not be negative, and --jobs must be positive")
	}
	all := len(f.faults)+len(f.variants) == 0
	var trials []selftest.Trial
	if all {
		trials = append(trials, selftest.Sound(), selftest.SoundPOS())
	}
	permitted, posVariants, err := chosenOf("variant", f.variants, all,
		side(variants.All(), func(v variants.Variant) string { return v.Name }),
		side(posfaults.Variants(), func(v posfaults.Variant) string { return v.Name }))
	if err != nil {
		return nil, err
	}
	for _, v := range permitted {
		trials = append(trials, selftest.OfVariant(v, f.whole))
	}
	for _, v := range posVariants {
		trials = append(trials, selftest.OfPOSVariant(v))
	}
	if all || combined {
		for i := range f.combinations {
			trials = append(trials, selftest.OfCombination(f.seed+uint64(i)))
		}
	}
	wrong, posWrong, err := chosenOf("fault", f.faults, all,
		side(faults.All(), func(f faults.Fault) string { return f.Name }),
		side(posfaults.All(), func(f posfaults.Fault) string { return f.Name }))
	if err != nil {
		return nil, err
	}
	if all && f.each > 0 {
		wrong = sample(wrong, f.each, func(f faults.Fault) string { return f.Breaks[0] })
		posWrong = sample(posWrong, f.each, func(f posfaults.Fault) string { return f.Breaks[0] })
	}
	for _, w := range wrong {
		trials = append(trials, selftest.OfFault(w, f.whole))
	}
	for _, w := range posWrong {
		trials = append(trials, selftest.OfPOSFault(w))
	}
	return trials, nil
}

func (f selftestFlags) run(cmd *cobra.Command, trials []selftest.Trial) error {
	files, err := openReports(cmd.OutOrStdout(),
		reportWanted[report.SelfTest]{"json", f.json, report.WriteSelfTestJSON},
		reportWanted[report.SelfTest]{"markdown", f.markdown, report.WriteSelfTestMarkdown})
	if err != nil {
		return usageError(err)
	}
	defer files.discard()
	console := report.NewSelfTestConsole(files.console(cmd), len(trials), f.jobs)
	found := selftest.Run(cmd.Context(), version(), trials, f.jobs, console)
	console.End(found)
	if err := files.write(found); err != nil {
		return setupError(err)
	}
	return &exitError{code: found.ExitCode()}
}
