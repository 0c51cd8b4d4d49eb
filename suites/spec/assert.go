package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/onsi/gomega/format"
	"github.com/onsi/gomega/types"

	"ttcheck/client"
	"ttcheck/protocol"
)

// Assertion is one thing that is being asserted.
type Assertion struct {
	c       *C
	level   protocol.Level
	goOn    bool
	subject string
	actual  any
	proof   []client.Exchange
}

// Explained is a matcher that says in words what it expects and what it saw.
type Explained interface {
	types.GomegaMatcher
	Expected() string
	Saw(actual any) string
}

// ProvedBy names the exchanges that prove the assertion wrong if it fails.
func (a Assertion) ProvedBy(proof ...client.Exchange) Assertion {
	a.proof = slices.Concat(a.proof, proof) // a copy: others may build on a too
	return a
}

// To holds if the matcher matches.
func (a Assertion) To(m types.GomegaMatcher) { a.assert(m, true) }

// NotTo holds if the matcher does not match.
func (a Assertion) NotTo(m types.GomegaMatcher) { a.assert(m, false) }

func (a Assertion) assert(m types.GomegaMatcher, want bool) {
	if err := localTrouble(a.actual); err != nil {
		a.c.Broken("the harness could not ask: %v", err)
	}
	matched, err := m.Match(a.actual)
	if err != nil {
		a.c.Broken("the assertion on %s cannot be made: %v", a.subject, err)
	}
	if matched == want {
		return
	}
	expected, saw := explain(m, a.actual, want)
	a.c.find(a.level, a.goOn, strings.TrimSpace(a.subject+" "+expected), saw, a.evidence())
}

// evidence is what was named, or else the exchange that the value itself is.
func (a Assertion) evidence() []client.Exchange {
	if len(a.proof) > 0 {
		return a.proof
	}
	switch actual := a.actual.(type) {
	case *client.Response:
		return []client.Exchange{actual.Exchange}
	case client.Message:
		return []client.Exchange{actual.Exchange}
	}
	return nil
}

func explain(m types.GomegaMatcher, actual any, want bool) (expected, saw string) {
	if e, ok := m.(Explained); ok {
		expected = "to " + e.Expected()
		if !want {
			expected = "not " + expected
		}
		return expected, e.Saw(actual)
	}
	tell, otherwise := m.FailureMessage, "to match"
	if !want {
		tell, otherwise = m.NegatedFailureMessage, "not to match"
	}
	message := tell(actual)
	if rest, ok := strings.CutPrefix(message, "Expected\n"+format.Object(actual, 1)+"\n"); ok {
		return oneLine(rest), oneLine(fmt.Sprint(actual))
	}
	return otherwise, oneLine(message)
}

var (
	space  = regexp.MustCompile(`\s+`)
	goType = regexp.MustCompile(`<[\w.*\[\] |,:]+>: `)
)

// oneLine turns Gomega's indented message into one line without Go's types.
func oneLine(message string) string {
	return strings.TrimSpace(space.ReplaceAllString(goType.ReplaceAllString(message, ""), " "))
}

// shorten cuts text to what a finding shows of it, between two characters. What is
// secret must be redacted before: half a token would not be recognized.
func shorten(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= maxWords {
		return text
	}
	return strings.ToValidUTF8(text[:maxWords], "") + "…"
}
