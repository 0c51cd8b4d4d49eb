package wire

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// readyWorker is a worker with one socket, by which an event can be sent and read over and
// over. No goroutine is needed.
func readyWorker(t testing.TB, l *listener) (once func()) {
	t.Helper()
	body := `{"type":"orderUpdated","seq":84,"name":"9012","state":"located","locationName":"17","x":"` + strings.Repeat("x", 210) + `"}`
	event := append([]byte{0x81, 126, byte(len(body) >> 8), byte(len(body))}, body...)
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetsockoptInt(pair[0], unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		t.Fatal(err)
	}
	s, _ := offline(l, 1<<20)
	s.line = &descriptor{fd: pair[0]}
	w, err := newEpoll(s.pool, &epolls{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.begin(s)
	t.Cleanup(func() {
		w.leave(Ours)
		_ = unix.Close(pair[1])
	})
	return func() {
		if _, err := unix.Write(pair[1], event); err != nil {
			t.Fatal(err)
		}
		w.ready(s)
	}
}

// TestEventAllocatesNothing, whether the kernel is asked for the time of arrival or not.
func TestEventAllocatesNothing(t *testing.T) { // alone, for allocations are counted everywhere
	l := &listener{}
	once := readyWorker(t, l)
	if allocated := testing.AllocsPerRun(1000, once); allocated != 0 {
		t.Errorf("%v allocations", allocated)
	}
	if l.count != 1001 || l.last.Seq != 84 { // AllocsPerRun warms up with one more
		t.Errorf("%d events, the last %+v", l.count, l.last)
	}
	// An average rounds down; the reads that ask are few.
	ask, buffer := &asking{}, make([]byte, 1)
	if allocated := testing.AllocsPerRun(1000, func() { _, _, _, _ = ask.read(-1, buffer) }); allocated != 0 {
		t.Errorf("%v allocations of a read that asks", allocated)
	}
}

// BenchmarkEvent is what a worker does for an event of about 300 bytes that it reads alone,
// and the write of it.
func BenchmarkEvent(b *testing.B) {
	l := &listener{}
	once := readyWorker(b, l)
	b.ReportAllocs()
	for b.Loop() {
		once()
	}
	if !b.Failed() && l.last.Seq != 84 {
		b.Error("nothing was read")
	}
}

// TestStamp: control messages of all kinds, and none.
func TestStamp(t *testing.T) {
	t.Parallel()
	message := func(level, kind int32, data ...uint64) []byte {
		b := make([]byte, unix.CmsgSpace(8*len(data)))
		binary.NativeEndian.PutUint64(b, uint64(unix.CmsgLen(8*len(data))))
		binary.NativeEndian.PutUint32(b[8:], uint32(level))
		binary.NativeEndian.PutUint32(b[12:], uint32(kind))
		for i, d := range data {
			binary.NativeEndian.PutUint64(b[16+8*i:], d)
		}
		return b
	}
	if bits.UintSize != 64 {
		t.Skip("written for headers of 64 bits")
	}
	other := message(unix.SOL_SOCKET, unix.SCM_CREDENTIALS, 1, 2)
	for name, c := range map[string]struct {
		control []byte
		want    time.Time
		told    bool
	}{
		"none":            {nil, time.Time{}, false},
		"another":         {other, time.Time{}, false},
		"a time":          {message(unix.SOL_SOCKET, unix.SCM_TIMESTAMPNS, 1000, 5), time.Unix(1000, 5), true},
		"after another":   {append(slices.Clone(other), message(unix.SOL_SOCKET, unix.SCM_TIMESTAMPNS, 1000, 5)...), time.Unix(1000, 5), true},
		"of 32 bits":      {message(unix.SOL_SOCKET, unix.SCM_TIMESTAMPNS, 0), time.Unix(0, 0), true},
		"without content": {message(unix.SOL_SOCKET, unix.SCM_TIMESTAMPNS), time.Time{}, false},
		"cut off":         {other[:10], time.Time{}, false},
	} {
		if got, told := stamp(c.control); told != c.told || !got.Equal(c.want) {
			t.Errorf("%s: %v, %v", name, got, told)
		}
	}
}

// TestHandlingIsDenied where the kernel takes no such option, or tells nothing.
func TestHandlingIsDenied(t *testing.T) {
	t.Parallel()
	silent := &epolls{}
	silent.asked.Store(3)
	for _, e := range []*epolls{{refused: unix.ENOPROTOOPT}, silent} {
		if known, why := e.handling(); known || why == "" {
			t.Errorf("%v, %q", known, why)
		}
	}
}
