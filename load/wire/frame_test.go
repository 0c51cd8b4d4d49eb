package wire

import (
	"bytes"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// deaf is a connection that takes whatever is sent.
type deaf struct{ frames [][]byte }

func (d *deaf) write(frame []byte, _ bool) error {
	d.frames = append(d.frames, frame)
	return nil
}
func (d *deaf) shut() {}
func (d *deaf) free() {}

// listener is a handler that keeps what it hears.
type listener struct {
	messages []string
	early    []time.Duration
	count    int
	keep     bool
	last     Fields
}

func (l *listener) Message(_ int, _ *Socket, body []byte, _, early time.Duration) {
	if l.keep {
		l.messages, l.early = append(l.messages, string(body)), append(l.early, early)
	}
	l.count++
	l.last, _ = Scan(body)
}
func (l *listener) Closed(int, *Socket, Cause, time.Duration) {}

// offline is a socket without a network.
func offline(l *listener, limit int) (*Socket, *deaf) {
	line := &deaf{}
	p := &Pool{handler: l, limit: limit, now: func() time.Duration { return 0 }}
	return &Socket{pool: p, line: line}, line
}

// TestEarly: only of the message with which a read ends is it known when it arrived.
func TestEarly(t *testing.T) {
	t.Parallel()
	one := "\x81\x02{}"
	for data, want := range map[string][]time.Duration{
		one:                           {5},
		one + one + one:               {-1, -1, 5},
		one + one[:3]:                 {-1},
		one + "\x89\x00":              {-1},
		"\x89\x00" + one:              {5},
		"\x01\x01{" + "\x80\x01}":     {5},
		"\x01\x02{}":                  nil,
		one + "\xF1\x00" + "\x81\x00": {-1},
	} {
		l := &listener{keep: true}
		s, _ := offline(l, 100)
		s.receive([]byte(data), 0, 5)
		if !slices.Equal(l.early, want) {
			t.Errorf("%q: %v, not %v", data, l.early, want)
		}
	}
}

// TestChunksAreGivenBack: an idle socket holds no buffer, nor does one with half a frame
// hold a large one.
func TestChunksAreGivenBack(t *testing.T) {
	t.Parallel()
	s, _ := offline(&listener{}, 1<<20)
	long := "\x81\x7F\x00\x00\x00\x00\x00\x10\x00\x00" + strings.Repeat("x", 1<<20)
	s.receive([]byte(long[:1000]), 0, -1)
	s.receive([]byte(long[1000:]+"\x81\x7E"), 0, -1)
	if s.in.partial == nil || len(s.in.partial.bytes) != 2 || cap(s.in.partial.bytes) > largestSpare {
		t.Errorf("half a header is kept in %+v", s.in.partial)
	}
	s.receive([]byte("\x00\x01x"), 0, -1)
	s.receive([]byte("\x01\x01x"), 0, -1)
	s.receive([]byte("\x80\x01x"), 0, -1)
	if s.in.partial != nil || s.in.parts != nil {
		t.Errorf("an idle socket holds %+v", s.in)
	}
}

// TestHeaderWithoutBody: who announces much and sends little takes little memory.
func TestHeaderWithoutBody(t *testing.T) {
	t.Parallel()
	s, _ := offline(&listener{}, 16<<20)
	s.receive([]byte("\x81\x7F\x00\x00\x00\x00\x00\xF0\x00\x00x"), 0, -1)
	if s.in.partial == nil || cap(s.in.partial.bytes) > largestSpare {
		t.Errorf("%+v", s.in.partial)
	}
}

// FuzzFrames: however the bytes of a stream are cut up, the same messages are heard, the
// same is answered, but for its masks, and the end has the same cause.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x81\x02{}\x89\x01p\x01\x01{\x80\x01}\x88\x02\x03\xE9"), uint8(1))
	f.Add([]byte("\x81\x7E\x00\x03abc\x81\x7F\x00\x00\x00\x00\x00\x00\x00\x01x"), uint8(3))
	f.Add([]byte("\x82\x00"), uint8(1))
	f.Add([]byte("\x01\x7E\x00\xC8"+strings.Repeat("x", 200)+"\x80\x7E\x00\xC8"+strings.Repeat("x", 200)), uint8(7))
	f.Fuzz(func(t *testing.T, data []byte, step uint8) {
		const limit = 300
		feed := func(step int) (*listener, [][]byte, Cause) {
			l := &listener{keep: true}
			s, line := offline(l, limit)
			for piece := range slices.Chunk(slices.Clone(data), step) {
				if cause := s.receive(piece, 0, 0); cause != "" {
					return l, line.frames, cause
				}
			}
			return l, line.frames, ""
		}
		whole, answers, cause := feed(len(data) + 1)
		cut, cutAnswers, cutCause := feed(int(step) + 1)
		if !slices.Equal(whole.messages, cut.messages) || cause != cutCause || len(answers) != len(cutAnswers) {
			t.Fatalf("whole %q, %q; cut %q, %q", whole.messages, cause, cut.messages, cutCause)
		}
		for _, m := range whole.messages {
			if len(m) > limit {
				t.Fatalf("a message of %d bytes", len(m))
			}
		}
	})
}

// TestNoAllocations: of the way from bytes to fields.
func TestNoAllocations(t *testing.T) { // alone, for allocations are counted everywhere
	l := &listener{}
	s, _ := offline(l, 1<<20)
	body := `{"type":"orderUpdated","seq":84,"name":"9012","state":"located","locationName":"17","x":[1,{"y":"` + strings.Repeat("z", 180) + `"}]}`
	data := slices.Concat([]byte{0x81, 126, byte(len(body) >> 8), byte(len(body))}, []byte(body))
	data = bytes.Repeat(data, 3)
	half := len(data) / 2
	allocated := testing.AllocsPerRun(1000, func() {
		s.receive(data, 0, 1)
		s.receive(data[:half], 0, -1)
		s.receive(data[half:], 0, -1)
	})
	if allocated != 0 || l.last.Seq != 84 || string(l.last.Location) != "17" {
		t.Errorf("%v allocations, last %+v", allocated, l.last)
	}
}

// TestErrorsShareWords: addresses are left out of errors and causes.
func TestErrorsShareWords(t *testing.T) {
	t.Parallel()
	err := &net.OpError{Op: "dial", Net: "tcp", Source: &net.TCPAddr{Port: 40001}, Err: net.ErrClosed}
	if got := plain(err).Error(); strings.Contains(got, "40001") {
		t.Error(got)
	}
	if got := causeOf(err); got != causeEnd {
		t.Error(got)
	}
}
