package report

import "time"

// Silent is the listener of a run that nobody listens to.
type Silent struct{}

// Begin does nothing.
func (Silent) Begin(Head, int) {}

// Result does nothing.
func (Silent) Result(Result) {}

// Waiting does nothing.
func (Silent) Waiting(string, time.Time) {}

// Say does nothing.
func (Silent) Say(string) {}

// End does nothing.
func (Silent) End(Run) {}
