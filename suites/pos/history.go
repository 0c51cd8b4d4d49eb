package pos

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"ttcheck/fixtures/witness"
	"ttcheck/protocol"
)

const (
	// defaultLimit and maxLimit are those of a page of the history (R).
	defaultLimit, maxLimit = 25, 100
	// sameMost equal requests within sameSpan of protocol time are one that does not go on.
	sameMost, sameSpan = 8, 5 * time.Second
)

var historyCases = []Case{
	{ID: "POS-19", Name: "parameters", Judge: asksWell},
	{ID: "POS-19", Name: "pages", Judge: pagesOn},
}

// histories are the requests for the history.
func histories(r *witness.Record) []*witness.Request {
	var all []*witness.Request
	for _, q := range r.Requests {
		if q.Method == http.MethodGet && path(q) == protocol.PathHistory {
			all = append(all, q)
		}
	}
	return all
}

// query reads the query of a request.
func query(q *witness.Request) url.Values {
	u, err := url.ParseRequestURI(q.Target)
	if err != nil {
		return nil
	}
	values, _ := url.ParseQuery(u.RawQuery)
	return values
}

// asksWell judges the parameters of each request for the history.
func asksWell(j *J) {
	all := histories(j.record)
	if len(all) == 0 {
		j.NotShown("the integration never asked for the history")
	}
	for _, q := range all {
		values := query(q)
		for _, name := range []string{"created_after", "created_before"} {
			for _, value := range values[name] {
				if _, err := protocol.ParseDatetime(value); err != nil {
					j.Wrong(name+" as YYYY-MM-DDTHH:MM:SS, without a zone", fmt.Sprintf("%.60q", value), j.exchange(q))
				}
			}
		}
		for name, bounds := range map[string][2]int{"limit": {1, maxLimit}, "offset": {0, 1 << 30}} {
			for _, value := range values[name] {
				if n, err := strconv.Atoi(value); err != nil || n < bounds[0] || n > bounds[1] {
					expected := fmt.Sprintf("%s from %d to %d", name, bounds[0], bounds[1])
					if name == "offset" {
						expected = "offset as a whole number that is not negative"
					}
					j.Wrong(expected, fmt.Sprintf("%.60q", value), j.exchange(q))
				}
			}
		}
		for name, values := range values {
			if len(values) > 1 {
				j.Wrong(fmt.Sprintf("each parameter once, %.40s too", name), fmt.Sprintf("%d times", len(values)), j.exchange(q))
			}
		}
	}
	j.Note("asked for the history %s", times(len(all)))
}

// pagesOn judges the requests for further pages: each has to begin where the one before
// ended, under the same filters.
func pagesOn(j *J) {
	all := histories(j.record)
	further := false
	for i, q := range all {
		at := number(query(q), "offset", 0)
		if at <= 0 {
			j.samePage(all[:i+1])
			continue
		}
		further = true
		before := pageBefore(all[:i], q)
		switch {
		case before == nil:
			j.Wrong("the first page before a further one, under the same filters", fmt.Sprintf("offset %d at once", at), j.exchange(q))
		case before.next != at:
			j.Wrong(fmt.Sprintf("offset %d: the page before began at %d and held %d orders", before.next, before.next-before.items, before.items),
				fmt.Sprintf("offset %d", at), j.exchange(before.request), j.exchange(q))
		}
	}
	if !further {
		j.NotShown("the integration never asked for a second page of the history")
	}
}

// samePage judges that a full first page, which is followed by more, is not asked for over
// and over in place of the next.
func (j *J) samePage(all []*witness.Request) {
	if len(all) < sameMost {
		return
	}
	last := all[len(all)-sameMost:]
	for _, q := range last {
		if number(query(q), "offset", 0) > 0 || filters(q) != filters(last[0]) || q.Status != http.StatusOK || itemsOf(q) < number(query(q), "limit", defaultLimit) {
			return
		}
	}
	for _, k := range j.record.Sockets {
		if k.Opened.After(last[0].At) && k.Opened.Before(last[sameMost-1].At) {
			return
		}
	}
	if span := last[sameMost-1].At.Sub(last[0].At); j.Protocol(span) < sameSpan {
		j.Wrong("the next page after a full one", fmt.Sprintf("the same page %d times within %s", sameMost, j.protocol(span)), j.exchanges(last...)...)
	}
}

// page is an answered request for a page.
type page struct {
	request     *witness.Request
	items, next int // how many orders it held, and the offset after them
}

// pageBefore is the page on which a further one follows: the latest that differs in the
// offset alone and ends nearest to it; nil if there is none.
func pageBefore(earlier []*witness.Request, q *witness.Request) *page {
	var best *page
	at := number(query(q), "offset", 0)
	for _, e := range earlier {
		if e.Status != http.StatusOK || filters(e) != filters(q) {
			continue
		}
		n := itemsOf(e)
		p := &page{request: e, items: n, next: number(query(e), "offset", 0) + n}
		if best == nil || p.next == at || best.next != at {
			best = p
		}
	}
	return best
}

// filters are the parameters of a request but for its offset.
func filters(q *witness.Request) string {
	values := query(q)
	values.Del("offset")
	if values.Get("limit") == strconv.Itoa(defaultLimit) {
		values.Del("limit")
	}
	return values.Encode()
}

func number(values url.Values, name string, otherwise int) int {
	n, err := strconv.Atoi(values.Get(name))
	if err != nil {
		return otherwise
	}
	return n
}

// itemsOf counts the orders of a page. What is kept of its answer may be cut: then the page
// was as large as it was asked for.
func itemsOf(q *witness.Request) int {
	var list struct{ Items []json.RawMessage }
	if json.Unmarshal(q.Answer, &list) != nil {
		return min(number(query(q), "limit", defaultLimit), maxLimit)
	}
	return len(list.Items)
}
