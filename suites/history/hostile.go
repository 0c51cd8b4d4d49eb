package history

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Parameters that aim at how a gateway looks orders up (HIST-14). It may refuse them,
// or take them for values that no order has; what HIST-10 says of a refusal is not
// judged again.

var hostileCases = []spec.Case{
	{ID: "HIST-14", Name: "on orders of this run", Needs: hostile(makes), Probes: []spec.AnyProbe{ownOrders}, Run: func(c *spec.C) { takesForValues(c, ownSample) }},
	{ID: "HIST-14", Name: "on the history as it is", Needs: hostile(reads), Run: func(c *spec.C) { takesForValues(c, anySample) }},
}

func hostile(needs []spec.Need) []spec.Need {
	return append([]spec.Need{spec.NeedRobustness}, needs...)
}

// bait are what a look-up that puts values into its own text takes for more than a
// value. None is the name of a table, not even without white space or signs around
// it, so that no order may be listed for it; what a lenient reader makes a number of
// is left alone.
var bait = []string{
	"' OR '1'='1", `" OR "1"="1`, "' OR 1=1 --", "') OR ('1'='1", "x' UNION SELECT * FROM orders --", "'; DROP TABLE orders; --", "12' OR location_name LIKE '%",
	"'", `"`, "`", "\\", "''", "%", "_", "__", "1%", "%2%", "*", "?", "1*", ".*", "[0-9]+", "^", "1|2", "12 OR 1=1", "12||12", "12/**/", "!=x", "<>x", ">0",
	"{\"$ne\":null}", "[\"12\"]", "{}", "$ne", "${location}", "{{12}}", "%(name)s", "%s%n", "None", "null", "NULL", "undefined", "true", "NaN",
	"12\x00", "\x00", "\x00' OR '1'='1", "12\r\nX-Injected: yes\r\n\r\nx", "\x1b[2J", "\x7f", "\xff\xfe", "\xc0\xa7 OR 1=1",
	"Küche", "日本", "🍕", "\u202e12", "\u02bc OR \u02bc1\u02bc=\u02bc1", "../../etc/passwd", "12;offset=0", "12&limit=100", "<script>alert(1)</script>",
}

// fewer of them are tried where no row can tell what came of them.
const fewer = 16

// long are values that fit no column; the query stays below what RFC 9110 §4.1 asks
// every server to take.
var long = []string{strings.Repeat("9", 4_000), strings.Repeat("x", 4_000), strings.Repeat("'", 1_200)}

// takesForValues tries the filters with bait, one at a time, beside rows that each of
// them excludes.
func takesForValues(c *spec.C, sample sampler) {
	rows := sample(c)
	typed, located := looksAtTypes(c), looksAtLocations(c)
	for _, value := range slices.Concat(bait, long) {
		listsOnly(c, url.Values{"location_name": {value}}, func(r row) bool { return !located || r.Location == value })
		listsOnly(c, url.Values{"order_type": {value}}, func(r row) bool { return !typed || string(r.Type) == value })
	}
	for _, value := range slices.Concat(bait[:fewer], long) {
		for _, key := range []string{"created_after", "created_before", "limit", "offset"} {
			stands(c, url.Values{key: {value}})
		}
	}
	for _, values := range oddQueries {
		stands(c, values)
	}
	twice := []string{table, nowhere} // whichever counts, or both
	listsOnly(c, url.Values{"location_name": twice}, func(r row) bool { return !located || slices.Contains(twice, r.Location) })
	isStillThere(c, rows)
}

// looksAtTypes tells whether a type that is none is looked at. Where it is overlooked,
// whatever it is, HIST-10 says so, and to list every order for bait proves nothing.
func looksAtTypes(c *spec.C) bool {
	rows := listIfAny(c, params{"order_type": "SIDEWAYS"})
	if len(rows) > 0 {
		c.Note("types that are none are overlooked (see HIST-10), and so bait among them was not judged by what is listed")
	}
	return len(rows) == 0
}

// looksAtLocations tells whether a location that is one filters as it should. Where it
// does not, HIST-08 says so.
func looksAtLocations(c *spec.C) bool {
	for _, location := range []string{table, nowhere} {
		f := filter{location: location}
		if err := f.sound(listIfAny(c, f.params())); err != nil {
			c.Note("%s does not hold (see HIST-08), and so bait among locations was not judged by what is listed: %v", f.params(), err)
			return false
		}
	}
	return true
}

// oddQueries are parameters in forms that some frameworks make more of than one
// value. What they mean is open.
var oddQueries = []url.Values{
	{"location_name[]": {"12"}}, {"location_name[$ne]": {"x"}}, {"location_name": {"12", "", "987"}}, {"limit": {"1", "2", "x"}}, {"offset": {"0", "-1"}},
	{"order_type": {"TO_GO", "ON_PREMISE"}}, {"order_type[]": {"TO_GO"}}, {"created_after": {"2024-01-01T00:00:00", "' OR 1=1"}}, {"limit[]": {"1"}}, {"limit": {"1e999"}},
	{"": {"12"}}, {"\x00": {"\x00"}}, {"__class__": {"x"}}, {"self": {"x"}}, {"args": {"x"}}, {"kwargs": {"x"}}, {"order by": {"1; --"}}, {"sort": {"created; DROP TABLE orders"}},
	{"limit": {"99999999999999999999"}}, {"offset": {"99999999999999999999"}}, {"offset": {"9223372036854775807"}}, {"limit": {"-9223372036854775808"}}, {"offset": {"１２"}},
	{"created_after": {"9999-12-31T23:59:59"}}, {"created_before": {"0000-00-00T00:00:00"}}, {"created_before": {"0001-01-01T00:00:00"}}, {"created_after": {"+99999-01-01T00:00:00"}},
}

// stands asserts that a query is answered, by no 5xx, and that nothing of it came
// into the header of the answer.
func stands(c *spec.C, q url.Values) *client.Response {
	res := c.Get(protocol.PathHistory, q)
	what := named(q)
	c.Expect(failed(res), "%s", what).ProvedBy(res.Exchange).To(match.NoFault("be answered, and not by 5xx"))
	var injected error
	if value := res.Header.Get("X-Injected"); value != "" {
		injected = fmt.Errorf("it holds X-Injected: %.40q", value)
	}
	c.Expect(injected, "the header of the answer to %s", what).ProvedBy(res.Exchange).To(match.NoFault("hold nothing of the query"))
	return res
}

// named is a query for the reader.
func named(q url.Values) string {
	return fmt.Sprintf("GET %s?%.120s", protocol.PathHistory, q.Encode())
}

func failed(res *client.Response) error {
	switch {
	case res.Err != nil:
		return res.Err
	case res.Status >= http.StatusInternalServerError:
		return errors.New("it is answered: " + res.String())
	}
	return nil
}

// listsOnly asserts that a query stands, and that what it lists, if it is not
// refused, passes its filter.
func listsOnly(c *spec.C, q url.Values, passes func(row) bool) {
	res := stands(c, q)
	rows, err := rowsOf(res.Body)
	if err != nil || res.Status/100 != 2 {
		return
	}
	c.Expect(outside(rows, passes), "%s", named(q)).ProvedBy(res.Exchange).To(match.NoFault("list no order that the filter excludes"))
}

// outside tells which row passes no filter.
func outside(rows []row, passes func(row) bool) error {
	for _, r := range rows {
		if !passes(r) {
			return fmt.Errorf("it lists %s, among %d", r, len(rows))
		}
	}
	return nil
}

// isStillThere asserts that the history is not lost. Some of its orders may have been
// purged meanwhile.
func isStillThere(c *spec.C, before []row) {
	someOf := func(rows []row) bool {
		return slices.ContainsFunc(before, func(r row) bool { return holds(rows, r.UUID) })
	}
	rows, _, err := walk(c, nil, someOf)
	if err == nil && !someOf(rows) {
		orders := make([]protocol.Order, len(before))
		for i, r := range before {
			orders[i] = r.Order
		}
		rows, _, err = walk(c, around(orders).params(), someOf)
	}
	if err == nil && !someOf(rows) {
		err = fmt.Errorf("of %d orders none is left", len(before))
	}
	c.Expect(err, "the history after hostile queries").To(match.NoFault("list what it listed before"))
}
