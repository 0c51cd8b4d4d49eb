package history

import (
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

func ask(c *spec.C, p params) *client.Response { return c.Get(protocol.PathHistory, p.values()) }

// list asks for a list that the gateway must give.
func list(c *spec.C, p params) []row {
	res := ask(c, p)
	c.Expect(res, "%s", p).To(match.Success())
	rows, err := rowsOf(res.Body)
	c.Expect(err, "the answer to %s", p).ProvedBy(res.Exchange).To(match.NoFault("be a list of orders"))
	return rows
}

// listIfAny is list for a query that the gateway may refuse.
func listIfAny(c *spec.C, p params) []row {
	res := ask(c, p)
	if res.Err != nil || res.Status/100 != 2 {
		return nil
	}
	rows, _ := rowsOf(res.Body)
	return rows
}

// walk reads page after page, until enough is read or a page brings nothing new.
// It returns each row once, and whether it came to the end.
func walk(c *spec.C, p params, enough func([]row) bool) (rows []row, end bool) {
	seen := map[string]bool{}
	offset := 0
	for range maxPages {
		next := list(c, p.with(page(offset, maxLimit)))
		if len(next) == 0 {
			return rows, true
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
			return rows, false
		}
	}
	return rows, false
}

// known is how many orders the history holds, counted no further than enough.
func known(c *spec.C, enough int) int {
	rows, _ := walk(c, nil, func(rows []row) bool { return len(rows) >= enough })
	return min(len(rows), enough)
}
