package history

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Asking the same again.

var repeatCases = []spec.Case{
	{ID: "HIST-13", Needs: reads, Run: repeatsItself},
}

func repeatsItself(c *spec.C) {
	if there := fill(c, defaultLimit+1); there < 2 {
		c.Unsupported("the history holds %d orders, too few to change places", there)
	}
	most := params{"limit": strconv.Itoa(maxLimit)}
	for _, p := range []params{
		most, nil, page(3, 10),
		most.with(params{"order_type": string(protocol.ToGo)}),
		most.with(params{"order_type": string(protocol.OnPremise)}),
	} {
		expectRepeated(c, p)
	}
}

const (
	repeats = 3 // of a query in a round
	rounds  = 6 // at most, of which the first that shows no change ends it
)

// expectRepeated asserts that a query which is put again, and again, has one
// answer. Orders that come or go are no finding. One change of places may be
// somebody else's doing, so it takes two; but one is reason to look longer.
func expectRepeated(c *spec.C, p params) {
	moves, changes, quiet := 0, 0, 0
	for range rounds {
		var answers [][]string
		var shown [][]row
		for range repeats {
			shown = append(shown, list(c, p))
			answers = append(answers, uuids(shown[len(shown)-1]))
		}
		moved, changed := unsteady(answers), altered(shown)
		if changed != nil {
			if changes++; changes > 1 {
				c.Expect(changed, "%s, put again at rest,", p).To(match.NoFault("say the same of each finished order"))
			}
			continue
		}
		switch {
		case moved != nil:
			if moves++; moves > 1 {
				c.Expect(moved, "%s, put again at rest,", p).To(match.NoFault("have the same answer in the same sequence"))
			}
		case same(answers) && moves == 0 && changes == 0:
			return
		case same(answers):
			quiet++
		}
	}
	if quiet == 0 && changes == 0 {
		c.Inconclusive("orders came and went during each of %d attempts to put %s %d times", rounds, p, repeats)
	}
}

// unsteady tells of two orders that changed places between neighbouring answers.
func unsteady(answers [][]string) error {
	for i := 1; i < len(answers); i++ {
		if err := reordered(answers[i-1], answers[i]); err != nil {
			return err
		}
	}
	return nil
}

// lastingToo are the members of an order that its end does not change, and those that
// nothing changes after it.
var lastingToo = append([]string{"state", "stateChanged", "paged"}, lasting...)

// altered tells of what neighbouring answers said differently of a finished order.
func altered(answers [][]row) error {
	for i := 1; i < len(answers); i++ {
		before := map[string]row{}
		for _, r := range answers[i-1] {
			before[r.UUID] = r
		}
		for _, r := range answers[i] {
			was, known := before[r.UUID]
			if !known || was.State != protocol.Cleared || r.State != protocol.Cleared {
				continue
			}
			for _, key := range lastingToo {
				if !bytes.Equal(was.shown[key], r.shown[key]) {
					return fmt.Errorf("of %s it said %q is %.60s, and a moment later %.60s", r, key, was.shown[key], r.shown[key])
				}
			}
		}
	}
	return nil
}

func same(answers [][]string) bool {
	return !slices.ContainsFunc(answers, func(a []string) bool { return !slices.Equal(a, answers[0]) })
}
