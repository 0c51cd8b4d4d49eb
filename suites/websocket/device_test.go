package websocket

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

const (
	snapshot = `{"type":"ACTIVE_ORDERS","count":1,"items":[{"uuid":"x"}]}`
	reason   = `{"status":401,"returnCode":-2,"message":"no"}`
)

// device is the WebSocket of a gateway without its orders, small enough to be bent
// anywhere. A nil member bends nothing.
type device struct {
	// handshake answers in place of the gateway, if it does.
	handshake func(w http.ResponseWriter, r *http.Request) (done bool)
	// header judges the Authorization header.
	header func(value string) verdict
	// first judges the first message.
	first func(text string) verdict
	// read reads the first message.
	read func(r io.Reader) []byte
	// greet is sent in place of the snapshot.
	greet func(conn *websocket.Conn)
	// part is sent before the end of who is rejected.
	part func(conn *websocket.Conn)
	// pong answers a ping.
	pong func(conn *websocket.Conn, served bool, payload string) error
	// leave ends a connection that the peer, or the device itself, closes.
	leave func(conn *websocket.Conn)
	// later takes a message of an authenticated client, and tells whether to go on.
	later func(d *device) bool

	served atomic.Int64
	others atomic.Bool // whether others are to be closed
}

var errNotUTF8 = errors.New("a text is not UTF-8")

// verdict is what comes of credentials.
type verdict int

const (
	rejected verdict = iota
	accepted
	ignored
)

// judgeFirst is how a sound device takes a first message.
func judgeFirst(text string) verdict {
	o, err := protocol.ParseObject([]byte(text))
	if token, wrong := o.String("accesstoken"); err == nil && wrong == nil && token == secret {
		return accepted
	}
	return rejected
}

func (d *device) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d.handshake != nil && d.handshake(w, r) {
		return
	}
	if !websocket.IsWebSocketUpgrade(r) {
		w.WriteHeader(http.StatusUpgradeRequired)
		return
	}
	state := ignored // no header, so that a message must follow
	if value := r.Header.Get("Authorization"); value != "" {
		switch {
		case d.header != nil:
			state = d.header(value)
		case value == "Bearer "+secret:
			state = accepted
		default:
			state = rejected
		}
	}
	if state == rejected {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	d.pings(conn, state == accepted)
	for state == ignored {
		if state = d.awaitToken(conn); state == rejected {
			return
		}
	}
	d.pings(conn, true)
	d.serve(conn)
}

// awaitToken reads a first message and judges it.
func (d *device) awaitToken(conn *websocket.Conn) verdict {
	_, r, err := conn.NextReader()
	if err != nil {
		d.end(conn)
		return rejected
	}
	read, first := d.read, d.first
	if read == nil {
		read = func(r io.Reader) []byte { all, _ := io.ReadAll(r); return all }
	}
	if first == nil {
		first = judgeFirst
	}
	state := rejected
	if text := read(r); utf8.Valid(text) {
		state = first(string(text))
	}
	if state == rejected {
		if d.part != nil {
			d.part(conn)
		} else {
			_ = conn.WriteMessage(websocket.TextMessage, []byte(reason))
		}
		_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1008, "no"), time.Now().Add(time.Second))
		d.end(conn)
	}
	return state
}

func (d *device) serve(conn *websocket.Conn) {
	d.served.Add(1)
	if d.greet != nil {
		d.greet(conn)
	} else {
		_ = conn.WriteMessage(websocket.TextMessage, []byte(snapshot))
	}
	for !d.others.Load() {
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		kind, data, err := conn.ReadMessage()
		if err == nil && kind == websocket.TextMessage && !utf8.Valid(data) {
			_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1007, ""), time.Now().Add(time.Second))
			err = errNotUTF8
		}
		if err != nil || d.later != nil && !d.later(d) {
			d.end(conn)
			return
		}
	}
}

// end lets go of a connection.
func (d *device) end(conn *websocket.Conn) {
	if d.leave != nil {
		d.leave(conn)
	}
}

func (d *device) pings(conn *websocket.Conn, served bool) {
	if d.pong != nil {
		conn.SetPingHandler(func(payload string) error { return d.pong(conn, served, payload) })
	}
}

// pong sends one.
func pong(conn *websocket.Conn, payload string) error {
	return conn.WriteControl(websocket.PongMessage, []byte(payload), time.Now().Add(time.Second))
}

// connect starts a device and returns a run against it that may make no orders.
func connect(t *testing.T, d *device) *spec.Env {
	t.Helper()
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	env := spec.NewEnv(
		spec.Target{Address: strings.TrimPrefix(server.URL, "http://"), Embedded: true},
		spec.Settings{Profile: "reference", Grace: time.Second}, // a busy machine needs some of it
	)
	t.Cleanup(env.Close)
	env.UseToken(secret)
	env.NoOrders("it is a WebSocket only")
	return env
}

// hijack answers a handshake with a text of its own.
func hijack(w http.ResponseWriter, answer string) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = fmt.Fprint(conn, answer)
	_, _ = bufio.NewReader(buffered).WriteTo(io.Discard) // until the peer leaves
}
