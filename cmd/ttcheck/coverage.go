package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"ttcheck/fixtures/faults"
	"ttcheck/protocol"
)

// printCoverage shows how each requirement is tested, and what proves that the test
// finds what it should: faults that break it, on which ttcheck selftest runs the suites.
func printCoverage(out io.Writer, all []listed) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "requirement\tlevel\tprofile\tcases\tfaults\t\n")
	var cased, proved int
	for _, r := range all {
		if len(r.Cases) > 0 {
			cased++
		}
		if len(r.Faults) > 0 {
			proved++
		}
		words := strings.Join(r.Faults, ", ")
		if len(r.Faults) == 0 {
			words = "(" + unproved(r) + ")"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%s\n", r.ID, r.Level, r.Profile, len(r.Cases), len(r.Faults), words)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%d requirements: %d have cases, %d are proved by faults.\n", len(all), cased, proved)
	return err
}

// unproved says why no fault breaks a requirement.
func unproved(r listed) string {
	requirement, known := protocol.Lookup(r.ID)
	if !known || r.Chapter == protocol.POS { // its faults are those of integrations
		return "no fault"
	}
	return cmp.Or(faults.Unproved(requirement), "no fault")
}
