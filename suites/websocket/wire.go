package websocket

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"ttcheck/client"
	"ttcheck/suites/spec"
)

// wire is a WebSocket of which every byte is in the tester's hand, for what no
// client library can do: announce more than is sent, and vanish by a reset. What
// the gateway sends is read and thrown away.
type wire struct {
	conn          *net.TCPConn
	scene         *spec.Scene
	asked, opened time.Time
	served        chan struct{} // closed when a message came
	over          chan struct{} // closed when closure is set
	closure       *client.Closure
}

// openWire opens one, under a token if there is one. It is left at the end of the
// scene.
func openWire(s *spec.Scene, token string) (*wire, error) {
	dialer := net.Dialer{Timeout: spec.Patience}
	if s.Target.LocalIP != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: s.Target.LocalIP}
	}
	w := &wire{scene: s, asked: time.Now(), served: make(chan struct{}), over: make(chan struct{})}
	conn, err := dialer.DialContext(s, "tcp", s.Client.Address())
	if err != nil {
		return nil, err
	}
	w.conn, _ = conn.(*net.TCPConn)
	from, err := w.shakeHands(token)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	w.opened = time.Now()
	go w.read(from)
	s.Later(w.leave)
	return w, nil
}

// leave closes it as a client of good will does, so that what is left of one case does
// not count as a client that vanished in the next.
func (w *wire) leave() {
	const patience = 500 * time.Millisecond
	_ = w.conn.SetWriteDeadline(time.Now().Add(patience))
	_, _ = w.conn.Write([]byte{0x80 | client.OpClose, 0x80, 0, 0, 0, 0}) // in vain if it is over
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-w.over:
	case <-timer.C:
	}
	_ = w.conn.Close()
	<-w.over
}

func (w *wire) shakeHands(token string) (*bufio.Reader, error) {
	const mostHeader = 64 << 10
	text := strings.Replace(wholeHandshake, "HOST", w.scene.Client.Address(), 1)
	if token != "" {
		text = strings.Replace(text, "\r\n\r\n", "\r\nAuthorization: Bearer "+token+"\r\n\r\n", 1)
	}
	_ = w.conn.SetDeadline(time.Now().Add(spec.Patience))
	if _, err := io.WriteString(w.conn, text); err != nil {
		return nil, err
	}
	limited := &io.LimitedReader{R: w.conn, N: mostHeader}
	from := bufio.NewReader(limited)
	res, err := http.ReadResponse(from, nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSwitchingProtocols {
		return nil, fmt.Errorf("the handshake is answered HTTP %d", res.StatusCode)
	}
	limited.N = 1 << 62 // from here on nothing is kept
	return from, w.conn.SetDeadline(time.Time{})
}

// read follows the gateway's frames until its close frame or the end.
func (w *wire) read(from *bufio.Reader) {
	defer close(w.over)
	var err error
	for messages := 0; err == nil; {
		var opcode byte
		if opcode, err = skipFrame(from); err != nil {
			break
		}
		switch opcode {
		case client.OpClose:
			w.closure = &client.Closure{At: time.Now(), Frame: true}
			return
		case client.OpText, client.OpBinary:
			if messages++; messages == 1 {
				close(w.served)
			}
		}
	}
	w.closure = &client.Closure{At: time.Now(), Err: err}
}

// skipFrame reads a frame of the gateway's, which is not masked, and returns its
// opcode.
func skipFrame(from *bufio.Reader) (opcode byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return 0, err
	}
	length := int64(head[1] & 0x7f)
	switch length {
	case 126:
		var short uint16
		err = binary.Read(from, binary.BigEndian, &short)
		length = int64(short)
	case 127:
		err = binary.Read(from, binary.BigEndian, &length)
	}
	if err == nil && (head[1]&0x80 != 0 || length < 0) {
		err = errors.New("the gateway sent a frame that is broken")
	}
	if err == nil {
		_, err = io.CopyN(io.Discard, from, length)
	}
	return head[0] & 0x0f, err
}

// isServed waits for the first message.
func (w *wire) isServed() bool {
	ctx, cancel := w.scene.Within(spec.Patience)
	defer cancel()
	select {
	case <-w.served:
		return true
	case <-w.over:
	case <-ctx.Done():
	}
	return false
}

// announce sends the head of a text frame and some of its payload, unless the
// gateway takes no more. What it sends is masked by zeros.
func (w *wire) announce(frame announced) {
	at := time.Now()
	head := binary.BigEndian.AppendUint64([]byte{0x80 | client.OpText, 0x80 | 127}, frame.length)
	head = append(head, 0, 0, 0, 0)
	_ = w.conn.SetWriteDeadline(at.Add(spec.Patience))
	_, err := w.conn.Write(append(head, strings.Repeat("{", frame.sent)...))
	x := client.Exchange{Channel: "tcp", Sent: fmt.Sprintf("frame: final true, opcode 0x1, %d bytes, of which %d were sent", frame.length, frame.sent)}
	if err != nil {
		x.Error = err.Error()
	}
	w.scene.Client.Transcript().Record(at, x)
}

// awaitClosure waits for the end until a time; nil if there is none by then.
func (w *wire) awaitClosure(until time.Time) *client.Closure {
	ctx, cancel := w.scene.Within(time.Until(until))
	defer cancel()
	select {
	case <-w.over:
		return w.closure
	case <-ctx.Done():
		return nil
	}
}

// reset ends the connection as a client's machine does that forgot it: without a
// close frame, and by RST in place of FIN.
func (w *wire) reset() {
	_ = w.conn.SetLinger(0)
	_ = w.conn.Close()
	<-w.over
}
