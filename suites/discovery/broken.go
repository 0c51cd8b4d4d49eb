package discovery

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client"
	"ttcheck/client/mdns"
	"ttcheck/internal/link"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

const (
	// mutants is how many queries with random damage are sent, and mutantSeed makes
	// them the same in every run.
	mutants    = 400
	mutantSeed = 21
	// pace is between two broken packets: it is their form that is tried, not their
	// number.
	pace = 2 * time.Millisecond
)

// The case on packets that are none.
var brokenCases = []spec.Case{
	{
		ID: "DISC-21", Needs: []spec.Need{spec.NeedLink, spec.NeedRobustness},
		Probes: findsFirst, Run: survivesBrokenPackets,
	},
}

// blow is a group of packets of one kind. All of them are queries, or speak of names
// that nobody has: no cache on the link is spoilt.
type blow struct {
	what    string
	packets [][]byte
}

// survivesBrokenPackets sends each packet in the three ways in which a responder takes
// them: to the group, to the group from another port, and to the gateway alone.
func survivesBrokenPackets(c *spec.C) {
	a := open(c)
	other, err := newAsker(c.Scene, a.advert, true)
	c.Must(err)
	if fault := a.ails(c); fault != nil { // or it would be blamed on the packets
		c.Unsupported("the gateway does not answer even before any broken packet: %v", fault)
	}
	gateway := netip.AddrPortFrom(a.advert.peer(), link.Port)
	for _, b := range blows() {
		for _, packet := range b.packets {
			c.Must(a.Multicast(packet))
			c.Must(other.Multicast(packet))
			c.Must(a.Send(packet, gateway))
			c.Must(c.Until(time.Now().Add(pace)))
		}
		sent := c.Client.Transcript().Exchanges()
		last := sent[max(0, len(sent)-3):]
		c.Expect(a.ails(c), "a gateway after %d packets of the kind: %s (the last is shown)", len(b.packets), b.what).ProvedBy(last...).
			To(match.NoFault("go on, answer searches and the online check"))
	}
}

// ails tells what is wrong with a gateway that was sent broken packets; nil if nothing
// is. One that comes up anew, as its probes tell, did not survive.
func (a *asker) ails(c *spec.C) error {
	restarts := func(p mdns.Packet) bool { return !p.Message.Response() && a.sentIt(p) && a.contests(p) }
	var came []mdns.Packet
	for _, query := range []*dns.Msg{
		mdns.Query(mdns.QU(mdns.ServiceType, dns.TypePTR)), mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR)),
	} {
		packets, err := a.Ask(c, mdns.Asking{
			Query: query, For: searchTime, Wanted: func(p mdns.Packet) bool { return a.listsService(p) || restarts(p) },
			Enough: func(packets []mdns.Packet) bool { return slices.ContainsFunc(packets, a.listsService) },
		})
		c.Must(err)
		came = append(came, packets...)
		if slices.ContainsFunc(came, a.listsService) {
			break
		}
	}
	if slices.ContainsFunc(came, restarts) {
		return errors.New("it comes up anew: it probes for its name")
	}
	if !slices.ContainsFunc(came, a.listsService) {
		return fmt.Errorf("no answer to a search came within %v", 2*searchTime)
	}
	if res := c.Do(client.Request{Path: protocol.Base}); res.Status/100 != 2 {
		return fmt.Errorf("GET %s is answered %s", protocol.Base, res)
	}
	return nil
}

func blows() []blow {
	query := packed(mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR)))
	return []blow{
		{"packets that end too early", truncations(query)},
		{"names of pointers that loop or lead nowhere", pointers()},
		{"record counts that are absurd", absurdCounts(query)},
		{"names and labels that are too long", longNames()},
		{"records whose lengths are wrong", wrongLengths()},
		{"packets that are no DNS at all", noise()},
		{"queries that are sound, and large or new", unusual()},
		{fmt.Sprintf("%d queries with random damage", mutants), mutations()},
	}
}

func truncations(query []byte) [][]byte {
	var packets [][]byte
	for n := range query {
		packets = append(packets, query[:n])
	}
	return packets
}

// header is the header of a message with these flags and counts.
func header(flags uint16, counts ...uint16) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0, 0}, flags)
	for i := range 4 {
		var n uint16
		if i < len(counts) {
			n = counts[i]
		}
		b = binary.BigEndian.AppendUint16(b, n)
	}
	return b
}

const (
	queryFlags    = 0
	responseFlags = 1<<15 | 1<<10
)

var ptrIN = []byte{0, byte(dns.TypePTR), 0, dns.ClassINET}

func pointers() [][]byte {
	var packets [][]byte
	for _, name := range [][]byte{
		{0xC0, 12},                            // to itself
		{0xC0, 14, 0xC0, 12},                  // to each other
		{1, 'a', 0xC0, 12},                    // to the label before it, for ever
		{0xC0, 0xFF}, {0xFF, 0xFF}, {0xC0, 0}, // beyond the end, into the header
		{0xC0},               // half a pointer
		{0x40, 0}, {0x80, 0}, // label types that are reserved
	} {
		for _, flags := range []uint16{queryFlags, responseFlags} {
			counts := []uint16{1}
			tail := slices.Clone(ptrIN)
			if flags == responseFlags {
				counts = []uint16{0, 1}
				tail = append(tail, 0, 0, 0, 120, 0, 0)
			}
			packets = append(packets, slices.Concat(header(flags, counts...), name, tail))
		}
	}
	return packets
}

func absurdCounts(query []byte) [][]byte {
	var packets [][]byte
	for i := range 4 {
		for _, n := range []uint16{2, 255, 65535} {
			b := slices.Clone(query)
			binary.BigEndian.PutUint16(b[4+2*i:], n)
			packets = append(packets, b)
		}
	}
	return append(packets, header(queryFlags, 65535, 65535, 65535, 65535), header(responseFlags, 0, 65535))
}

func longNames() [][]byte {
	label := func(n byte) []byte { return append([]byte{n}, strings.Repeat("x", int(n))...) }
	long := slices.Concat(label(63), label(63), label(63), label(63), label(63), []byte{0}) // 320 bytes, where 255 are allowed
	deep := append([]byte(strings.Repeat("\x01x", 4000)), 0)
	var packets [][]byte
	for _, name := range [][]byte{long, deep, label(63), {63}, append(label(60), 0xC0, 12)} {
		packets = append(packets, slices.Concat(header(queryFlags, 1), name, ptrIN))
	}
	return packets
}

// wrongLengths are responses about a name that nobody has, with data that are shorter
// or longer than they say.
func wrongLengths() [][]byte {
	var packets [][]byte
	name := append([]byte("\x0Fttcheck-nowhere\x05local"), 0)
	for _, recordType := range []uint16{dns.TypeA, dns.TypeAAAA, dns.TypePTR, dns.TypeSRV, dns.TypeTXT, dns.TypeNSEC, dns.TypeOPT} {
		for _, length := range []uint16{0, 1, 3, 65535} {
			b := append(header(responseFlags, 0, 1), name...)
			b = binary.BigEndian.AppendUint16(b, recordType)
			b = append(b, 0x80, dns.ClassINET, 0, 0, 0, 120)
			b = binary.BigEndian.AppendUint16(b, length)
			packets = append(packets, append(b, 0xC0, 12, 5))
		}
	}
	return packets
}

func noise() [][]byte {
	random := rand.New(rand.NewPCG(mutantSeed, 1)) //nolint:gosec // the same noise each time
	packets := [][]byte{{}, {0}, []byte("GET / HTTP/1.1\r\n\r\n"), make([]byte, 1400)}
	for range 20 {
		b := make([]byte, 1+random.IntN(1400))
		for i := range b {
			b[i] = octet(random)
		}
		if len(b) > 2 {
			b[2] &^= 0x80 // no response: what it says must not be believed by anyone
		}
		packets = append(packets, b)
	}
	return packets
}

// unusual are queries that are sound: with twenty questions, with more known answers
// than one Ethernet frame holds, with EDNS0.
func unusual() [][]byte {
	many := mdns.Query()
	for range 20 {
		many.Question = append(many.Question, mdns.QM(nobody("local."), dns.TypeANY))
	}
	large := mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR))
	for range 40 {
		large.Answer = append(large.Answer, knownPTR(nobody(mdns.ServiceType), otherTTL))
	}
	edns := mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR))
	edns.SetEdns0(1440, false)
	return [][]byte{packed(many), packed(large), packed(edns)}
}

func octet(random *rand.Rand) byte { return byte(random.IntN(256)) } //nolint:gosec // below 256

// mutations damages a query with known answers, which stays a query.
func mutations() [][]byte {
	random := rand.New(rand.NewPCG(mutantSeed, 2)) //nolint:gosec // the same damage each time
	m := mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR), mdns.QU(mdns.Meta, dns.TypePTR))
	m.Answer = []dns.RR{knownPTR(mdns.InstanceName("ttcheck"), otherTTL)}
	m.Compress = true
	whole := packed(m)
	var packets [][]byte
	for range mutants {
		b := slices.Clone(whole)
		for range 1 + random.IntN(6) {
			b[random.IntN(len(b))] = octet(random)
		}
		b[2] &^= 0x80
		packets = append(packets, b[:1+random.IntN(len(b))])
	}
	return packets
}
