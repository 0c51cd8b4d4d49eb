package management

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"ttcheck/protocol"
)

// object is a JSON object that a fault changes.
type object = map[string]any

// fault bends what passes between a case and a sound gateway. A zero member bends
// nothing.
type fault struct {
	// ask changes the query or the body of a request before the gateway sees it.
	ask func(r *http.Request, body object)
	// serve answers in place of the gateway, if it does.
	serve func(w http.ResponseWriter, r *http.Request, next http.Handler) bool
	// answer changes an answer and returns its status.
	answer func(r *http.Request, status int, body object) int
	// found is what a finding must say.
	found string
}

func (f fault) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == protocol.PathWebSocket {
			next.ServeHTTP(w, r)
			return
		}
		if f.serve != nil && f.serve(w, r, next) {
			return
		}
		if f.ask != nil {
			var body object
			raw, _ := io.ReadAll(r.Body)
			parsed := json.Unmarshal(raw, &body) == nil
			if f.ask(r, body); parsed {
				raw, _ = json.Marshal(body)
			}
			setBody(r, raw)
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

func setBody(r *http.Request, raw []byte) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
}

// is tells whether a request is of the method on the path.
func is(r *http.Request, method, path string) bool { return r.Method == method && r.URL.Path == path }

// onAnswers changes the status and the code of some answers.
func onAnswers(found, method, path string, from, status, code int) fault {
	return fault{found: found, answer: func(r *http.Request, was int, body object) int {
		if was != from || !is(r, method, path) {
			return was
		}
		body["returnCode"] = code
		return status
	}}
}

// without takes a member out of an answer.
func without(found, path string, remove func(body object)) fault {
	return fault{found: found, answer: func(r *http.Request, status int, body object) int {
		if is(r, http.MethodGet, path) {
			remove(body)
		}
		return status
	}}
}

// onQuery changes a value of a query.
func onQuery(found, path, key string, change func(string) string) fault {
	return fault{found: found, ask: func(r *http.Request, _ object) {
		if query := r.URL.Query(); r.URL.Path == path && query.Has(key) {
			query.Set(key, change(query.Get(key)))
			r.URL.RawQuery = query.Encode()
		}
	}}
}

// onPosts changes a body on its way.
func onPosts(found, path string, change func(body object)) fault {
	return fault{found: found, ask: func(r *http.Request, body object) {
		if is(r, http.MethodPost, path) && body != nil {
			change(body)
		}
	}}
}

// answersOnly answers a POST so and does nothing.
func answersOnly(found, path, answer string) fault {
	return fault{found: found, serve: func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if is(r, http.MethodPost, path) {
			_, _ = io.WriteString(w, answer)
		}
		return is(r, http.MethodPost, path)
	}}
}

// obeysInOrder applies the members of a change one by one, until one is wrong.
func obeysInOrder(found string) fault {
	return fault{found: found, serve: func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if !is(r, http.MethodPost, protocol.PathSettings) {
			return false
		}
		raw, _ := io.ReadAll(r.Body)
		for _, member := range membersOf(raw) {
			one := r.Clone(r.Context())
			setBody(one, []byte("{"+member+"}"))
			record := httptest.NewRecorder()
			if next.ServeHTTP(record, one); record.Code != http.StatusOK {
				w.WriteHeader(record.Code)
				_, _ = w.Write(record.Body.Bytes())
				return true
			}
		}
		_, _ = io.WriteString(w, `{"status":200,"returnCode":1004}`)
		return true
	}}
}

// membersOf splits an object of plain members.
func membersOf(raw []byte) []string {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	_, _ = decoder.Token() // the brace
	var members []string
	for decoder.More() {
		key, _ := decoder.Token()
		var value json.RawMessage
		_ = decoder.Decode(&value)
		name, _ := json.Marshal(key)
		members = append(members, string(name)+":"+string(value))
	}
	return members
}

// caller is a gateway that forwards calls of its own making: it gives the gateway
// behind it no callback, and calls the one that it was given as it likes.
type caller struct {
	mu  sync.Mutex
	url string
}

// calling does so after requests that change orders.
func calling(found string, call func(url string, r *http.Request)) fault {
	c := &caller{}
	return fault{found: found, serve: func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		if is(r, http.MethodPost, protocol.PathRegister) {
			var body object
			_ = json.NewDecoder(r.Body).Decode(&body)
			c.url, _ = body["http_client"].(string)
			_, _ = io.WriteString(w, `{"status":200,"returnCode":1005}`)
			return true
		}
		next.ServeHTTP(w, r)
		if c.url != "" && r.Method != http.MethodGet {
			call(c.url, r)
		}
		return true
	}}
}

// post calls a place with what may name an order.
func post(method, url, body string) {
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return
	}
	r.Close = true
	if res, err := http.DefaultClient.Do(r); err == nil {
		_ = res.Body.Close()
	}
}
