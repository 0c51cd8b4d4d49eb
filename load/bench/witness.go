package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"ttcheck/protocol"
)

// witness is one more WebSocket, of ours: it tells how many events there were between
// two instants, the same for every side and whoever made them.
type witness struct {
	conn   *websocket.Conn
	closed chan struct{}

	mu    sync.Mutex
	heard []time.Time // of every event
	err   error       // why it hears no more
}

func listen(ctx context.Context, l *lab) (*witness, error) {
	token, err := os.ReadFile(l.tokenFile)
	if err != nil {
		return nil, err
	}
	header := http.Header{"Authorization": {"Bearer " + strings.TrimSpace(string(token))}}
	dialer := websocket.Dialer{HandshakeTimeout: grace}
	conn, answer, err := dialer.DialContext(ctx, "ws://"+l.address+protocol.PathWebSocket, header)
	if err != nil {
		return nil, fmt.Errorf("the witness's WebSocket: %w", err)
	}
	_ = answer.Body.Close() // it is empty
	w := &witness{conn: conn, closed: make(chan struct{})}
	go w.read()
	return w, nil
}

func (w *witness) read() {
	defer close(w.closed)
	for {
		_, body, err := w.conn.ReadMessage()
		now := time.Now()
		w.mu.Lock()
		if w.err = err; err == nil && bytes.Contains(body, []byte(`"seq":`)) {
			w.heard = append(w.heard, now)
		}
		w.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// between counts the events of a time.
func (w *witness) between(from, to time.Time) (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var n int64
	for _, at := range w.heard {
		if !at.Before(from) && at.Before(to) {
			n++
		}
	}
	if w.err != nil {
		return 0, fmt.Errorf("the witness was cut off: %w", w.err)
	}
	return n, nil
}

func (w *witness) close() {
	_ = w.conn.Close()
	<-w.closed
}
