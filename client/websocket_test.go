package client_test

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
)

// far is the gateway's end of a WebSocket, written by hand so that it can be
// wrong.
type far struct {
	net.Conn
	*bufio.Reader
	request *http.Request
}

func (f *far) Read(p []byte) (int, error) { return f.Reader.Read(p) }

// accept is the digest that the answer to a handshake holds (RFC 6455 §4.2.2).
func accept(r *http.Request) string {
	digest := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(digest[:])
}

// upgraded is a script that accepts a WebSocket and goes on with then.
func upgraded(then func(*far)) func(net.Conn) {
	return upgradedWith("", then)
}

// upgradedWith puts more into the answer's header.
func upgradedWith(more string, then func(*far)) func(net.Conn) {
	return func(conn net.Conn) {
		f := &far{Conn: conn, Reader: reader(conn)}
		var err error
		if f.request, err = http.ReadRequest(f.Reader); err != nil {
			return
		}
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n",
			accept(f.request), more)
		then(f)
	}
}

// send writes frames as a gateway does, unmasked.
func (f *far) send(frames ...client.Frame) {
	for _, frame := range frames {
		frame.Unmasked = true
		if _, err := f.Write(frame.Bytes()); err != nil {
			return
		}
	}
}

func (f *far) say(texts ...string) {
	for _, text := range texts {
		f.send(client.Frame{Final: true, Opcode: client.OpText, Payload: []byte(text)})
	}
}

func closeFrame(code int, reason string) client.Frame {
	return client.Frame{Final: true, Opcode: client.OpClose, Payload: append([]byte{byte(code >> 8), byte(code)}, reason...)}
}

// frames reads what the client sends until it ends the connection.
func (f *far) frames() []decoded {
	var all []decoded
	for {
		frame, err := decode(f)
		if err != nil {
			return all
		}
		all = append(all, frame)
	}
}

// inWords is what frames are, for comparing.
func inWords(frames []decoded) []string {
	var words []string
	for _, f := range frames {
		text := fmt.Sprintf("%02x %q", f.first, f.payload)
		if !f.masked {
			text += " unmasked"
		}
		words = append(words, text)
	}
	return words
}

// dial opens a WebSocket that must open, and drops it at the end.
func dial(t *testing.T, c *client.Client) *client.Socket {
	t.Helper()
	socket, res := c.Dial(t.Context(), nil)
	if socket == nil {
		t.Fatalf("the handshake: %v", res)
	}
	t.Cleanup(socket.Drop)
	return socket
}

// soon bounds the wait for what must come.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// closure waits for the end of a socket.
func closure(t *testing.T, socket *client.Socket) *client.Closure {
	t.Helper()
	c := socket.AwaitClosure(soon(t))
	if c == nil {
		t.Fatal("the socket did not end")
	}
	if c != socket.Closure() {
		t.Errorf("waiting for the closure gives %v, asking for it %v", c, socket.Closure())
	}
	return c
}

// records are the exchanges of one channel, without the handshake.
func records(c *client.Client, channel string) []client.Exchange {
	return slices.DeleteFunc(c.Transcript().Exchanges(), func(x client.Exchange) bool {
		return x.Channel != channel || strings.HasPrefix(x.Sent, "GET "+path)
	})
}

// path is where every WebSocket is.
const path = protocol.PathWebSocket
