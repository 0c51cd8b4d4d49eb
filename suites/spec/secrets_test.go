package spec

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
)

// secret is a token that only who learnt it can tell from other text.
const secret = "open-sesame-and-let-the-forty-thieves-come-in-now"

// TestNoSecretInOutcomes: whatever a case says, and however it ends, a token that
// the run knows stands nowhere in what comes of it, nor does a part of it.
func TestNoSecretInOutcomes(t *testing.T) {
	t.Parallel()
	across := strings.Repeat("x", maxWords-len(secret)/2) + secret
	for name, run := range map[string]func(c *C){
		"expected":             func(c *C) { c.Expect("another").To(gomega.Equal(secret)) },
		"actual":               func(c *C) { c.Expect("it is " + strings.ToUpper(secret)).To(gomega.BeEmpty()) },
		"actual, with words":   func(c *C) { c.Expect(secret).To(words{false}) },
		"actual, at the end":   func(c *C) { c.Expect(across).To(gomega.BeEmpty()) },
		"words, at the end":    func(c *C) { c.Expect(across).To(words{false}) },
		"expected, at the end": func(c *C) { c.Expect("x").To(gomega.Equal(across)) },
		"subject":              func(c *C) { c.Should(1, "GET ?token=%s", secret).To(gomega.BeNil()) },
		"an answer": func(c *C) {
			c.Expect(&client.Response{Status: 401, Body: []byte(`{"message":"` + secret + `"}`)}).To(words{false})
		},
		"note":                   func(c *C) { c.Note("the token is %s", secret) },
		"unsupported":            func(c *C) { c.Unsupported("it said %s", secret) },
		"inconclusive":           func(c *C) { c.Inconclusive("it said %s", secret) },
		"broken":                 func(c *C) { c.Broken("it said %s", secret) },
		"a panic":                func(*C) { panic("it said " + secret) },
		"a matcher's error":      func(c *C) { c.Expect(1, "GET ?token=%s", secret).To(gomega.HaveLen(1)) },
		"a clean-up that breaks": func(c *C) { c.Later(func() { panic(secret) }) },
		"a second value":         func(c *C) { c.Expect(1, errors.New(secret)).To(words{true}) },
		"a probe's error":        func(c *C) { c.end(endingOf(fmt.Errorf("it said %s", secret))) },
		"timing":                 func(c *C) { c.NotBefore(secret, c.Lag.start.AddDate(1, 0, 0), c.Lag.start) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := nowhere(t)
			e.Secrets().Learn(secret)
			outcome := Execute(t.Context(), e, Case{ID: idOf(protocol.Must), Run: run})
			text := fmt.Sprintf("%+v", outcome)
			if !strings.Contains(text, protocol.Redact(secret)) && !strings.Contains(text, protocol.Redact(strings.ToUpper(secret))) && !strings.Contains(name, "at the end") {
				t.Errorf("the token is not in it at all: %.500s", text)
			}
			for i := range len(secret) - 8 {
				if part := secret[i : i+9]; strings.Contains(strings.ToLower(text), part) {
					t.Fatalf("a part of the token, %s, is in %s", part, text[max(0, len(text)-500):])
				}
			}
		})
	}
}

// TestNoSecretInEvidence: the exchanges of a finding are as the transcript keeps
// them.
func TestNoSecretInEvidence(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	g.replace("GET "+protocol.PathToken, says(200, `{"token":{"token":"`+goodToken+`"}}`))
	outcome := Execute(t.Context(), g.env(t), Case{ID: idOf(protocol.Must), Run: func(c *C) {
		c.Expect(c.Get(protocol.PathToken), "the answer").To(words{false})
	}})
	wantVerdict(t, outcome, report.Fail, "")
	if text := fmt.Sprintf("%+v", outcome); strings.Contains(text, goodToken[:9]) || strings.Count(text, protocol.Redact(goodToken)) < 2 {
		t.Errorf("the token is shown, or its place is not: %s", text)
	}
}
