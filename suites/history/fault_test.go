package history_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"ttcheck/protocol"
)

// fault bends what passes between a case and a sound gateway. A zero member bends
// nothing.
type fault struct {
	// ask changes a query before the gateway sees it.
	ask func(q url.Values)
	// rows changes the list of an answer.
	rows func(q url.Values, rows []object) []object
	// wrap puts the list into another form.
	wrap func(rows []object) any
	// answer changes the status of an answer.
	answer func(q url.Values, status int, body object) int
	// onlyReads refuses everything but GET.
	onlyReads bool
	// retention is the gateway's, if it is not two weeks.
	retention time.Duration
	// echo puts what a query would have in the header there.
	echo bool
	// found is what a finding must say.
	found string
	// first is what the first exchange that it shows must hold, if it matters.
	first string
}

type object = map[string]any

func (f fault) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case f.onlyReads && r.Method != http.MethodGet:
			w.WriteHeader(http.StatusInternalServerError)
			return
		case r.URL.Path != protocol.PathHistory:
			next.ServeHTTP(w, r)
			return
		}
		q := r.URL.Query()
		if f.ask != nil {
			f.ask(q)
			r.URL.RawQuery = q.Encode()
		}
		record := httptest.NewRecorder()
		next.ServeHTTP(record, r)
		status, body := f.bend(q, record)
		if f.echo && strings.Contains(r.URL.RawQuery, "X-Injected") {
			w.Header().Set("X-Injected", "yes")
		}
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	})
}

func (f fault) bend(q url.Values, record *httptest.ResponseRecorder) (int, any) {
	var body object
	_ = json.Unmarshal(record.Body.Bytes(), &body)
	status := record.Code
	if f.answer != nil {
		status = f.answer(q, status, body)
	}
	items, listed := body["items"].([]any)
	if !listed {
		return status, body
	}
	rows := make([]object, len(items))
	for i := range items {
		rows[i] = items[i].(object)
	}
	if f.rows != nil {
		rows = f.rows(q, rows)
	}
	body["items"] = rows
	if f.wrap != nil {
		return status, f.wrap(rows)
	}
	return status, body
}

func number(q url.Values, key string) int {
	n, _ := strconv.Atoi(q.Get(key))
	return n
}

func set(q url.Values, key string, n int) { q.Set(key, strconv.Itoa(n)) }

// without has the gateway overlook a parameter, if there are others beside it.
func without(found, key string, beside ...string) fault {
	return fault{found: found, ask: func(q url.Values) {
		for _, other := range beside {
			if !q.Has(other) {
				return
			}
		}
		q.Del(key)
	}}
}

// tolerant has the gateway overlook a parameter that it should refuse.
func tolerant(key, bad string) fault {
	return fault{found: fmt.Sprintf("%s=%s to be answered 400", key, bad), ask: func(q url.Values) {
		if q.Get(key) == bad {
			q.Del(key)
		}
	}}
}

// onRows changes every row.
func onRows(found string, change func(row object)) fault {
	return fault{found: found, rows: func(_ url.Values, rows []object) []object {
		for _, row := range rows {
			change(row)
		}
		return rows
	}}
}

// older moves the dates of a row back.
func older(row object, by time.Duration) {
	for _, key := range []string{"created", "stateChanged"} {
		date, _ := protocol.ParseDatetime(row[key].(string))
		row[key] = date.Add(-by).String()
	}
}

// choices are gateways that differ where the protocol leaves it open.
func choices() map[string]fault {
	return map[string]fault{
		"another key, lean rows, limit refused": {
			ask: func(q url.Values) {
				if number(q, "limit") > 100 {
					q.Set("limit", "too much")
				}
			},
			rows: onRows("", func(row object) {
				for _, key := range []string{"state", "stateChanged", "paged", "elapsedTime"} {
					delete(row, key)
				}
			}).rows,
			wrap: func(rows []object) any { return object{"links": []string{"next"}, "orders": rows} },
		},
		"a bare list, one spelling": {
			ask: func(q url.Values) {
				if q.Get("order_type") == "ON_PREMISES" {
					q.Set("order_type", "ON PREMISES")
				}
			},
			wrap: func(rows []object) any { return rows },
		},
	}
}

// faults lists ways to break each requirement, and what is then to be read.
func faults() map[string]fault {
	var turn, shift atomic.Int64
	var zeroed atomic.Bool
	faults := map[string]fault{
		"HIST-01 server error": {found: "to be answered 2xx", answer: func(url.Values, int, object) int { return 500 }},
		"HIST-01 no list":      {found: "no member of it is a list", wrap: func([]object) any { return object{"status": 200} }},
		"HIST-01 no UUID":      onRows(`"uuid" is missing`, func(row object) { delete(row, "uuid") }),
		"HIST-01 null for none": {found: `its "items" is null`, wrap: func(rows []object) any {
			if len(rows) == 0 {
				return object{"items": nil}
			}
			return object{"items": rows}
		}},
		"HIST-02 not the started": {found: "is not listed", rows: func(_ url.Values, rows []object) []object {
			return slices.DeleteFunc(rows, func(row object) bool { return row["locationName"] == "" })
		}},
		"HIST-02 twice": {found: "is listed twice", rows: func(_ url.Values, rows []object) []object {
			return slices.Concat(rows, rows)
		}},
		"HIST-03 default": {found: "it holds 26", first: "GET " + protocol.PathHistory + "\n", ask: func(q url.Values) {
			if !q.Has("limit") {
				q.Set("limit", "26")
			}
		}},
		"HIST-03 above 100": {found: "limit=101 to hold at most 100", first: "?limit=101\n", rows: func(q url.Values, rows []object) []object {
			if number(q, "limit") > 100 {
				rows = append(rows, rows[0])
			}
			return rows
		}},
		"HIST-03 all for 0": {found: "limit=0 to hold at most 100", rows: func(q url.Values, rows []object) []object {
			if q.Get("limit") == "1" && zeroed.Swap(false) {
				rows = slices.Repeat(rows, 101)
			}
			return rows
		}, ask: func(q url.Values) {
			if q.Get("limit") == "0" {
				zeroed.Store(true)
				q.Set("limit", "1")
			}
		}},
		"HIST-03 default under a filter": {found: "to hold at most 25 orders", ask: func(q url.Values) {
			if q.Has("order_type") && !q.Has("limit") {
				q.Set("limit", "100")
			}
		}},
		"HIST-04 overlooked": without("it holds 25", "limit"),
		"HIST-04 one more":   {found: "it holds 2", ask: func(q url.Values) { set(q, "limit", number(q, "limit")+1) }},
		"HIST-04 at most 50": {found: "it holds 50", first: "?limit=100\n", ask: func(q url.Values) { set(q, "limit", min(number(q, "limit"), 50)) }},
		"HIST-05 overlooked": without("stands at 0 already", "offset"),
		"HIST-05 one more": {found: "where the list has", ask: func(q url.Values) {
			if n := number(q, "offset"); n > 0 {
				set(q, "offset", n+1)
			}
		}},
		"HIST-05 rows behind the end": {found: "offset=1000000 to hold no order", first: "offset=1000000\n", ask: func(q url.Values) {
			if number(q, "offset") > 1000 {
				q.Del("offset")
			}
		}},
		"HIST-05 the last again": {found: "behind the last order GET " + protocol.PathHistory + "?limit=", first: "offset=", ask: func(q url.Values) {
			if n := number(q, "offset"); n > 0 && n < 1000 {
				set(q, "offset", n-1)
			}
		}},
		"HIST-05 by pages": {found: "where the list has", ask: func(q url.Values) {
			set(q, "offset", number(q, "offset")*max(1, number(q, "limit")))
		}},
		"HIST-05 error behind the end": {found: "offset=1000000 to be answered 2xx", answer: func(q url.Values, status int, _ object) int {
			if number(q, "offset") > 1000 {
				return 404
			}
			return status
		}},
		"HIST-06 after":      without("it lists order", "created_after"),
		"HIST-06 before":     without("it lists order", "created_before"),
		"HIST-06 both":       without("it lists order", "created_before", "created_after"),
		"HIST-06 other zone": {found: "it le", ask: func(q url.Values) { shiftDate(q, 7*time.Hour) }},
		"HIST-06 next second": {found: "it lists order", ask: func(q url.Values) {
			if q.Has("created_before") {
				shiftDate(q, time.Second)
			}
		}},
		"HIST-06 refused": {found: "it is answered: HTTP 500", answer: refusing("created_before")},
		"HIST-07":         without("it lists order", "order_type"),
		"HIST-07 refused": {found: "it is answered: HTTP 500", answer: refusing("order_type")},
		"HIST-08":         without("it lists order", "location_name"),
		"HIST-08 refused": {found: "it is answered: HTTP 500", answer: refusing("location_name")},
		"HIST-08 lists none": {found: "it leaves out order", ask: func(q url.Values) {
			if q.Has("location_name") {
				q.Set("location_name", "98765")
			}
		}},
		"HIST-10 date code": {found: "carry returnCode -25", answer: func(_ url.Values, status int, body object) int {
			body["returnCode"] = -23
			return status
		}},
		"HIST-11": onRows("list no order that was finished before", func(row object) { older(row, 3*day) }),
		"HIST-12": {found: "the oldest of", retention: 10 * day},
		"HIST-13 turned round": {found: "and a moment later before it", rows: func(_ url.Values, rows []object) []object {
			if turn.Add(1)%2 == 0 {
				slices.Reverse(rows)
			}
			return rows
		}},
		"HIST-13 rotated": {found: "and a moment later before it", rows: func(_ url.Values, rows []object) []object {
			if n := len(rows); n > 0 {
				at := int(shift.Add(1)) % n
				rows = slices.Concat(rows[at:], rows[:at])
			}
			return rows
		}},
		"HIST-13 dates waver": {found: "to say the same of each finished order", rows: func(_ url.Values, rows []object) []object {
			by := time.Duration(turn.Add(1)%2) * time.Second
			for _, row := range rows {
				date, _ := protocol.ParseDatetime(row["stateChanged"].(string))
				row["stateChanged"] = date.Add(by).String()
			}
			return rows
		}},
		"HIST-15 location": onRows(`locationName is "", where its last event said "12"`, func(row object) { row["locationName"] = "" }),
		"HIST-15 created":  onRows("created is", func(row object) { row["created"] = row["stateChanged"] }),
		"HIST-15 type":     onRows(`orderType is "TO_GO"`, func(row object) { row["orderType"] = "TO_GO" }),
		"HIST-15 name":     onRows("name is", func(row object) { row["name"] = "0" + row["name"].(string) }),
		"HIST-15 UUID":     onRows("under its uuid", func(row object) { row["uuid"] = strings.ToUpper(row["uuid"].(string)) }),
	}
	filters := []string{"created_after", "created_before", "order_type", "location_name"}
	for _, key := range filters {
		for _, other := range filters {
			if key != other {
				faults[fmt.Sprintf("HIST-09 no %s beside %s", key, other)] = without("it lists order", key, other)
			}
		}
		faults["HIST-09 no "+key+" beside all others"] = without("it lists order", key, filters...)
	}
	for key, bad := range map[string]string{
		"limit": "abc", "offset": "-1", "created_after": "yesterday", "created_before": "2024-13-45T00:00:00", "order_type": "SIDEWAYS",
	} {
		faults["HIST-10 "+key] = tolerant(key, bad)
	}
	maps.Copy(faults, hostileFaults())
	return faults
}

func refusing(key string) func(url.Values, int, object) int {
	return func(q url.Values, status int, _ object) int {
		if q.Has(key) {
			return http.StatusInternalServerError
		}
		return status
	}
}

func shiftDate(q url.Values, by time.Duration) {
	for _, key := range []string{"created_after", "created_before"} {
		if date, err := protocol.ParseDatetime(q.Get(key)); err == nil {
			q.Set(key, date.Add(by).String())
		}
	}
}
