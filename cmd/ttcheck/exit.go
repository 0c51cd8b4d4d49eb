package main

import (
	"context"
	"errors"
	"strings"

	"ttcheck/report"
	"ttcheck/suites"
)

const exitCodeHelp = `Exit codes:
  0    all selected requirements hold (warnings allowed, unless --strict), or all thresholds
  1    at least one requirement does not hold
  2    usage or configuration
  3    the target is unreachable, none was found, or the set-up or the harness failed
  4    nothing was run
  5    a threshold was broken, or the gateway could not go on (load)
  130  interrupted (reports are still written)`

// loadExitCodes are those of the verbs that judge a load.
const loadExitCodes = `Exit codes:
  0    all thresholds hold
  2    usage or configuration, or the plan exceeds what this machine allows
  3    the target is unreachable or does not take the load, or a report cannot be written
  5    a threshold was broken, or the gateway could not go on
  130  interrupted (reports are still written)`

// exitError is an error with an exit code of its own. Without an inner error
// there is nothing left to say: the report has said it.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func usageError(err error) error { return &exitError{report.ExitUsage, err} }
func setupError(err error) error { return &exitError{report.ExitSetup, err} }

// exitCode is the exit code of a command that ended with err.
func exitCode(err error) int {
	if err == nil {
		return report.ExitOK
	}
	if e, ok := errors.AsType[*exitError](err); ok {
		return e.code
	}
	if _, ok := errors.AsType[*suites.UsageError](err); ok {
		return report.ExitUsage
	}
	if _, ok := errors.AsType[*suites.NothingError](err); ok {
		return report.ExitNothing
	}
	if errors.Is(err, context.Canceled) {
		return report.ExitInterrupted
	}
	if _, ok := errors.AsType[*suites.SetupError](err); ok {
		return report.ExitSetup
	}
	return report.ExitUsage // what cobra itself refuses, such as an unknown command
}

func oneLine(err error) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "\n", "; ")), " ")
}
