package client_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"ttcheck/client"
)

// decoded is a frame as a reader sees it that knows RFC 6455 §5.2 alone.
type decoded struct {
	first   byte // FIN, RSV1 to RSV3, opcode
	masked  bool
	key     [4]byte
	payload []byte
	short   bool // the length has the shortest form, as it must
}

func decode(from io.Reader) (f decoded, err error) {
	var head [2]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return f, err
	}
	f.first, f.masked, f.short = head[0], head[1]&0x80 != 0, true
	length := uint64(head[1] & 0x7f)
	switch length {
	case 126:
		var more [2]byte
		_, err = io.ReadFull(from, more[:])
		length = uint64(binary.BigEndian.Uint16(more[:]))
		f.short = length > 125
	case 127:
		var more [8]byte
		_, err = io.ReadFull(from, more[:])
		length = binary.BigEndian.Uint64(more[:])
		f.short = length > 0xffff
	}
	if err == nil && f.masked {
		_, err = io.ReadFull(from, f.key[:])
	}
	if err == nil {
		f.payload = make([]byte, length)
		_, err = io.ReadFull(from, f.payload)
	}
	if f.masked {
		for i := range f.payload {
			f.payload[i] ^= f.key[i%4]
		}
	}
	return f, err
}

// checkFrame asserts that a frame reads back as what it is.
func checkFrame(t *testing.T, f client.Frame) {
	t.Helper()
	original := bytes.Clone(f.Payload)
	encoded := bytes.NewReader(f.Bytes())
	got, err := decode(encoded)
	if err != nil || encoded.Len() > 0 {
		t.Fatalf("%+v: %d bytes left, %v", f, encoded.Len(), err)
	}
	first := f.RSV<<4 | f.Opcode
	if f.Final {
		first |= 0x80
	}
	if got.first != first || got.masked == f.Unmasked || !got.short || !bytes.Equal(got.payload, f.Payload) {
		t.Errorf("%+v reads as %+v", f, got)
	}
	if !bytes.Equal(original, f.Payload) {
		t.Error("encoding changed the payload")
	}
}

func TestFrameBytes(t *testing.T) {
	t.Parallel()
	// The examples of RFC 6455 §5.7 that need no key.
	for want, f := range map[string]client.Frame{
		"\x81\x05Hello":    {Final: true, Opcode: client.OpText, Unmasked: true, Payload: []byte("Hello")},
		"\x01\x03Hel":      {Opcode: client.OpText, Unmasked: true, Payload: []byte("Hel")},
		"\x80\x02lo":       {Final: true, Opcode: client.OpContinuation, Unmasked: true, Payload: []byte("lo")},
		"\x89\x05Hello":    {Final: true, Opcode: client.OpPing, Unmasked: true, Payload: []byte("Hello")},
		"\xf3\x00":         {Final: true, RSV: 7, Opcode: 3, Unmasked: true},
		"\x88\x02\x03\xe8": {Final: true, Opcode: client.OpClose, Unmasked: true, Payload: []byte("\x03\xe8")},
		"\x8a\x00":         {Final: true, Opcode: client.OpPong, Unmasked: true},
		"\x82\x7e\x01\x00" + string(make([]byte, 256)):                           {Final: true, Opcode: client.OpBinary, Unmasked: true, Payload: make([]byte, 256)},
		"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00" + string(make([]byte, 65536)): {Final: true, Opcode: client.OpBinary, Unmasked: true, Payload: make([]byte, 65536)},
	} {
		if got := string(f.Bytes()); got != want {
			t.Errorf("%+v is % x, want % x", f, got, want)
		}
	}
	for _, size := range []int{0, 1, 3, 4, 5, 124, 125, 126, 127, 65535, 65536, 65537} {
		for _, unmasked := range []bool{true, false} {
			checkFrame(t, client.Frame{Final: true, Opcode: client.OpText, Unmasked: unmasked, Payload: bytes.Repeat([]byte("payload"), size/7+1)[:size]})
		}
	}
}

// TestFrameMask: the key is fresh for every frame (RFC 6455 §5.3).
func TestFrameMask(t *testing.T) {
	t.Parallel()
	f := client.Frame{Final: true, Opcode: client.OpText, Payload: []byte("Hello")}
	keys := map[[4]byte]bool{}
	for range 100 {
		got, err := decode(bytes.NewReader(f.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		keys[got.key] = true
	}
	if len(keys) < 99 { // two may be equal once in a million runs
		t.Errorf("100 frames have %d keys", len(keys))
	}
}

func checkFragments(t *testing.T, text []byte, n int) {
	t.Helper()
	frames := client.Fragments(text, n)
	if len(frames) != max(n, 1) {
		t.Fatalf("%d frames, want %d", len(frames), n)
	}
	var whole []byte
	least, most := len(text), 0
	for i, f := range frames {
		opcode := byte(client.OpContinuation)
		if i == 0 {
			opcode = client.OpText
		}
		if f.Opcode != opcode || f.Final != (i == len(frames)-1) || f.RSV != 0 || f.Unmasked {
			t.Errorf("frame %d of %d is %+v", i+1, n, f)
		}
		least, most = min(least, len(f.Payload)), max(most, len(f.Payload))
		whole = append(whole, f.Payload...)
	}
	if !bytes.Equal(whole, text) {
		t.Errorf("the fragments make %q of %q", whole, text)
	}
	if most-least > 1 {
		t.Errorf("the fragments have %d to %d bytes", least, most)
	}
}

func TestFragments(t *testing.T) {
	t.Parallel()
	for _, n := range []int{-1, 0, 1, 2, 3, 7, 8} {
		checkFragments(t, []byte("1234567"), n)
		checkFragments(t, nil, n)
	}
}

func FuzzFrame(f *testing.F) {
	f.Add(true, byte(0), byte(1), false, []byte("Hello"), 3)
	f.Add(false, byte(7), byte(15), true, make([]byte, 126), 126)
	f.Add(true, byte(4), byte(2), false, make([]byte, 70000), 1)
	f.Fuzz(func(t *testing.T, final bool, rsv, opcode byte, unmasked bool, payload []byte, n int) {
		checkFrame(t, client.Frame{Final: final, RSV: rsv & 7, Opcode: opcode & 15, Unmasked: unmasked, Payload: payload})
		if n > 1000 {
			t.Skip("more fragments than there will be")
		}
		checkFragments(t, payload, n)
	})
}
