package pos

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"ttcheck/client"
	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/witness"
	"ttcheck/protocol"
)

var requestCases = []Case{
	{ID: "POS-24", Name: "HTTP", Judge: wellFormed},
	{ID: "POS-24", Name: "WebSocket", Judge: wellFramed},
}

// wellFormed judges every request: its grammar, its path and method, its body.
func wellFormed(j *J) {
	for _, k := range j.record.Connections {
		for _, m := range k.Malformed {
			j.Wrong("well-formed HTTP/1.1", m.Problem, j.malformed(m))
		}
	}
	if len(j.record.Requests) == 0 {
		j.NotShown("the integration made no request")
	}
	for _, q := range j.record.Requests {
		if expected, actual := flaw(q); expected != "" {
			j.Wrong(expected, actual, j.exchange(q))
		}
	}
	j.Note("%d requests on %d connections", len(j.record.Requests), len(j.record.Connections))
}

// unsecured are the endpoints that need no token.
var unsecured = []protocol.Endpoint{
	{Method: http.MethodGet, Path: protocol.Base},
	{Method: http.MethodGet, Path: protocol.PathGenerate},
	{Method: http.MethodGet, Path: protocol.PathWebSocket},
	// Another spelling that was seen in use (C).
	{Method: http.MethodPost, Path: protocol.PathGuestPaging("{id}")},
}

// flaw is what is wrong with a request; expected is empty if nothing is.
func flaw(q *witness.Request) (expected, actual string) {
	if q.Method == http.MethodOptions { // a browser's own question (CORS)
		return "", ""
	}
	u, err := url.ParseRequestURI(q.Target)
	if err != nil {
		return "a request target that can be read", "it cannot"
	}
	if _, err := url.ParseQuery(u.RawQuery); err != nil {
		return "a query that can be read", "it is not escaped"
	}
	var methods []string
	for _, e := range slices.Concat(unsecured, protocol.Secured) {
		if fits(e.Path, u.Path) {
			methods = append(methods, e.Method)
		}
	}
	switch {
	case len(methods) == 0:
		return "a path of the API", fmt.Sprintf("%.80q", u.Path)
	case q.Method == http.MethodHead && slices.Contains(methods, http.MethodGet): // RFC 9110 §9.1
	case !slices.Contains(methods, q.Method):
		return "a method of " + u.Path + ": " + strings.Join(slices.Compact(slices.Sorted(slices.Values(methods))), ", "), q.Method
	case q.Method == http.MethodPost:
		return bodyFlaw(q)
	}
	return "", ""
}

// bodyFlaw is what is wrong with a body.
func bodyFlaw(q *witness.Request) (expected, actual string) {
	if len(q.Body) == 0 {
		return "", ""
	}
	kind, _, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	switch {
	case err != nil || kind != "application/json":
		return "Content-Type: application/json on a JSON body", fmt.Sprintf("%.60q", q.Header.Get("Content-Type"))
	case len(q.Body) >= witness.MaxBody: // the rest of it is not known
	case !json.Valid(q.Body) || !utf8.Valid(q.Body):
		return "a body of JSON", "it is none"
	}
	return "", ""
}

// fits tells whether a path is of the form of an endpoint's.
func fits(pattern, p string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(p, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if want[i] != have[i] && (want[i] != "{id}" || have[i] == "") {
			return false
		}
	}
	return true
}

// wellFramed judges the frames of every WebSocket (RFC 6455 §5).
func wellFramed(j *J) {
	all := opened(j.record)
	if len(all) == 0 {
		j.NotShown("the integration opened no WebSocket")
	}
	for _, k := range all {
		for _, f := range k.Frames {
			if flaw := frameFlaw(f); flaw != "" && !f.FromGateway {
				j.Wrong("a well-formed frame", flaw, j.frame(k, f))
			}
		}
		for _, m := range messages(k) {
			if m.op == decorate.OpText && !m.cut && !utf8.Valid(m.payload) {
				j.Wrong("text in UTF-8 (RFC 6455 §8.1)", "it is not", j.said(k, m))
			}
		}
	}
}

// said is a message as evidence.
func (j *J) said(k *witness.Socket, m message) client.Exchange {
	return j.redacted(m.at, client.Exchange{Channel: fmt.Sprintf("ws#%d", k.Number), Sent: fmt.Sprintf("%.*q", shownBytes, m.payload)})
}

// frameFlaw is what is wrong with a frame of an integration; empty if nothing is.
func frameFlaw(f witness.Frame) string {
	control := f.Op()&0x08 != 0
	switch {
	case !f.Masked:
		return "it is not masked (RFC 6455 §5.1)"
	case f.First&0x70 != 0:
		return "a reserved bit is set (RFC 6455 §5.2)"
	case f.Op() > decorate.OpPong || f.Op() > decorate.OpBinary && !control:
		return "its opcode is reserved (RFC 6455 §5.2)"
	case control && f.First&final == 0:
		return "a control frame is fragmented (RFC 6455 §5.5)"
	case control && f.Size > 125:
		return "a control frame is longer than 125 bytes (RFC 6455 §5.5)"
	}
	return ""
}
