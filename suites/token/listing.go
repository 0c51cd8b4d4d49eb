package token

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on what the gateway tells of tokens that are in use.
var listingCases = []spec.Case{
	{ID: "TOK-20", Needs: []spec.Need{spec.NeedToken}, Run: tellsOfItsUse},
	{ID: "TOK-21", Lane: spec.ButtonLane, Needs: []spec.Need{spec.NeedToken}, Run: listsAllTokens},
}

func tellsOfItsUse(c *spec.C) {
	used := c.Get(protocol.PathHistory)
	c.Expect(used, "GET %s", protocol.PathHistory).To(match.Success())
	res := c.Get(protocol.PathToken)
	c.Expect(res, "GET %s", protocol.PathToken).To(match.Success())
	o, err := res.Object()
	c.Expect(err, "the answer").ProvedBy(res.Exchange).To(match.OK())
	described := descriptionIn(o)
	tellsWhen(c, described, res.Exchange)
	tellsWho(c, described, used)
}

// tellsWhen judges last_used: how exact it is, is not documented.
func tellsWhen(c *spec.C, described protocol.Object, proof client.Exchange) {
	used, err := described.Datetime("last_used")
	c.Expect(err, "last_used of a token that was used").ProvedBy(proof).To(match.OK())
	if made, err := described.Datetime("creation_date"); err == nil {
		c.Expect(used.Sub(made) >= -time.Second, "that last_used (%v) is not before creation_date (%v)", used, made).
			ProvedBy(proof).To(gomega.BeTrue())
	}
}

// tellsWho judges ip_address. Beyond the link something may translate addresses,
// so that the gateway sees another one than ours.
func tellsWho(c *spec.C, described protocol.Object, used *client.Response) {
	told, err := described.String("ip_address")
	proof := c.Client.Transcript().Exchanges()
	latest := proof[len(proof)-1]
	c.Expect(err, "ip_address of a token that was used").ProvedBy(latest).To(match.OK())
	address, err := netip.ParseAddr(told)
	c.Expect(err == nil, "that ip_address %.60q is an IP address", told).ProvedBy(latest).To(gomega.BeTrue())
	caller, _ := netip.AddrFromSlice(used.LocalIP)
	host, _, _ := net.SplitHostPort(c.Target.Address)
	if !isSame(address, caller) && !onOneLink(caller, host, ownNetworks()) {
		c.Note("ip_address is %v and the caller's address %v: something between may translate them", address, caller)
		return
	}
	c.Expect(isSame(address, caller), "that ip_address %v is the caller's, %v", address, caller).ProvedBy(latest).To(gomega.BeTrue())
}

// isSame tells whether two addresses are the same, in whichever of its two forms
// an IPv4 address comes.
func isSame(a, b netip.Addr) bool { return a.Unmap().WithZone("") == b.Unmap().WithZone("") }

// onOneLink tells whether the gateway is on this machine, or on a network that the
// caller's address belongs to: nothing in between translates addresses then.
func onOneLink(caller netip.Addr, gateway string, networks []netip.Prefix) bool {
	if caller.IsLoopback() {
		return true
	}
	address, err := netip.ParseAddr(gateway)
	return err == nil && slices.ContainsFunc(networks, func(n netip.Prefix) bool {
		return n.Contains(caller.Unmap()) && n.Contains(address.Unmap().WithZone(""))
	})
}

// ownNetworks are the networks that this machine is part of.
func ownNetworks() []netip.Prefix {
	addresses, _ := net.InterfaceAddrs()
	var networks []netip.Prefix
	for _, address := range addresses {
		if n, err := netip.ParsePrefix(address.String()); err == nil {
			networks = append(networks, n.Masked())
		}
	}
	return networks
}

// descriptionIn finds the description of a token in an answer: under which key it
// stands is not documented.
func descriptionIn(o protocol.Object) protocol.Object {
	for _, key := range slices.Sorted(maps.Keys(o)) {
		inner, err := o.Object(key)
		if err == nil && (inner.Has("creation_date") || inner.Has("last_used") || inner.Has("ip_address")) {
			return inner
		}
	}
	return o
}

func listsAllTokens(c *spec.C) {
	res := c.Get(protocol.PathTokens)
	c.Expect(res, "GET %s", protocol.PathTokens).To(match.Success())
	o, err := res.Object()
	c.Expect(err, "the answer").ProvedBy(res.Exchange).To(match.OK())
	items, err := o.Objects("items")
	c.Expect(err, "the list of tokens").ProvedBy(res.Exchange).To(match.OK())
	count, err := o.Int("count")
	c.Expect(err, "the count of tokens").ProvedBy(res.Exchange).To(match.OK())
	c.Expect(count, "the count of tokens").ProvedBy(res.Exchange).To(gomega.BeEquivalentTo(len(items)))
	c.Expect(len(items), "the number of tokens listed, under a valid one").ProvedBy(res.Exchange).To(gomega.BeNumerically(">", 0))
	for _, item := range items {
		_, err := item.String("name")
		c.Expect(err, "the name of a token that is listed").ProvedBy(res.Exchange).To(match.OK())
	}
	if kind, _ := c.Unmet([]spec.Need{spec.NeedTokens}); kind == "" {
		listsANewToken(c)
	}
}

// listsANewToken makes a token and expects one more in the list, a few times: others
// may revoke theirs in between.
func listsANewToken(c *spec.C) {
	const tries = 3
	for try := range tries {
		before, _ := listed(c.Scene)
		if further(c.Scene) == "" {
			return // TOK-16 is about that
		}
		after, res := listed(c.Scene)
		if after > before {
			return
		}
		if try == tries-1 {
			c.Expect(after, "the number of tokens listed after one more was made").ProvedBy(res.Exchange).To(gomega.BeNumerically(">", before))
		}
	}
}

// listed counts the tokens that the gateway lists; -1 if there is no token to ask
// with, or no list.
func listed(s *spec.Scene) (int, *client.Response) {
	if s.Token() == "" {
		return -1, nil
	}
	res := s.Get(protocol.PathTokens)
	if o, err := res.Object(); err == nil && res.Status/100 == 2 {
		if items, err := o.Objects("items"); err == nil {
			return len(items), res
		}
	}
	return -1, res
}
