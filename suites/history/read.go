package history

import (
	"fmt"
	"maps"
	"net/url"
	"strconv"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// params are the parameters of a query.
type params map[string]string

func (p params) values() url.Values {
	v := url.Values{}
	for key, value := range p {
		v.Set(key, value)
	}
	return v
}

func (p params) String() string {
	if len(p) == 0 {
		return "GET " + protocol.PathHistory
	}
	text, _ := url.QueryUnescape(p.values().Encode())
	return "GET " + protocol.PathHistory + "?" + text
}

// with returns the parameters with further ones.
func (p params) with(more params) params {
	merged := maps.Clone(p)
	if merged == nil {
		merged = params{}
	}
	maps.Copy(merged, more)
	return merged
}

// page are the parameters of one page.
func page(offset, limit int) params {
	return params{"offset": strconv.Itoa(offset), "limit": strconv.Itoa(limit)}
}

func ask(c *spec.C, p params) *client.Response {
	res := c.Get(protocol.PathHistory, p.values())
	if res.Err != nil && client.IsLocal(res.Err) {
		c.Broken("the harness could not ask: %v", res.Err)
	}
	return res
}

// read asks for a list. The error tells why there is none. Null in its place, which is
// left to HIST-01, is taken for an empty one.
func read(c *spec.C, p params) ([]row, *client.Response, error) {
	res := ask(c, p)
	if res.Err != nil || res.Status/100 != 2 {
		return nil, res, fmt.Errorf("it is answered: %s", res)
	}
	if isNull(res.Body) {
		return nil, res, nil
	}
	rows, err := rowsOf(res.Body)
	return rows, res, err
}

// list asks for a list that the gateway must give.
func list(c *spec.C, p params) []row {
	rows, _ := listed(c, p)
	return rows
}

// listed is list, and returns the exchange too.
func listed(c *spec.C, p params) ([]row, client.Exchange) {
	rows, res, err := read(c, p)
	if res.Err != nil || res.Status/100 != 2 {
		c.Expect(res, "%s", p).To(match.Success())
	}
	c.Expect(err, "the answer to %s", p).ProvedBy(res.Exchange).To(match.NoFault("be a list of orders"))
	return rows, res.Exchange
}

// listIfAny asks for a list that the gateway may refuse.
func listIfAny(c *spec.C, p params) []row {
	rows, _, _ := read(c, p)
	return rows
}

// walk reads page after page, until enough is read, a page brings nothing new or
// is refused. It returns each row once, and whether it came to the end. The error
// tells why there is not even a first page.
func walk(c *spec.C, p params, enough func([]row) bool) (rows []row, end bool, err error) {
	seen := map[string]bool{}
	offset := 0
	for range maxPages {
		next, _, err := read(c, p.with(page(offset, maxLimit)))
		if err != nil || len(next) == 0 {
			end = err == nil
			if offset > 0 {
				err = nil // what was read before counts
			}
			return rows, end, err
		}
		offset += len(next)
		before := len(rows)
		for _, r := range next {
			if !seen[r.UUID] {
				seen[r.UUID] = true
				rows = append(rows, r)
			}
		}
		if len(rows) == before || enough != nil && enough(rows) {
			break
		}
	}
	return rows, false, nil
}

// known is how many orders the history holds, counted no further than enough.
func known(c *spec.C, enough int) int {
	rows, _, err := walk(c, nil, func(rows []row) bool { return len(rows) >= enough })
	c.Expect(err, "%s", page(0, maxLimit)).To(match.NoFault("be answered with a list of orders"))
	return min(len(rows), enough)
}
