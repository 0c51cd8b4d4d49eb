package mdns

import (
	"fmt"

	"github.com/miekg/dns"
)

// maxQuery is the size of a query, in bytes: it fits into an Ethernet frame.
const maxQuery = 1400

// queries packs questions, and known answers to the last of the packets. Known
// answers that do not fit follow in packets without a question; all but the last of
// such a row carry the TC bit (RFC 6762 §7.2).
func queries(questions []dns.Question, known []dns.RR) ([][]byte, error) {
	if len(questions) == 0 {
		return nil, nil
	}
	messages := []*dns.Msg{newQuery()}
	current := messages[0]
	// The question for instances stands first: the row of packets ends with it.
	for i := len(questions) - 1; i >= 0; i-- {
		current.Question = append(current.Question, questions[i])
		if current.Len() > maxQuery && len(current.Question) > 1 {
			current.Question = current.Question[:len(current.Question)-1]
			current = newQuery(questions[i])
			messages = append(messages, current)
		}
	}
	for _, rr := range known {
		current.Answer = append(current.Answer, rr)
		if current.Len() > maxQuery && len(current.Answer) > 1 {
			current.Answer = current.Answer[:len(current.Answer)-1]
			current.Truncated = true
			current = newQuery()
			current.Answer = append(current.Answer, rr)
			messages = append(messages, current)
		}
	}
	return packAll(messages)
}

func newQuery(questions ...dns.Question) *dns.Msg {
	m := Query(questions...)
	m.Compress = true
	return m
}

func packAll(messages []*dns.Msg) ([][]byte, error) {
	var packets [][]byte
	for _, m := range messages {
		packet, err := m.Pack()
		if err != nil {
			return nil, fmt.Errorf("pack a question: %w", err)
		}
		packets = append(packets, packet)
	}
	return packets, nil
}
