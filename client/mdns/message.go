package mdns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/miekg/dns"
)

const (
	headerLength = 12
	// topBit is the unicast-response bit of a question's class and the cache-flush
	// bit of a record's (RFC 6762 §5.4, §10.2).
	topBit = 1 << 15
)

// Message is a DNS message as far as it can be read. Names are in presentation form,
// fully qualified, in the case in which they came.
type Message struct {
	ID          uint16
	Flags       uint16 // the second word of the header
	Questions   []Question
	Answers     []Record
	Authorities []Record
	Additionals []Record
	// Malformed tells what could not be read. What could be stands.
	Malformed error
}

// Question asks for the records of a name.
type Question struct {
	Name    string
	Type    uint16
	Class   uint16 // without the top bit
	Unicast bool   // QU: a unicast response is wanted (RFC 6762 §5.4)
}

// Record is a resource record.
type Record struct {
	Name  string
	Type  uint16
	Class uint16 // without the top bit
	Flush bool   // the cache-flush bit (RFC 6762 §10.2)
	TTL   time.Duration
	// Length is that of the data on the wire, in bytes.
	Length int
	// Data holds the record's data; nil if they cannot be read. Its header repeats
	// Name, Type, Class and TTL.
	Data dns.RR
}

// Response tells whether the message is a response (QR).
func (m *Message) Response() bool { return m.Flags&(1<<15) != 0 }

// Opcode is the kind of query.
func (m *Message) Opcode() int { return int(m.Flags >> 11 & 0xF) }

// Authoritative is the AA bit.
func (m *Message) Authoritative() bool { return m.Flags&(1<<10) != 0 }

// Truncated is the TC bit.
func (m *Message) Truncated() bool { return m.Flags&(1<<9) != 0 }

// Rcode is the response code; 0 is no error.
func (m *Message) Rcode() int { return int(m.Flags & 0xF) }

// Records returns the records of answer, authority and additional section, in this
// order.
func (m *Message) Records() []Record {
	all := make([]Record, 0, len(m.Answers)+len(m.Authorities)+len(m.Additionals))
	all = append(all, m.Answers...)
	all = append(all, m.Authorities...)
	return append(all, m.Additionals...)
}

// Parse reads a message as far as it goes. It never fails: Malformed tells what is
// missing. The counts in the header are not believed; memory is bounded by the
// length of the message.
func Parse(b []byte) *Message {
	m := &Message{}
	if len(b) < headerLength {
		m.Malformed = fmt.Errorf("%d bytes are too short for a header", len(b))
		return m
	}
	word := func(i int) uint16 { return binary.BigEndian.Uint16(b[2*i:]) }
	m.ID, m.Flags = word(0), word(1)
	p := parser{b: b, off: headerLength, m: m}
	for range word(2) {
		if !p.question() {
			return m
		}
	}
	for i, section := range []*[]Record{&m.Answers, &m.Authorities, &m.Additionals} {
		for range word(3 + i) {
			if !p.record(section) {
				return m
			}
		}
	}
	if rest := len(b) - p.off; rest > 0 {
		p.complain(fmt.Errorf("%d bytes after the last record", rest))
	}
	return m
}

type parser struct {
	b   []byte
	off int
	m   *Message
}

// complain notes the first trouble.
func (p *parser) complain(err error) {
	if p.m.Malformed == nil {
		p.m.Malformed = err
	}
}

var errShort = errors.New("the message ends within a record")

// name reads a name; the message is over if it cannot be read.
func (p *parser) name() (string, bool) {
	name, off, err := dns.UnpackDomainName(p.b, p.off)
	if err != nil {
		p.complain(fmt.Errorf("name at byte %d: %w", p.off, err))
		return "", false
	}
	p.off = off
	return name, true
}

func (p *parser) question() bool {
	name, ok := p.name()
	if !ok {
		return false
	}
	if p.off+4 > len(p.b) {
		p.complain(errShort)
		return false
	}
	class := binary.BigEndian.Uint16(p.b[p.off+2:])
	p.m.Questions = append(p.m.Questions, Question{
		Name: name, Type: binary.BigEndian.Uint16(p.b[p.off:]), Class: class &^ topBit, Unicast: class&topBit != 0,
	})
	p.off += 4
	return true
}

// record reads one record. One whose data cannot be read is kept without them.
func (p *parser) record(section *[]Record) bool {
	name, ok := p.name()
	if !ok {
		return false
	}
	if p.off+10 > len(p.b) {
		p.complain(errShort)
		return false
	}
	fixed := p.b[p.off:]
	class, ttl := binary.BigEndian.Uint16(fixed[2:]), binary.BigEndian.Uint32(fixed[4:])
	r := Record{
		Name: name, Type: binary.BigEndian.Uint16(fixed), Class: class &^ topBit, Flush: class&topBit != 0,
		TTL: time.Duration(ttl) * time.Second, Length: int(binary.BigEndian.Uint16(fixed[8:])),
	}
	p.off += 10
	end := p.off + r.Length
	if end > len(p.b) {
		p.complain(errShort)
		return false
	}
	header := dns.RR_Header{Name: name, Rrtype: r.Type, Class: r.Class, Ttl: ttl, Rdlength: uint16(r.Length)} //nolint:gosec // read from 16 bits
	data, off, err := dns.UnpackRRWithHeader(header, p.b[:end], p.off)
	switch {
	case err != nil:
		p.complain(fmt.Errorf("data of %s %s: %w", name, typeName(r.Type), err))
	case off != end:
		p.complain(fmt.Errorf("data of %s %s: %d bytes too many", name, typeName(r.Type), end-off))
	case r.Length > 0: // without data there is only a header, of no use as a record
		r.Data = data
	}
	*section = append(*section, r)
	p.off = end
	return true
}

// typeName is the name of a record type, such as SRV, or TYPE1234.
func typeName(t uint16) string { return dns.Type(t).String() }
