package match

import "github.com/onsi/gomega/types"

// NoFault matches a nil error, like OK, where the error alone would not tell what
// was expected: the words complete "expected … to".
func NoFault(expected string) types.GomegaMatcher { return noFault{expected: expected} }

type noFault struct {
	okMatcher
	expected string
}

func (m noFault) Expected() string { return m.expected }
func (m noFault) FailureMessage(actual any) string {
	return "expected to " + m.expected + ", but " + m.Saw(actual)
}
func (m noFault) NegatedFailureMessage(any) string { return "expected not to " + m.expected }
