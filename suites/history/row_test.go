package history

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ttcheck/protocol"
)

// at is a date so many seconds after some noon.
func at(seconds int) protocol.Datetime {
	noon, _ := protocol.ParseDatetime("2026-03-01T12:00:00")
	return noon.Add(time.Duration(seconds) * time.Second)
}

// shown is a row as it comes from an answer.
func shown(t *testing.T, uuid string, kind protocol.OrderType, location string, created protocol.Datetime) row {
	t.Helper()
	body := fmt.Sprintf(`[{"name":"1","uuid":%q,"orderType":%q,"locationName":%q,"created":%q,"stateChanged":%[4]q,"state":"cleared"}]`,
		uuid, kind, location, created)
	rows, err := rowsOf([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return rows[0]
}

// wantError checks that an error says what it should, or is none where that is
// empty.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case err == nil && want != "":
		t.Errorf("no error, want one with %q", want)
	case err != nil && want == "":
		t.Errorf("error %q, want none", err)
	case err != nil && !strings.Contains(err.Error(), want):
		t.Errorf("error %q, want one with %q", err, want)
	}
}

func TestRowsOf(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body  string
		uuids []string
		fault string
	}{
		"items":                      {`{"status":200,"items":[{"uuid":"a"},{"uuid":"b"}]}`, []string{"a", "b"}, ""},
		"no order":                   {`{"items":[],"more":[{"uuid":"x"}]}`, nil, ""},
		"another key":                {`{"orders":[{"uuid":"a"}],"hints":["x"],"status":200}`, []string{"a"}, ""},
		"another key beside a empty": {`{"orders":[{"uuid":"a"}],"hints":[]}`, []string{"a"}, ""},
		"another key, no order":      {`{"orders":[],"links":null}`, nil, ""},
		"two empty lists":            {`{"orders":[],"hints":[]}`, nil, ""},
		"a bare array":               {" [{\"uuid\":\"a\"}]\n", []string{"a"}, ""},
		"null items":                 {`{"items":null}`, nil, `"items" is null`},
		"items that are no orders":   {`{"items":["a"]}`, nil, `"items" has the wrong type`},
		"a null order":               {`{"items":[null]}`, nil, "is null"},
		"an object by UUID":          {`{"orders":{"a":{}}}`, nil, "no member of it is a list of objects"},
		"nothing":                    {`{}`, nil, "no member of it is a list of objects"},
		"two lists":                  {`{"a":[{}],"b":[{}]}`, nil, "several lists"},
		"a page":                     {`<html>`, nil, "not a JSON object"},
		"half a list":                {`[{"uuid":"a"},`, nil, "not valid JSON"},
		"no body":                    {``, nil, "empty"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := rowsOf([]byte(test.body))
			wantError(t, err, test.fault)
			if !slices.Equal(uuids(rows), test.uuids) {
				t.Errorf("orders %q, want %q", uuids(rows), test.uuids)
			}
		})
	}
}

func TestIdentified(t *testing.T) {
	t.Parallel()
	for body, fault := range map[string]string{
		`[{"uuid":"a"},{"uuid":"b"}]`:   "",
		`[]`:                            "",
		`[{"uuid":"a"},{}]`:             `in row 2 of 2 "uuid" is missing`,
		`[{"uuid":null}]`:               `"uuid" is null`,
		`[{"uuid":7}]`:                  `"uuid" has the wrong type`,
		`[{"uuid":""},{"uuid":"b"}]`:    `in row 1 of 2 "uuid" is empty`,
		`[{"UUID":"a","name":"x y z"}]`: `"uuid" is missing`,
	} {
		rows, err := rowsOf([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, identified(rows), fault)
	}
}

func TestInspect(t *testing.T) {
	t.Parallel()
	rows := func(uuids ...string) []row {
		var list []row
		for _, uuid := range uuids {
			list = append(list, row{Order: protocol.Order{Name: "n" + uuid, UUID: uuid}})
		}
		return list
	}
	wanted := []protocol.Order{{Name: "na", UUID: "a"}, {Name: "nb", UUID: "b"}, {Name: "nc", UUID: "c"}}
	f := inspect(rows("x", "b", "y", "b"), wanted, finds{})
	wantError(t, unlisted(f), `order na (uuid "a") is not listed`)
	wantError(t, unlisted(f), `order "nb" (uuid "b"`)
	f = inspect(rows("c", "b", "b"), wanted, f)
	if !slices.Equal(f.missing, wanted[:1]) || len(f.twice) != 1 || len(f.rows) != 2 {
		t.Errorf("%+v", f)
	}
	f = inspect(rows("a"), wanted, finds{rows: f.rows})
	wantError(t, unlisted(f), "")
	if !slices.Equal(uuids(f.rows), []string{"b", "c", "a"}) {
		t.Errorf("found %q", uuids(f.rows))
	}
}

func TestAround(t *testing.T) {
	t.Parallel()
	if got, want := around([]protocol.Order{{Created: at(5)}, {Created: at(3)}, {Created: at(9)}}), (filter{after: at(2), before: at(10)}); got != want {
		t.Errorf("filter %v, want %v", got.params(), want.params())
	}
	if got := around([]protocol.Order{{}}); len(got.params()) != 0 {
		t.Errorf("filter without a date %v", got.params())
	}
}

func TestParams(t *testing.T) {
	t.Parallel()
	p := params(nil).with(page(10, 5)).with(params{"created_after": at(0).String()})
	if got := p.String(); got != "GET /api/v2/orders?created_after=2026-03-01T12:00:00&limit=5&offset=10" {
		t.Error(got)
	}
	if got := params(nil).String(); got != "GET /api/v2/orders" {
		t.Error(got)
	}
}
