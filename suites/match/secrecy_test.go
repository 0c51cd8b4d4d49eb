package match

import (
	"net/http"
	"strings"
	"testing"

	"ttcheck/protocol"
)

func TestHoldToken(t *testing.T) {
	t.Parallel()
	check(t, "hold a token", append(hostileExamples(HoldToken()),
		example{"a token", HoldToken(), answered(201, `{"token":{"token":"`+secret+`"}}`), true, "HTTP 201 with a token"},
		example{"of another form", HoldToken(), answered(403, `{"token":{"token":"open sesame"}}`), true, "HTTP 403 with a token"},
		example{"no token object", HoldToken(), answered(403, `{"status":403}`), false, `HTTP 403, "token" is missing (want an object)`},
		example{"a token that is no object", HoldToken(), answered(201, `{"token":"`+secret+`"}`), false,
			`HTTP 201, "token" has the wrong type: a string (want an object)`},
		example{"a description without the token", HoldToken(), answered(200, `{"token":{"name":"default"}}`), false,
			`HTTP 200, in the token object "token" is missing (want a string)`},
		example{"an empty token", HoldToken(), answered(201, `{"token":{"token":""}}`), false, "HTTP 201 with a token that is empty"},
		example{"null", HoldToken(), answered(201, `{"token":{"token":null}}`), false, `HTTP 201, in the token object "token" is null (want a string)`},
		example{"a number", HoldToken(), answered(201, `{"token":{"token":4711}}`), false,
			`HTTP 201, in the token object "token" has the wrong type: a number (want a string)`},
	))
}

func TestOrderData(t *testing.T) {
	t.Parallel()
	nested := func(depth int) []byte {
		return []byte(strings.Repeat(`[`, depth) + `{"uuid":1}` + strings.Repeat(`]`, depth))
	}
	check(t, "hold order data", []example{
		{"an order", OrderData(), []byte(`{"name":"66","uuid":"x"}`), true, `a member "uuid"`},
		{"by its type", OrderData(), []byte(`{"orderType":"TO_GO"}`), true, `a member "orderType"`},
		{"by its location", OrderData(), []byte(`[{"locationName":""}]`), true, `a member "locationName"`},
		{"one that was looked up", OrderData(), []byte(`{"status":200,"activeorder":{}}`), true, `a member "activeorder"`},
		{"a list", OrderData(), []byte(`{"items":[{"name":"1"},{"name":"2","uuid":null}]}`), true, `a member "uuid"`},
		{"an empty snapshot", OrderData(), []byte(`{"items":[],"type":"ACTIVE_ORDERS","count":0}`), true, `a member "type": "ACTIVE_ORDERS"`},
		{"several members", OrderData(), []byte(`{"uuid":"x","orderType":"TO_GO","activeorder":1}`), true, `a member "activeorder"`},
		{"as deep as JSON may be", OrderData(), nested(protocol.MaxDepth), true, `a member "uuid"`},
		{"deeper", OrderData(), nested(protocol.MaxDepth + 1), false, "no order data"},
		{"behind a refusal", OrderData(), []byte(`{"status":401,"returnCode":-2}` + "\n" + `{"items":[{"uuid":"x"}]}`), true, `a member "uuid"`},
		{"beside a number too large", OrderData(), []byte(`{"count":1e999,"uuid":"x"}`), true, `a member "uuid"`},
		{"in bytes that are no UTF-8", OrderData(), []byte("{\"name\":\"\xff\",\"uuid\":\"x\"}"), true, `a member "uuid"`},
		{"a refusal", OrderData(), []byte(`{"status":401,"returnCode":-2,"message":"no uuid, no orderType"}`), false, "no order data"},
		{"another type of message", OrderData(), []byte(`{"type":"GOODBYE"}`), false, "no order data"},
		{"the words elsewhere", OrderData(), []byte(`{"type":["ACTIVE_ORDERS"],"a":"uuid"}`), false, "no order data"},
		{"a number", OrderData(), []byte(`4`), false, "no order data"},
		{"nothing", OrderData(), []byte(nil), false, "no JSON"},
		{"HTML", OrderData(), []byte(`<a href="uuid">`), false, "no JSON"},
		{"JSON that is cut off", OrderData(), []byte(`{"a":1`), false, "no JSON"},
		{"endless nesting", OrderData(), []byte(strings.Repeat(`[`, 1<<20)), false, "no JSON"},
	})
}

// TestOrderDataSaysTheSame each time, however the members of an object come.
func TestOrderDataSaysTheSame(t *testing.T) {
	t.Parallel()
	data := []byte(`{"uuid":1,"orderType":2,"locationName":3,"type":"ACTIVE_ORDERS","items":[{"uuid":4}]}`)
	first := OrderData().(worded).Saw(data)
	for range 50 {
		if again := OrderData().(worded).Saw(data); again != first {
			t.Fatalf("Saw is %q and then %q", first, again)
		}
	}
}

func TestShowToken(t *testing.T) {
	t.Parallel()
	const shown = "HTTP 403 with what looks like a token"
	inHeader := answered(403, `{}`)
	inHeader.Header = http.Header{"X-Token": {secret}}
	session := answered(403, `{}`)
	session.Header = http.Header{"Set-Cookie": {"session_id=" + secret[:40] + "; Path=/"}}
	check(t, "show a token", []example{
		{"a refusal", ShowToken(), answered(403, `{"status":403,"token":null}`), false, "HTTP 403"},
		{"an empty token", ShowToken(), answered(403, `{"token":""}`), false, "HTTP 403"},
		{"words under the key", ShowToken(), answered(403, `{"token":"is not yet to be had"}`), false, "HTTP 403"},
		{"a token object", ShowToken(), answered(403, `{"token":{"token":"`+secret+`"}}`), true, shown},
		{"a plain string", ShowToken(), answered(403, `{"token":"`+secret+`"}`), true, shown},
		{"of another form", ShowToken(), answered(403, `{"accessToken" : "Qk3-zZ_81.aaBBccDDee"}`), true, shown},
		{"within a message", ShowToken(), answered(403, `{"message":"use `+strings.ToUpper(secret)+`"}`), true, shown},
		{"behind the refusal", ShowToken(), answered(403, `{"status":403}{"token":"`+secret+`"}`), true, shown},
		{"in the header", ShowToken(), inHeader, true, shown},
		{"a session's cookie", ShowToken(), session, false, "HTTP 403"},
	})
}
