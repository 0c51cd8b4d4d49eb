package mdns

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// What a cache holds of one link at most. A text is counted in presentation form; so
// the TXT records of a name take 64 KiB, and all records together 8 MiB.
const (
	maxInstances = 256
	maxRecords   = 1024
	maxAddresses = 64 // of one host and family
	maxVariants  = 8  // SRV or TXT records of one name
	maxTXT       = 8 << 10
	maxSources   = 16
	maxTTL       = 24 * time.Hour // a longer one is cut
)

// grace is how long a record lives on after a goodbye or a cache-flush, and how old
// a record must be for a cache-flush to mean it (RFC 6762 §10.1, §10.2).
const grace = time.Second

// floodError is more than a cache holds.
type floodError struct{ error }

func flood(format string, args ...any) error { return &floodError{fmt.Errorf(format, args...)} }

// key names a set of records.
type key struct {
	name  string // folded
	rtype uint16
}

var browseKey = key{fold(ServiceType), dns.TypePTR}

// value is what a record says, such that equal values are the same record.
type value struct {
	target                 string // of PTR and SRV, folded
	priority, weight, port uint16
	addr                   netip.Addr
	txt                    string // its strings, escaped, a line each
	size                   int    // of a TXT record that was cut, in bytes; else 0
}

// doom is why a record is about to go.
type doom int

const (
	alive    doom = iota
	replaced      // by a cache-flush
	goodbye       // by TTL 0
)

// entry is a record in the cache.
type entry struct {
	value
	name    string        // in the case in which it came
	text    string        // the target in the case in which it came
	since   time.Time     // when it was first heard
	heard   time.Time     // when it was last heard
	ttl     time.Duration // as it was last heard
	expires time.Time
	doom    doom
	asked   int     // how often it was asked for near its end
	spread  float64 // from 0 to 0.02: so that not all queriers ask at once (RFC 6762 §5.2)
}

// instance is a service that a PTR record names.
type instance struct {
	name string
	seen time.Time
	from []netip.Addr
}

// cache holds what is known of the gateways of one link. It belongs to one goroutine.
type cache struct {
	link      string
	spread    func() float64
	sets      map[key][]*entry
	full      map[key]bool // sets of which something was left out
	count     int          // of records
	instances map[string]*instance
	parted    map[string]bool // instances that left: whether with a goodbye
	dirty     bool            // something changed since services was last called
}

func newCache(linkName string, spread func() float64) *cache {
	return &cache{
		link: linkName, spread: spread, sets: map[key][]*entry{}, full: map[key]bool{},
		instances: map[string]*instance{}, parted: map[string]bool{},
	}
}

// receive takes in what a response says of gateways, and tells whether it says
// anything. The error is a flood: more than the cache holds.
func (c *cache) receive(now time.Time, from netip.Addr, m *Message) (relevant bool, err error) {
	// The authority section is for the proposals of probes (RFC 6762 §8.2).
	for _, section := range [][]Record{m.Answers, m.Additionals} {
		for i := range section {
			if r := &section[i]; r.Type == dns.TypePTR {
				if err := c.pointer(now, from, r, &relevant); err != nil {
					return relevant, err
				}
			}
		}
	}
	hosts := c.hosts()
	for _, step := range []func(*Record) bool{
		func(r *Record) bool { return c.ofInstance(r, from) },
		func(r *Record) bool { return isAddress(r.Type) && hosts()[fold(r.Name)] },
	} {
		for _, section := range [][]Record{m.Answers, m.Additionals} {
			for i := range section {
				if r := &section[i]; r.Class == dns.ClassINET && step(r) {
					relevant = true
					if err := c.take(now, r); err != nil {
						return relevant, err
					}
				}
			}
		}
	}
	c.sweep()
	return relevant, nil
}

// pointer takes in a PTR record if it names an instance of the service.
func (c *cache) pointer(now time.Time, from netip.Addr, r *Record, relevant *bool) error {
	ptr, ok := r.Data.(*dns.PTR)
	if !ok || r.Class != dns.ClassINET || fold(r.Name) != browseKey.name {
		return nil
	}
	*relevant = true
	name := fold(ptr.Ptr)
	if !isInstance(name) {
		return nil
	}
	if known := c.instances[name]; known == nil && r.TTL > 0 {
		if len(c.instances) == maxInstances {
			return flood("more than %d instances of %s on %s: a flood", maxInstances, strings.TrimSuffix(ServiceType, "."), c.link)
		}
		c.instances[name] = &instance{name: ptr.Ptr, seen: now}
		delete(c.parted, name)
	}
	if known := c.instances[name]; known != nil {
		c.spoke(known, from)
	}
	return c.take(now, r)
}

// isInstance tells whether a folded name is one label before the service type.
func isInstance(name string) bool {
	labels := dns.Split(name)
	return len(labels) > 1 && name[labels[1]:] == browseKey.name
}

func isAddress(rtype uint16) bool { return rtype == dns.TypeA || rtype == dns.TypeAAAA }

// ofInstance tells whether a record is the SRV or TXT record of a known instance.
func (c *cache) ofInstance(r *Record, from netip.Addr) bool {
	if r.Type != dns.TypeSRV && r.Type != dns.TypeTXT {
		return false
	}
	known := c.instances[fold(r.Name)]
	if known == nil {
		return false
	}
	c.spoke(known, from)
	return true
}

func (c *cache) spoke(i *instance, from netip.Addr) {
	if slices.Contains(i.from, from) {
		return
	}
	if len(i.from) == maxSources {
		i.from = slices.Delete(i.from, 0, 1)
	}
	i.from = append(i.from, from)
	c.dirty = true
}

// departed returns the instances that left since it was last asked, by folded name:
// whether with a goodbye.
func (c *cache) departed() map[string]bool {
	parted := c.parted
	c.parted = map[string]bool{}
	return parted
}

// hosts returns a function that gives the targets of all SRV records, folded; it is
// worked out when it is first needed.
func (c *cache) hosts() func() map[string]bool {
	var found map[string]bool
	return func() map[string]bool {
		if found == nil {
			found = map[string]bool{}
			for name := range c.instances {
				for _, e := range c.sets[key{name, dns.TypeSRV}] {
					found[e.target] = true
				}
			}
		}
		return found
	}
}
