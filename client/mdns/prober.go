package mdns

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client"
	"ttcheck/internal/link"
)

// again is when a question is repeated that found no answer yet, counted from the
// first time (RFC 6762 §5.2: intervals of at least one second, at least doubling).
var again = []time.Duration{time.Second, 3 * time.Second, 7 * time.Second}

// Packet is a packet that came in.
type Packet struct {
	link.Datagram
	Message *Message
	// Exchange is how the transcript shows it; empty if it was not wanted.
	Exchange client.Exchange
}

// Prober speaks multicast DNS on one link as a tester needs it: any packet, to the
// group or to one host, from port 5353 or another. It is for one goroutine at a time.
type Prober struct {
	link       link.Link
	conn       link.Conn
	transcript *client.Transcript
}

// NewProber opens a prober that records into the transcript. It must be closed.
func NewProber(l link.Link, transcript *client.Transcript, opts link.Options) (*Prober, error) {
	conn, err := l.Listen(opts)
	if err != nil {
		return nil, err
	}
	return &Prober{link: l, conn: conn, transcript: transcript}, nil
}

// Close ends the prober.
func (p *Prober) Close() { _ = p.conn.Close() }

// Source is the address that it speaks from.
func (p *Prober) Source() netip.AddrPort { return p.conn.Sources()[0] }

// Mine tells whether a packet is one that the prober itself sent to the group.
func (p *Prober) Mine(packet Packet) bool {
	for _, source := range p.conn.Sources() {
		if packet.From == source {
			return true
		}
	}
	return false
}

// Multicast sends a packet, whatever is in it, to the group.
func (p *Prober) Multicast(packet []byte) error {
	p.sent(packet, "the group")
	return p.conn.Multicast(packet)
}

// Send sends a packet, whatever is in it, to one host.
func (p *Prober) Send(packet []byte, to netip.AddrPort) error {
	p.sent(packet, to.String())
	return p.conn.Send(packet, to)
}

func (p *Prober) sent(packet []byte, to string) {
	p.transcript.Record(time.Now(), client.Exchange{Channel: p.channel(), Sent: "to " + to + ": " + dump(packet)})
}

func (p *Prober) channel() string { return "mdns " + p.link.Name() }

// Await returns the next packet that is wanted, and records it. The error is why ctx
// ended.
func (p *Prober) Await(ctx context.Context, wanted func(Packet) bool) (Packet, error) {
	for {
		select {
		case d, open := <-p.conn.Packets():
			if !open {
				return Packet{}, fmt.Errorf("the socket on %s was closed", p.link.Name())
			}
			packet := Packet{Datagram: d, Message: Parse(d.Data)}
			if wanted(packet) {
				packet.Exchange = p.received(packet)
				return packet, nil
			}
		case <-ctx.Done():
			return Packet{}, context.Cause(ctx)
		}
	}
}

func (p *Prober) received(packet Packet) client.Exchange {
	how := "by unicast"
	if packet.ToGroup {
		how = "by multicast"
	}
	return p.transcript.Record(packet.At, client.Exchange{
		Channel: p.channel(), Received: fmt.Sprintf("from %s %s: %s", packet.From, how, dump(packet.Data)),
	})
}

// Forget throws away what came in and was not awaited.
func (p *Prober) Forget() {
	for {
		select {
		case _, open := <-p.conn.Packets():
			if !open {
				return
			}
		default:
			return
		}
	}
}

// Asking is a question and what is to become of it.
type Asking struct {
	Query *dns.Msg
	// For is how long answers are awaited. A question that is not answered enough is
	// asked again meanwhile, after 1 s and at doubling intervals.
	For time.Duration
	// Once keeps it from being asked again.
	Once bool
	// Wanted tells the packets that matter.
	Wanted func(Packet) bool
	// Enough ends the wait early; nil never does.
	Enough func([]Packet) bool
}

// Ask multicasts a question and returns the wanted packets that came. An error means
// that it could not be asked, or that ctx ended.
func (p *Prober) Ask(ctx context.Context, a Asking) ([]Packet, error) {
	query, err := a.Query.Pack()
	if err != nil {
		return nil, fmt.Errorf("pack the question: %w", err)
	}
	p.Forget()
	limit, cancel := context.WithTimeout(ctx, a.For)
	defer cancel()
	var packets []Packet
	started := time.Now()
	for try := 0; ; try++ {
		if err := p.Multicast(query); err != nil {
			return packets, err
		}
		until := started.Add(a.For)
		if !a.Once && try < len(again) {
			until = started.Add(again[try])
		}
		if packets, err = p.collect(limit, until, a, packets); err != nil {
			return packets, err
		}
		if ctx.Err() != nil {
			return packets, context.Cause(ctx)
		}
		// Two timers of one moment fire one after the other: the clock decides.
		if over := !time.Now().Before(started.Add(a.For)); over || limit.Err() != nil || (a.Enough != nil && a.Enough(packets)) {
			return packets, nil
		}
	}
}

// collect adds the wanted packets that come until a time, or until they are enough.
func (p *Prober) collect(ctx context.Context, until time.Time, a Asking, packets []Packet) ([]Packet, error) {
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	for a.Enough == nil || !a.Enough(packets) {
		packet, err := p.Await(ctx, a.Wanted)
		if err != nil {
			if ctx.Err() != nil {
				return packets, nil
			}
			return packets, err
		}
		packets = append(packets, packet)
	}
	return packets, nil
}

// Query is a query of multicast DNS: ID 0, nothing desired (RFC 6762 §18).
func Query(questions ...dns.Question) *dns.Msg {
	return &dns.Msg{Question: questions}
}

// QM asks for a multicast response.
func QM(name string, recordType uint16) dns.Question {
	return dns.Question{Name: name, Qtype: recordType, Qclass: dns.ClassINET}
}

// QU asks for a unicast response (RFC 6762 §5.4).
func QU(name string, recordType uint16) dns.Question {
	return dns.Question{Name: name, Qtype: recordType, Qclass: dns.ClassINET | topBit}
}

// MixedCase is a name with every other letter in upper case.
func MixedCase(name string) string {
	mixed := []byte(strings.ToLower(name))
	for i := 0; i < len(mixed); i += 2 {
		if mixed[i] >= 'a' && mixed[i] <= 'z' {
			mixed[i] -= 'a' - 'A'
		}
	}
	return string(mixed)
}
