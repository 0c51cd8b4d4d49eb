package match

import (
	"fmt"
	"strings"
	"time"

	"github.com/onsi/gomega/types"

	"ttcheck/client"
	"ttcheck/protocol"
)

// OK matches a nil error.
func OK() types.GomegaMatcher { return okMatcher{} }

type okMatcher struct{}

func (okMatcher) Match(actual any) (bool, error) {
	if _, isError := actual.(error); !isError && actual != nil {
		return false, fmt.Errorf("whether it is right is asked of a %T, not of an error", actual)
	}
	return actual == nil, nil
}
func (okMatcher) Expected() string { return "be right" }
func (okMatcher) Saw(actual any) string {
	if actual == nil {
		return "nothing wrong"
	}
	return redact(strings.ReplaceAll(fmt.Sprint(actual), "\n", "; "))
}
func (m okMatcher) FailureMessage(actual any) string {
	return "expected to be right, but " + m.Saw(actual)
}
func (m okMatcher) NegatedFailureMessage(any) string { return "expected an error" }

// TokenForm matches a token of 48 hexadecimal digits. It never shows the token.
func TokenForm() types.GomegaMatcher {
	return matcher[string]{
		fmt.Sprintf("be %d hexadecimal digits", protocol.TokenDigits),
		func(s string) (bool, string) {
			return protocol.IsTokenForm(s), fmt.Sprintf("%d characters, %s", len(s), protocol.Redact(s))
		},
	}
}

// AtMost matches a duration that is not longer than limit.
func AtMost(limit time.Duration) types.GomegaMatcher {
	return matcher[time.Duration]{
		"take at most " + limit.String(),
		func(d time.Duration) (bool, string) {
			if short := d.Round(time.Millisecond); (short <= limit) == (d <= limit) {
				return d <= limit, short.String()
			}
			return d <= limit, d.String()
		},
	}
}

// Open matches a socket that has not ended.
func Open() types.GomegaMatcher {
	return matcher[*client.Closure]{
		"be open",
		func(c *client.Closure) (bool, string) {
			if c == nil {
				return true, "open"
			}
			return false, redact(c.String())
		},
	}
}
