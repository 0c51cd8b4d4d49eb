package orders

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"ttcheck/client"
	"ttcheck/protocol"
)

// object parses JSON written with ' for ".
func object(t *testing.T, text string) protocol.Object {
	t.Helper()
	o, err := protocol.ParseObject([]byte(strings.ReplaceAll(text, "'", `"`)))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func objects(t *testing.T, texts ...string) []protocol.Object {
	t.Helper()
	var list []protocol.Object
	for _, text := range texts {
		list = append(list, object(t, text))
	}
	return list
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

func TestShows(t *testing.T) {
	t.Parallel()
	want := members{"name": "66", "orderType": string(protocol.OnPremise), "state": string(protocol.Started), "locationName": ""}
	tests := map[string]struct{ shown, fault string }{
		"as asked":            {`{'name':'66','orderType':'ON_PREMISE','state':'started','locationName':'','more':1}`, ""},
		"the other spelling":  {`{'name':'66','orderType':'ON_PREMISES','state':'started','locationName':''}`, ""},
		"another type":        {`{'name':'66','orderType':'TO_GO','state':'started','locationName':''}`, `orderType is "TO_GO", not "ON_PREMISE"`},
		"another name":        {`{'name':'067','orderType':'ON_PREMISE','state':'started','locationName':''}`, `name is "067"`},
		"another state":       {`{'name':'66','orderType':'ON_PREMISE','state':'located','locationName':''}`, `state is "located", not "started"`},
		"a location":          {`{'name':'66','orderType':'ON_PREMISE','state':'started','locationName':'0'}`, `locationName is "0", not ""`},
		"null for a location": {`{'name':'66','orderType':'ON_PREMISE','state':'started','locationName':null}`, `"locationName" is null`},
		"no location":         {`{'name':'66','orderType':'ON_PREMISE','state':'started'}`, `"locationName" is missing`},
		"a number for a name": {`{'name':66,'orderType':'ON_PREMISE','state':'started','locationName':''}`, `"name" has the wrong type`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, shows(object(t, test.shown), want), test.fault)
		})
	}
}

func TestSameOrder(t *testing.T) {
	t.Parallel()
	const one = `{'name':'1','uuid':'u','orderType':'TO_GO','locationName':'','state':'started','created':'c','elapsedTime':1}`
	tests := map[string]struct{ other, fault string }{
		"older by a second": {strings.Replace(one, `'elapsedTime':1`, `'elapsedTime':2`, 1), ""},
		"another uuid":      {strings.Replace(one, `'u'`, `'v'`, 1), "uuid is"},
		"another state":     {strings.Replace(one, `'started'`, `'located'`, 1), "state is"},
		"another location":  {strings.Replace(one, `'locationName':''`, `'locationName':'7'`, 1), "locationName is"},
		"created anew":      {strings.Replace(one, `'c'`, `'d'`, 1), "created is"},
		"another type":      {strings.Replace(one, `TO_GO`, `ON_PREMISE`, 1), "orderType is"},
		"a member less":     {strings.Replace(one, `'created'`, `'made'`, 1), `"created" is missing`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, sameOrder(object(t, one), object(t, test.other)), test.fault)
		})
	}
	wantError(t, sameOrder(object(t, `{'name':'1','uuid':'u','locationName':null}`), object(t, one)), "")
	wantError(t, sameOrder(object(t, `{'name':'1'}`), object(t, one)), `"uuid" is missing`)
}

func TestOnce(t *testing.T) {
	t.Parallel()
	items := objects(t, `{'name':'1'}`, `{'name':'2','uuid':'a'}`, `{'name':'2','uuid':'b'}`, `{'name':12}`)
	if item, err := once(items, "1"); err != nil || text(item, "name") != "1" {
		t.Errorf("found %v, %v", item, err)
	}
	_, err := once(items, "2")
	wantError(t, err, "2 of the 4 active orders have the name 2")
	_, err = once(items, "12")
	wantError(t, err, "0 of the 4")
	if len(items) != 4 || text(items[0], "name") != "1" {
		t.Error("the list was changed")
	}
}

func TestListing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ answer, fault string }{
		"empty":          {`{'count':0,'items':[]}`, ""},
		"two":            {`{'count':2,'items':[{'name':'1'},{}]}`, ""},
		"count too high": {`{'count':3,'items':[{},{}]}`, "count is 3, and items holds 2"},
		"count a string": {`{'count':'2','items':[{},{}]}`, `"count" has the wrong type`},
		"no count":       {`{'items':[]}`, `"count" is missing`},
		"null items":     {`{'count':0,'items':null}`, `"items" is null`},
		"no items":       {`{'count':0}`, `"items" is missing`},
		"an object":      {`{'count':1,'items':{'1':{}}}`, `"items" has the wrong type`},
		"a null order":   {`{'count':1,'items':[null]}`, `"items[0]" is null`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := listing(object(t, test.answer))
			wantError(t, err, test.fault)
		})
	}
}

func TestGone(t *testing.T) {
	t.Parallel()
	items := objects(t, `{'name':'1','uuid':'a'}`, `{'name':'2','uuid':'b'}`)
	wantError(t, gone(items, "c", "d"), "")
	wantError(t, gone(items), "")
	wantError(t, gone(items, "c", "b"), `order "2" (uuid b) is still listed`)
}

func TestStrays(t *testing.T) {
	t.Parallel()
	items := objects(t,
		`{'name':'9001','uuid':'old'}`, `{'name':'9001','uuid':'own'}`, `{'name':' 9001','uuid':'space'}`,
		`{'name':'9001a','uuid':'posted'}`, `{'name':'','uuid':'empty'}`, `{'uuid':'nameless'}`,
		`{'name':null,'uuid':'null'}`, `{'name':'None','uuid':'none'}`,
		`{'name':'12','uuid':'somebody'}`, `{'name':'Smith','uuid':'somebody else'}`, `{'name':'90010','uuid':'neighbour'}`)
	got := uuids(strays(items, []string{"old"}, []string{"9001", "9001a"}))
	want := []string{"own", "space", "posted", "empty", "nameless", "null", "none"}
	if !slices.Equal(got, want) {
		t.Errorf("strays %q, want %q", got, want)
	}
}

func TestPaged(t *testing.T) {
	t.Parallel()
	wantError(t, paged(object(t, `{'paged':true}`), true), "")
	wantError(t, paged(object(t, `{'paged':false}`), false), "")
	wantError(t, paged(object(t, `{'paged':false}`), true), "paged is false")
	wantError(t, paged(object(t, `{'paged':1}`), true), `"paged" has the wrong type`)
	wantError(t, paged(nil, true), `"paged" is missing`)
}

func TestFindsNamed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ id, body, fault string }{
		"somebody's":       {"900", `{"activeorder":{"name":"900","uuid":"v"}}`, ""},
		"by UUID":          {"0af", `{"activeorder":{"name":"900","uuid":"0AF"}}`, ""},
		"this order":       {"900", `{"activeorder":{"name":"9001","uuid":"u"}}`, `it brings up order "9001"`},
		"another alike":    {"001", `{"activeorder":{"name":"0010","uuid":"w"}}`, `it brings up order "0010"`},
		"a part of a UUID": {"0a", `{"activeorder":{"name":"900","uuid":"0af"}}`, `it brings up order "900"`},
		"no order":         {"900", `{"activeorder":null}`, `"activeorder" is null`},
		"not JSON":         {"900", `<html>`, "not a JSON object"},
		"no such key":      {"900", `{"status":200}`, `"activeorder" is missing`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, findsNamed(&client.Response{Status: 200, Body: []byte(test.body)}, test.id), test.fault)
		})
	}
}

func TestStillActive(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status      int
		body, fault string
	}{
		"not found":     {404, `{"returnCode":-6}`, ""},
		"as cleared":    {200, `{"activeorder":{"uuid":"u","state":"cleared"}}`, ""},
		"the next":      {200, `{"activeorder":{"uuid":"v","state":"started"}}`, ""},
		"null":          {200, `{"activeorder":null}`, ""},
		"as it was":     {200, `{"activeorder":{"uuid":"u","state":"located"}}`, `it shows it with state "located"`},
		"without state": {200, `{"activeorder":{"uuid":"u"}}`, `it shows it with state ""`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, stillActive(&client.Response{Status: test.status, Body: []byte(test.body)}, "u"), test.fault)
		})
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"7", "9001", "10"} {
		for _, id := range parts(protocol.Order{Name: name, UUID: "0123456789"}) {
			if id == name || id == "" {
				t.Errorf("the parts of %s hold %q: an empty id names all orders", name, id)
			}
		}
	}
}

func TestUnusedName(t *testing.T) {
	t.Parallel()
	items := objects(t, `{'name':'9999'}`, `{'name':'9997'}`, `{'name':9998}`)
	if got := unusedName(items); got != "9998" {
		t.Errorf("name %s, want 9998", got)
	}
	if got := unusedName(append(items, object(t, `{'name':'9998'}`))); got != "9996" {
		t.Errorf("name %s, want 9996", got)
	}
}

// TestMistakes proves that what is posted as a mistake is one, and stands alone.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, near := range nearNumbers("9001") {
		if protocol.IsDigits(near) {
			t.Errorf("%q is a number", near)
		}
	}
	for _, m := range append(badTypes("9001"), badLocations("9001")...) {
		if m.body["name"] != "9001" || len(m.codes) == 0 {
			t.Errorf("%s: body %v, codes %v", m.what, m.body, m.codes)
		}
		location, located := m.body["locationName"].(string)
		if kind, ok := m.body["orderType"]; ok && (kind == protocol.ToGo) != located {
			t.Errorf("%s: body %v does not hold one mistake", m.what, m.body)
		}
		if located && protocol.IsDigits(location) {
			t.Errorf("%s: the location is a number", m.what)
		}
	}
	if m := without("9001", "name", protocol.CodeNameMissing); len(m.body) != 1 || m.body["orderType"] != protocol.ToGo {
		t.Errorf("%s: body %v", m.what, m.body)
	}
	if got := wide("9012"); got != "９０１２" {
		t.Errorf("wide digits %q", got)
	}
}

// TestWrongMethods proves that nothing is asked for that a sloppy gateway could
// do harm by.
func TestWrongMethods(t *testing.T) {
	t.Parallel()
	for _, req := range wrongMethods {
		known := slices.ContainsFunc(protocol.Secured, func(e protocol.Endpoint) bool {
			return e.Method == req.Method && e.Path == req.Path
		})
		if known || req.Method == http.MethodDelete || req.JSON != nil || req.Body != nil {
			t.Errorf("%s on %s is no harmless mistake", req.Method, req.Path)
		}
	}
}
