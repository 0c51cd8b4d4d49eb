package spec

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"ttcheck/client"
	"ttcheck/protocol"
)

const (
	goodToken  = "aaaabbbbccccddddaaaabbbbccccddddaaaabbbbccccdddd"
	otherToken = "111122223333444411112222333344441111222233334444"
)

// gateway is as much of a gateway as this package speaks with. It is no model of
// a real one; a test replaces of it what it wants to be otherwise.
type gateway struct {
	address string
	routes  *http.ServeMux

	mu      sync.Mutex
	orders  map[string]protocol.Order // by name
	made    int
	asked   []string // METHOD path
	instead map[string]http.HandlerFunc
	streams []*websocket.Conn // authenticated
	seq     int64
	sockets sync.WaitGroup
}

func newGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{orders: map[string]protocol.Order{}, instead: map[string]http.HandlerFunc{}, routes: http.NewServeMux()}
	g.routes.HandleFunc("POST "+protocol.PathActiveOrders, g.post)
	g.routes.HandleFunc("GET "+protocol.PathActiveOrders, g.list)
	g.routes.HandleFunc("GET "+protocol.PathOrder("{id}"), g.show)
	g.routes.HandleFunc("DELETE "+protocol.PathOrder("{id}"), g.clear)
	g.routes.HandleFunc("POST "+protocol.PathPage("{id}"), g.page)
	g.routes.HandleFunc("GET "+protocol.PathWebSocket, g.webSocket)
	server := httptest.NewServer(g)
	g.address = strings.TrimPrefix(server.URL, "http://")
	t.Cleanup(func() {
		server.Close()
		g.sockets.Wait()
	})
	return g
}

// env is a run against the gateway, at full speed and with all leave.
func (g *gateway) env(t *testing.T) *Env {
	t.Helper()
	e := NewEnv(Target{Address: g.address}, Settings{Profile: "reference", Allowed: Leaves})
	e.UseToken(goodToken)
	t.Cleanup(e.Close)
	return e
}

// scene is a scene against the gateway that lasts as long as the test.
func (g *gateway) scene(t *testing.T) *Scene {
	t.Helper()
	s := g.env(t).Scene(t.Context())
	t.Cleanup(s.CleanUp)
	return s
}

// replace answers a request otherwise: of a route such as "GET /api/v2".
func (g *gateway) replace(route string, answer http.HandlerFunc) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.instead[route] = answer
}

// says answers with a status and a body.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route := r.Method + " " + r.URL.Path
	g.mu.Lock()
	g.asked = append(g.asked, route)
	instead := g.instead[route]
	g.mu.Unlock()
	switch {
	case instead != nil:
		instead(w, r)
	case r.URL.Path != protocol.PathWebSocket && r.Header.Get("Authorization") != "Bearer "+goodToken:
		says(401, `{"status":401,"returnCode":-2}`)(w, r)
	default:
		g.routes.ServeHTTP(w, r)
	}
}

// requests lists what was asked so far, of one method or of all.
func (g *gateway) requests(method string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(g.asked), func(route string) bool { return !strings.HasPrefix(route, method) })
}

// active lists the names of the active orders.
func (g *gateway) active() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var names []string
	for name := range g.orders {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (g *gateway) post(w http.ResponseWriter, r *http.Request) {
	var asked protocol.Order
	if json.NewDecoder(r.Body).Decode(&asked) != nil {
		says(400, `{"status":400,"returnCode":-31}`)(w, r)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	order, known := g.orders[asked.Name]
	kind := protocol.OrderModified
	if !known {
		g.made++
		kind = protocol.OrderCreated
		now := protocol.DatetimeOf(time.Now())
		order = protocol.Order{
			Name: asked.Name, UUID: fmt.Sprintf("00000000-0000-4000-8000-%012d", g.made),
			State: protocol.Started, Created: now, StateChanged: now,
		}
	}
	order.Type = asked.Type
	if asked.Location != "" {
		order.Location, order.State = asked.Location, protocol.Located
	}
	g.orders[order.Name] = order
	g.tell(kind, order)
	says(200, `{"status":200}`)(w, r)
}

func (g *gateway) list(w http.ResponseWriter, _ *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	items := []protocol.Order{}
	for _, order := range g.orders {
		items = append(items, order)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"status": 200, "returnCode": 5, "count": len(items), "items": items})
}

// named finds an order by name or UUID; it is called under the lock.
func (g *gateway) named(w http.ResponseWriter, r *http.Request) (protocol.Order, bool) {
	id := r.PathValue("id")
	for _, order := range g.orders {
		if order.Name == id || order.UUID == id {
			return order, true
		}
	}
	says(404, `{"status":404,"returnCode":-6}`)(w, r)
	return protocol.Order{}, false
}

func (g *gateway) show(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if order, ok := g.named(w, r); ok {
		_ = json.NewEncoder(w).Encode(map[string]any{"status": 200, "returnCode": 6, "activeorder": order})
	}
}

func (g *gateway) clear(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if order, ok := g.named(w, r); ok {
		delete(g.orders, order.Name)
		order.State = protocol.Cleared
		g.tell(protocol.OrderModified, order)
		says(200, `{"status":200}`)(w, r)
	}
}

func (g *gateway) page(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if order, ok := g.named(w, r); ok {
		order.Paged = true
		g.orders[order.Name] = order
		g.tell(protocol.OrderPaged, order)
		says(200, `{"status":200}`)(w, r)
	}
}

// tell sends an event to every stream; it is called under the lock.
func (g *gateway) tell(kind protocol.EventType, order protocol.Order) {
	g.seq++
	for _, stream := range g.streams {
		_ = stream.WriteJSON(protocol.Event{Type: kind, Seq: g.seq, Order: order})
	}
}

// webSocket serves a stream after a token in the header or in the first message.
func (g *gateway) webSocket(w http.ResponseWriter, r *http.Request) {
	g.upgraded(w, r, func(conn *websocket.Conn) {
		header := r.Header.Get("Authorization")
		if first := (protocol.AuthMessage{}); header == "" && conn.ReadJSON(&first) == nil {
			header = "Bearer " + first.AccessToken
		}
		if header != "Bearer "+goodToken {
			return
		}
		g.mu.Lock()
		snapshot := protocol.Snapshot{Type: protocol.ActiveOrders, Items: []protocol.Order{}}
		for _, order := range g.orders {
			snapshot.Items = append(snapshot.Items, order)
		}
		snapshot.Count = len(snapshot.Items)
		_ = conn.WriteJSON(snapshot)
		g.streams = append(g.streams, conn)
		g.mu.Unlock()
		readAll(conn)
	})
}

// upgraded makes a WebSocket of the request, and closes it when serve returns.
func (g *gateway) upgraded(w http.ResponseWriter, r *http.Request, serve func(*websocket.Conn)) {
	g.sockets.Add(1)
	defer g.sockets.Done()
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	serve(conn)
}

// socket replaces the WebSocket endpoint by one that accepts everybody.
func (g *gateway) socket(serve func(*websocket.Conn)) {
	g.replace("GET "+protocol.PathWebSocket, func(w http.ResponseWriter, r *http.Request) { g.upgraded(w, r, serve) })
}

// readAll reads until the client has gone, so that its close frame is answered.
func readAll(conn *websocket.Conn) {
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

// unreachable is a run whose every connection fails for the tester's own reasons:
// the source address is not one of this machine.
func unreachable(t *testing.T) *Env {
	t.Helper()
	e := NewEnv(Target{Address: "127.0.0.1:9", LocalIP: []byte{192, 0, 2, 1}}, Settings{Profile: "reference", Allowed: Leaves})
	e.UseToken(goodToken)
	t.Cleanup(e.Close)
	if res := e.Scene(t.Context()).Do(client.Request{Path: protocol.Base}); !client.IsLocal(res.Err) {
		t.Fatalf("the connection fails for another reason: %v", res.Err)
	}
	return e
}
