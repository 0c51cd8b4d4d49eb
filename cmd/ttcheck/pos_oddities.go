package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"ttcheck/fixtures/pos"
	"ttcheck/fixtures/pos/posfaults"
)

// posOddities are the ways in which the reference POS is to be unlike itself.
type posOddities struct {
	faults, variants         []string
	listFaults, listVariants bool
}

func (o *posOddities) register(flags *pflag.FlagSet) {
	flags.StringSliceVar(&o.faults, "fault", nil, "have it err, by the `name` of a fault; repeatable")
	flags.BoolVar(&o.listFaults, "list-faults", false, "list the faults and exit")
	flags.StringSliceVar(&o.variants, "variant", nil, "have it take another permitted choice, by `name`; repeatable")
	flags.BoolVar(&o.listVariants, "list-variants", false, "list the variants and exit")
}

// listed tells whether a list is asked for, not a POS.
func (o *posOddities) listed() bool { return o.listFaults || o.listVariants }

func (o *posOddities) list(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if o.listFaults {
		for _, f := range posfaults.All() {
			fmt.Fprintf(table, "%s\t%s\tan integration that %s\n", f.Name, summarized(f.Breaks), f.What)
		}
	}
	if o.listVariants {
		for _, v := range posfaults.Variants() {
			fmt.Fprintf(table, "%s\tan integration that %s\n", v.Name, v.What)
		}
	}
	return table.Flush()
}

// changes are what makes the POS that is to be out of a sound one.
func (o *posOddities) changes() ([]func(*pos.Parts), error) {
	var all []func(*pos.Parts)
	for _, name := range o.variants {
		v, err := posfaults.LookupVariant(name)
		if err != nil {
			return nil, err
		}
		all = append(all, v.Make)
	}
	for _, name := range o.faults {
		f, err := posfaults.Lookup(name)
		if err != nil {
			return nil, err
		}
		all = append(all, f.Make)
	}
	return all, nil
}
