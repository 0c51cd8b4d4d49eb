package spec

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
)

var bothModes = []AuthMode{ByHeader, ByMessage}

const hello = `{"type":"ACTIVE_ORDERS","count":1,"items":[{"uuid":"old"}]}`

func write(conn *websocket.Conn, texts ...string) {
	for _, text := range texts {
		_ = conn.WriteMessage(websocket.TextMessage, []byte(text))
	}
}

func event(kind, uuid string) string { return fmt.Sprintf(`{"type":%q,"uuid":%q}`, kind, uuid) }

func TestConnect(t *testing.T) {
	t.Parallel()
	for _, mode := range bothModes {
		g := newGateway(t)
		g.orders["66"] = protocol.Order{Name: "66", UUID: "old"}
		s := g.scene(t)
		stream, reason := s.Connect(mode)
		if stream == nil || reason != "" {
			t.Fatalf("by %s: %q", mode, reason)
		}
		if stream.Snapshot.Type() != protocol.ActiveOrders {
			t.Errorf("by %s: the snapshot is %s", mode, stream.Snapshot.Data)
		}
		if stream, reason := s.ConnectAs(otherToken, mode); stream != nil || !strings.HasPrefix(reason, "no ACTIVE_ORDERS: ") {
			t.Errorf("by %s under a wrong token: %v, %q", mode, stream, reason)
		}
	}
}

// TestConnectPresents the token in one way alone.
func TestConnectPresents(t *testing.T) {
	t.Parallel()
	for mode, want := range map[AuthMode]string{ByHeader: "Bearer " + goodToken + " ", ByMessage: ` {"accesstoken":"` + goodToken + `"}`} {
		g := newGateway(t)
		presented := make(chan string, 1)
		g.replace("GET "+protocol.PathWebSocket, func(w http.ResponseWriter, r *http.Request) {
			g.upgraded(w, r, func(conn *websocket.Conn) {
				var first []byte
				if mode == ByMessage {
					_, first, _ = conn.ReadMessage()
				}
				presented <- r.Header.Get("Authorization") + " " + string(first)
				write(conn, hello)
				readAll(conn)
			})
		})
		if stream, reason := g.scene(t).Connect(mode); stream == nil {
			t.Errorf("by %s: %s", mode, reason)
		}
		if got := <-presented; got != want {
			t.Errorf("by %s: %q, want %q", mode, got, want)
		}
	}
}

func TestNotConnected(t *testing.T) {
	t.Parallel()
	closing := func(conn *websocket.Conn) {
		_ = conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1008, "no"))
		readAll(conn)
	}
	refusing := says(401, `{"returnCode":-2}`)
	for _, mode := range bothModes {
		for _, x := range []struct {
			name   string
			set    func(g *gateway)
			reason string
		}{
			{"refused", func(g *gateway) { g.replace("GET "+protocol.PathWebSocket, refusing) },
				"the handshake was refused: HTTP 401, returnCode -2 (invalid token)"},
			{"closed", func(g *gateway) { g.socket(closing) }, `no ACTIVE_ORDERS: close frame, code 1008, reason "no"`},
			{"dropped after another message", func(g *gateway) { g.socket(func(conn *websocket.Conn) { write(conn, event("ORDER_CREATED", "a")) }) },
				"no ACTIVE_ORDERS: connection ended without a close frame: "},
		} {
			t.Run(fmt.Sprintf("%s by %s", x.name, mode), func(t *testing.T) {
				t.Parallel()
				g := newGateway(t)
				x.set(g)
				if stream, reason := g.scene(t).Connect(mode); stream != nil || !strings.HasPrefix(reason, x.reason) {
					t.Errorf("%v, %q; want %q", stream, reason, x.reason)
				}
				outcome := against(t, g, func(c *C) { c.Stream(mode) })
				wantPrefix(t, outcome, fmt.Sprintf("the set-up failed: open a WebSocket by %s: %s", mode, x.reason))
			})
		}
	}
}

// TestNeverServed: a gateway that says nothing is not waited for longer than the
// scene lasts.
func TestNeverServed(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	ctx, cancel := context.WithCancel(t.Context())
	g.socket(func(conn *websocket.Conn) {
		cancel() // once the handshake is done
		readAll(conn)
	})
	s := g.env(t).Scene(ctx)
	defer s.CleanUp()
	if stream, reason := s.Connect(ByMessage); stream != nil || reason != "no ACTIVE_ORDERS within 5s" && !strings.Contains(reason, "context canceled") {
		t.Errorf("%v, %q", stream, reason)
	}
}

// TestFinding: messages before the snapshot do not count, nor do those that speak
// of no order.
func TestFinding(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	g.socket(func(conn *websocket.Conn) {
		write(conn, event("ORDER_CREATED", "early"), hello,
			event("ORDER_CREATED", "a"), `{"type":"HEARTBEAT"}`, event("ORDER_MODIFIED", "b"), `no JSON`,
			`{"uuid":"a"}`, hello, `{"type":"ACTIVE_ORDERS","uuid":"a"}`, event("ORDER_PAGED", "a"), event("GOODBYE", "end"))
		readAll(conn)
	})
	stream, reason := g.scene(t).Connect(ByHeader)
	if stream == nil {
		t.Fatal(reason)
	}
	last, ok := stream.Event("end", "")
	if !ok || last.Type() != "GOODBYE" {
		t.Fatalf("the last event is %s, %t", last, ok)
	}
	for _, x := range []struct {
		uuid string
		kind protocol.EventType
		want protocol.EventType
	}{
		{"a", "", protocol.OrderCreated},
		{"a", protocol.OrderPaged, protocol.OrderPaged},
		{"b", protocol.OrderModified, protocol.OrderModified},
	} {
		if m, ok := stream.Event(x.uuid, x.kind); !ok || m.Type() != x.want || m.UUID() != x.uuid {
			t.Errorf("%s of %s: %s, %t", x.kind, x.uuid, m, ok)
		}
	}
	if m, ok := stream.Find(func(m client.Message) bool { return m.Err != nil }); !ok || string(m.Data) != "no JSON" {
		t.Errorf("found %s, %t", m.Data, ok)
	}
	wantEvents(t, "all", stream.Events(), "ORDER_CREATED a", "ORDER_MODIFIED b", "ORDER_PAGED a", "GOODBYE end")
	wantEvents(t, "of a", stream.EventsOf("a"), "ORDER_CREATED a", "ORDER_PAGED a")
	wantEvents(t, "of nobody", stream.EventsOf("early"))
}

func wantEvents(t *testing.T, what string, events []client.Message, want ...string) {
	t.Helper()
	var got []string
	for _, m := range events {
		got = append(got, fmt.Sprintf("%s %s", m.Type(), m.UUID()))
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("%s: the events are %q, want %q", what, got, want)
	}
}

// TestNoEvent: who waits for an event is let go when the stream ends.
func TestNoEvent(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	g.socket(func(conn *websocket.Conn) { write(conn, hello, event("ORDER_CREATED", "a"), `{"uuid":"c"}`) })
	stream, reason := g.scene(t).Connect(ByHeader)
	if stream == nil {
		t.Fatal(reason)
	}
	for _, x := range []struct {
		uuid string
		kind protocol.EventType
	}{{"a", protocol.OrderPaged}, {"b", ""}, {"c", ""}, {"old", protocol.ActiveOrders}} {
		if m, ok := stream.Event(x.uuid, x.kind); ok {
			t.Errorf("%s of %s: %s", x.kind, x.uuid, m.Data)
		}
	}
	if m, ok := stream.Find(IsSnapshot); ok {
		t.Errorf("the snapshot came again: %s", m.Data)
	}
}

// TestFence: whatever came of earlier requests is there when it falls.
func TestFence(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	outcome := against(t, g, func(c *C) {
		streams := []*Stream{c.Stream(ByHeader), c.Stream(ByMessage)}
		order := c.Start(protocol.ToGo)
		c.Locate(order, "12")
		c.Fence(streams...)
		for _, stream := range streams {
			wantEvents(t, stream.Channel(), stream.EventsOf(order.UUID), "ORDER_CREATED "+order.UUID, "ORDER_MODIFIED "+order.UUID)
			if events := stream.Events(); len(events) != 3 || events[2].UUID() == order.UUID {
				t.Errorf("%s: %d events", stream.Channel(), len(events))
			}
		}
		c.Fence()
	})
	wantVerdict(t, outcome, report.Pass, "")
}

// TestFenceFails: a stream that does not tell of the new order proves nothing
// about what it did not tell before.
func TestFenceFails(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	outcome := against(t, g, func(c *C) {
		good := c.Stream(ByHeader)
		g.socket(func(conn *websocket.Conn) { write(conn, hello) })
		dead := c.Stream(ByHeader)
		c.Fence(good, dead)
		t.Error("the case went on")
	})
	wantVerdict(t, outcome, report.Error, "the set-up failed: ws#2 did not tell of a new order within 5s")
}

func TestServes(t *testing.T) {
	t.Parallel()
	refuse := func(g *gateway) { g.replace("GET "+protocol.PathWebSocket, says(401, "")) }
	for _, x := range []struct {
		name  string
		token string
		set   func(g *gateway)
		want  bool
	}{
		{"the right token", goodToken, func(*gateway) {}, true},
		{"a wrong token", otherToken, func(*gateway) {}, false},
		{"no handshake", goodToken, refuse, false},
		{"closed with a reason", otherToken, func(g *gateway) {
			g.socket(func(conn *websocket.Conn) {
				write(conn, `{"status":401,"returnCode":-2}`, `{"type":"ERROR"}`)
				_ = conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1008, "no"))
				readAll(conn)
			})
		}, false},
		{"a snapshot", otherToken, func(g *gateway) { g.socket(func(conn *websocket.Conn) { write(conn, `{"type":"ACTIVE_ORDERS"}`) }) }, true},
		{"an event, without a snapshot", otherToken, func(g *gateway) { g.socket(func(conn *websocket.Conn) { write(conn, event("ORDER_PAGED", "a")) }) }, true},
	} {
		for _, mode := range bothModes {
			t.Run(x.name+" by "+string(mode), func(t *testing.T) {
				t.Parallel()
				g := newGateway(t)
				x.set(g)
				s := g.scene(t)
				s.Settings.Grace = Patience // it ends before, with the connection
				if got := s.Serves(x.token, mode); got != x.want {
					t.Errorf("served is %t", got)
				}
			})
		}
	}
}

// TestServesNobody: a gateway that neither serves nor closes is given the grace,
// and no more.
func TestServesNobody(t *testing.T) {
	t.Parallel()
	for _, mode := range bothModes {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			g := newGateway(t)
			g.socket(readAll)
			s := g.scene(t)
			s.Settings.Speedup = 1000
			started := time.Now()
			if s.Serves(otherToken, mode) {
				t.Error("it is served")
			}
			if took := time.Since(started); took < s.Grace() || took > Patience {
				t.Errorf("it took %v, with a grace of %v", took, s.Grace())
			}
		})
	}
}

// TestPresentLate proves that a token which the harness itself sent late makes the scene
// inconclusive, and that one for which the gateway let it wait does not.
func TestPresentLate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		since, lag time.Duration
		want       bool
	}{
		"at once":                                 {0, 0, false},
		"late, and the harness was late":          {19 * time.Second, 4 * time.Second, true},
		"late, and the harness was not":           {19 * time.Second, 0, false},
		"in time, although the harness was late":  {2 * time.Second, time.Second, false},
		"late, and the harness was hardly late":   {19 * time.Second, 10 * time.Millisecond, false},
		"beyond the deadline by its own slowness": {25 * time.Second, 20 * time.Second, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newGateway(t).scene(t)
			s.Lag.start = time.Now().Add(-time.Minute)
			socket, res := s.Open(nil)
			if socket == nil {
				t.Fatal(res)
			}
			socket.Asked = time.Now().Add(-test.since)
			if test.lag > 0 {
				s.Lag.note(socket.Asked.Add(time.Second), test.lag)
			}
			if err := s.Present(socket, goodToken); err != nil {
				t.Fatal(err)
			}
			spoilt := s.spoilt()
			if got := spoilt != nil && endingOf(spoilt).verdict == report.Inconclusive; got != test.want {
				t.Errorf("inconclusive: %v (%v)", got, spoilt)
			}
		})
	}
}
