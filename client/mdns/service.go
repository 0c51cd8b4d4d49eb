package mdns

import (
	"net/netip"
	"slices"
	"time"
)

// Service is an instance of the gateway's service type as it is known on one link.
type Service struct {
	Instance  string       // as people read it
	Name      string       // the full name, in presentation form
	Link      string       // the interface that it was heard on
	Host      string       // the target of its SRV record, in presentation form; "" if there is none
	Port      uint16       // 0 if there is no SRV record
	Addresses []netip.Addr // of the host, IPv4 first; without a zone
	// TXT holds the strings of its TXT record, fit to show, without empty ones; nil
	// if there is no such record.
	TXT []string
	// From holds the sources of the packets that spoke of it, at most 16.
	From []netip.Addr
	Seen time.Time // when it was first heard of
	// Remarks tell in words what was left out because there is too much of it.
	Remarks []string
}

// Resolved tells whether it is known where the service is: host, port and an address.
func (s Service) Resolved() bool { return s.Host != "" && s.Port != 0 && len(s.Addresses) > 0 }

// same tells whether two services differ in nothing that an integration sees.
func (s Service) same(o Service) bool {
	return SameName(s.Host, o.Host) && s.Port == o.Port && slices.Equal(s.Addresses, o.Addresses) &&
		(s.TXT == nil) == (o.TXT == nil) && slices.Equal(s.TXT, o.TXT) && slices.Equal(s.Remarks, o.Remarks)
}

// ChangeKind is what became of a service.
type ChangeKind string

// The changes.
const (
	Appeared ChangeKind = "appeared"
	Changed  ChangeKind = "changed"
	Left     ChangeKind = "left"
)

// Change is what became of a service. One that is heard of appears when it is
// resolved, or unresolved after 3 s. A change is told when nothing more of it is
// pending: 1 s after a cache-flush or a goodbye (RFC 6762 §10).
type Change struct {
	Kind    ChangeKind
	At      time.Time
	Service Service // as it is now; as it was last, if it left
	Before  Service // of Changed: as it was
	Goodbye bool    // of Left: it said so; else its record expired
}
