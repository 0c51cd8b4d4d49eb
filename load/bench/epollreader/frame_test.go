//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// frame builds a server's frame.
func frame(head byte, payload string) []byte {
	f := []byte{head}
	switch n := len(payload); {
	case n < 126:
		f = append(f, byte(n))
	case n < 1<<16:
		f = binary.BigEndian.AppendUint16(append(f, 126), uint16(n))
	default:
		f = binary.BigEndian.AppendUint64(append(f, 127), uint64(n))
	}
	return append(f, payload...)
}

func event(seq, padding int) []byte {
	return frame(text, fmt.Sprintf(`{"type":"ORDER_CREATED","seq":%d,"name":"%s"}`, seq, strings.Repeat("9", padding)))
}

// stream holds four events; the third has some padding.
func stream(padding int) []byte {
	return joined(
		frame(text, `{"type":"ACTIVE_ORDERS","count":0,"items":[]}`),
		event(7, 1), event(8, 300), frame(pong, ""), event(9, padding), event(10, 1))
}

func joined(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestEventsAreCountedHoweverTheyArrive(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 2, 3, 7, 100, 4096, 1 << 20} {
		whole := stream(700 * min(size, 100))
		w := &worker{states: make([]state, 1)}
		for rest := whole; len(rest) > 0; {
			n := min(size, len(rest))
			if !w.parse(0, bytes.Clone(rest[:n])) {
				t.Fatalf("in parts of %d: the socket was ended", size)
			}
			rest = rest[n:]
		}
		if w.events != 4 || w.gaps != 0 || w.states[0].seq != 10 || len(w.states[0].partial) != 0 {
			t.Errorf("in parts of %d: %d events, %d gaps, last %d, %d bytes left", size,
				w.events, w.gaps, w.states[0].seq, len(w.states[0].partial))
		}
	}
}

func TestGapsAreCounted(t *testing.T) {
	t.Parallel()
	w := &worker{states: make([]state, 1)}
	if !w.parse(0, joined(event(7, 1), event(9, 1), event(9, 1), event(10, 1))) || w.gaps != 2 || w.events != 4 {
		t.Errorf("%d gaps in %d events", w.gaps, w.events)
	}
}

func TestWhatIsNoEventEndsTheSocket(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"close":        frame(0x88, "\x03\xe9"),
		"binary":       frame(0x82, "x"),
		"fragment":     frame(0x01, "{"),
		"continuation": frame(0x80, "}"),
		"reserved bit": frame(0xc1, "x"),
		"masked":       {text, 0x81, 0, 0, 0, 0, 'x'},
		"too long":     {text, 127, 0, 0, 0, 0, 0xff, 0, 0, 0},
		"top bit":      {text, 127, 0x80, 0, 0, 0, 0, 0, 0, 1},
		"long ping":    frame(ping, strings.Repeat("x", 126)),
	} {
		w := &worker{states: make([]state, 1)}
		if w.parse(0, data) || w.events != 0 {
			t.Errorf("%s: the socket goes on, %d events", name, w.events)
		}
	}
}

// FuzzParse cuts foreign bytes in two, which must make no difference.
func FuzzParse(f *testing.F) {
	f.Add(stream(70_000), 50)
	f.Add(frame(0x88, ""), 1)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		if bytes.IndexByte(data, ping) >= 0 {
			t.Skip() // it would be answered, on a descriptor that is not ours
		}
		cut = min(max(cut, 0), len(data))
		once, twice := &worker{states: make([]state, 1)}, &worker{states: make([]state, 1)}
		good := once.parse(0, bytes.Clone(data))
		halves := twice.parse(0, bytes.Clone(data[:cut])) && twice.parse(0, bytes.Clone(data[cut:]))
		if good != halves || once.events != twice.events || once.gaps != twice.gaps {
			t.Errorf("whole: %v, %d events, %d gaps; in two: %v, %d, %d",
				good, once.events, once.gaps, halves, twice.events, twice.gaps)
		}
	})
}
