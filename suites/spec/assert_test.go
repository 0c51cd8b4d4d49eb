package spec

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
)

// TestLevels: an assertion that does not hold ends the case, as bad as its level.
func TestLevels(t *testing.T) {
	t.Parallel()
	for level, verdict := range map[protocol.Level]report.Verdict{
		protocol.Must: report.Fail, protocol.Should: report.Warning, protocol.Info: report.Info,
	} {
		t.Run(string(level), func(t *testing.T) {
			t.Parallel()
			wentOn := false
			outcome := judge(t, level, func(c *C) {
				c.Expect(3, "the number").To(gomega.Equal(3))
				c.Expect(4, "the count of %s", "items").To(gomega.Equal(3))
				wentOn = true
			})
			wantVerdict(t, outcome, verdict, "")
			if wentOn {
				t.Error("the case went on")
			}
			if len(outcome.Findings) != 1 {
				t.Fatalf("findings %v, want one", outcome.Findings)
			}
			found := outcome.Findings[0]
			if found.Level != level || found.Expected != "the count of items to equal 3" || found.Actual != "4" {
				t.Errorf("the finding is %+v", found)
			}
		})
	}
}

func TestAssertionsThatHold(t *testing.T) {
	t.Parallel()
	for level, verdict := range map[protocol.Level]report.Verdict{
		protocol.Must: report.Pass, protocol.Should: report.Pass, protocol.Info: report.Info,
	} {
		outcome := judge(t, level, func(c *C) {
			c.Expect("x").To(gomega.Equal("x"))
			c.Expect("x").NotTo(gomega.Equal("y"))
			c.Should("x").To(gomega.Equal("x"))
			c.Should("x").NotTo(words{false})
		})
		wantVerdict(t, outcome, verdict, "")
		if len(outcome.Findings) != 0 {
			t.Errorf("%s: findings %v, want none", level, outcome.Findings)
		}
	}
}

func TestNotTo(t *testing.T) {
	t.Parallel()
	outcome := judge(t, protocol.Must, func(c *C) { c.Expect(3, "it").NotTo(gomega.Equal(3)) })
	wantVerdict(t, outcome, report.Fail, "")
	if f := outcome.Findings[0]; f.Expected != "it not to equal 3" || f.Actual != "3" {
		t.Errorf("the finding is %+v", f)
	}
}

// TestShouldGoesOn: inside a MUST it only warns, each time, and what fails later
// still fails.
func TestShouldGoesOn(t *testing.T) {
	t.Parallel()
	t.Run("to the end", func(t *testing.T) {
		t.Parallel()
		outcome := judge(t, protocol.Must, func(c *C) {
			c.Should(1, "one").To(gomega.Equal(2))
			c.Should(2, "two").To(gomega.Equal(2))
			c.Should(3, "three").NotTo(gomega.Equal(3))
		})
		wantVerdict(t, outcome, report.Warning, "")
		wantFindings(t, outcome, "SHOULD one to equal 2", "SHOULD three not to equal 3")
	})
	t.Run("to a failure", func(t *testing.T) {
		t.Parallel()
		outcome := judge(t, protocol.Must, func(c *C) {
			c.Should(1, "one").To(gomega.Equal(2))
			c.Expect(2, "two").To(gomega.Equal(1))
		})
		wantVerdict(t, outcome, report.Fail, "")
		wantFindings(t, outcome, "SHOULD one to equal 2", "MUST two to equal 1")
	})
	t.Run("to a set-up that breaks", func(t *testing.T) {
		t.Parallel()
		outcome := judge(t, protocol.Must, func(c *C) {
			c.Should(1, "one").To(gomega.Equal(2))
			c.Broken("no more")
		})
		wantVerdict(t, outcome, report.Error, "no more")
		wantFindings(t, outcome, "SHOULD one to equal 2")
	})
}

func wantFindings(t *testing.T, outcome Outcome, want ...string) {
	t.Helper()
	var got []string
	for _, f := range outcome.Findings {
		got = append(got, string(f.Level)+" "+f.Expected)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("findings %q, want %q", got, want)
	}
}

// words is a matcher of this project's kind.
type words struct{ matches bool }

func (w words) Match(any) (bool, error)               { return w.matches, nil }
func (words) Expected() string                        { return "be well" }
func (words) Saw(actual any) string                   { return fmt.Sprintf("ill: %v", actual) }
func (words) FailureMessage(any) string               { return "not used" }
func (words) NegatedFailureMessage(actual any) string { return "not used either" }

// TestWords: whatever matcher is used, a finding says on one line what was
// expected and what was there, in no Go.
func TestWords(t *testing.T) {
	t.Parallel()
	type pair struct{ A, B any }
	var nobody *pair
	for _, x := range []struct {
		name          string
		actual        any
		m             types.GomegaMatcher
		not           bool
		expected, saw string
	}{
		{"with words", 3, words{false}, false, "it to be well", "ill: 3"},
		{"with words, not", 3, words{true}, true, "it not to be well", "ill: 3"},
		{"a number", 4, gomega.Equal(3), false, "it to equal 3", "4"},
		{"another number", int64(-4), gomega.BeNumerically(">=", 0), false, "it to be >= 0", "-4"},
		{"a fraction", 0.1, gomega.BeNumerically(">", 0.5), false, "it to be > 0.5", "0.1"},
		{"true", false, gomega.BeTrue(), false, "it to be true", "false"},
		{"text", "on", gomega.Equal("off"), false, "it to equal off", "on"},
		{"text of lines", "a\n\n  b", gomega.ContainSubstring("c\nd"), false, "it to contain substring c d", "a b"},
		{"texts of lines", "a\n\n  b", gomega.Equal("c\nd"), false, "it to match", `Expected a\n\n b to equal c\nd`},
		{"part of a text", "web", gomega.ContainSubstring("socket"), false, "it to contain substring socket", "web"},
		{"empty", []string{"x"}, gomega.BeEmpty(), false, "it to be empty", "[x]"},
		{"a length", []string{"x", "y"}, gomega.HaveLen(3), false, "it to have length 3", "[x y]"},
		{"an element", []string{"x", "y"}, gomega.ContainElement("z"), false, "it to contain element matching z", "[x y]"},
		{"an element, not", []string{"x", "y"}, gomega.ContainElement("x"), true, "it not to contain element matching x", "[x y]"},
		{"nil", pair{}, gomega.BeNil(), false, "it to be nil", "{<nil> <nil>}"},
		{"a nil pointer", nobody, gomega.BeNil(), true, "it not to be nil", "<nil>"},
		{"another form of words", errors.New("no\nroute"), gomega.Succeed(), false, "it to match", `Expected success, but got an error: no route {s: "no\nroute"}`},
		{"another form of words, not", nil, gomega.Succeed(), true, "it not to match", "Expected failure, but got no error."},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			outcome := judge(t, protocol.Must, func(c *C) {
				if x.not {
					c.Expect(x.actual, "it").NotTo(x.m)
				} else {
					c.Expect(x.actual, "it").To(x.m)
				}
			})
			wantVerdict(t, outcome, report.Fail, "")
			wantFindings(t, outcome, "MUST "+x.expected)
			found := outcome.Findings[0]
			if found.Expected != x.expected {
				t.Errorf("expected is %q, want %q", found.Expected, x.expected)
			}
			if found.Actual != x.saw {
				t.Errorf("actual is %q, want %q", found.Actual, x.saw)
			}
			if strings.ContainsAny(found.Expected+found.Actual, "\n\t") {
				t.Errorf("more than one line: %q, %q", found.Expected, found.Actual)
			}
		})
	}
}

// TestLongWords: what a gateway says is shown up to a bound, cut between two
// characters.
func TestLongWords(t *testing.T) {
	t.Parallel()
	for shift := range 3 {
		text := strings.Repeat("x", shift) + strings.Repeat("€", 5000)
		for _, m := range []types.GomegaMatcher{words{false}, gomega.BeEmpty(), gomega.Equal(strings.Repeat("€", 4000))} {
			found := judge(t, protocol.Must, func(c *C) { c.Expect(text, "it").To(m) }).Findings[0]
			for _, words := range []string{found.Expected, found.Actual} {
				if len(words) > maxWords+len("…") {
					t.Errorf("%T, shifted by %d: %d bytes", m, shift, len(words))
				}
				if strings.ToValidUTF8(words, "?") != words {
					t.Errorf("%T, shifted by %d: cut within a character", m, shift)
				}
			}
		}
	}
}

func TestSubject(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		subject  []any
		expected string
	}{
		{nil, "to be well"},
		{[]any{"the answer"}, "the answer to be well"},
		{[]any{"GET %s of %d", "/x", 2}, "GET /x of 2 to be well"},
		{[]any{"100% of them"}, "100% of them to be well"},
		{[]any{"100%% of %d", 3}, "100% of 3 to be well"},
	} {
		outcome := judge(t, protocol.Must, func(c *C) { c.Expect(1, x.subject...).To(words{false}) })
		if got := outcome.Findings[0].Expected; got != x.expected {
			t.Errorf("%q: expected is %q, want %q", x.subject, got, x.expected)
		}
	}
}

// TestSecondValue: a function of two results in Expect would hide the second.
func TestSecondValue(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, errors.New("no count")} {
		count := func() (int, error) { return 0, err }
		outcome := judge(t, protocol.Must, func(c *C) { c.Expect(count()).To(gomega.Equal(0)) })
		if outcome.Verdict != report.Error || !strings.Contains(outcome.Reason, "a second value is not asserted") {
			t.Errorf("with the error %v: the verdict is %s (%s)", err, outcome.Verdict, outcome.Reason)
		}
	}
}

// TestOwnTrouble: what the tester could not do says nothing of the gateway,
// whatever is asserted of it.
func TestOwnTrouble(t *testing.T) {
	t.Parallel()
	const reason = "the harness could not ask: dial 127.0.0.1:9: too many open files"
	local := fmt.Errorf("dial 127.0.0.1:9: %w", syscall.EMFILE)
	for name, assert := range map[string]func(*C){
		"of a response":         func(c *C) { c.Expect(&client.Response{Err: local}).To(words{false}) },
		"of a response, not":    func(c *C) { c.Expect(&client.Response{Err: local}).NotTo(words{false}) },
		"of a response, Should": func(c *C) { c.Should(&client.Response{Err: local}).To(words{false}) },
		"of an error":           func(c *C) { c.Expect(local).To(words{false}) },
	} {
		for _, level := range []protocol.Level{protocol.Must, protocol.Should} {
			outcome := judge(t, level, assert)
			if outcome.Verdict != report.Error || outcome.Reason != reason || len(outcome.Findings) > 0 {
				t.Errorf("%s: %s (%s), findings %v", name, outcome.Verdict, outcome.Reason, outcome.Findings)
			}
		}
	}
	remote := fmt.Errorf("dial 127.0.0.1:9: %w", syscall.ECONNREFUSED)
	wantVerdict(t, judge(t, protocol.Must, func(c *C) { c.Expect(remote).To(words{false}) }), report.Fail, "")
	wantVerdict(t, judge(t, protocol.Must, func(c *C) { c.Expect(&client.Response{Err: remote}).To(words{false}) }), report.Fail, "")
}

// TestNoAssertion: a matcher that cannot tell is no verdict on the gateway.
func TestNoAssertion(t *testing.T) {
	t.Parallel()
	for name, assert := range map[string]func(Assertion){
		"to":     func(a Assertion) { a.To(gomega.BeNumerically(">", 1)) },
		"not to": func(a Assertion) { a.NotTo(gomega.BeNumerically(">", 1)) },
	} {
		outcome := judge(t, protocol.Must, func(c *C) { assert(c.Expect("two", "the count")) })
		if outcome.Verdict != report.Error || !strings.HasPrefix(outcome.Reason, "the assertion on the count cannot be made: ") {
			t.Errorf("%s: %s (%s)", name, outcome.Verdict, outcome.Reason)
		}
	}
}
