package mdns

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/miekg/dns"
)

const (
	maxLines = 40  // of a message's text
	maxHex   = 512 // bytes of a packet that are shown as they are
)

// String shows a message as a transcript does: a line for the header, one for each
// question and each record.
func (m *Message) String() string {
	lines := []string{m.header()}
	for _, q := range m.Questions {
		lines = append(lines, "  question: "+q.String())
	}
	for _, section := range []struct {
		name    string
		records []Record
	}{{"answer", m.Answers}, {"authority", m.Authorities}, {"additional", m.Additionals}} {
		for _, r := range section.records {
			lines = append(lines, "  "+section.name+": "+r.String())
		}
	}
	if m.Malformed != nil {
		lines = append(lines, "  malformed: "+m.Malformed.Error())
	}
	if len(lines) > maxLines {
		lines = append(lines[:maxLines], fmt.Sprintf("  … and %d lines more", len(lines)-maxLines))
	}
	return strings.Join(lines, "\n")
}

func (m *Message) header() string {
	kind := "query"
	if m.Response() {
		kind = "response"
	}
	words := []string{fmt.Sprintf("%s, ID %d", kind, m.ID)}
	if m.Authoritative() {
		words = append(words, "AA")
	}
	if m.Truncated() {
		words = append(words, "TC")
	}
	if m.Opcode() != dns.OpcodeQuery {
		words = append(words, fmt.Sprintf("opcode %d", m.Opcode()))
	}
	if m.Rcode() != dns.RcodeSuccess {
		words = append(words, fmt.Sprintf("RCODE %d", m.Rcode()))
	}
	return strings.Join(words, ", ")
}

// String shows a question.
func (q Question) String() string {
	how := "QM"
	if q.Unicast {
		how = "QU"
	}
	return fmt.Sprintf("%s %s %s (%s)", q.Name, dns.Class(q.Class), typeName(q.Type), how)
}

// String shows a record.
func (r Record) String() string {
	flush := ""
	if r.Flush {
		flush = " cache-flush"
	}
	data := fmt.Sprintf("%d bytes that cannot be read", r.Length)
	if r.Data != nil {
		data = strings.TrimPrefix(r.Data.String(), r.Data.Header().String())
	}
	return fmt.Sprintf("%s %d%s %s %s", r.Name, int(r.TTL.Seconds()), flush, typeName(r.Type), data)
}

// dump shows a packet: as a message if it is one, else as bytes.
func dump(b []byte) string {
	m := Parse(b)
	if m.Malformed == nil {
		return m.String()
	}
	shown := b[:min(len(b), maxHex)]
	return fmt.Sprintf("%s\n%d bytes:\n%s", m, len(b), hex.Dump(shown))
}
