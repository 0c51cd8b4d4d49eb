package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
)

func exchange(name string, at time.Duration) client.Exchange {
	return client.Exchange{At: at, Took: time.Second, Channel: "http", Sent: name, Received: "answer to " + name, Error: "error of " + name}
}

// sentIn lists what was sent in the evidence of the first finding.
func sentIn(t *testing.T, outcome Outcome) []string {
	t.Helper()
	if len(outcome.Findings) == 0 {
		t.Fatalf("no finding: %s (%s)", outcome.Verdict, outcome.Reason)
	}
	sent := []string{}
	for _, x := range outcome.Findings[0].Evidence {
		sent = append(sent, strings.Split(x.Sent, "\n")[0])
	}
	return sent
}

func wantSent(t *testing.T, outcome Outcome, want ...string) {
	t.Helper()
	if got := sentIn(t, outcome); !slices.Equal(got, want) {
		t.Errorf("the evidence is %q, want %q", got, want)
	}
}

// ask sends GET /1 and so on, up to n, with an answer each.
func ask(c *C, n int) []*client.Response {
	answers := make([]*client.Response, n)
	for i := range answers {
		answers[i] = c.Do(client.Request{Path: fmt.Sprintf("/%d", i+1)})
	}
	return answers
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	never := gomega.BeNil()
	for _, x := range []struct {
		name string
		run  func(c *C)
		want []string
	}{
		{"nothing was exchanged", func(c *C) { c.Expect(1).To(never) }, []string{}},
		{"the latest", func(c *C) { ask(c, 2); c.Expect(1).To(never) }, []string{"GET /1", "GET /2"}},
		{"the latest six", func(c *C) { ask(c, 9); c.Expect(1).To(never) },
			[]string{"GET /4", "GET /5", "GET /6", "GET /7", "GET /8", "GET /9"}},
		{"the answer itself", func(c *C) { c.Expect(ask(c, 3)[1]).To(never) }, []string{"GET /2"}},
		{"the message itself", func(c *C) {
			ask(c, 2)
			c.Expect(client.Message{Exchange: exchange("hello", 1)}).To(never)
		}, []string{"hello"}},
		{"what is named", func(c *C) {
			answers := ask(c, 4)
			c.Expect(1).ProvedBy(answers[2].Exchange, answers[0].Exchange).To(never)
		}, []string{"GET /3", "GET /1"}},
		{"what is named, of an answer", func(c *C) {
			answers := ask(c, 4)
			c.Expect(answers[3]).ProvedBy(answers[1].Exchange).ProvedBy(answers[2].Exchange).NotTo(words{true})
		}, []string{"GET /2", "GET /3"}},
		{"the last six of what is named", func(c *C) {
			var proof []client.Exchange
			for i := range 8 {
				proof = append(proof, exchange(strconv.Itoa(i), 0))
			}
			c.Should(1).ProvedBy(proof...).To(never)
		}, []string{"2", "3", "4", "5", "6", "7"}},
		{"what is cited comes in its time", func(c *C) {
			c.Cite(exchange("long after", time.Hour), exchange("long before", -time.Hour))
			ask(c, 2)
			c.Expect(1).To(never)
		}, []string{"long before", "GET /1", "GET /2", "long after"}},
		{"what is cited gives way to later ones", func(c *C) {
			c.Cite(exchange("long before", -time.Hour))
			ask(c, 6)
			c.Expect(1).To(never)
		}, []string{"GET /1", "GET /2", "GET /3", "GET /4", "GET /5", "GET /6"}},
		{"what is cited gives way to what is named", func(c *C) {
			c.Cite(exchange("cited", 0))
			c.Expect(1).ProvedBy(exchange("named", 0)).To(never)
		}, []string{"named"}},
		{"of timing, what is named", func(c *C) {
			ask(c, 1)
			now := time.Now()
			c.Punctual("it", now.Add(-time.Hour), now, exchange("late", 0))
		}, []string{"late"}},
		{"of timing, the latest", func(c *C) {
			ask(c, 1)
			now := time.Now()
			c.NotBefore("it", now.Add(time.Hour), now)
		}, []string{"GET /1"}},
		{"of clients and branches too", func(c *C) {
			other := c.Another()
			defer other.Close()
			other.Do(c, client.Request{Path: "/other"})
			c.Branch().Do(client.Request{Path: "/branch"})
			c.Expect(1).To(never)
		}, []string{"GET /other", "GET /branch"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			e := newGateway(t).env(t)
			wantSent(t, Execute(t.Context(), e, Case{ID: idOf(protocol.Must), Run: x.run}), x.want...)
		})
	}
}

// TestEvidenceIsWhole: of an exchange everything is shown, and of a case nothing
// that another case exchanged.
func TestEvidenceIsWhole(t *testing.T) {
	t.Parallel()
	e := newGateway(t).env(t)
	first := Case{ID: idOf(protocol.Must), Run: func(c *C) { ask(c, 1) }}
	wantVerdict(t, Execute(t.Context(), e, first), report.Pass, "")
	x := exchange("proof", time.Minute)
	second := Case{ID: idOf(protocol.Must), Run: func(c *C) {
		c.Should(1).To(gomega.BeNil())
		c.Expect(1).ProvedBy(x).To(gomega.BeNil())
	}}
	outcome := Execute(t.Context(), e, second)
	wantSent(t, outcome)
	if got := outcome.Findings[1].Evidence; !slices.Equal(got, []report.Exchange{report.Exchange(x)}) {
		t.Errorf("the evidence is %+v, want %+v", got, x)
	}
}

// TestProofIsNotShared: naming a proof leaves the assertion alone that it was
// named for before.
func TestProofIsNotShared(t *testing.T) {
	t.Parallel()
	outcome := judge(t, protocol.Must, func(c *C) {
		proved := c.Should(1, "first").ProvedBy(exchange("a", 0)).ProvedBy(exchange("b", 0)).ProvedBy(exchange("c", 0))
		one, two := proved.ProvedBy(exchange("one", 0)), proved.ProvedBy(exchange("two", 0))
		one.To(gomega.BeNil())
		two.To(gomega.BeNil())
	})
	wantSent(t, outcome, "a", "b", "c", "one")
}
