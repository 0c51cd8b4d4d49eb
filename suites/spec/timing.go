package spec

import (
	"fmt"
	"time"

	"ttcheck/client"
)

// Punctual asserts that something happened no later than limit. If it was later,
// but by no more than the harness itself was late at that time, nothing can be
// said and the case is inconclusive.
func (c *C) Punctual(what string, limit, at time.Time, proof ...client.Exchange) {
	c.mustBeTimes(what, limit, at)
	over := at.Sub(limit)
	if over <= 0 {
		return
	}
	if lag := c.Lag.Between(limit.Add(-time.Second), at); lag >= over {
		c.Inconclusive("%s came %v too late, and the harness itself was %v late", what, shown(over), shown(lag))
	}
	c.find(c.requirement.Level, false, what+" no later than the limit", fmt.Sprintf("%v later than that", shown(over)), proof)
}

// NotBefore asserts that something happened no earlier than limit. The harness
// can only see things later than they are, so this is never inconclusive.
func (c *C) NotBefore(what string, limit, at time.Time, proof ...client.Exchange) {
	c.mustBeTimes(what, limit, at)
	if early := limit.Sub(at); early > 0 {
		c.find(c.requirement.Level, false, what+" no earlier than the limit", fmt.Sprintf("%v earlier than that", shown(early)), proof)
	}
}

// mustBeTimes ends the case if one of the times was never set: it would make any
// assertion hold, or none.
func (c *C) mustBeTimes(what string, limit, at time.Time) {
	if limit.IsZero() || at.IsZero() {
		c.Broken("when %s was, or its limit, is not known", what)
	}
}

// shown rounds a time for the reader, up: what is too much must not look like none.
func shown(d time.Duration) time.Duration {
	return (d + time.Millisecond - 1).Truncate(time.Millisecond)
}
