package mdns

import (
	"fmt"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client"
	"ttcheck/internal/link"
)

// receive takes in a packet. The error is a flood.
func (w *watcher) receive(d link.Datagram) error {
	m := Parse(d.Data)
	if w.mine(d) && !m.Response() {
		return nil
	}
	w.browser.heard.Add(1)
	if !m.Response() {
		if w.transcript != nil && w.cache.concerns(m) {
			w.heard(d)
		}
		return nil // a question of others, or a proposal, is no answer
	}
	if !w.acceptable(d, m) {
		return nil
	}
	relevant, err := w.cache.receive(d.At, d.From.Addr(), m)
	if relevant {
		w.heard(d)
	}
	return err
}

// mine tells whether a packet comes from an address of the browser's own. There may
// be others on it.
func (w *watcher) mine(d link.Datagram) bool {
	for _, source := range w.conn.Sources() {
		if d.From == source {
			return true
		}
	}
	return false
}

// acceptable tells whether a response is one of multicast DNS: from port 5353 (RFC
// 6762 §6), without an opcode or an error (§18.3, §18.11), and from the link. What
// came to the group did; else the source tells (§11).
func (w *watcher) acceptable(d link.Datagram, m *Message) bool {
	if d.From.Port() != link.Port || m.Opcode() != dns.OpcodeQuery || m.Rcode() != dns.RcodeSuccess {
		return false
	}
	if d.ToGroup {
		return true
	}
	if d.At.Sub(w.prefixesAt) >= prefixesFor {
		if prefixes, err := w.link.Prefixes(); err == nil {
			w.prefixes, w.prefixesAt = prefixes, d.At
		}
	}
	return link.Contains(w.prefixes, d.From.Addr())
}

// concerns tells whether a packet names the service type, an instance of it, or a
// host of one.
func (c *cache) concerns(m *Message) bool {
	hosts := c.hosts()
	ours := func(name string) bool {
		name = fold(name)
		return name == browseKey.name || isInstance(name) || hosts()[name]
	}
	for _, q := range m.Questions {
		if ours(q.Name) {
			return true
		}
	}
	for _, r := range m.Records() {
		if ours(r.Name) {
			return true
		}
	}
	return false
}

// heard records a packet that came in.
func (w *watcher) heard(d link.Datagram) {
	if w.transcript == nil {
		return
	}
	how := "by unicast"
	if d.ToGroup {
		how = "by multicast"
	}
	w.record(d.At, client.Exchange{Received: fmt.Sprintf("from %s %s: %s", d.From, how, dump(d.Data))})
}

func (w *watcher) record(at time.Time, x client.Exchange) {
	x.Channel = "mdns " + w.link.Name()
	w.transcript.Record(at, x)
}
