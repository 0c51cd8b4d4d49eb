package mdns

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// take takes in one record that matters.
func (c *cache) take(now time.Time, r *Record) error {
	e, ok := newEntry(r)
	if !ok {
		return nil
	}
	k := key{fold(r.Name), r.Type}
	set := c.sets[k]
	at := slices.IndexFunc(set, func(o *entry) bool { return o.value == e.value })
	if r.TTL == 0 {
		// A goodbye speaks for itself alone, whatever its cache-flush bit.
		if at >= 0 {
			c.end(set[at], now, goodbye)
		}
		return nil
	}
	if r.Flush && r.Type != dns.TypePTR { // it has no meaning for what many share
		for i, o := range set {
			if i != at && now.Sub(o.heard) > grace {
				c.end(o, now, replaced)
			}
		}
	}
	if at >= 0 {
		c.renew(set[at], e, now)
		return nil
	}
	return c.insert(k, e, now)
}

// newEntry reads the record's data; not ok if they are of no use.
func newEntry(r *Record) (*entry, bool) {
	e := &entry{name: r.Name, ttl: min(r.TTL, maxTTL)}
	switch data := r.Data.(type) {
	case *dns.PTR:
		e.text, e.target = data.Ptr, fold(data.Ptr)
	case *dns.SRV:
		e.text, e.target = data.Target, fold(data.Target)
		e.priority, e.weight, e.port = data.Priority, data.Weight, data.Port
		return e, e.text != "" // a record that ends early has no target
	case *dns.TXT:
		var whole bool
		if e.txt, whole = texts(data.Txt); !whole {
			e.size = r.Length
		}
	case *dns.A:
		addr, ok := netip.AddrFromSlice(data.A)
		e.addr = addr.Unmap()
		return e, ok
	case *dns.AAAA:
		addr, ok := netip.AddrFromSlice(data.AAAA)
		e.addr = addr
		return e, ok
	default:
		return nil, false
	}
	return e, true
}

// texts joins the strings of a TXT record, as many as fit, and tells whether all do.
// They are escaped, so that none holds a line break.
func texts(all []string) (joined string, whole bool) {
	var b strings.Builder
	for _, s := range all {
		if b.Len()+len(s)+1 > maxTXT {
			return b.String(), false
		}
		if s == "" { // RFC 6763 §6.1: it says nothing
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(s)
	}
	return b.String(), true
}

// end has a record go after the grace.
func (c *cache) end(e *entry, now time.Time, why doom) {
	if at := now.Add(grace); e.expires.After(at) {
		e.expires = at
	}
	e.doom = max(e.doom, why)
	c.dirty = true
}

// renew takes in that a known record was heard again.
func (c *cache) renew(e, heard *entry, now time.Time) {
	c.dirty = c.dirty || e.doom != alive
	e.heard, e.ttl, e.expires = now, heard.ttl, now.Add(heard.ttl)
	e.doom, e.asked, e.spread = alive, 0, c.spread()
}

// insert adds a record within the bounds.
func (c *cache) insert(k key, e *entry, now time.Time) error {
	limit := maxVariants
	switch {
	case isAddress(k.rtype):
		limit = maxAddresses
	case k.rtype == dns.TypePTR:
		limit = maxInstances
	}
	if len(c.sets[k]) >= limit && !c.yield(k) {
		c.dirty = c.dirty || !c.full[k]
		c.full[k] = true
		return nil
	}
	if c.count >= maxRecords {
		return flood("more than %d records of gateways on %s: a flood", maxRecords, c.link)
	}
	e.since, e.heard, e.expires, e.spread = now, now, now.Add(e.ttl), c.spread()
	c.sets[k] = append(c.sets[k], e)
	c.count++
	c.dirty = true
	return nil
}

// yield drops a record of the set that is about to go anyway, if there is one.
func (c *cache) yield(k key) bool {
	at := slices.IndexFunc(c.sets[k], func(e *entry) bool { return e.doom != alive })
	if at < 0 || k == browseKey {
		return false
	}
	c.sets[k] = slices.Delete(c.sets[k], at, at+1)
	c.count--
	return true
}

// expire drops what is over, and the instances that leave with it.
func (c *cache) expire(now time.Time) {
	dropped := false
	for k, set := range c.sets {
		kept := slices.DeleteFunc(set, func(e *entry) bool {
			over := !e.expires.After(now)
			if over && k == browseKey {
				delete(c.instances, e.target)
				c.parted[e.target] = e.doom == goodbye
			}
			return over
		})
		if len(kept) == len(set) {
			continue
		}
		dropped = true
		c.count -= len(set) - len(kept)
		c.keep(k, kept)
	}
	if dropped {
		c.dirty = true
		c.sweep()
	}
}

// keep replaces a set by what is left of it.
func (c *cache) keep(k key, set []*entry) {
	if len(set) == 0 {
		delete(c.sets, k)
		delete(c.full, k)
		return
	}
	c.sets[k] = set
}

// sweep drops the records of instances that left and of hosts that nothing points to
// any more.
func (c *cache) sweep() {
	hosts := c.hosts()
	for k, set := range c.sets {
		wanted := k == browseKey
		switch {
		case isAddress(k.rtype):
			wanted = hosts()[k.name]
		case k != browseKey:
			wanted = c.instances[k.name] != nil
		}
		if !wanted {
			c.count -= len(set)
			c.keep(k, nil)
		}
	}
}

// ends is when the next record is over; zero if there is none.
func (c *cache) ends() time.Time {
	var first time.Time
	for _, set := range c.sets {
		for _, e := range set {
			first = earlier(first, e.expires)
		}
	}
	return first
}

// earlier is the earlier of two times, of which the zero one is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
