package link_test

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
)

var (
	_ link.Link = (*link.Interface)(nil)
	_ link.Link = (*lan.Host)(nil)
)

// listenOn opens a speaker on the loopback, or skips the test.
func listenOn(t *testing.T, opts link.Options) link.Conn {
	t.Helper()
	lo, err := link.Loopback()
	if err != nil {
		t.Skip("no loopback: ", err)
	}
	c, err := lo.Listen(opts)
	if err != nil {
		t.Skip("no multicast on the loopback: ", err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// await returns the first datagram with this content.
func await(t *testing.T, c link.Conn, content []byte) link.Datagram {
	t.Helper()
	limit := time.After(5 * time.Second)
	for {
		select {
		case d := <-c.Packets():
			if bytes.Equal(d.Data, content) {
				return d
			}
		case <-limit:
			t.Fatalf("%q did not arrive", content)
		}
	}
}

// TestLoopback proves that two speakers of one port hear the group, and each alone
// what is sent to it.
func TestLoopback(t *testing.T) {
	t.Parallel()
	a := listenOn(t, link.Options{Source: netip.MustParseAddr("127.91.0.1"), OnlyIPv4: true})
	b := listenOn(t, link.Options{Source: netip.MustParseAddr("127.91.0.2"), OnlyIPv4: true})
	one := listenOn(t, link.Options{Source: netip.MustParseAddr("127.91.0.3"), Ephemeral: true})
	word := []byte("ttcheck: to all " + t.Name())
	if err := a.Multicast(word); err != nil {
		t.Fatal(err)
	}
	for _, c := range []link.Conn{a, b} {
		d := await(t, c, word)
		if d.From != a.Sources()[0] || !d.ToGroup || d.HopLimit != 255 {
			t.Errorf("got %+v, want it from %v to the group with hop limit 255", d, a.Sources()[0])
		}
	}
	if err := one.Multicast([]byte("ttcheck: from afar")); err != nil {
		t.Fatal(err)
	}
	d := await(t, b, []byte("ttcheck: from afar"))
	if d.From != one.Sources()[0] || d.From.Port() == link.Port {
		t.Errorf("from %v, want the ephemeral %v", d.From, one.Sources()[0])
	}
	if err := b.Send([]byte("ttcheck: to one"), d.From); err != nil {
		t.Fatal(err)
	}
	if d := await(t, one, []byte("ttcheck: to one")); d.ToGroup || d.From != b.Sources()[0] {
		t.Errorf("got %+v, want it from %v to one host", d, b.Sources()[0])
	}
}

// TestCloseEnds proves that Close ends the packets, and may be called twice.
func TestCloseEnds(t *testing.T) {
	t.Parallel()
	c := listenOn(t, link.Options{Source: netip.MustParseAddr("127.91.0.4"), OnlyIPv4: true})
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for range c.Packets() { // what came before
	}
	if err := c.Multicast([]byte("x")); err == nil {
		t.Error("a closed speaker sends")
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestByName(t *testing.T) {
	t.Parallel()
	if _, err := link.ByName("no-such-interface"); err == nil {
		t.Error("an interface that does not exist was found")
	}
	lo, err := link.Loopback()
	if err != nil {
		t.Skip(err)
	}
	same, err := link.ByName(lo.Name())
	if err != nil || !same.IsLoopback() {
		t.Fatalf("%v, %v", same, err)
	}
	prefixes, err := same.Prefixes()
	if err != nil || !link.Contains(prefixes, netip.MustParseAddr("127.0.0.1")) {
		t.Errorf("prefixes %v, %v: want them to hold 127.0.0.1", prefixes, err)
	}
	all, err := link.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		if i.IsLoopback() {
			t.Errorf("%s is the loopback", i.Name())
		}
	}
}
