package suites

import (
	"fmt"
	"time"

	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// Config is what to run against what.
type Config struct {
	Target spec.Target
	// Token is presented by the cases; if it is empty, one is made by the button.
	Token string

	Chapters    []protocol.Chapter // empty for all
	Profile     string             // quickstart, reference or full; empty is reference
	LabelFilter string             // Ginkgo's label filter syntax; empty for all
	Strict      bool               // a failed SHOULD is a failure
	Allowed     []spec.Leave
	Names       protocol.NameRange
	Speedup     float64
	Grace       time.Duration
	Timeout     time.Duration // of the whole run
	Interface   string        // named in the report
	Listener    report.Listener
	Version     string
	Reproduce   string // the command line that repeats the run
}

// UsageError says that the run cannot be as it was asked for.
type UsageError struct{ Reason string }

func (e *UsageError) Error() string { return e.Reason }

// SetupError says that the run could not begin: the target does not answer, or
// its set-up failed.
type SetupError struct{ Reason string }

func (e *SetupError) Error() string { return e.Reason }

// NothingError says that the selection holds no case.
type NothingError struct{ Reason string }

func (e *NothingError) Error() string { return e.Reason }

func usage(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

func setupFailed(format string, args ...any) error { return &SetupError{fmt.Sprintf(format, args...)} }

func (c *Config) fillIn() {
	if c.Profile == "" {
		c.Profile = "reference"
	}
	if c.Speedup == 0 {
		c.Speedup = 1
	}
	if c.Grace == 0 {
		c.Grace = time.Second
	}
	if c.Timeout == 0 {
		c.Timeout = 15 * time.Minute
	}
	if c.Names == (protocol.NameRange{}) {
		c.Names = spec.DefaultNames
	}
	if c.Target.Embedded {
		c.Allowed = spec.Leaves
	}
	if c.Listener == nil {
		c.Listener = report.Silent{}
	}
}
