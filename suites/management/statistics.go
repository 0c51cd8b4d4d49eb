package management

import (
	"fmt"
	"net/http"
	"net/url"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Statistics. What they hold is not documented, nor what the target time does to
// them.

var statisticsCases = []spec.Case{
	{ID: "MGMT-01", Needs: reads, Run: answersStatistics},
	{ID: "MGMT-01", Name: "bad target_time", Needs: reads, Run: refusesBadTargetTimes},
}

// statistics is the request for them; without a target time if it is empty.
func statistics(c *spec.C, target string) (*client.Response, string) {
	if target == "" {
		return c.Get(protocol.PathStatistics), "GET " + protocol.PathStatistics
	}
	res := c.Get(protocol.PathStatistics, url.Values{"target_time": {target}})
	return res, fmt.Sprintf("GET %s with target_time %q", protocol.PathStatistics, target)
}

func answersStatistics(c *spec.C) {
	for _, target := range []string{"", "300", "600"} {
		res, what := statistics(c, target)
		c.Expect(res, "%s", what).To(match.Success())
		c.Expect(holds(res, "statistics"), "the answer to %s", what).ProvedBy(res.Exchange).
			To(match.NoFault(`hold something under "statistics"`))
	}
}

// badTargets are no number of seconds in any reading.
var badTargets = []string{"ttcheck", "five", "12x", "x300", "-300"}

func refusesBadTargetTimes(c *spec.C) {
	for i, target := range badTargets {
		res, what := statistics(c, target)
		if i == 0 {
			mustExist(c, what, res)
		}
		expectRefusal(c, what, res, match.Status(http.StatusBadRequest), protocol.CodeBadTargetTime)
	}
}

// holds tells why an answer has nothing under a key.
func holds(res *client.Response, key string) error {
	o, err := res.Object()
	switch {
	case err != nil:
		return err
	case !o.Has(key):
		return &protocol.FieldError{Key: key, Problem: protocol.Missing, Want: "any value"}
	case o.IsNull(key):
		return &protocol.FieldError{Key: key, Problem: protocol.Null, Want: "any value"}
	}
	return nil
}
