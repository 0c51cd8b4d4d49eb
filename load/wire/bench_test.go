package wire_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"ttcheck/load/wire"
)

func BenchmarkScan(b *testing.B) {
	body := []byte(event)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if f, err := wire.Scan(body); err != nil || f.Seq != 84 {
			b.Fatal(err)
		}
	}
}

// BenchmarkWakeUp is an event of about 300 bytes from the peer to the handler of a worker that
// waits: what the kernel and the scheduler take is most of it.
func BenchmarkWakeUp(b *testing.B) {
	one := []byte(text(strings.Replace(event, `,"history":[{"state":"started","at":0},{"state":"located","at":132.5}]`, "", 1)))
	ask, heard := make(chan struct{}, 1), make(chan struct{}, 1)
	address := serve(b, func(conn net.Conn) {
		for range ask {
			if _, err := conn.Write(one); err != nil {
				return
			}
		}
	})
	p := pool(b, newRecorder(), func(o *wire.Options) {
		o.Workers = 1
		o.Handler = scanning{heard}
	})
	p.Add(dial(b, p, address))
	b.ReportAllocs()
	for b.Loop() {
		ask <- struct{}{}
		<-heard
	}
	b.StopTimer()
	close(ask)
}

// scanning is a handler that looks at what is measured.
type scanning struct{ heard chan<- struct{} }

func (h scanning) Message(_ int, _ *wire.Socket, body []byte, _, _ time.Duration) {
	if f, err := wire.Scan(body); err == nil && f.HasSeq {
		h.heard <- struct{}{}
	}
}
func (scanning) Closed(int, *wire.Socket, wire.Cause, time.Duration) {}
