package mdns_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client"
	"ttcheck/client/mdns"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
)

// probed is a prober and a peer on a LAN in a bubble.
func probed(t *testing.T, test func(t *testing.T, p *mdns.Prober, peer link.Conn, transcript *client.Transcript)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := &lan.Network{}
		peer, err := network.Host("10.77.0.10/24").Listen(link.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer peer.Close()
		transcript := client.NewTranscript(&client.Secrets{})
		p, err := mdns.NewProber(network.Host("10.77.0.1/24"), transcript, link.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		test(t, p, peer, transcript)
	})
}

func isResponse(p mdns.Packet) bool { return p.Message.Response() }

func anyPacket(packets []mdns.Packet) bool { return len(packets) > 0 }

// TestAskAgain proves that a question without an answer is asked again after one
// second and at doubling intervals (RFC 6762 §5.2), and no longer than it was to be.
func TestAskAgain(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		asking mdns.Asking
		want   []time.Duration
	}{
		"for ten seconds": {mdns.Asking{For: 10 * time.Second}, []time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second}},
		"for half a one":  {mdns.Asking{For: time.Second / 2}, []time.Duration{0}},
		"once":            {mdns.Asking{For: 10 * time.Second, Once: true}, []time.Duration{0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			probed(t, func(t *testing.T, p *mdns.Prober, peer link.Conn, _ *client.Transcript) {
				began := time.Now()
				x.asking.Query, x.asking.Wanted = mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR)), isResponse
				packets, err := p.Ask(t.Context(), x.asking)
				if err != nil || len(packets) != 0 || time.Since(began) != x.asking.For {
					t.Errorf("%d packets after %v: %v", len(packets), time.Since(began), err)
				}
				for _, at := range x.want {
					select {
					case d := <-peer.Packets():
						if d.At.Sub(began) != at {
							t.Errorf("asked after %v, want %v", d.At.Sub(began), at)
						}
					default:
						t.Errorf("not asked after %v", at)
					}
				}
				if n := len(peer.Packets()); n > 0 {
					t.Errorf("asked %d times more", n)
				}
			})
		})
	}
}

// TestAskEnough proves that an answer ends the wait, that what is not wanted does
// not, and what stands in the transcript.
func TestAskEnough(t *testing.T) {
	t.Parallel()
	probed(t, func(t *testing.T, p *mdns.Prober, peer link.Conn, transcript *client.Transcript) {
		if err := peer.Multicast(answer(t)); err != nil { // before the question: not its answer
			t.Fatal(err)
		}
		began := time.Now()
		go func() {
			<-time.After(1500 * time.Millisecond)
			_ = peer.Multicast([]byte("no DNS"))
			<-time.After(200 * time.Millisecond)
			_ = peer.Multicast(answer(t))
		}()
		packets, err := p.Ask(t.Context(), mdns.Asking{
			Query: mdns.Query(mdns.QU(mdns.ServiceType, dns.TypePTR)), For: time.Minute, Wanted: isResponse, Enough: anyPacket,
		})
		if err != nil || len(packets) != 1 || time.Since(began) != 1700*time.Millisecond {
			t.Fatalf("%d packets after %v: %v", len(packets), time.Since(began), err)
		}
		if packets[0].From.Addr() != netip.MustParseAddr("10.77.0.10") || p.Mine(packets[0]) {
			t.Errorf("it comes from %v", packets[0].From)
		}
		shown := transcript.Exchanges()
		if len(shown) != 3 {
			t.Fatalf("the transcript has %d exchanges, want two questions and an answer", len(shown))
		}
		if want := "to the group: query, ID 0\n  question: _tracker-http._tcp.local. IN PTR (QU)"; shown[0].Sent != want || shown[0].Channel != "mdns lan0" {
			t.Errorf("asked on %s: %q, want %q", shown[0].Channel, shown[0].Sent, want)
		}
		for _, want := range []string{"from 10.77.0.10:5353 by multicast: response, ID 0, AA", "cache-flush SRV 0 0 8000 tt.local."} {
			if !strings.Contains(packets[0].Exchange.Received, want) {
				t.Errorf("%q is not in %q", want, packets[0].Exchange.Received)
			}
		}
	})
}

// TestAskEnds proves that a question ends with its context, and with its socket.
func TestAskEnds(t *testing.T) {
	t.Parallel()
	asking := mdns.Asking{Query: mdns.Query(mdns.QM(mdns.ServiceType, dns.TypePTR)), For: time.Minute, Wanted: isResponse}
	probed(t, func(t *testing.T, p *mdns.Prober, _ link.Conn, _ *client.Transcript) {
		stopped := errors.New("stopped")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(stopped) })
		if _, err := p.Ask(ctx, asking); !errors.Is(err, stopped) {
			t.Errorf("it ended with %v", err)
		}
		time.AfterFunc(time.Second, p.Close)
		if _, err := p.Ask(t.Context(), asking); err == nil {
			t.Error("a closed prober asks")
		}
	})
}

// TestBrokenPackets proves that a prober sends what it is given, and shows its bytes.
func TestBrokenPackets(t *testing.T) {
	t.Parallel()
	probed(t, func(t *testing.T, p *mdns.Prober, peer link.Conn, transcript *client.Transcript) {
		if err := p.Send([]byte{1, 2, 3}, peer.Sources()[0]); err != nil {
			t.Fatal(err)
		}
		if d := <-peer.Packets(); string(d.Data) != "\x01\x02\x03" || d.ToGroup {
			t.Errorf("%v came", d)
		}
		if sent := transcript.Exchanges()[0].Sent; !strings.Contains(sent, "to 10.77.0.10:5353") || !strings.Contains(sent, "01 02 03") {
			t.Errorf("the transcript says %q", sent)
		}
	})
}
