package wire_test

import (
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"ttcheck/load/wire"
)

const limit = 4 << 20 // of a message, in these tests

// big is a snapshot of 2 MB.
var big = `{"type":"snapshot","x":"` + strings.Repeat("0123456789abcdef", 1<<17) + `"}`

// TestFrames: whatever a server sends, its whole messages arrive, what is wrong ends the
// socket for a cause that says so, and the server is told.
func TestFrames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sent     string
		messages []string
		cause    wire.Cause
		answer   []heard // what the server hears
	}{
		"one":                 {text(`{"a":1}`), []string{`{"a":1}`}, "end of stream", nil},
		"many at once":        {strings.Repeat(text("{}"), 300), slices.Repeat([]string{"{}"}, 300), "end of stream", nil},
		"of 126 bytes":        {text(strings.Repeat("x", 126)), []string{strings.Repeat("x", 126)}, "end of stream", nil},
		"of 64 KiB":           {text(strings.Repeat("x", 1<<16)), []string{strings.Repeat("x", 1<<16)}, "end of stream", nil},
		"a snapshot of 2 MB":  {text(big) + text("{}"), []string{big, "{}"}, "end of stream", nil},
		"of the largest size": {text(strings.Repeat("x", limit)), []string{strings.Repeat("x", limit)}, "end of stream", nil},
		"empty":               {text(""), []string{""}, "end of stream", nil},
		"fragments": {
			frame(0x01, `{"a"`) + frame(0x89, "p") + frame(0x00, "") + frame(0x80, `:1}`) + text("{}"),
			[]string{`{"a":1}`, "{}"}, "end of stream", []heard{{0x8A, "p"}},
		},
		"a big message in fragments": {
			frame(0x01, big[:1<<20]) + frame(0x00, big[1<<20:1<<20+3]) + frame(0x80, big[1<<20+3:]) + text("{}"),
			[]string{big, "{}"}, "end of stream", nil,
		},
		"fragments that split a letter": {frame(0x01, "\xC3") + frame(0x80, "\xA4"), []string{"ä"}, "end of stream", nil},
		"ping":                          {frame(0x89, "hello") + text("{}"), []string{"{}"}, "end of stream", []heard{{0x8A, "hello"}}},
		"ping of 125 bytes":             {frame(0x89, strings.Repeat("p", 125)), nil, "end of stream", []heard{{0x8A, strings.Repeat("p", 125)}}},
		"pong":                          {frame(0x8A, "x") + text("{}"), []string{"{}"}, "end of stream", nil},
		"close":                         {text("{}") + frame(0x88, "\x03\xE9bye") + text("no"), []string{"{}"}, "close 1001", []heard{{0x88, "\x03\xE9"}}},
		"close of an application":       {frame(0x88, "\x0F\xA1"), nil, "close 4001", []heard{{0x88, "\x0F\xA1"}}},
		"close without code":            {frame(0x88, ""), nil, "close without code", []heard{{0x88, ""}}},
		"half a frame":                  {text("{}") + text("xyz")[:3], []string{"{}"}, "end of stream", nil},
		"half a message":                {frame(0x01, "xyz"), nil, "end of stream", nil},

		"close with half a code":      {frame(0x88, "\x03"), nil, "protocol error: bad close frame", failed(1002)},
		"close with code 1005":        {frame(0x88, "\x03\xED"), nil, "protocol error: bad close frame", failed(1002)},
		"close with code 999":         {frame(0x88, "\x03\xE7"), nil, "protocol error: bad close frame", failed(1002)},
		"close with code 5000":        {frame(0x88, "\x13\x88"), nil, "protocol error: bad close frame", failed(1002)},
		"close, its reason not UTF-8": {frame(0x88, "\x03\xE9\xFF"), nil, "protocol error: bad close frame", failed(1002)},
		"masked":                      {text("{}") + "\x81\x82\x00\x00\x00\x00{}", []string{"{}"}, "protocol error: masked frame", failed(1002)},
		"RSV1":                        {frame(0xC1, "{}"), nil, "protocol error: reserved bit", failed(1002)},
		"RSV3":                        {frame(0x91, "{}"), nil, "protocol error: reserved bit", failed(1002)},
		"opcode 3":                    {frame(0x83, "{}"), nil, "protocol error: unknown opcode", failed(1002)},
		"opcode 11":                   {frame(0x8B, "{}"), nil, "protocol error: unknown opcode", failed(1002)},
		"fragmented ping":             {frame(0x09, "x"), nil, "protocol error: fragmented control frame", failed(1002)},
		"long ping":                   {frame(0x89, strings.Repeat("p", 126)), nil, "protocol error: long control frame", failed(1002)},
		"continuation of nothing":     {frame(0x80, "x"), nil, "protocol error: continuation of nothing", failed(1002)},
		"continuation after the end":  {frame(0x01, "a") + frame(0x80, "b") + frame(0x00, "c"), []string{"ab"}, "protocol error: continuation of nothing", failed(1002)},
		"message within a message":    {frame(0x01, "x") + text("y"), nil, "protocol error: message within a message", failed(1002)},
		"binary":                      {frame(0x82, "{}"), nil, "protocol error: binary message", failed(1003)},
		"binary, fragmented":          {frame(0x02, "{}"), nil, "protocol error: binary message", failed(1003)},
		"not UTF-8":                   {text("\xFF"), nil, "protocol error: not UTF-8", failed(1007)},
		"half a letter":               {text("\xC3") + text("\xA4"), nil, "protocol error: not UTF-8", failed(1007)},
		"length over 63 bits":         {"\x81\x7F\x80\x00\x00\x00\x00\x00\x00\x00", nil, "protocol error: length over 63 bits", failed(1002)},
		"length of an exbibyte":       {"\x81\x7F\x10\x00\x00\x00\x00\x00\x00\x00", nil, "too large", failed(1009)},
		"a byte too large":            {frame(0x81, strings.Repeat("x", limit+1))[:20], nil, "too large", failed(1009)},
		"fragments that are too large": {
			frame(0x01, strings.Repeat("x", limit)) + frame(0x80, "x"), nil, "too large", failed(1009),
		},
	} {
		for mode, set := range modes {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				hears := make(chan []heard, 1)
				address := serve(t, func(conn net.Conn) {
					done := make(chan struct{})
					go func() { defer close(done); hears <- hear(conn) }()
					_, _ = io.WriteString(conn, c.sent)
					if c.cause == "end of stream" {
						_ = conn.(*net.TCPConn).CloseWrite()
					}
					<-done
				})
				r := newRecorder()
				p := pool(t, r, set, func(o *wire.Options) { o.MaxMessage = limit })
				p.Add(dial(t, p, address))
				if cause := next(t, r.closed, "end"); cause != c.cause {
					t.Errorf("ended for %q, not %q", cause, c.cause)
				}
				close(r.messages)
				var messages []string
				for m := range r.messages {
					messages = append(messages, m.text)
				}
				if !slices.Equal(messages, c.messages) {
					t.Errorf("heard %d messages, not %d: %.100q", len(messages), len(c.messages), messages)
				}
				if answer := next(t, hears, "answer"); !slices.Equal(answer, c.answer) {
					t.Errorf("the server heard %q, not %q", answer, c.answer)
				}
			})
		}
	}
}

// failed is what a server hears that did something wrong.
func failed(code int) []heard {
	return []heard{{0x88, string([]byte{byte(code >> 8), byte(code)})}}
}

// TestSegments: it does not matter how the bytes are cut up.
func TestSegments(t *testing.T) {
	t.Parallel()
	stream := frame(0x01, `{"a"`) + frame(0x89, "p") + frame(0x80, `:1}`) + text(strings.Repeat("y", 200)) + text("{}") + frame(0x88, "\x03\xE8")
	for mode, set := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			address := serve(t, func(conn net.Conn) {
				for i := range len(stream) {
					if _, err := io.WriteString(conn, stream[i:i+1]); err != nil {
						return
					}
				}
				hear(conn)
			})
			r := newRecorder()
			p := pool(t, r, set)
			p.Add(dial(t, p, address))
			for _, want := range []string{`{"a":1}`, strings.Repeat("y", 200), "{}"} {
				if m := next(t, r.messages, "message"); m.text != want {
					t.Errorf("heard %q, not %q", m.text, want)
				}
			}
			if cause := next(t, r.closed, "end"); cause != "close 1000" {
				t.Errorf("ended for %q", cause)
			}
		})
	}
}
