package events

import (
	"errors"
	"fmt"

	"ttcheck/client"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// fault is what a judgement found, with the exchanges that prove it.
type fault struct {
	text  string
	proof []client.Exchange
}

func (f *fault) Error() string { return f.text }

func faultf(proof []client.Message, format string, args ...any) error {
	return &fault{fmt.Sprintf(format, args...), exchangesOf(proof)}
}

// expect asserts that a judgement found no fault. Subject and expected make one
// sentence: "expected SUBJECT to EXPECTED".
func expect(c *spec.C, err error, subject, expected string) {
	assertion := c.Expect(err, "%s", subject)
	if f, ok := errors.AsType[*fault](err); ok {
		assertion = assertion.ProvedBy(f.proof...)
	}
	assertion.To(match.NoFault(expected))
}
