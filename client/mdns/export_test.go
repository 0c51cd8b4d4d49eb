package mdns

import (
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// Fed is a cache that is fed with packets, and its agenda.
type Fed struct {
	cache  *cache
	agenda *agenda
	now    time.Time
}

// NewFed returns an empty one.
func NewFed() *Fed {
	now := time.Unix(1_800_000_000, 0)
	return &Fed{newCache("lan0", func() float64 { return 0.01 }), newAgenda(now), now}
}

// Feed lets some time go by, and has the cache take in a packet.
func (f *Fed) Feed(packet []byte) error {
	f.now = f.now.Add(700 * time.Millisecond)
	f.cache.expire(f.now)
	_, err := f.cache.receive(f.now, netip.AddrFrom4([4]byte{10, 77, 0, 10}), Parse(packet))
	return err
}

// Check tells whether the bounds hold and the questions are such that they can be
// sent; it returns what is known.
func (f *Fed) Check(t *testing.T) []Service {
	t.Helper()
	count, size := 0, 0
	for k, set := range f.cache.sets {
		if len(set) == 0 || (len(set) > maxAddresses && k != browseKey) {
			t.Errorf("%d records of %v", len(set), k)
		}
		for _, e := range set {
			size += len(e.txt)
		}
		count += len(set)
	}
	if count != f.cache.count || count > maxRecords || size > maxRecords*maxTXT {
		t.Errorf("%d records, counted as %d, with %d bytes of text", count, f.cache.count, size)
	}
	if len(f.cache.instances) > maxInstances || len(f.cache.instances) != len(f.cache.sets[browseKey]) {
		t.Errorf("%d instances, %d PTR records", len(f.cache.instances), len(f.cache.sets[browseKey]))
	}
	questions, _ := f.agenda.due(f.now, f.cache)
	packets, err := queries(questions, f.cache.known(f.now))
	if err != nil {
		t.Errorf("%v cannot be asked: %v", questions, err)
	}
	asked := 0
	for _, p := range packets {
		m := &dns.Msg{}
		if err := m.Unpack(p); err != nil || len(p) > maxQuery {
			t.Errorf("packet of %d bytes: %v", len(p), err)
		}
		asked += len(m.Question)
	}
	if asked != len(questions) {
		t.Errorf("%d of %d questions are asked", asked, len(questions))
	}
	f.cache.departed()
	return f.cache.services()
}
