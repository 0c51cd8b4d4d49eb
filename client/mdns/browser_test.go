package mdns_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/client/mdns"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
)

// named is a link with a name of its own.
type named struct {
	link.Link
	name string
}

func (n named) Name() string { return n.name }

// deaf is a link on which nothing works.
type deaf struct{ link.Link }

func (deaf) Name() string { return "deaf0" }

func (deaf) Prefixes() ([]netip.Prefix, error) { return nil, nil }

func (deaf) Listen(link.Options) (link.Conn, error) { return nil, errors.New("deaf0 is deaf") }

// TestTwoLinks proves that an instance on two links is two services, and that a link
// that does not work is told and keeps none from working.
func TestTwoLinks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var links []link.Link
		var peers []link.Conn
		for _, name := range []string{"lan1", "lan0"} {
			network := &lan.Network{}
			links = append(links, named{network.Host("10.77.0.1/24"), name})
			peer, err := network.Host("10.77.0.10/24").Listen(link.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer peer.Close()
			peers = append(peers, peer)
		}
		b, err := mdns.NewBrowser(append([]link.Link{deaf{}}, links...), mdns.BrowserOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		if trouble := b.Trouble(); len(trouble) != 1 || trouble[0].Error() != "deaf0 is deaf" {
			t.Errorf("trouble: %v", trouble)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		ended := make(chan error)
		go func() { ended <- b.Run(ctx) }()
		time.Sleep(time.Second)
		for _, peer := range peers {
			if err := peer.Multicast(answer(t)); err != nil {
				t.Fatal(err)
			}
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		all := b.Services()
		if len(all) != 2 || all[0].Link != "lan0" || all[1].Link != "lan1" || all[0].Name != all[1].Name {
			t.Errorf("services %v", all)
		}
		if b.Run(ctx) == nil {
			t.Error("it runs twice")
		}
	})
}

func TestNoLink(t *testing.T) {
	t.Parallel()
	if _, err := mdns.NewBrowser(nil, mdns.BrowserOptions{}); err == nil || !strings.Contains(err.Error(), "no network interface") {
		t.Errorf("without a link: %v", err)
	}
	if _, err := mdns.NewBrowser([]link.Link{deaf{}}, mdns.BrowserOptions{}); err == nil || err.Error() != "deaf0 is deaf" {
		t.Errorf("with a deaf link: %v", err)
	}
	if _, err := mdns.Find(t.Context(), []link.Link{deaf{}}, time.Second, nil, mdns.BrowserOptions{}); err == nil {
		t.Error("Find with a deaf link succeeds")
	}
}

// TestClose proves that Run does not outlive the sockets.
func TestClose(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(time.Second)
		l.Close()
		l.pass(0)
		if err := l.ran(); err == nil || !strings.Contains(err.Error(), "closed") {
			l.Errorf("Run: %v", err)
		}
		if _, open := <-l.Changes(); open {
			l.Error("the changes go on")
		}
		l.Close()
	})
}

// TestNewAddress proves that the browser goes on when its own machine gets another
// address, and has none for a while.
func TestNewAddress(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(time.Second)
		l.host.SetAddresses()
		l.questions()
		l.pass(5 * time.Second)
		if n := len(l.questions()); n != 0 || len(l.Trouble()) != 1 {
			l.Errorf("without an address: %d questions, trouble %v", n, l.Trouble())
		}
		l.host.SetAddresses("10.77.0.3/24")
		l.pass(5 * time.Second)
		if len(l.questions()) == 0 {
			l.Error("it asks no more")
		}
		l.say(whole("Gateway One", "tt.local.", "10.77.0.10", 120)...)
		l.one()
	})
}

// TestMute proves that a link that cannot be spoken on from the start ends Run.
func TestMute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		host := (&lan.Network{}).Host("10.77.0.1/24")
		b, err := mdns.NewBrowser([]link.Link{host}, mdns.BrowserOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		host.SetAddresses()
		if err := b.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no longer has the address") {
			t.Errorf("Run: %v", err)
		}
	})
}

// TestFind proves that a search lasts as long as it shall, and no longer than needed.
func TestFind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		enough func([]mdns.Service) bool
		cancel time.Duration
		ends   time.Duration
		fails  bool
	}{
		{"the whole time", nil, 0, 3 * time.Second, false},
		{"never enough", func([]mdns.Service) bool { return false }, 0, 3 * time.Second, false},
		{"until one is resolved", func(all []mdns.Service) bool { return slices.ContainsFunc(all, mdns.Service.Resolved) }, 0, time.Second, false},
		{"until it is interrupted", nil, 2 * time.Second, 2 * time.Second, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				network := &lan.Network{}
				peer, err := network.Host("10.77.0.10/24").Listen(link.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer peer.Close()
				packet := answer(t)
				time.AfterFunc(time.Second, func() { _ = peer.Multicast(packet) })
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.cancel > 0 {
					time.AfterFunc(test.cancel, cancel)
				}
				began := time.Now()
				found, err := mdns.Find(ctx, []link.Link{network.Host("10.77.0.1/24")}, 3*time.Second, test.enough, mdns.BrowserOptions{})
				if took := time.Since(began); took != test.ends || len(found) != 1 {
					t.Errorf("%d found in %v, want 1 in %v", len(found), took, test.ends)
				}
				if (err != nil) != test.fails || (test.fails && !errors.Is(err, context.Canceled)) {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}
