package history

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// How long the history remembers.

var retentionCases = []spec.Case{
	{ID: "HIST-11", Needs: reads, Run: listsNothingTooOld},
	{ID: "HIST-12", Needs: reads, Run: listsTwoWeeks},
}

const (
	day = 24 * time.Hour
	// grace is how much longer than two weeks an order may be listed, and how much
	// shorter the oldest one that is known.
	grace = day
)

func listsNothingTooOld(c *spec.C) {
	now := gatewayNow(c)
	limit := now.Add(-(c.Timing.Retention + grace))
	rows, _ := look(c, limit, func(rows []row) bool { return stale(rows, limit, nil) != nil })
	err := stale(rows, limit, nil)
	if err != nil {
		err = stale(rows, limit, stillActive(c))
	}
	c.Expect(err, "the history, when it is %s on the gateway,", now).
		To(match.NoFault("list no order that was finished before " + limit.String()))
}

// look reads the orders that were created before a date, and unless that is enough
// the whole history, which it may come to the end of.
func look(c *spec.C, before protocol.Datetime, enough func([]row) bool) (rows []row, end bool) {
	rows = listIfAny(c, params{"created_before": before.String(), "limit": strconv.Itoa(maxLimit)})
	if enough(rows) {
		return rows, false
	}
	rows, end, err := walk(c, nil, enough)
	if err != nil {
		c.Unsupported("the history cannot be read: %v", err)
	}
	return rows, end
}

// stale tells which order is older than the limit. An order that was finished long
// after it was created counts from then, and one that is active is not finished.
func stale(rows []row, limit protocol.Datetime, active []string) error {
	for _, r := range rows {
		if finished := latest(r); !finished.IsZero() && finished.Before(limit) && !slices.Contains(active, r.UUID) {
			return fmt.Errorf("it lists %s, in its last state since %s", r, finished)
		}
	}
	return nil
}

// latest is the later of the dates that a row shows.
func latest(r row) protocol.Datetime {
	if r.StateChanged.After(r.Created) && !r.StateChanged.IsZero() {
		return r.StateChanged
	}
	return r.Created
}

// stillActive are the UUIDs of the active orders; none if they cannot be listed.
func stillActive(c *spec.C) []string {
	rows, _ := rowsOf(c.Get(protocol.PathActiveOrders).Body)
	return uuids(rows)
}

// listsTwoWeeks looks for an order of the last of the fourteen days. Without one
// the history may be too short for it, unless more is known of the gateway.
func listsTwoWeeks(c *spec.C) {
	now := gatewayNow(c)
	wanted := now.Add(grace - c.Timing.Retention)
	rows, end := look(c, wanted, func(rows []row) bool { return reaches(rows, wanted) })
	if reaches(rows, wanted) {
		return
	}
	age := words(oldest(rows, now))
	if !end || c.Target.HistoryReaches <= c.Timing.Retention-grace {
		c.Unsupported("the oldest order listed is %s old, and nothing older is known", age)
	}
	c.Expect(fmt.Errorf("the oldest of %d orders listed is %s old", len(rows), age), "the history").
		To(match.NoFault("go back 13 days, as orders of " + words(c.Target.HistoryReaches) + " ago are known"))
}

// reaches tells whether an order was finished before the date.
func reaches(rows []row, date protocol.Datetime) bool {
	return slices.ContainsFunc(rows, func(r row) bool { return !latest(r).IsZero() && latest(r).Before(date) })
}

// oldest is how long ago the first of the orders was finished.
func oldest(rows []row, now protocol.Datetime) time.Duration {
	var age time.Duration
	for _, r := range rows {
		if !latest(r).IsZero() {
			age = max(age, now.Sub(latest(r)))
		}
	}
	return age
}

func words(d time.Duration) string {
	if d < day {
		return fmt.Sprintf("%.0f hours", d.Hours())
	}
	return fmt.Sprintf("%.1f days", d.Hours()/24)
}

// gatewayNow reads the gateway's clock: from a new order, else from when the token
// was last used. The Date header of HTTP is another clock and zone.
func gatewayNow(c *spec.C) protocol.Datetime {
	if mayMake(c) {
		if now := c.Start(protocol.ToGo).Created; !now.IsZero() {
			return now
		}
	}
	res := c.Get(protocol.PathToken)
	o, err := res.Object()
	if err == nil {
		if now := lastUsed(o); !now.IsZero() {
			return now
		}
	}
	c.Unsupported("nothing tells the gateway's time: no order may be made, and GET %s is answered %s without last_used", protocol.PathToken, res)
	panic("unreachable")
}

// lastUsed is when a token was last used, as an answer about it shows, under
// whatever key the token stands.
func lastUsed(o protocol.Object) protocol.Datetime {
	if used, err := o.Datetime("last_used"); err == nil {
		return used
	}
	for key := range o {
		if token, err := o.Object(key); err == nil {
			if used, err := token.Datetime("last_used"); err == nil {
				return used
			}
		}
	}
	return protocol.Datetime{}
}
