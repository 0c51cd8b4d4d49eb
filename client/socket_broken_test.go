package client_test

import (
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/client"
)

// TestAbruptEnd: no close frame came, whatever else did.
func TestAbruptEnd(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]func(*far){
		"at once":             func(*far) {},
		"after a message":     func(f *far) { f.say(`{}`) },
		"in a frame":          func(f *far) { _, _ = f.Write([]byte("\x81\x05{}")) },
		"in a frame's header": func(f *far) { _, _ = f.Write([]byte("\x81")) },
		"between fragments":   func(f *far) { f.send(client.Frame{Opcode: client.OpText, Payload: []byte("{")}) },
		"by a reset":          func(f *far) { _ = f.Conn.(*net.TCPConn).SetLinger(0) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := listen(t, upgraded(script))
			socket := dial(t, c)
			end := closure(t, socket)
			if end.Frame || end.Code != 0 || end.Err == nil || !strings.HasPrefix(end.String(), "connection ended without a close frame: ") {
				t.Errorf("the closure is %+v", end)
			}
			if !socket.AwaitEnd(soon(t)) || socket.Ended().IsZero() {
				t.Error("the end of the connection was not seen")
			}
			if strings.Contains(end.Err.Error(), "tester") {
				t.Errorf("the tester is held to have ended the connection: %v", end)
			}
			told := records(c, socket.Channel())
			if last := told[len(told)-1]; last.Error != end.String() {
				t.Errorf("recorded %+v", last)
			}
			socket.Close()
			if socket.Closure() != end {
				t.Errorf("closing changed the closure to %v", socket.Closure())
			}
		})
	}
}

// TestBrokenFrames: the socket fails, and the gateway is told why (RFC 6455 §7.1.7).
func TestBrokenFrames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bytes string
		code  string // of the close frame that answers it
	}{
		"reserved bit":            {"\xc1\x02{}", "\x03\xea"},
		"reserved opcode":         {"\x83\x00", "\x03\xea"},
		"reserved control opcode": {"\x8b\x00", "\x03\xea"},
		"masked":                  {"\x81\x82\x00\x00\x00\x00{}", "\x03\xea"},
		"continuation of nothing": {"\x80\x02{}", "\x03\xea"},
		"message in a message":    {"\x01\x01{\x81\x02{}", "\x03\xea"},
		"fragmented ping":         {"\x09\x00", "\x03\xea"},
		"long ping":               {"\x89\x7e\x00\x7e" + strings.Repeat("p", 126), "\x03\xea"},
		"close code 1006":         {"\x88\x02\x03\xee", "\x03\xea"},
		"close code 999":          {"\x88\x02\x03\xe7", "\x03\xea"},
		"close reason not UTF-8":  {"\x88\x03\x03\xe8\xff", "\x03\xea"},
		"too large":               {"\x81\x7f\x00\x00\x00\x00\x01\x00\x00\x00", "\x03\xf1"},
		"absurdly large":          {"\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := make(chan []decoded, 1)
			c := listen(t, upgraded(func(f *far) {
				_, _ = f.Write([]byte(test.bytes))
				if test.code == "" {
					answers <- nil
					hearOut(f)
					return
				}
				frame, _ := decode(f)
				answers <- []decoded{frame}
			}))
			socket := dial(t, c)
			end := closure(t, socket)
			if end.Frame || end.Err == nil {
				t.Errorf("the closure is %v", end)
			}
			if answer := <-answers; test.code != "" && (answer[0].first != 0x88 || !strings.HasPrefix(string(answer[0].payload), test.code)) {
				t.Errorf("answered %q, want code % x", inWords(answer), test.code)
			}
			if test.code != "" && !socket.AwaitEnd(soon(t)) {
				t.Error("the end of the connection was not seen")
			}
			if len(socket.Messages()) != 0 {
				t.Errorf("messages are kept: %v", socket.Messages())
			}
		})
	}
}

// TestBrokenFrameThenOpen: a gateway that sent a broken frame has not ended the
// connection by that.
func TestBrokenFrameThenOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := pipe(t, upgraded(func(f *far) {
			_, _ = f.Write([]byte("\x83\x00"))
			hearOut(f)
		}))
		socket := dial(t, c)
		end := closure(t, socket)
		if socket.AwaitEnd(t.Context()) || time.Since(end.At) != client.EndTimeout {
			t.Errorf("the connection counts as ended %v after the frame", time.Since(end.At))
		}
	})
}
