// Package wire holds thousands of WebSockets at little cost, for a load that measures: a
// few workers read whatever arrived, on Linux by epoll (elsewhere, and on connections that
// are no file, by a goroutine for each socket), and hand on whole messages where they lie.
// Nothing is decoded, and nothing allocated while messages flow.
package wire

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Handler takes what happens on sockets. Calls for one worker never overlap; a socket
// belongs to one worker for its whole life.
type Handler interface {
	// Message takes a whole text message. The body is valid during the call alone. At is
	// when it was read, by Options.Now; early is how long before that it had arrived at this
	// machine, or negative if that was not looked up.
	Message(worker int, s *Socket, body []byte, at, early time.Duration)
	// Closed is called once for each socket that was added, last of all for it.
	Closed(worker int, s *Socket, cause Cause, at time.Duration)
}

// Options say how a Pool works.
type Options struct {
	Workers int                  // how many read; zero for a worker for each CPU, at most 4
	Now     func() time.Duration // the time since the start of the run, by the monotonic clock
	Handler Handler
	// Dial replaces the dialling of TCP connections, such as by a network in memory: then
	// each socket has a goroutine of its own. Nil dials TCP from source, which may be nil.
	Dial func(ctx context.Context, source net.IP, address string) (net.Conn, error)
	// MaxMessage bounds a message, in bytes; zero for 16 MiB.
	MaxMessage int
}

// Target is where a WebSocket goes.
type Target struct {
	Address string // HOST:PORT
	Path    string // such as protocol.PathWebSocket
	Header  http.Header
	Source  net.IP // the local address; nil for the system's choice
}

// Phases are what a handshake took.
type Phases struct {
	Connect time.Duration // TCP
	Upgrade time.Duration // from the request to the end of the 101
}

// Cause is why a socket ended, in few words that many sockets share: "ours" for a close that
// we began, "close 1001" for one that the peer began, "end of stream" without a close frame,
// "reset", "protocol error: …", "too large", "timeout: …".
type Cause string

// Ours is the cause of a close that we began and the peer answered or let happen.
const Ours Cause = "ours"

// RefusedError is a handshake that was answered, but not by 101.
type RefusedError struct {
	Status int
}
