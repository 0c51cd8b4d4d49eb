package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ttcheck/fixtures/faults"
	"ttcheck/fixtures/variants"
	"ttcheck/report"
	"ttcheck/suites/selftest"
)

func selftestCommand() *cobra.Command {
	var (
		faultNames, variantNames []string
		jobs                     int
		verbose                  bool
	)
	cmd := &cobra.Command{
		Use:   "selftest",
		Short: "Try the suites against gateways with known faults",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var trials []selftest.Trial
			for _, name := range faultNames {
				for _, f := range faults.All() {
					if ok := f.Name == name || strings.HasSuffix(name, "*") && strings.HasPrefix(f.Name, name[:len(name)-1]); ok {
						trials = append(trials, selftest.OfFault(f))
					}
				}
			}
			for _, name := range variantNames {
				for _, f := range variants.All() {
					if ok := f.Name == name || strings.HasSuffix(name, "*") && strings.HasPrefix(f.Name, name[:len(name)-1]); ok {
						trials = append(trials, selftest.OfVariants(f.Name, f))
					}
				}
			}
			if len(trials) == 0 {
				trials = append(trials, selftest.Sound())
			}
			out := cmd.OutOrStdout()
			selftest.Run(cmd.Context(), trials, jobs, func(m selftest.Made) {
				fmt.Fprintf(out, "%-40s caught %v explained %v UNEXPLAINED %v unjudged %v err %v setup %q %v\n", m.Name, m.Caught, m.Explained, m.Unexplained, m.Unjudged, m.Err, m.Outcome.SetupError, m.Took.Round(time.Millisecond))
				for _, r := range m.Outcome.Results {
					if !verbose || r.Verdict == report.Pass || r.Verdict == report.Info || r.Verdict == report.Skipped {
						continue
					}
					fmt.Fprintf(out, "    %s %s %s\n", r.Verdict, r.Name(), r.Reason)
					for _, f := range r.Findings {
						fmt.Fprintf(out, "        expected %s | actual %s\n", f.Expected, f.Actual)
					}
				}
			})
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&faultNames, "fault", nil, "only these faults")
	flags.StringSliceVar(&variantNames, "variant", nil, "only these variants")
	flags.IntVar(&jobs, "jobs", 8, "how many at a time")
	flags.BoolVar(&verbose, "verbose", false, "tell all findings")
	return cmd
}
