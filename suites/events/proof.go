package events

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// What proves that a connection told something wrong of an order, or nothing: the
// request that should have made it tell, and what it brought about that order.

// maxProof is how many exchanges a finding shows.
const maxProof = 6

// causeOf is the latest request of the case that was to change the order.
func causeOf(c *spec.C, o protocol.Order) client.Exchange {
	return causeIn(c.Client.Transcript().Exchanges(), o)
}

// causeIn picks the latest request that was to change the order, by its name or
// its uuid; an empty exchange if there is none.
func causeIn(exchanges []client.Exchange, o protocol.Order) client.Exchange {
	for _, x := range slices.Backward(exchanges) {
		if changes(x.Sent, o) {
			return x
		}
	}
	return client.Exchange{}
}

// changes tells whether a request, as it was written down, asks for a change of
// the order.
func changes(sent string, o protocol.Order) bool {
	head, rest, _ := strings.Cut(sent, "\n")
	method, path, _ := strings.Cut(head, " ")
	switch method {
	case "POST", "PUT", "PATCH", "DELETE":
	default:
		return false
	}
	path, _, _ = strings.Cut(path, "?")
	segments := strings.Split(path, "/")
	return o.Name != "" && slices.Contains(segments, o.Name) ||
		o.UUID != "" && slices.Contains(segments, o.UUID) ||
		strings.Contains(rest, `"name":`+strconv.Quote(o.Name))
}

// proofOf puts the latest of what one connection brought about an order behind
// the request that caused it; of a connection that brought nothing about it, its
// last message.
func proofOf(cause client.Exchange, brought []client.Message, o protocol.Order) []client.Exchange {
	about := slices.DeleteFunc(slices.Clone(brought), func(m client.Message) bool {
		return spec.IsSnapshot(m) || !speaksOf(m, o, cause)
	})
	if len(about) == 0 {
		about = brought[max(0, len(brought)-1):]
	}
	proof := exchangesOf(about[max(0, len(about)-maxProof+1):])
	if cause != (client.Exchange{}) {
		proof = slices.Insert(proof, 0, cause)
	}
	return proof
}

// speaksOf tells whether a message mentions the order: its uuid or, from the
// request on, its name. Before that the name may have been another order's.
func speaksOf(m client.Message, o protocol.Order, cause client.Exchange) bool {
	return o.UUID != "" && bytes.Contains(m.Data, []byte(o.UUID)) ||
		o.Name != "" && m.Exchange.At >= cause.At && bytes.Contains(m.Data, []byte(strconv.Quote(o.Name)))
}

func exchangesOf(messages []client.Message) []client.Exchange {
	proof := make([]client.Exchange, 0, len(messages)+1)
	for _, m := range messages {
		proof = append(proof, m.Exchange)
	}
	return proof
}

// onChannel picks the latest of what was exchanged on one connection.
func onChannel(exchanges []client.Exchange, channel string) []client.Exchange {
	here := slices.DeleteFunc(slices.Clone(exchanges), func(x client.Exchange) bool { return x.Channel != channel })
	return here[max(0, len(here)-maxProof):]
}

// because puts a request in front of what proves a fault.
func because(cause client.Exchange, err error) error {
	if err == nil {
		return nil
	}
	var proof []client.Exchange
	if f, ok := errors.AsType[*fault](err); ok {
		proof = f.proof
	}
	if cause != (client.Exchange{}) {
		proof = append([]client.Exchange{cause}, proof[max(0, len(proof)-maxProof+1):]...)
	}
	return &fault{err.Error(), proof}
}

// proof is what shows a fault in what a connection told of an order: what the
// judgement named, or else the start of the order, and then what was told; of a
// connection that told nothing, the last that was exchanged on it.
func (w witness) proof(l life, err error) []client.Exchange {
	proof := []client.Exchange{l.asked.start}
	if f, ok := errors.AsType[*fault](err); ok && len(f.proof) > 0 {
		proof = slices.Clone(f.proof)
	}
	told := exchangesOf(w.told[l.uuid])
	if len(told) == 0 {
		told = w.latest[max(0, len(w.latest)-1):]
	}
	for _, x := range told {
		if len(proof) < maxProof && !slices.Contains(proof, x) {
			proof = append(proof, x)
		}
	}
	return proof
}
