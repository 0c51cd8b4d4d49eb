package websocket

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"ttcheck/report"
	"ttcheck/suites/spec"
)

// ignoring takes a bad first message for none.
func ignoring(which func(text string) bool) *device {
	return &device{first: func(text string) verdict {
		if which(text) {
			return ignored
		}
		return judgeFirst(text)
	}}
}

// taking takes a bad first message for a good one.
func taking(which func(text string) bool) *device {
	return &device{first: func(text string) verdict {
		if which(text) {
			return accepted
		}
		return judgeFirst(text)
	}}
}

// sending sends a text where another one is due.
func sending(kind int, text string) func(*websocket.Conn) {
	return func(conn *websocket.Conn) { _ = conn.WriteMessage(kind, []byte(text)) }
}

// ended answers a handshake before it becomes one.
func ended(status int, when func(r *http.Request) bool) *device {
	return &device{handshake: func(w http.ResponseWriter, r *http.Request) bool {
		if when(r) {
			w.WriteHeader(status)
			return true
		}
		return false
	}}
}

func isPlain(r *http.Request) bool { return !websocket.IsWebSocketUpgrade(r) }

// TestCasesFindFaults breaks what each requirement asks for, and sees a case of it
// find that, and no case of a requirement that still holds.
func TestCasesFindFaults(t *testing.T) {
	t.Parallel()
	text, binary := websocket.TextMessage, websocket.BinaryMessage
	full := &device{}
	full.handshake = func(w http.ResponseWriter, r *http.Request) bool {
		if full.served.Load() < 30 || isPlain(r) {
			return false
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	tests := map[string]struct {
		device *device
		found  []string
	}{
		"none":                      {&device{}, nil},
		"no message before a close": {&device{part: func(*websocket.Conn) {}}, nil},
		"a bad header is let in":    {&device{header: func(value string) verdict { return map[bool]verdict{true: accepted}[value == "Bearer "+secret] }}, nil},
		"a plain GET is not found":  {ended(http.StatusNotFound, isPlain), nil},

		"another accept value": {&device{handshake: func(w http.ResponseWriter, r *http.Request) bool {
			hijack(w, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
			return true
		}}, []string{"WS-01", "WS-02", "WS-03", "WS-11", "WS-23"}}, // WS-22 needs a sound handshake
		"a header is asked for": {ended(http.StatusUnauthorized, func(r *http.Request) bool {
			return r.Header.Get("Authorization") == "" && !isPlain(r)
		}), []string{"WS-01", "WS-03"}},
		"no header will do":  {&device{header: func(string) verdict { return rejected }}, []string{"WS-02"}},
		"no message will do": {&device{first: func(string) verdict { return rejected }}, []string{"WS-03"}},

		"orders at last":  {&device{part: sending(text, snapshot)}, []string{"WS-10"}},
		"a crash":         {ended(http.StatusInternalServerError, func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer" }), []string{"WS-11"}},
		"plain text":      {&device{part: sending(text, "no")}, []string{"WS-12"}},
		"a list":          {&device{part: sending(text, `[{"status":401}]`)}, []string{"WS-12"}},
		"a binary reason": {&device{part: sending(binary, reason)}, []string{"WS-12"}},
		"two in one":      {&device{part: sending(text, reason+reason)}, []string{"WS-12"}},
		"no UTF-8":        {&device{part: sending(text, "{\"message\":\"K\xfcche\"}")}, []string{"WS-12"}},

		"the first piece": {&device{read: func(r io.Reader) []byte { piece := make([]byte, 1024); n, _ := r.Read(piece); return piece[:n] }}, []string{"WS-19"}},
		"no white space": {&device{first: func(text string) verdict {
			if !strings.HasPrefix(text, `{"accesstoken":"`) {
				return rejected
			}
			return judgeFirst(text)
		}}, []string{"WS-03"}},
		"room for 30":   {full, []string{"WS-21"}},
		"a page":        {ended(http.StatusOK, isPlain), []string{"WS-22", "WS-23"}},
		"a plain crash": {ended(http.StatusInternalServerError, isPlain), []string{"WS-22", "WS-23"}},
		"one word only": {&device{later: func(*device) bool { return false }}, []string{"WS-26"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if found := findings(t, connect(t, test.device)); !slices.Equal(found, test.found) {
				t.Errorf("found by %v, want by %v", found, test.found)
			}
		})
	}
}

// TestCasesFindSlowFaults is the same for faults that show by waiting, all at once;
// only the cases are run that find them.
func TestCasesFindSlowFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		device *device
		found  []string
	}{
		"a second try": {ignoring(func(text string) bool {
			return text == wrongToken
		}), []string{"WS-07"}},
		"a late end":   {&device{leave: func(*websocket.Conn) {}, part: func(*websocket.Conn) { time.Sleep(1800 * time.Millisecond) }}, []string{"WS-07", "WS-08", "WS-09"}},
		"a short pong": {&device{pong: func(c *websocket.Conn, _ bool, p string) error { return pong(c, p[:min(len(p), 124)]) }}, []string{"WS-16"}},
		"a late pong": {&device{pong: func(c *websocket.Conn, served bool, p string) error {
			if served {
				return pong(c, p)
			}
			return nil
		}}, []string{"WS-16"}},
		"it stays open":  {&device{leave: func(*websocket.Conn) { time.Sleep(7 * time.Second) }}, []string{"WS-17"}},
		"a thread dies":  {ignoring(func(text string) bool { return text == "ttcheck" }), []string{"WS-08"}},
		"a search":       {taking(func(text string) bool { return strings.Contains(text, secret) }), []string{"WS-08", "WS-09"}},
		"the bare token": {taking(func(text string) bool { return text == secret }), []string{"WS-08"}},
		"only the start": {taking(func(text string) bool { return strings.HasPrefix(text, `{"accesstoken":"`+secret+`"}`) }), []string{"WS-08"}},
		"a null":         {ignoring(func(text string) bool { return text == "null" }), []string{"WS-09"}},
		"an empty list":  {ignoring(func(text string) bool { return text == "[]" }), []string{"WS-09"}},
		"a number":       {ignoring(func(text string) bool { return text == `{"accesstoken":42}` }), []string{"WS-09"}},
		"another key":    {taking(func(text string) bool { return text == `{"token":"`+secret+`"}` }), []string{"WS-09"}},
		"any header":     {&device{header: func(string) verdict { return accepted }}, []string{"WS-11"}},
	}
	var wait sync.WaitGroup
	for name, test := range tests {
		env := connect(t, test.device)
		wait.Go(func() {
			if found := findings(t, env, test.found...); !slices.Equal(found, test.found) {
				t.Errorf("%s: found by %v, want by %v", name, found, test.found)
			}
		})
	}
	wait.Wait()
}

// findings runs the cases that wait for nothing, of some requirements or of all, and
// lists the requirements that do not hold.
func findings(t *testing.T, env *spec.Env, only ...string) []string {
	t.Helper()
	var found []string
	for _, k := range Chapter.Cases {
		if k.ID == "WS-12" {
			k.Probes = nil // it only comes late
		}
		if len(k.Probes) > 0 || len(only) > 0 && !slices.Contains(only, k.ID) {
			continue
		}
		o := spec.Execute(t.Context(), env, k)
		switch o.Verdict {
		case report.Fail, report.Warning:
			t.Logf("%s: %s %s, %s", k.FullName(), o.Verdict, o.Findings[0].Expected, o.Findings[0].Actual)
			found = append(found, k.ID)
		case report.Error, report.Inconclusive:
			t.Logf("%s: %s %s", k.FullName(), o.Verdict, o.Reason)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
