package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"ttcheck/report"
)

// reports are the report files of a run: opened before it, so that a path that
// cannot be written is told at once, and filled after it.
type reports struct {
	files  []reportFile
	stdout bool // one of them is standard output
}

type reportFile struct {
	flag  string
	file  *report.File
	write func(io.Writer, report.Run) error
}

func openReports(stdout io.Writer, f runFlags) (*reports, error) {
	r := &reports{}
	var paths []string
	for _, want := range []struct {
		flag, path string
		write      func(io.Writer, report.Run) error
	}{
		{"json", f.json, report.WriteJSON},
		{"junit", f.junit, report.WriteJUnit},
		{"markdown", f.markdown, report.WriteMarkdown},
	} {
		if want.path == "" {
			continue
		}
		file, err := report.CreateFile(want.path, stdout)
		if err != nil {
			r.discard()
			return nil, fmt.Errorf("--%s: %w", want.flag, err)
		}
		if slices.Contains(paths, want.path) || r.stdout && file.ToStandardOutput() {
			file.Discard()
			r.discard()
			return nil, fmt.Errorf("--%s: another report goes to %s already", want.flag, want.path)
		}
		paths = append(paths, want.path)
		r.stdout = r.stdout || file.ToStandardOutput()
		r.files = append(r.files, reportFile{want.flag, file, want.write})
	}
	return r, nil
}

// console is where the people's report goes: standard output, unless another
// report is there.
func (r *reports) console(cmd *cobra.Command) io.Writer {
	if r.stdout {
		return cmd.ErrOrStderr()
	}
	return cmd.OutOrStdout()
}

// write fills every file; one that fails does not keep the others from it.
func (r *reports) write(run report.Run) error {
	var failed []error
	for _, f := range r.files {
		err := f.write(f.file, run)
		if err == nil {
			err = f.file.Commit()
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("--%s: %w", f.flag, err))
		}
	}
	return errors.Join(failed...)
}

// discard leaves alone what was not written.
func (r *reports) discard() {
	for _, f := range r.files {
		f.file.Discard()
	}
}
