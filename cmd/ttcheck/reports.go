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
type reports[T any] struct {
	files  []reportFile[T]
	stdout bool // one of them is standard output
}

type reportFile[T any] struct {
	reportWanted[T]
	file *report.File
}

// reportWanted is a report that was asked for, unless its path is empty.
type reportWanted[T any] struct {
	flag, path string
	fill       func(io.Writer, T) error
}

func openReports[T any](stdout io.Writer, wanted ...reportWanted[T]) (*reports[T], error) {
	r := &reports[T]{}
	var paths []string
	for _, want := range wanted {
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
		r.files = append(r.files, reportFile[T]{want, file})
	}
	return r, nil
}

// console is where the people's report goes: standard output, unless another
// report is there.
func (r *reports[T]) console(cmd *cobra.Command) io.Writer {
	if r.stdout {
		return cmd.ErrOrStderr()
	}
	return cmd.OutOrStdout()
}

// write fills every file; one that fails does not keep the others from it.
func (r *reports[T]) write(found T) error {
	var failed []error
	for _, f := range r.files {
		err := f.fill(f.file, found)
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
func (r *reports[T]) discard() {
	for _, f := range r.files {
		f.file.Discard()
	}
}
