// Package match holds the matchers that speak the protocol: what an answer, an
// object or a message must be. They are Gomega matchers that also say, in words,
// what they expect and what they saw.
package match

import (
	"fmt"

	"github.com/onsi/gomega/types"

	"ttcheck/client"
)

// matcher is a predicate with words.
type matcher[T any] struct {
	expected string
	check    func(T) (ok bool, saw string)
}

var _ types.GomegaMatcher = matcher[any]{}

func (m matcher[T]) Match(actual any) (bool, error) {
	value, ok := actual.(T)
	if !ok {
		return false, fmt.Errorf("%s is asked of a %T", m.expected, actual)
	}
	matched, _ := m.check(value)
	return matched, nil
}

// Expected completes "expected … to".
func (m matcher[T]) Expected() string { return m.expected }

// Saw tells what actual is instead.
func (m matcher[T]) Saw(actual any) string {
	value, ok := actual.(T)
	if !ok {
		return fmt.Sprintf("a %T", actual)
	}
	_, saw := m.check(value)
	return saw
}

func (m matcher[T]) FailureMessage(actual any) string {
	return fmt.Sprintf("expected to %s, but saw %s", m.expected, m.Saw(actual))
}

func (m matcher[T]) NegatedFailureMessage(actual any) string {
	return fmt.Sprintf("expected not to %s, but saw %s", m.expected, m.Saw(actual))
}

// answer is a response in words.
func answer(r *client.Response) string { return redact(r.String()) }

// redact takes out of foreign text what looks like a token. It must be done before
// the text is shortened: half a token would not be recognized.
func redact(text string) string { return (&client.Secrets{}).Redact(text) }
