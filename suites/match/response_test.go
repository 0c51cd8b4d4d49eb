package match

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/onsi/gomega/types"

	"ttcheck/client"
	"ttcheck/protocol"
)

func answered(status int, body string) *client.Response {
	return &client.Response{Status: status, Body: []byte(body)}
}

func labelled(contentType ...string) *client.Response {
	return &client.Response{Status: 200, Header: http.Header{"Content-Type": contentType}, Body: []byte("{}")}
}

var (
	unanswered = &client.Response{Err: errors.New("GET to 127.0.0.1:8000: no answer in time")}
	// halfway is an answer of which only the head came.
	halfway = &client.Response{Status: 200, Body: []byte(`{"status":200,"returnCode":5`), Err: errors.New("read the body: unexpected EOF")}
)

// hostile are bodies that are no JSON object, and what is said of them.
var hostile = []struct{ body, problem string }{
	{"", "empty, not a JSON object"},
	{" \r\n", "empty, not a JSON object"},
	{"<html><h1>404</h1>", `not a JSON object: "<html><h1>404</h1>"`},
	{"[]", `not a JSON object: "[]"`},
	{"null", `not a JSON object: "null"`},
	{`"` + secret + `"`, `not a JSON object: "\"` + shortened + `\""`},
	{`{"status":200`, "not valid JSON: unexpected end of JSON input"},
	{`{"status":200}{}`, "not valid JSON: invalid character '{' after top-level value"},
	{"{\"status\":200,\"\xff\"", "not valid UTF-8"},
	{strings.Repeat(`{"a":`, protocol.MaxDepth+1), "nested deeper than 64 levels"},
}

func hostileExamples(m types.GomegaMatcher) []example {
	examples := []example{
		{"no answer", m, unanswered, false, "no answer: GET to 127.0.0.1:8000: no answer in time"},
		{"half an answer", m, halfway, false, "no answer: read the body: unexpected EOF"},
	}
	for _, x := range hostile {
		examples = append(examples, example{fmt.Sprintf("%.20q", x.body), m, answered(200, x.body), false, "HTTP 200 with a body that is " + x.problem})
	}
	return examples
}

func TestStatus(t *testing.T) {
	t.Parallel()
	m := Status(200, 201)
	check(t, "be answered 200 or 201", []example{
		{"the first", m, answered(200, ""), true, "HTTP 200"},
		{"the second", m, answered(201, "{}"), true, "HTTP 201"},
		{"another", m, answered(403, `{"returnCode":-3,"message":"press the button"}`), false,
			`HTTP 403, returnCode -3 (token window expired or button not pressed), message "press the button"`},
		{"a code that is not documented", m, answered(500, `{"returnCode":-99}`), false, "HTTP 500, returnCode -99 (not documented)"},
		{"no answer", m, unanswered, false, "no answer: GET to 127.0.0.1:8000: no answer in time"},
		{"half an answer", m, halfway, false, "no answer: read the body: unexpected EOF"},
		{"a body that is no JSON", m, answered(404, "<html>"), false, "HTTP 404"},
		{"a message of the wrong type", m, answered(404, `{"returnCode":"5","message":["x"]}`), false, "HTTP 404"},
		{"a message of many lines", m, answered(404, `{"message":"a\nb\u001b[31m"}`), false, `HTTP 404, message "a\nb\x1b[31m"`},
		{"an endless message", m, answered(404, `{"message":"`+strings.Repeat("x", 5000)+`"}`), false,
			`HTTP 404, message "` + strings.Repeat("x", 80) + `"`},
	})
	check(t, "be answered 404", []example{{"one code", Status(404), answered(404, ""), true, "HTTP 404"}})
}

// TestNoTokenInAnswers puts a token where a gateway might show one, whole or so
// that shortening would cut it.
func TestNoTokenInAnswers(t *testing.T) {
	t.Parallel()
	padding := strings.Repeat("x", 80-len(secret)/2)
	check(t, "be answered 200", []example{
		{"in the message", Status(200), answered(401, `{"message":"no token `+secret+`"}`), false,
			`HTTP 401, message "no token ` + shortened + `"`},
		{"in the message, in capitals", Status(200), answered(401, `{"message":"no token `+strings.ToUpper(secret)+`"}`), false,
			`HTTP 401, message "no token 0123…CDEF"`},
		{"in the message, across its end", Status(200), answered(401, `{"message":"`+padding+secret+`"}`), false,
			`HTTP 401, message "` + padding + shortened + `"`},
		{"in the message, escaped", Status(200), answered(401, `{"message":"\u0030`+secret[1:]+`"}`), false,
			`HTTP 401, message "` + shortened + `"`},
		{"in the reason for having no answer", Status(200), &client.Response{Err: fmt.Errorf("malformed HTTP response %q", secret)}, false,
			`no answer: malformed HTTP response "` + shortened + `"`},
	})
	check(t, "be labelled application/json", []example{
		{"in a label, across its end", JSONType(), labelled(padding + secret), false, fmt.Sprintf("Content-Type %q", padding+shortened)},
	})
	check(t, "have one JSON object as its body", []example{
		{"in a body, across its end", JSONObject(), answered(200, padding[:40]+secret), false,
			fmt.Sprintf("HTTP 200 with a body that is not a JSON object: %q", padding[:40]+shortened)},
	})
	check(t, "carry returnCode 5 (active orders)", []example{
		{"as the return code", ReturnCode(5), answered(200, `{"returnCode":"`+secret+`"}`), false,
			`HTTP 200, "returnCode" has the wrong type: "\"` + shortened + `\"" (want an integer)`},
	})
}

func TestSuccess(t *testing.T) {
	t.Parallel()
	check(t, "be answered 2xx", []example{
		{"200", Success(), answered(200, ""), true, "HTTP 200"},
		{"299", Success(), answered(299, ""), true, "HTTP 299"},
		{"199", Success(), answered(199, ""), false, "HTTP 199"},
		{"301", Success(), answered(301, ""), false, "HTTP 301"},
		{"no answer", Success(), unanswered, false, "no answer: GET to 127.0.0.1:8000: no answer in time"},
		{"half an answer", Success(), halfway, false, "no answer: read the body: unexpected EOF"},
	})
}

// TestRefusal: a gateway that breaks or does not answer has not refused.
func TestRefusal(t *testing.T) {
	t.Parallel()
	check(t, "be refused with 4xx", []example{
		{"400", Refusal(), answered(400, ""), true, "HTTP 400"},
		{"499", Refusal(), answered(499, ""), true, "HTTP 499"},
		{"399", Refusal(), answered(399, ""), false, "HTTP 399"},
		{"200 that speaks of 401", Refusal(), answered(200, `{"status":401,"returnCode":-2}`), false, "HTTP 200, returnCode -2 (invalid token)"},
		{"500", Refusal(), answered(500, ""), false, "HTTP 500"},
		{"no answer", Refusal(), unanswered, false, "no answer: GET to 127.0.0.1:8000: no answer in time"},
		{"a body cut off", Refusal(), &client.Response{Status: 401, Err: errors.New("reset")}, false, "no answer: reset"},
	})
}

func TestReturnCode(t *testing.T) {
	t.Parallel()
	m := ReturnCode(protocol.CodeActiveOrder, protocol.CodeActiveOrders)
	check(t, "carry returnCode 6 (one active order) or 5 (active orders)", append(hostileExamples(m),
		example{"the first", m, answered(200, `{"returnCode":6}`), true, "HTTP 200, returnCode 6 (one active order)"},
		example{"the second", m, answered(404, ` {"returnCode":5} `), true, "HTTP 404, returnCode 5 (active orders)"},
		example{"another", m, answered(404, `{"returnCode":-6,"message":"gone"}`), false, `HTTP 404, returnCode -6 (order not found), message "gone"`},
		example{"none", m, answered(200, `{"status":200}`), false, `HTTP 200, "returnCode" is missing (want an integer)`},
		example{"null", m, answered(200, `{"returnCode":null}`), false, `HTTP 200, "returnCode" is null (want an integer)`},
		example{"a string", m, answered(200, `{"returnCode":"5"}`), false, `HTTP 200, "returnCode" has the wrong type: "\"5\"" (want an integer)`},
		example{"a fraction", m, answered(200, `{"returnCode":5.5}`), false, `HTTP 200, "returnCode" has the wrong type: "5.5" (want an integer)`},
		example{"in the wrong place", m, answered(200, `{"activeorder":{"returnCode":6}}`), false, `HTTP 200, "returnCode" is missing (want an integer)`},
	))
}

func TestMirroredStatus(t *testing.T) {
	t.Parallel()
	check(t, `mirror the HTTP status in "status"`, append(hostileExamples(MirroredStatus()),
		example{"the same", MirroredStatus(), answered(403, `{"status":403}`), true, "HTTP 403, status 403"},
		example{"another", MirroredStatus(), answered(403, `{"status":200}`), false, "HTTP 403, status 200"},
		example{"nearly the same", MirroredStatus(), answered(403, `{"status":404}`), false, "HTTP 403, status 404"},
		example{"none", MirroredStatus(), answered(200, `{}`), false, `HTTP 200, "status" is missing (want an integer)`},
		example{"a string", MirroredStatus(), answered(200, `{"status":"200"}`), false, `HTTP 200, "status" has the wrong type: "\"200\"" (want an integer)`},
		example{"too large", MirroredStatus(), answered(200, `{"status":18446744073709551816}`), false,
			`HTTP 200, "status" has the wrong type: "18446744073709551816" (want an integer)`},
	))
}

func TestJSONObject(t *testing.T) {
	t.Parallel()
	check(t, "have one JSON object as its body", append(hostileExamples(JSONObject()),
		example{"empty", JSONObject(), answered(200, "{}"), true, "a JSON object"},
		example{"of any status", JSONObject(), answered(500, "\n{\"a\": [1, null]}\n"), true, "a JSON object"},
	))
}

func TestJSONType(t *testing.T) {
	t.Parallel()
	check(t, "be labelled application/json", []example{
		{"bare", JSONType(), labelled("application/json"), true, `Content-Type "application/json"`},
		{"with a parameter", JSONType(), labelled("application/json; charset=utf-8"), true, `Content-Type "application/json; charset=utf-8"`},
		{"in capitals", JSONType(), labelled("Application/JSON"), true, `Content-Type "Application/JSON"`},
		{"without a header", JSONType(), answered(200, "{}"), false, `Content-Type ""`},
		{"another", JSONType(), labelled("text/html"), false, `Content-Type "text/html"`},
		{"longer", JSONType(), labelled("application/json-patch"), false, `Content-Type "application/json-patch"`},
		{"nonsense", JSONType(), labelled(";;;"), false, `Content-Type ";;;"`},
		{"endless", JSONType(), labelled(strings.Repeat("y", 9000)), false, `Content-Type "` + strings.Repeat("y", 80) + `"`},
		{"no answer", JSONType(), unanswered, false, `Content-Type ""`},
	})
}
