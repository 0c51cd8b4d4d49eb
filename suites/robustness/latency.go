package robustness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The gateway before the run and after it.

var latencyCases = []spec.Case{
	{ID: "ROB-05", Needs: needs, Probes: []spec.AnyProbe{atStart}, Last: true, Run: readsAsWellAsBefore},
}

const (
	// samples is how often each thing is measured, of which the median counts.
	samples = 5
	// trying is the time after which it is not measured again.
	trying = 20 * time.Second
	// factor and noticeable are by how much it must be worse at the least.
	factor     = 3
	noticeable = 200 * time.Millisecond
)

var (
	// tries is how often it is measured where it was slow, as something else may have
	// been going on.
	tries = 3
	// rest is the time from one try to the next.
	rest = 2 * time.Second
)

// atStart is how the gateway was when the run began.
var atStart = &spec.Probe[condition]{
	Name: "the gateway's speed at the start", Takes: func(protocol.Timing) time.Duration { return 0 },
	Needs: needs, Run: measure,
}

// condition is how fast the gateway answers; what it did not answer is missing.
type condition struct {
	took  map[string]time.Duration // the median of each thing
	least map[string]time.Duration // the same without what the harness itself was late
	proof map[string]client.Exchange
}

// thing is something that is measured. It is not ok if there was no answer.
type thing struct {
	name string
	ask  func(s *spec.Scene) (took time.Duration, proof client.Exchange, ok bool)
}

var things = []thing{
	{"the online check", func(s *spec.Scene) (time.Duration, client.Exchange, bool) {
		return timed(s.Do(client.Request{Path: protocol.Base}))
	}},
	{"the token list", func(s *spec.Scene) (time.Duration, client.Exchange, bool) {
		return timed(s.Get(protocol.PathTokens))
	}},
	{"the snapshot", snapshot},
}

func timed(res *client.Response) (time.Duration, client.Exchange, bool) {
	return res.Took(), res.Exchange, res.Status/100 == 2 && res.Err == nil
}

// snapshot is timed from before the handshake.
func snapshot(s *spec.Scene) (time.Duration, client.Exchange, bool) {
	branch := s.Branch()
	defer branch.CleanUp()
	stream, _ := branch.Connect(spec.ByHeader)
	if stream == nil {
		return 0, client.Exchange{}, false
	}
	return stream.Snapshot.At.Sub(stream.Asked), stream.Snapshot.Exchange, true
}

func measure(s *spec.Scene) (condition, error) {
	seen := condition{took: map[string]time.Duration{}, least: map[string]time.Duration{}, proof: map[string]client.Exchange{}}
	for _, t := range things {
		var all, least []time.Duration
		for range samples {
			began := time.Now()
			took, proof, ok := t.ask(s)
			if !ok {
				break
			}
			all, least = append(all, took), append(least, max(0, took-s.Lag.Between(began, time.Now())))
			seen.proof[t.name] = proof
		}
		if len(all) == samples {
			seen.took[t.name], seen.least[t.name] = median(all), median(least)
		}
	}
	return seen, context.Cause(s)
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// readsAsWellAsBefore is never inconclusive: the start of the run cannot be observed
// a second time.
func readsAsWellAsBefore(c *spec.C) {
	before, began := atStart.Of(c), time.Now()
	after, err := measure(c.Scene)
	for range tries - 1 {
		_, over, _ := worst(before.took, after.took)
		if over <= 0 || time.Since(began) > trying || c.Until(time.Now().Add(rest)) != nil {
			break
		}
		after, err = measure(c.Scene)
	}
	c.Must(err)
	compare(c, before, after)
}

// compare judges how the gateway is now by how it was.
func compare(c *spec.C, before, after condition) {
	for _, t := range things {
		c.Note("%s: %s", t.name, words(before.took, after.took, t.name))
	}
	if name, over, err := worst(before.took, after.least); over > 0 {
		c.Expect(err, "%s after the run", name).ProvedBy(before.proof[name], after.proof[name]).
			To(match.NoFault("be answered about as fast as before it"))
	}
	if name, over, err := worst(before.took, after.took); over > 0 {
		c.Broken("%s took longer than at the start (%v), but the harness itself was late", name, err)
	}
}

// worst names the thing that is worse than it was by the most, by how much it is
// beyond what goes unnoticed, and how it was. What was not answered at the start is
// not asked for at the end.
func worst(before, after map[string]time.Duration) (name string, over time.Duration, err error) {
	for _, t := range things {
		was, measured := before[t.name]
		is, answered := after[t.name]
		if !answered {
			is = unanswered
		}
		if beyond := is - max(factor*was, was+noticeable); measured && beyond > over {
			name, over, err = t.name, beyond, errors.New(words(before, after, t.name))
		}
	}
	return name, over, err
}

// unanswered is longer than any answer takes.
const unanswered = time.Hour

// words tells how long something took at first and at last.
func words(before, after map[string]time.Duration, name string) string {
	tell := func(seen map[string]time.Duration) string {
		took, answered := seen[name]
		if !answered {
			return "it was not answered"
		}
		return "it took " + took.Round(100*time.Microsecond).String()
	}
	return fmt.Sprintf("at the start of the run %s, at its end %s", tell(before), tell(after))
}
