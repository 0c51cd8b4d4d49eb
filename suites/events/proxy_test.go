package events_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"ttcheck/protocol"
)

// object is a JSON object that a fault changes.
type object = map[string]any

// fault is what a proxy in front of a sound gateway makes wrong. Its functions are
// never called at the same time.
type fault struct {
	// order changes each order, wherever it is shown.
	order func(o object)
	// message gives what a connection brings in place of a message. The memory is
	// the connection's own; "number" in it counts the connections.
	message func(memory, m object) []object
	// answer may have all connections told something after an answer.
	answer func(a object) []object
	// patient has nobody told anything while somebody does not read.
	patient bool
}

// proxy stands between the suite and a sound gateway.
type proxy struct {
	gateway string
	fault   fault

	mu     sync.Mutex
	number int // of the latest connection
	conns  map[*websocket.Conn]bool
}

// startProxy returns the target that the fault makes of a sound one.
func startProxy(t *testing.T, sound target, f fault) target {
	t.Helper()
	p := &proxy{gateway: sound.address, fault: f, conns: map[*websocket.Conn]bool{}}
	reverse := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: sound.address})
	reverse.ModifyResponse = p.change
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == protocol.PathWebSocket {
			p.serve(w, r)
			return
		}
		reverse.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return target{strings.TrimPrefix(server.URL, "http://"), sound.press, sound.speedup}
}

// change applies the fault to an answer.
func (p *proxy) change(res *http.Response) error {
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	var a object
	if json.Unmarshal(body, &a) == nil {
		p.changeAnswer(a)
		body, _ = json.Marshal(a)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	res.ContentLength = int64(len(body))
	res.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}

// changeAnswer applies the fault to the object of an answer.
func (p *proxy) changeAnswer(a object) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changeOrders(a)
	if p.fault.answer == nil {
		return
	}
	for _, m := range p.fault.answer(a) {
		for conn := range p.conns {
			p.tell(conn, m)
		}
	}
}

// tell writes to a client, which may have stopped reading.
func (p *proxy) tell(client *websocket.Conn, m object) {
	if !p.fault.patient {
		_ = client.SetWriteDeadline(time.Now().Add(time.Second))
	}
	_ = client.WriteJSON(m)
}

// changeOrders applies the fault to every order within v.
func (p *proxy) changeOrders(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			p.changeOrders(item)
		}
	case object:
		if v["uuid"] != nil && p.fault.order != nil {
			p.fault.order(v)
		}
		for _, member := range v {
			p.changeOrders(member)
		}
	}
}

// serve passes the messages of one WebSocket on, those to the client as the fault
// makes them.
func (p *proxy) serve(w http.ResponseWriter, r *http.Request) {
	header := http.Header{}
	if credentials := r.Header.Get("Authorization"); credentials != "" {
		header.Set("Authorization", credentials)
	}
	gateway, _, err := websocket.DefaultDialer.DialContext(r.Context(), "ws://"+p.gateway+protocol.PathWebSocket, header)
	if err != nil {
		http.Error(w, "refused", http.StatusUnauthorized)
		return
	}
	defer gateway.Close()
	client, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer client.Close()
	var wait sync.WaitGroup
	defer wait.Wait()
	wait.Go(func() { p.toClient(gateway, client) })
	for {
		kind, data, err := client.ReadMessage()
		if err != nil || gateway.WriteMessage(kind, data) != nil {
			_ = gateway.Close()
			return
		}
	}
}

func (p *proxy) toClient(gateway, client *websocket.Conn) {
	p.mu.Lock()
	p.number++
	memory := object{"number": p.number}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, client)
	}()
	for {
		var m object
		if err := gateway.ReadJSON(&m); err != nil {
			_ = client.Close()
			return
		}
		p.pass(client, memory, m)
	}
}

// pass gives a client what the fault makes of a message.
func (p *proxy) pass(client *websocket.Conn, memory, m object) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changeOrders(m)
	out := []object{m}
	if p.fault.message != nil {
		out = p.fault.message(memory, m)
	}
	for _, m := range out {
		p.tell(client, m)
	}
	p.conns[client] = true
}
