package orders_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"

	"ttcheck/protocol"
)

// fault bends what passes between a case and a sound gateway. A zero member bends
// nothing.
type fault struct {
	// ask changes a request before the gateway sees it.
	ask func(r *http.Request, body object)
	// serve answers in place of the gateway, if it does.
	serve func(w http.ResponseWriter, r *http.Request, next http.Handler) bool
	// answer changes an answer and returns its status.
	answer func(r *http.Request, status int, body object) int
	// found is what a finding must say.
	found string
}

type object = map[string]any

func (f fault) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == protocol.PathWebSocket || f.serve != nil && f.serve(w, r, next) {
			if r.URL.Path == protocol.PathWebSocket {
				next.ServeHTTP(w, r)
			}
			return
		}
		if f.ask != nil {
			var body object
			raw, _ := io.ReadAll(r.Body)
			if json.Unmarshal(raw, &body) == nil {
				f.ask(r, body)
				raw, _ = json.Marshal(body)
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
		}
		record := httptest.NewRecorder()
		next.ServeHTTP(record, r)
		var body object
		if f.answer == nil || json.Unmarshal(record.Body.Bytes(), &body) != nil {
			w.WriteHeader(record.Code)
			_, _ = w.Write(record.Body.Bytes())
			return
		}
		w.WriteHeader(f.answer(r, record.Code, body))
		_ = json.NewEncoder(w).Encode(body)
	})
}

func isList(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Path == protocol.PathActiveOrders
}

func isPost(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == protocol.PathActiveOrders
}

// id is the order that a path names; empty if it names none.
func id(r *http.Request) string {
	name, found := strings.CutPrefix(r.URL.Path, protocol.PathActiveOrders+"/")
	if !found {
		return ""
	}
	name, _, _ = strings.Cut(name, "/")
	return name
}

// onOrders changes every order of an answer.
func onOrders(found string, change func(order object)) fault {
	return fault{found: found, answer: func(_ *http.Request, status int, body object) int {
		if order, ok := body["activeorder"].(object); ok {
			change(order)
		}
		items, _ := body["items"].([]any)
		for _, item := range items {
			change(item.(object))
		}
		return status
	}}
}

// onBodies changes what is posted.
func onBodies(found string, change func(body object)) fault {
	return fault{found: found, ask: func(r *http.Request, body object) {
		if isPost(r) {
			change(body)
		}
	}}
}

// onAnswers changes the status and the code of some answers.
func onAnswers(found string, which func(r *http.Request) bool, from, status, code int) fault {
	return fault{found: found, answer: func(r *http.Request, was int, body object) int {
		if was != from || !which(r) {
			return was
		}
		body["returnCode"] = code
		return status
	}}
}

// beside sends the gateway a further request after each of a kind.
func beside(found string, which func(r *http.Request) bool, method, path string) fault {
	return fault{found: found, serve: func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if !which(r) {
			return false
		}
		next.ServeHTTP(w, r)
		more := r.Clone(r.Context())
		more.Method, more.URL.Path, more.Body = method, path, http.NoBody
		next.ServeHTTP(httptest.NewRecorder(), more)
		return true
	}}
}

var noOrders = fault{serve: func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
	if isPost(r) {
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
	return isPost(r)
}}

// faults lists ways to break each requirement, and what is then to be read.
func faults() map[string]fault {
	named := func(r *http.Request) bool { return id(r) != "" }
	byUUID := func(r *http.Request) bool { return protocol.IsUUID(id(r)) }
	deletes := func(r *http.Request) bool { return r.Method == http.MethodDelete && named(r) }
	pages := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/page") }
	anywhere := func(*http.Request) bool { return true }
	all := map[string]fault{
		"ORD-01 count": {found: "items holds", answer: func(_ *http.Request, status int, body object) int {
			body["count"] = 77
			return status
		}},
		"ORD-01 code": onAnswers("carry returnCode 5", isList, 200, 200, 6),
		"ORD-01 null": {found: `"items" is null`, answer: func(_ *http.Request, status int, body object) int {
			if items, _ := body["items"].([]any); len(items) == 0 {
				body["items"] = nil
			}
			return status
		}},
		"ORD-02 not by UUID":  onAnswers("look-up of active order", byUUID, 200, 404, -6),
		"ORD-03 found":        onAnswers("to be answered 404", named, 404, 200, 6),
		"ORD-03 code":         onAnswers("carry returnCode -6", named, 404, 404, -7),
		"ORD-03 server error": onAnswers("to be answered 404", named, 404, 500, -6),
		"ORD-04 null location": onOrders(`"locationName" is null`, func(o object) {
			if o["locationName"] == "" {
				o["locationName"] = nil
			}
		}),
		"ORD-04 located":     onOrders(`not "started"`, func(o object) { o["state"] = "located" }),
		"ORD-05 started":     onOrders(`not "located"`, func(o object) { o["state"] = "started" }),
		"ORD-05 no location": onBodies(`locationName is ""`, func(b object) { delete(b, "locationName") }),
		"ORD-06 another UUID": onOrders("uuid is", func(o object) {
			if o["state"] == "located" {
				uuid := o["uuid"].(string)
				o["uuid"] = map[bool]string{true: "e", false: "f"}[uuid[0] == 'f'] + uuid[1:]
			}
		}),
		"ORD-06 created anew": onOrders("created is", func(o object) {
			if o["state"] == "located" {
				o["created"] = o["stateChanged"]
			}
		}),
		"ORD-07 one type only": onOrders(`orderType is "TO_GO"`, func(o object) { o["orderType"] = "TO_GO" }),
		"ORD-07 one spelling": {found: "ON_PREMISES", ask: func(_ *http.Request, b object) {
			if b["orderType"] == "ON_PREMISES" {
				b["orderType"] = "ON PREMISES"
			}
		}},
		"ORD-08 trims names": onBodies("with name", func(b object) {
			if name, ok := b["name"].(string); ok {
				b["name"] = strings.TrimSpace(name)
			}
		}),
		"ORD-08 default type": onBodies("with no orderType", func(b object) {
			if b["orderType"] == nil {
				b["orderType"] = "TO_GO"
			}
		}),
		"ORD-08 drops bad locations": onBodies(`with locationName "x"`, func(b object) {
			if b["locationName"] == "x" {
				delete(b, "locationName")
			}
		}),
		"ORD-08 status": onAnswers("to be answered 400", isPost, 400, 422, -9),
		"ORD-08 code":   onAnswers("carry returnCode -10", isPost, 400, 400, -9),
		"ORD-09 code":   onAnswers("carry returnCode 1009", isPost, 200, 200, 6),
		"ORD-10 not shown": onOrders("paged is false", func(o object) {
			o["paged"] = false
		}),
		"ORD-10 all shown":                onOrders("paged is true", func(o object) { o["paged"] = true }),
		"ORD-10 server error, no tracker": onAnswers("to be answered 2xx", pages, 200, 500, -14),
		"ORD-10 refused":                  onAnswers("to be answered 2xx", pages, 200, 400, -15),
		"ORD-11 clears all":               beside("which was not cleared", deletes, http.MethodDelete, protocol.PathActiveOrders),
		"ORD-11 clears nothing": {found: "is still listed", serve: func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
			return deletes(r)
		}},
		"ORD-12 server error": onAnswers("refused with 4xx", isPost, 400, 500, -31),
		"ORD-12 code":         onAnswers("carry returnCode -31", isPost, 400, 400, -5),
		"ORD-12 obeys": {found: "it made order", ask: func(*http.Request, object) {}, serve: func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			if isPost(r) {
				raw, _ := io.ReadAll(r.Body)
				if !json.Valid(raw) {
					raw = append(raw, '}')
				}
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
			}
			return false
		}},
		"ORD-13 clear":     onAnswers("to clear a name that no order has", deletes, 404, 200, 0),
		"ORD-13 page":      onAnswers("to page a name that no order has", pages, 404, 200, 0),
		"ORD-13 page code": onAnswers("to page a name that no order has", pages, 404, 400, -14),
		"ORD-14 nothing": {found: "is still listed", serve: func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
			return r.Method == http.MethodDelete && !named(r)
		}},
		"ORD-16 known path":   onAnswers("unknown path", anywhere, 404, 200, 0),
		"ORD-16 any method":   onAnswers("to be answered 404 or 405", anywhere, 405, 200, 0),
		"ORD-16 server error": onAnswers("to be answered 404 or 405", anywhere, 405, 500, 0),
	}
	maps.Copy(all, oddFaults())
	return all
}
