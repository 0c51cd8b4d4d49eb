package history

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// How many orders an answer holds.

var limitCases = []spec.Case{
	{ID: "HIST-03", Needs: reads, Run: returnsNoMoreThanAllowed},
	{ID: "HIST-04", Needs: reads, Run: honoursLimit},
	{ID: "HIST-04", Name: "under a filter", Needs: makes, Probes: []spec.AnyProbe{ownOrders}, Run: honoursLimitUnderFilter},
}

// returnsNoMoreThanAllowed wants more orders than an answer may hold, for fewer
// prove little. Above 100 a limit may be refused or cut.
func returnsNoMoreThanAllowed(c *spec.C) {
	there := fill(c, maxLimit+1)
	if there <= defaultLimit {
		c.Unsupported("the history holds %d orders, too few to need a limit", there)
	}
	rows, proof := listed(c, nil)
	c.Expect(between(rows, defaultLimit, defaultLimit), "an answer without limit").ProvedBy(proof).To(match.NoFault("hold 25 orders"))
	if there <= maxLimit {
		c.Note("the history holds %d orders, so that the limit of %d was not put to the test", there, maxLimit)
		return
	}
	expectDefaultUnderFilters(c)
	for _, p := range []params{
		{"limit": "101"}, {"limit": "250"}, {"limit": "1000"}, {"limit": "1000000"}, {"limit": "0"},
		{"limit": "101", "created_after": longAgo},
	} {
		if res := ask(c, p); res.Status/100 == 4 {
			c.Expect(res, "%s, if it is refused,", p).To(match.Status(http.StatusBadRequest))
			continue
		}
		rows, proof := listed(c, p)
		c.Expect(between(rows, 0, maxLimit), "the answer to %s", p).ProvedBy(proof).To(match.NoFault("hold at most 100 orders"))
	}
}

// longAgo is before every order of a history.
const longAgo = "2001-01-01T00:00:00"

// expectDefaultUnderFilters asserts that without a limit an answer holds no more for a
// filter.
func expectDefaultUnderFilters(c *spec.C) {
	for _, p := range []params{{"created_after": longAgo}, {"order_type": string(protocol.ToGo)}, {"order_type": string(protocol.OnPremise)}} {
		if rows, res, err := read(c, p); err == nil {
			c.Expect(between(rows, 0, defaultLimit), "the answer to %s, without limit,", p).ProvedBy(res.Exchange).
				To(match.NoFault("hold at most 25 orders"))
		}
	}
}

// honoursLimit counts again if a count is wrong, because orders come and go.
func honoursLimit(c *spec.C) {
	if there := fill(c, maxLimit); there < 2 {
		c.Unsupported("the history holds %d orders, too few to need a limit", there)
	}
	for _, limit := range []int{1, 2, 7, defaultLimit, defaultLimit + 1, maxLimit} {
		p := params{"limit": strconv.Itoa(limit)}
		var (
			there int
			proof client.Exchange
			err   error
		)
		for range attempts {
			var rows []row
			there = known(c, limit)
			rows, proof = listed(c, p)
			if err = between(rows, there, limit); err == nil {
				break
			}
		}
		c.Expect(err, "the answer to %s, when there are %d orders or more,", p, there).ProvedBy(proof).
			To(match.NoFault(fmt.Sprintf("hold %d", there)))
	}
}

// honoursLimitUnderFilter catches a gateway that cuts the list first and filters
// what is left.
func honoursLimitUnderFilter(c *spec.C) {
	sample := ownSample(c)
	for _, f := range []filter{{location: table}, {kind: takenAway}, {location: table, kind: takenAway}} {
		if err := misfiltered(c, f, sample, ownSample); err != nil {
			c.Note("%s, without limit, was not put to the test, as the filter does not hold (see HIST-07 to HIST-09): %v", f.params(), err)
			continue
		}
		matching := slices.DeleteFunc(slices.Clone(sample), func(r row) bool { return f.admits(r) != included })
		for limit := 1; limit <= len(matching); limit++ {
			p := f.params().with(params{"limit": strconv.Itoa(limit)})
			rows, proof := listed(c, p)
			c.Expect(between(rows, limit, limit), "the answer to %s, with %d such orders of this run alone,", p, len(matching)).ProvedBy(proof).
				To(match.NoFault(fmt.Sprintf("hold %d", limit)))
		}
	}
}

// between tells whether there are too few rows or too many.
func between(rows []row, least, most int) error {
	if n := len(rows); n < least || n > most {
		return fmt.Errorf("it holds %d", n)
	}
	return nil
}
