package match

import (
	"strings"
	"testing"

	"github.com/onsi/gomega/types"
)

const (
	secret    = "0123456789abcdef0123456789abcdef0123456789abcdef"
	shortened = "0123…cdef"
)

// worded is what the cases' assertions make use of.
type worded interface {
	types.GomegaMatcher
	Expected() string
	Saw(actual any) string
}

var _ = []worded{matcher[any]{}, okMatcher{}, noFault{}}

// example is what a matcher makes of one value.
type example struct {
	name   string
	m      types.GomegaMatcher
	actual any
	want   bool
	saw    string
}

func check(t *testing.T, expected string, examples []example) {
	t.Helper()
	for _, x := range examples {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			m := x.m.(worded)
			matched, err := m.Match(x.actual)
			if err != nil {
				t.Fatalf("Match: %v", err)
			}
			if matched != x.want {
				t.Errorf("matched is %t, want %t", matched, x.want)
			}
			if m.Expected() != expected {
				t.Errorf("Expected is %q, want %q", m.Expected(), expected)
			}
			if got := m.Saw(x.actual); got != x.saw {
				t.Errorf("Saw is  %q\n    want %q", got, x.saw)
			}
			showNoSecret(t, m, x.actual)
		})
	}
}

// showNoSecret looks at all that a matcher can say. More than the four characters
// on either side that a redacted token keeps is too much.
func showNoSecret(t *testing.T, m worded, actual any) {
	t.Helper()
	for _, text := range []string{m.Expected(), m.Saw(actual), m.FailureMessage(actual), m.NegatedFailureMessage(actual)} {
		for i := range len(secret) - 8 {
			if part := secret[i : i+9]; strings.Contains(strings.ToLower(text), part) {
				t.Fatalf("a part of the token, %s, is in %q", part, text)
			}
		}
	}
}

// TestWrongType: a value of another type is a mistake of the case, and never a
// verdict on the gateway.
func TestWrongType(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]types.GomegaMatcher{
		"Status": Status(200), "Success": Success(), "Refusal": Refusal(), "ReturnCode": ReturnCode(5),
		"MirroredStatus": MirroredStatus(), "JSONObject": JSONObject(), "JSONType": JSONType(),
		"HoldToken": HoldToken(), "OrderData": OrderData(), "TokenForm": TokenForm(), "AtMost": AtMost(1),
		"Open": Open(), "OK": OK(), "NoFault": NoFault("do"),
	} {
		for _, actual := range []any{struct{}{}, 5, []string{secret}} {
			matched, err := m.Match(actual)
			if matched || err == nil {
				t.Errorf("%s of a %T: matched is %t and the error %v; want an error", name, actual, matched, err)
			} else if !strings.Contains(err.Error(), "asked of a ") {
				t.Errorf("%s of a %T: the error does not tell what is wrong: %v", name, actual, err)
			}
			showNoSecret(t, m.(worded), actual)
		}
	}
}

// TestWrongTypeOfNothing: nil is a right value for an error and for nothing else
// that is given untyped.
func TestWrongTypeOfNothing(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]types.GomegaMatcher{
		"Status": Status(200), "TokenForm": TokenForm(), "OrderData": OrderData(), "Open": Open(),
	} {
		if matched, err := m.Match(nil); matched || err == nil {
			t.Errorf("%s of nil: matched is %t and the error %v; want an error", name, matched, err)
		}
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, got, want string
	}{
		{"a matcher fails", AtMost(1).FailureMessage(5), "expected to take at most 1ns, but saw a int"},
		{"a matcher holds", TokenForm().NegatedFailureMessage("short"), "expected not to be 48 hexadecimal digits, but saw 5 characters, …"},
		{"OK fails", OK().FailureMessage(errOf("bad")), "expected to be right, but bad"},
		{"OK holds", OK().NegatedFailureMessage(nil), "expected an error"},
		{"NoFault fails", NoFault("be whole").FailureMessage(errOf("half")), "expected to be whole, but half"},
		{"NoFault holds", NoFault("be whole").NegatedFailureMessage(nil), "expected not to be whole"},
	} {
		if x.got != x.want {
			t.Errorf("%s: %q, want %q", x.name, x.got, x.want)
		}
	}
}
