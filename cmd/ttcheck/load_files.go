package main

import (
	"io"

	"github.com/spf13/pflag"

	"ttcheck/report"
)

// loadFiles are where the report of a load goes, besides the console.
type loadFiles struct{ json, csv, hdr string }

func (f *loadFiles) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.json, "json", "", "write the report as JSON to this `file` (- for standard output)")
	flags.StringVar(&f.csv, "csv", "", "write the figures of every second as CSV to this `file`")
	flags.StringVar(&f.hdr, "hdr", "", "write the percentiles of event_latency to this `file`, as HdrHistogram's plotters read them")
}

// open opens those that are asked for.
func (f *loadFiles) open(stdout io.Writer) (*reports[report.Load], error) {
	return openReports(stdout,
		reportWanted[report.Load]{"json", f.json, report.WriteLoadJSON},
		reportWanted[report.Load]{"csv", f.csv, report.WriteLoadCSV},
		reportWanted[report.Load]{"hdr", f.hdr, report.WriteHDR})
}
