package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/faults"
	"ttcheck/fixtures/gateway"
	"ttcheck/fixtures/variants"
)

// oddities are the ways in which the reference gateway is to be unlike itself.
type oddities struct {
	faults, variants         []string
	listFaults, listVariants bool
}

func (o *oddities) register(flags *pflag.FlagSet) {
	flags.StringSliceVar(&o.faults, "fault", nil, "have it err, by the `name` of a fault; repeatable")
	flags.BoolVar(&o.listFaults, "list-faults", false, "list the faults and exit")
	flags.StringSliceVar(&o.variants, "variant", nil, "have it take another permitted choice, by `name`; repeatable")
	flags.BoolVar(&o.listVariants, "list-variants", false, "list the variants and exit")
}

// listed tells whether a list is asked for, not a gateway.
func (o *oddities) listed() bool { return o.listFaults || o.listVariants }

func (o *oddities) list(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if o.listFaults {
		for _, f := range faults.All() {
			fmt.Fprintf(table, "%s\t%s\ta gateway that %s\n", f.Name, summarized(f.Breaks), f.What)
		}
	}
	if o.listVariants {
		for _, v := range variants.All() {
			fmt.Fprintf(table, "%s\t%s\ta gateway that %s\n", v.Name, v.Point, v.What)
		}
	}
	return table.Flush()
}

// summarized names the first of some requirements, and how many more there are.
func summarized(ids []string) string {
	if len(ids) == 1 {
		return ids[0]
	}
	return fmt.Sprintf("%s and %d more", ids[0], len(ids)-1)
}

// apply makes the gateway that is to be, out of the options of a sound one.
func (o *oddities) apply(opts *gateway.Options) error {
	var makers []decorate.Maker
	var chosen []variants.Variant
	for _, name := range o.variants {
		v, err := variants.Lookup(name)
		if err != nil {
			return err
		}
		chosen, makers = append(chosen, v), append(makers, v.Make)
	}
	if err := variants.Conflict(chosen); err != nil {
		return err
	}
	for _, name := range o.faults {
		f, err := faults.Lookup(name)
		if err != nil {
			return err
		}
		makers = append(makers, f.Make)
	}
	if len(makers) > 0 {
		decorate.Apply(opts, makers...)
	}
	return nil
}
